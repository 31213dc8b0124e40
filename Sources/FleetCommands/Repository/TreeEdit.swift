// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// Puts single files into Git trees.
enum TreeEdit {
  /// The tree with a blob at a path; a file that is there keeps its mode.
  static func put(
    _ blob: ObjectID, at path: ArraySlice<[UInt8]>, in tree: ObjectID?,
    _ reader: some ObjectReader, _ writer: some ObjectWriter
  ) throws(ObjectAccessError) -> ObjectID {
    var entries = try tree.map { id throws(ObjectAccessError) in try reader.tree(id) } ?? []
    guard let name = path.first else { return try writer.writeTree(entries) }
    let index = entries.firstIndex { $0.name == name }
    let old = index.map { entries[$0] }
    let entry: TreeEntry
    if path.count == 1 {
      let mode = old.flatMap { $0.mode == .executable ? $0.mode : nil } ?? .file
      entry = TreeEntry(name: name, mode: mode, id: blob)
    } else {
      let inner = old.flatMap { $0.mode == .directory ? $0.id : nil }
      entry = TreeEntry(
        name: name, mode: .directory,
        id: try put(blob, at: path.dropFirst(), in: inner, reader, writer))
    }
    if let index { entries[index] = entry } else { entries.append(entry) }
    return try writer.writeTree(entries)
  }
}
