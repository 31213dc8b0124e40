// SPDX-License-Identifier: Apache-2.0

/// One file that differs between two trees.
package struct TreeChange: Sendable, Hashable {
  /// The path from the root, bytes with `/` between the names.
  package let path: [UInt8]
  /// What was there; nil for an added file.
  package let old: TreeEntry?
  /// What is there; nil for a deleted file.
  package let new: TreeEntry?

  /// The path as text, with bytes that are not UTF-8 replaced.
  package var text: String { String(decoding: path, as: UTF8.self) }
}

/// Compares two trees by ids; equal subtrees are not read.
package enum TreeDiff {
  /// How many folders may stand in each other; more is no source tree but an attack.
  package static let depthLimit = 512

  private struct Level {
    let path: [UInt8]
    let pairs: [(old: TreeEntry?, new: TreeEntry?)]
    var next = 0
  }

  /// The files that differ, in Git's order of paths; folders themselves are not told.
  ///
  /// A file that becomes a folder is a deletion and additions. Renames are not looked for.
  /// - Parameters:
  ///   - old: the tree before, nil for none.
  ///   - new: the tree after, nil for none.
  package static func changes(
    from old: ObjectID?, to new: ObjectID?, in reader: some ObjectReader
  ) throws(ObjectAccessError) -> [TreeChange] {
    if old == new { return [] }
    var changes: [TreeChange] = []
    var levels = [Level(path: [], pairs: try pairs(old, new, reader))]
    // An own stack: a pushed tree may be nested deeper than the machine's.
    while var level = levels.popLast() {
      guard level.next < level.pairs.count else { continue }
      let (old, new) = level.pairs[level.next]
      level.next += 1
      let path =
        level.path.isEmpty
        ? (old ?? new)?.name ?? [] : level.path + [UInt8(ascii: "/")] + ((old ?? new)?.name ?? [])
      levels.append(level)
      if (old ?? new)?.mode == .directory {
        guard levels.count <= depthLimit else {
          throw .failed("folders stand in each other more than \(depthLimit) deep")
        }
        levels.append(Level(path: path, pairs: try pairs(old?.id, new?.id, reader)))
      } else {
        changes.append(TreeChange(path: path, old: old, new: new))
      }
    }
    return changes
  }

  /// The entries that differ, side by side, in Git's order.
  private static func pairs(
    _ old: ObjectID?, _ new: ObjectID?, _ reader: some ObjectReader
  ) throws(ObjectAccessError) -> [(old: TreeEntry?, new: TreeEntry?)] {
    var left: ArraySlice<TreeEntry> = []
    var right: ArraySlice<TreeEntry> = []
    if let old { left = try reader.tree(old)[...] }
    if let new { right = try reader.tree(new)[...] }
    var pairs: [(old: TreeEntry?, new: TreeEntry?)] = []
    while let first = left.first ?? right.first {
      guard let before = left.first, let after = right.first else {
        pairs.append(left.isEmpty ? (nil, first) : (first, nil))
        if left.isEmpty { right.removeFirst() } else { left.removeFirst() }
        continue
      }
      // A file and a folder of one name are two entries in Git's order, not one that changed.
      if TreeEntry.precedes(before, after) {
        pairs.append((before, nil))
        left.removeFirst()
      } else if TreeEntry.precedes(after, before) {
        pairs.append((nil, after))
        right.removeFirst()
      } else {
        if before.id != after.id || before.mode != after.mode { pairs.append((before, after)) }
        left.removeFirst()
        right.removeFirst()
      }
    }
    return pairs
  }
}
