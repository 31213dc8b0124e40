// SPDX-License-Identifier: Apache-2.0

import CGit2
import GitObjects

// Swift does not import functions with `...`. With one or two integers the call is the same as
// that of a plain function on the Linux ABIs of x86-64 and arm64.
@_silgen_name("git_libgit2_opts")
private func setLibraryOption(_ option: Int32, _ first: Int, _ second: Int) -> Int32

/// libgit2's state, one per process; it is started at first use and never shut down.
enum GitLibrary {
  /// Bytes of parsed objects that libgit2 keeps; its own default is 256 MiB.
  private static let cacheLimit = 32 << 20

  private static let started: Bool = {
    guard git_libgit2_init() > 0 else { return false }
    _ = setLibraryOption(Int32(GIT_OPT_SET_CACHE_MAX_SIZE.rawValue), cacheLimit, 0)
    // Git's own receive-pack has hashed everything that came from the network; Git too does not
    // hash again what it reads from packs. See the pack trailer check of `git fsck` for bad disks.
    _ = setLibraryOption(Int32(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION.rawValue), 0, 0)
    return true
  }()

  static func start() throws(GitError) {
    guard started else { throw error(-1, "start libgit2", nil) }
  }

  /// Turns a negative result into an error; reads libgit2's message at once, before any other call.
  @discardableResult
  static func check(
    _ result: Int32, _ operation: String, _ subject: @autoclosure () -> String?
  ) throws(GitError) -> Int32 {
    guard result < 0 else { return result }
    throw error(result, operation, subject())
  }

  static func error(_ code: Int32, _ operation: String, _ subject: String?) -> GitError {
    let last = git_error_last()
    let text = last.flatMap { $0.pointee.message }.map { String(cString: $0) }
    let category: GitError.Category
    let message: String
    switch git_error_code(code) {
    case GIT_ENOTFOUND: (category, message) = (.notFound, text ?? "not found")
    case GIT_EMODIFIED, GIT_EEXISTS:
      (category, message) = (.conflict, "somebody else has moved it in the meantime")
    case GIT_ELOCKED:
      (category, message) = (.locked, "another process is writing it, or has left its lock file")
    case GIT_EOWNER: (category, message) = (.ownership, "it belongs to another user")
    case GIT_EINVALIDSPEC: (category, message) = (.invalidName, "this is not a valid name")
    case GIT_EAMBIGUOUS: (category, message) = (.ambiguous, "more than one object fits")
    case GIT_EMISMATCH: (category, message) = (.corrupt, text ?? "its bytes do not fit its id")
    default: (category, message) = (.other, text ?? "error \(code)")
    }
    return GitError(
      category, code: code, operation: operation, subject: subject, message: plain(message))
  }

  /// libgit2's sentences in the form of ours: lower case, no full stop.
  private static func plain(_ text: String) -> String {
    var words = Substring(text)
    while words.last == "." || words.last == " " || words.last == ":" { words = words.dropLast() }
    return String(words)
  }

  /// Whether libgit2's last error came from the configuration.
  static var lastErrorIsOfConfiguration: Bool {
    git_error_last().map { $0.pointee.klass == Int32(GIT_ERROR_CONFIG.rawValue) } ?? false
  }
}

extension ObjectID {
  init(_ raw: git_oid) {
    self = withUnsafeBytes(of: raw) { ObjectID(bytes: Array($0.prefix(20))) } ?? .zero
  }

  var raw: git_oid {
    var result = git_oid()
    let bytes = self.bytes
    withUnsafeMutableBytes(of: &result) { $0.copyBytes(from: bytes) }
    return result
  }
}
