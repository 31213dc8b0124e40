// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A system call that failed: what was tried, on which path, and the error number.
package struct PosixError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried, as it reads after "cannot": `open`, `make the folder`.
  package let operation: String
  /// The file or program it was tried on.
  package let path: String?
  /// The error number, such as `ENOENT`.
  package let code: Int32

  /// Makes an error.
  package init(_ operation: String, _ path: String? = nil, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// Makes an error of the calling thread's `errno`, which must not have been changed since.
  static func last(_ operation: String, _ path: String? = nil) -> PosixError {
    PosixError(operation, path, code: errno)
  }

  /// The error number of "there is something of this name already".
  package static let alreadyThere = EEXIST

  /// Whether the file or a folder above it is missing.
  package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

  /// The system's word for the error, in lower case: `permission denied`.
  package var reason: String {
    // Not strerror: it is not safe between threads.
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    let words = String(
      decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // Only the first letter: 'RPC struct is bad' and the like stay as they are.
    guard let first = words.first, words.dropFirst().first?.isUppercase != true else {
      return words
    }
    return first.lowercased() + words.dropFirst()
  }

  package var description: String {
    guard let path else { return "cannot \(operation): \(reason)" }
    return "cannot \(operation) '\(path)': \(reason)"
  }
}
