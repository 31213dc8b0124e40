// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// Objects in memory over those of a repository, which is never written.
final class LayeredObjects: ObjectReader, ObjectWriter {
  private let memory = InMemoryObjects()
  private let below: any ObjectReader

  /// Makes an empty layer over a repository.
  init(over below: any ObjectReader) {
    self.below = below
  }

  func write(_ kind: ObjectKind, _ content: [UInt8]) throws(ObjectAccessError) -> ObjectID {
    try memory.write(kind, content)
  }

  func tree(_ id: ObjectID) throws(ObjectAccessError) -> [TreeEntry] {
    do throws(ObjectAccessError) {
      return try memory.tree(id)
    } catch .missing {
      return try below.tree(id)
    }
  }

  func blob(_ id: ObjectID, limit: Int) throws(ObjectAccessError) -> [UInt8] {
    do throws(ObjectAccessError) {
      return try memory.blob(id, limit: limit)
    } catch .missing {
      return try below.blob(id, limit: limit)
    }
  }

  func blobSize(_ id: ObjectID) throws(ObjectAccessError) -> Int {
    do throws(ObjectAccessError) {
      return try memory.blobSize(id)
    } catch .missing {
      return try below.blobSize(id)
    }
  }
}
