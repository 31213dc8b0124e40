// SPDX-License-Identifier: Apache-2.0

/// A store of objects in memory: what a compile writes that is only looked at, and tests.
package final class InMemoryObjects: ObjectReader, ObjectWriter {
  private var objects: [ObjectID: (kind: ObjectKind, content: [UInt8])] = [:]

  /// Makes an empty store.
  package init() {}

  /// How many objects there are.
  package var count: Int { objects.count }

  package func write(
    _ kind: ObjectKind, _ content: [UInt8]
  ) throws(ObjectAccessError) -> ObjectID {
    let id = ObjectID.hash(kind, content)
    objects[id] = (kind, content)
    return id
  }

  package func tree(_ id: ObjectID) throws(ObjectAccessError) -> [TreeEntry] {
    if id == .emptyTree { return [] }
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
}
