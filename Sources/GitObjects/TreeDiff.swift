// SPDX-License-Identifier: Apache-2.0

/// A file that differs between two trees.
package struct TreeChange: Sendable, Hashable {
  /// The path from the root, as bytes, with `/`.
  package let path: [UInt8]
  /// What was there; nil for a new file.
  package let old: TreeEntry?
  /// What is there now; nil for one that is gone.
  package let new: TreeEntry?

  /// Makes a change.
  package init(path: [UInt8], old: TreeEntry?, new: TreeEntry?) {
    self.path = path
    self.old = old
    self.new = new
  }
}

/// Finds the files that differ between two trees; equal subtrees are not opened.
package enum TreeDiff {
  /// Folders deeper than this are reported as one change: no real tree is as deep.
  private static let depthLimit = 512

  /// The differing files, in Git's order; nil stands for no tree at all. Renames are not looked for.
  package static func changes(
    from old: ObjectID?, to new: ObjectID?, reader: some ObjectReader
  ) throws(ObjectAccessError) -> [TreeChange] {
    var result: [TreeChange] = []
    try compare(old, new, prefix: [], depth: 0, reader, &result)
    return result
  }

  private static func compare(
    _ old: ObjectID?, _ new: ObjectID?, prefix: [UInt8], depth: Int, _ reader: some ObjectReader,
    _ result: inout [TreeChange]
  ) throws(ObjectAccessError) {
    if old == new { return }
    let before = try old.map { id throws(ObjectAccessError) in try reader.tree(id) } ?? []
    let after = try new.map { id throws(ObjectAccessError) in try reader.tree(id) } ?? []
    var left = 0
    var right = 0
    while left < before.count || right < after.count {
      // A file and a folder of one name have different places in Git's order: one goes, one comes.
      let first = left < before.count ? before[left] : nil
      let second = right < after.count ? after[right] : nil
      switch (first, second) {
      case (let first?, let second?) where first.name == second.name
        && (first.mode == .directory) == (second.mode == .directory):
        left += 1
        right += 1
        if first == second { continue }
        try visit(first, second, prefix, depth, reader, &result)
      case (let first?, let second?) where TreeEntry.precedes(first, second):
        left += 1
        try visit(first, nil, prefix, depth, reader, &result)
      case (let first?, nil):
        left += 1
        try visit(first, nil, prefix, depth, reader, &result)
      default:
        right += 1
        try visit(nil, second, prefix, depth, reader, &result)
      }
    }
  }

  private static func visit(
    _ old: TreeEntry?, _ new: TreeEntry?, _ prefix: [UInt8], _ depth: Int,
    _ reader: some ObjectReader, _ result: inout [TreeChange]
  ) throws(ObjectAccessError) {
    guard let entry = new ?? old else { return }
    let path = prefix + entry.name
    if entry.mode == .directory, depth < depthLimit {
      try compare(
        old?.id, new?.id, prefix: path + [UInt8(ascii: "/")], depth: depth + 1, reader, &result)
    } else {
      result.append(TreeChange(path: path, old: old, new: new))
    }
  }
}
