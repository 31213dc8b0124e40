// SPDX-License-Identifier: Apache-2.0

import CGit2
package import GitObjects

extension Repository: ObjectReader {
  package func tree(_ id: ObjectID) throws(ObjectAccessError) -> [TreeEntry] {
    if id == .emptyTree { return [] }
    let (kind, content) = try read(id)
    guard kind == .tree, let entries = TreeContent.decode(content) else { throw .malformed(id) }
    return entries
  }

  package func blob(_ id: ObjectID, limit: Int) throws(ObjectAccessError) -> [UInt8] {
    let size = try blobSize(id)
    guard size <= limit else { throw .tooLarge(id, size) }
    return try read(id).content
  }

  package func blobSize(_ id: ObjectID) throws(ObjectAccessError) -> Int {
    let (kind, size) = try header(id)
    guard kind == .blob else { throw .malformed(id) }
    return size
  }

  /// The type and the bytes of an object, of any size.
  package func read(_ id: ObjectID) throws(ObjectAccessError) -> (
    kind: ObjectKind, content: [UInt8]
  ) {
    var raw = id.raw
    var object: OpaquePointer?
    let result = git_odb_read(&object, odb, &raw)
    guard result == 0, let object else { throw Self.accessError(result, id) }
    defer { git_odb_object_free(object) }
    guard let kind = Self.kind(git_odb_object_type(object)) else { throw .malformed(id) }
    let bytes = UnsafeRawBufferPointer(
      start: git_odb_object_data(object), count: git_odb_object_size(object))
    return (kind, Array(bytes))
  }

  /// The type of an object and its size in bytes, without its content.
  package func header(_ id: ObjectID) throws(ObjectAccessError) -> (kind: ObjectKind, size: Int) {
    var raw = id.raw
    var size = 0
    var type = GIT_OBJECT_INVALID
    let result = git_odb_read_header(&size, &type, odb, &raw)
    guard result == 0 else { throw Self.accessError(result, id) }
    guard let kind = Self.kind(type) else { throw .malformed(id) }
    return (kind, size)
  }

  /// Whether an object is there.
  ///
  /// It does not look for new packs, because misses are common where this is asked; call `refresh`
  /// when others may have written.
  package func hasObject(_ id: ObjectID) -> Bool {
    var raw = id.raw
    return git_odb_exists_ext(odb, &raw, GIT_ODB_LOOKUP_NO_REFRESH.rawValue) == 1
  }

  /// The content of a commit.
  package func commit(_ id: ObjectID) throws(ObjectAccessError) -> Commit {
    let (kind, content) = try read(id)
    guard kind == .commit, let commit = Commit(content: content) else { throw .malformed(id) }
    return commit
  }

  private static func accessError(_ code: Int32, _ id: ObjectID) -> ObjectAccessError {
    if git_error_code(code) == GIT_ENOTFOUND { return .missing(id) }
    return .failed(GitLibrary.error(code, "read object", id.hex).description)
  }

  private static func kind(_ type: git_object_t) -> ObjectKind? {
    switch type {
    case GIT_OBJECT_COMMIT: .commit
    case GIT_OBJECT_TREE: .tree
    case GIT_OBJECT_BLOB: .blob
    case GIT_OBJECT_TAG: .tag
    default: nil
    }
  }
}

/// Writes single objects as loose files: for the few of a decision, not for thousands of slices.
extension Repository: ObjectWriter {
  package func write(
    _ kind: ObjectKind, _ content: [UInt8]
  ) throws(ObjectAccessError) -> ObjectID {
    let type =
      switch kind {
      case .commit: GIT_OBJECT_COMMIT
      case .tree: GIT_OBJECT_TREE
      case .blob: GIT_OBJECT_BLOB
      case .tag: GIT_OBJECT_TAG
      }
    var raw = git_oid()
    let result = content.withUnsafeBytes { buffer in
      git_odb_write(&raw, odb, buffer.baseAddress, buffer.count, type)
    }
    guard result == 0 else {
      throw .failed(GitLibrary.error(result, "write an object to", objectDirectory).description)
    }
    return ObjectID(raw)
  }
}
