// SPDX-License-Identifier: Apache-2.0

/// Why an object could not be read or written.
package enum ObjectAccessError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No object has this id.
  case missing(ObjectID)
  /// The object is of another type than asked for, or its bytes make no sense.
  case malformed(ObjectID)
  /// The blob is larger than the caller allows; the second number is its size in bytes.
  case tooLarge(ObjectID, Int)
  /// The store below failed: what was tried, and what it said.
  case failed(String)

  /// What failed, as a sentence without a full stop.
  package var description: String {
    switch self {
    case .missing(let id): "the object \(id.hex) is missing"
    case .malformed(let id): "the object \(id.hex) is damaged"
    case .tooLarge(let id, let size): "the object \(id.hex) is too large: \(size) bytes"
    case .failed(let text): text
    }
  }
}

/// Reads Git objects by id: a repository, or a dictionary in a test.
package protocol ObjectReader {
  /// The entries of a tree in Git's order.
  func tree(_ id: ObjectID) throws(ObjectAccessError) -> [TreeEntry]

  /// The bytes of a blob; throws `tooLarge` before reading more than `limit` bytes.
  func blob(_ id: ObjectID, limit: Int) throws(ObjectAccessError) -> [UInt8]

  /// The size of a blob in bytes, without reading its content.
  func blobSize(_ id: ObjectID) throws(ObjectAccessError) -> Int
}

/// Takes Git objects and tells their ids: a pack that is being written, or a dictionary in a test.
package protocol ObjectWriter: AnyObject {
  /// Adds an object; adding the same one again costs a hash and nothing else.
  func write(_ kind: ObjectKind, _ content: [UInt8]) throws(ObjectAccessError) -> ObjectID
}

extension ObjectWriter {
  /// Writes a tree with these entries, in Git's order.
  package func writeTree(_ entries: [TreeEntry]) throws(ObjectAccessError) -> ObjectID {
    try write(.tree, TreeContent.encode(entries))
  }

  /// Writes a blob of text.
  package func writeBlob(_ text: String) throws(ObjectAccessError) -> ObjectID {
    try write(.blob, Array(text.utf8))
  }
}
