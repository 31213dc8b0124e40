// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// Gives blobs to those who keep a function for them.
///
/// Unchecked because a reader need not be shareable: everything that compiles runs in one thread, the
/// renderers are children and not threads.
final class BlobLoader: @unchecked Sendable {
  private let read: (ObjectID) throws(ObjectAccessError) -> [UInt8]

  /// Makes a loader of the objects that a reader gives.
  init(_ reader: some ObjectReader) {
    read = { (id) throws(ObjectAccessError) in
      try reader.blob(id, limit: SourceLimits.anyFile)
    }
  }

  /// The bytes of a blob.
  var load: @Sendable (ObjectID) throws(ObjectAccessError) -> [UInt8] {
    { (id) throws(ObjectAccessError) in try self.read(id) }
  }
}
