// SPDX-License-Identifier: Apache-2.0

import CGit2
package import GitObjects

/// A ref and the object that it names.
package struct Reference: Sendable, Hashable {
  /// The full name, such as `refs/heads/main`.
  package let name: String
  /// The object.
  package let id: ObjectID

  /// Makes a ref.
  package init(name: String, id: ObjectID) {
    self.name = name
    self.id = id
  }
}

extension Repository {
  /// What a ref names, loose or packed; a symbolic one is followed. Nil when there is none.
  package func reference(_ name: String) throws(GitError) -> ObjectID? {
    var id = git_oid()
    let result = git_reference_name_to_id(&id, raw, name)
    if git_error_code(result) == GIT_ENOTFOUND { return nil }
    try GitLibrary.check(result, "read the ref", name)
    return ObjectID(id)
  }

  /// All refs whose names begin like this, sorted by the bytes of their names.
  ///
  /// For many thousands in one repository `PackedRefs` is faster.
  package func references(prefix: String) throws(GitError) -> [Reference] {
    var iterator: OpaquePointer?
    try GitLibrary.check(
      git_reference_iterator_glob_new(&iterator, raw, "\(prefix)*"), "list the refs", prefix)
    defer { git_reference_iterator_free(iterator) }
    var found: [Reference] = []
    while true {
      var reference: OpaquePointer?
      let result = git_reference_next(&reference, iterator)
      if git_error_code(result) == GIT_ITEROVER { break }
      try GitLibrary.check(result, "list the refs", prefix)
      defer { git_reference_free(reference) }
      guard let text = git_reference_name(reference) else { continue }
      let name = String(cString: text)
      if let id = git_reference_target(reference) {
        found.append(Reference(name: name, id: ObjectID(id.pointee)))
      } else if let id = try self.reference(name) {
        found.append(Reference(name: name, id: id))
      }
    }
    return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Sets a ref if it still has the expected value; throws `conflict` otherwise.
  ///
  /// - Parameters:
  ///   - expected: the value that it must have now, `ObjectID.zero` for "does not exist".
  ///   - message: the line for the reflog, where the repository keeps one.
  package func updateReference(
    _ name: String, to id: ObjectID, expecting expected: ObjectID, message: String
  ) throws(GitError) {
    try refuseInQuarantine("set the ref", name)
    var new = id.raw
    var old = expected.raw
    var reference: OpaquePointer?
    let result = git_reference_create_matching(
      &reference, raw, name, &new, expected.isZero ? 0 : 1, &old, message)
    if git_error_code(result) == GIT_ENOTFOUND, !expected.isZero {
      throw Self.movedError("set the ref", name)
    }
    try GitLibrary.check(result, "set the ref", name)
    git_reference_free(reference)
  }

  /// Deletes a ref if it still has the expected value; throws `conflict` otherwise.
  package func deleteReference(_ name: String, expecting expected: ObjectID) throws(GitError) {
    try refuseInQuarantine("delete the ref", name)
    var reference: OpaquePointer?
    let found = git_reference_lookup(&reference, raw, name)
    if git_error_code(found) == GIT_ENOTFOUND { throw Self.movedError("delete the ref", name) }
    try GitLibrary.check(found, "delete the ref", name)
    defer { git_reference_free(reference) }
    guard let current = git_reference_target(reference), ObjectID(current.pointee) == expected
    else { throw Self.movedError("delete the ref", name) }
    // libgit2 compares again, under the lock, with the value that was just looked up.
    try GitLibrary.check(git_reference_delete(reference), "delete the ref", name)
  }

  /// The full name of the branch that `HEAD` names, whether it has commits or not; nil when detached.
  package func headBranch() throws(GitError) -> String? {
    var reference: OpaquePointer?
    try GitLibrary.check(git_reference_lookup(&reference, raw, "HEAD"), "read the ref", "HEAD")
    defer { git_reference_free(reference) }
    return git_reference_symbolic_target(reference).map { String(cString: $0) }
  }

  private func refuseInQuarantine(_ operation: String, _ name: String) throws(GitError) {
    // libgit2 would do it, and a refused push would leave a ref to objects that are gone.
    guard !isInQuarantine else {
      throw GitError(
        .refused, operation: operation, subject: name,
        message: "refs can't be moved while a push is being judged")
    }
  }

  private static func movedError(_ operation: String, _ name: String) -> GitError {
    GitError(
      .conflict, code: GIT_EMODIFIED.rawValue, operation: operation, subject: name,
      message: "somebody else has moved it in the meantime")
  }
}
