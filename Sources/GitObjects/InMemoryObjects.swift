// SPDX-License-Identifier: Apache-2.0

/// Git objects in a dictionary, with the ids that Git would give them: for tests of everything that
/// reads and writes trees without a repository.
///
/// Nothing is checked beyond the type: a tree may name objects that are not there.
package final class InMemoryObjects: ObjectReader, ObjectWriter {
  private var objects: [ObjectID: (kind: ObjectKind, content: [UInt8])] = [:]

  /// Makes a store with nothing in it but the empty tree, which every Git knows.
  package init() {
    objects[.emptyTree] = (.tree, [])
  }

  /// How many objects there are, the empty tree counted.
  package var count: Int { objects.count }

  package func tree(_ id: ObjectID) throws(ObjectAccessError) -> [TreeEntry] {
    guard let object = objects[id] else { throw .missing(id) }
    guard object.kind == .tree, let entries = TreeContent.decode(object.content) else {
      throw .malformed(id)
    }
    return entries
  }

  package func blob(_ id: ObjectID, limit: Int) throws(ObjectAccessError) -> [UInt8] {
    let size = try blobSize(id)
    guard size <= limit else { throw .tooLarge(id, size) }
    return objects[id]?.content ?? []
  }

  package func blobSize(_ id: ObjectID) throws(ObjectAccessError) -> Int {
    guard let object = objects[id] else { throw .missing(id) }
    guard object.kind == .blob else { throw .malformed(id) }
    return object.content.count
  }

  package func write(
    _ kind: ObjectKind, _ content: [UInt8]
  ) throws(ObjectAccessError) -> ObjectID {
    let id = ObjectID.hash(kind, content)
    objects[id] = (kind, content)
    return id
  }

  /// The type and content of an object, or nil.
  package func object(_ id: ObjectID) -> (kind: ObjectKind, content: [UInt8])? { objects[id] }

  /// Writes files given by path, and the trees above them; gives the root tree.
  ///
  /// A path that is given twice keeps the last content; a file where another path needs a folder
  /// loses to the folder.
  package func writeFiles(_ files: KeyValuePairs<String, String>) throws(ObjectAccessError)
    -> ObjectID
  {
    var root = Folder()
    for (path, content) in files {
      let parts = path.split(separator: "/").map { Array($0.utf8) }
      root.insert(parts[...], try writeBlob(content))
    }
    return try write(root)
  }

  private func write(_ folder: Folder) throws(ObjectAccessError) -> ObjectID {
    var entries: [TreeEntry] = []
    for (name, id) in folder.files where folder.folders[name] == nil {
      entries.append(TreeEntry(name: name, mode: .file, id: id))
    }
    for (name, child) in folder.folders {
      entries.append(TreeEntry(name: name, mode: .directory, id: try write(child)))
    }
    return try writeTree(entries)
  }

  private struct Folder {
    var files: [[UInt8]: ObjectID] = [:]
    var folders: [[UInt8]: Folder] = [:]

    mutating func insert(_ path: ArraySlice<[UInt8]>, _ id: ObjectID) {
      guard let name = path.first else { return }
      if path.count == 1 {
        files[name] = id
      } else {
        folders[name, default: Folder()].insert(path.dropFirst(), id)
      }
    }
  }
}
