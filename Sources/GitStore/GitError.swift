// SPDX-License-Identifier: Apache-2.0

/// An operation on a repository that failed.
package struct GitError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is, for callers that can go on after some of them.
  package enum Category: Sendable, Hashable {
    /// There is no such repository, object or ref.
    case notFound
    /// The ref does not have the value that was expected: somebody else moved it.
    case conflict
    /// Another process holds a lock file, or left it behind.
    case locked
    /// The repository belongs to another user ("dubious ownership").
    case ownership
    /// The repository has a format that is not supported, such as SHA-256 names.
    case unsupportedFormat
    /// A name or a revision is not written as Git wants it.
    case invalidName
    /// A short id or name fits several things.
    case ambiguous
    /// An object or a file of the repository makes no sense.
    case corrupt
    /// Not allowed at this moment: refs while a push is being judged.
    case refused
    /// Anything else: a full disk, a permission.
    case other
  }

  /// What kind of failure it is.
  package let category: Category
  /// libgit2's return value, or the negative error number of a system call; 0 for our own.
  package let code: Int32
  /// What was tried, as it reads after "cannot": `open the repository`.
  package let operation: String
  /// The path, ref or id that it was tried on.
  package let subject: String?
  /// What went wrong, without a full stop.
  package let message: String
  /// What a person can do about it, if that is known.
  package let hint: String?

  /// Makes an error.
  package init(
    _ category: Category, code: Int32 = 0, operation: String, subject: String?, message: String,
    hint: String? = nil
  ) {
    self.category = category
    self.code = code
    self.operation = operation
    self.subject = subject
    self.message = message
    self.hint = hint
  }

  package var description: String {
    guard let subject else { return "cannot \(operation): \(message)" }
    return "cannot \(operation) '\(subject)': \(message)"
  }
}
