// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// A source tree in memory, made from paths and texts.
package struct MemoryTree {
  /// The root tree.
  package let root: ObjectID

  /// Writes the files into `store`, in the order in which they are given.
  package init(_ files: [(path: String, text: String)], in store: InMemoryObjects) throws {
    try self.init(files.map { ($0.path, Array($0.text.utf8)) }, in: store)
  }

  /// Writes files of any bytes into `store`, in the order in which they are given.
  package init(_ files: [(path: String, bytes: [UInt8])], in store: InMemoryObjects) throws {
    var folder = Folder()
    for file in files {
      let blob = try store.write(.blob, file.bytes)
      folder.add(blob, at: file.path.split(separator: "/").map(String.init)[...])
    }
    root = try folder.write(to: store)
  }

  /// Writes the files into `store`.
  package init(_ files: [String: String], in store: InMemoryObjects) throws {
    try self.init(files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, in: store)
  }

  private struct Folder {
    var files: [String: ObjectID] = [:]
    var folders: [String: Folder] = [:]

    mutating func add(_ blob: ObjectID, at path: ArraySlice<String>) {
      guard let first = path.first else { return }
      if path.count == 1 {
        files[first] = blob
      } else {
        folders[first, default: Folder()].add(blob, at: path.dropFirst())
      }
    }

    func write(to store: InMemoryObjects) throws -> ObjectID {
      var entries = files.map { TreeEntry($0.key, .file, $0.value) }
      for (name, folder) in folders {
        entries.append(TreeEntry(name, .directory, try folder.write(to: store)))
      }
      return try store.writeTree(entries)
    }
  }
}
