// SPDX-License-Identifier: Apache-2.0

import CGit2
package import GitObjects

extension Repository {
  /// The object that a revision names, in Git's notation: `main`, `HEAD~2`, `v1:apps`; nil for none.
  package func resolve(_ revision: String) throws(GitError) -> ObjectID? {
    var object: OpaquePointer?
    let result = git_revparse_single(&object, raw, revision)
    guard result == 0, let object else {
      if git_error_code(result) == GIT_ENOTFOUND { return nil }
      throw GitLibrary.error(result, "find the revision", revision)
    }
    defer { git_object_free(object) }
    return git_object_id(object).map { ObjectID($0.pointee) }
  }

  /// The commit behind an id: itself, or what an annotated tag points to.
  package func peelToCommit(_ id: ObjectID) throws(GitError) -> ObjectID {
    var wanted = id.raw
    var object: OpaquePointer?
    let found = git_object_lookup(&object, raw, &wanted, GIT_OBJECT_ANY)
    try GitLibrary.check(found, "find the object", id.hex)
    defer { git_object_free(object) }
    var commit: OpaquePointer?
    let result = git_object_peel(&commit, object, GIT_OBJECT_COMMIT)
    guard result == 0, let commit, let peeled = git_object_id(commit) else {
      throw GitError(
        .invalidName, code: result, operation: "use as a commit the object", subject: id.hex,
        message: "it is none and leads to none")
    }
    defer { git_object_free(commit) }
    return ObjectID(peeled.pointee)
  }

  /// Whether a commit can be reached from another, or is the same: then a ref may move forward.
  package func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(GitError) -> Bool {
    if ancestor == commit { return true }
    var older = ancestor.raw
    var newer = commit.raw
    let result = git_graph_descendant_of(raw, &newer, &older)
    try GitLibrary.check(result, "compare with \(ancestor.short) the commit", commit.hex)
    return result == 1
  }
}
