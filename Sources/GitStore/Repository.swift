// SPDX-License-Identifier: Apache-2.0

import CGit2
import Glibc

/// An open Git repository with SHA-1 names, read and written through libgit2.
///
/// Use it from one thread. Starting libgit2 costs a process about 5 ms.
package final class Repository {
  let raw: OpaquePointer
  let odb: OpaquePointer
  private let environmentObjectDirectory: String?
  /// Whether objects are written into a quarantine that Git drops when the push is refused.
  package let isInQuarantine: Bool

  private init(
    owning raw: OpaquePointer, objectDirectory: String?, isInQuarantine: Bool
  ) throws(GitError) {
    var odb: OpaquePointer?
    let result = git_repository_odb(&odb, raw)
    guard result == 0, let odb else {
      let error = GitLibrary.error(result, "open the objects of", Self.path(of: raw))
      git_repository_free(raw)
      throw error
    }
    self.raw = raw
    self.odb = odb
    self.environmentObjectDirectory = objectDirectory
    self.isInQuarantine = isInQuarantine
  }

  deinit {
    git_odb_free(odb)
    git_repository_free(raw)
  }

  /// Opens the repository at a path: a bare one, a work tree, or its `.git`.
  ///
  /// What is still in a push's quarantine can't be seen; hooks use `fromHookEnvironment`.
  /// - Parameter searchingUpwards: looks in the folders above too, as the git command does.
  package static func open(
    _ path: String, searchingUpwards: Bool = false
  ) throws(GitError) -> Repository {
    try GitLibrary.start()
    let flags = searchingUpwards ? 0 : GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
    var raw: OpaquePointer?
    let result = git_repository_open_ext(&raw, path, flags, nil)
    guard result == 0, let raw else { throw openingError(result, path) }
    return try Repository(owning: raw, objectDirectory: nil, isInQuarantine: false)
  }

  /// Opens the repository that Git started this process for, with the objects in quarantine.
  ///
  /// It obeys `GIT_DIR`, `GIT_OBJECT_DIRECTORY` and `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
  package static func fromHookEnvironment() throws(GitError) -> Repository {
    try GitLibrary.start()
    var raw: OpaquePointer?
    let result = git_repository_open_ext(&raw, nil, GIT_REPOSITORY_OPEN_FROM_ENV.rawValue, nil)
    guard result == 0, let raw else { throw openingError(result, variable("GIT_DIR") ?? ".") }
    return try Repository(
      owning: raw, objectDirectory: variable("GIT_OBJECT_DIRECTORY"),
      isInQuarantine: variable("GIT_QUARANTINE_PATH") != nil)
  }

  /// Makes a bare repository; throws when there is one already.
  package static func initBare(
    _ path: String, branch: String = "main"
  ) throws(GitError) -> Repository {
    try GitLibrary.start()
    var options = git_repository_init_options()
    git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
    options.flags =
      GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
      | GIT_REPOSITORY_INIT_NO_REINIT.rawValue
    var raw: OpaquePointer?
    let result = branch.withCString { name in
      options.initial_head = name
      return git_repository_init_ext(&raw, path, &options)
    }
    guard result == 0, let raw else {
      if git_error_code(result) == GIT_EEXISTS {
        throw GitError(
          .conflict, code: result, operation: "make the repository", subject: path,
          message: "there is one already")
      }
      throw GitLibrary.error(result, "make the repository", path)
    }
    return try Repository(owning: raw, objectDirectory: nil, isInQuarantine: false)
  }

  /// The folder with `HEAD`, `refs` and `packed-refs`; no slash at the end.
  package var gitDirectory: String {
    git_repository_commondir(raw).map { Self.withoutSlash(String(cString: $0)) } ?? "."
  }

  /// Where new objects go: in a hook the quarantine, else `objects` of the repository.
  package var objectDirectory: String {
    environmentObjectDirectory ?? "\(gitDirectory)/objects"
  }

  /// The folder with the checked out files; nil for a bare repository.
  package var workTree: String? {
    git_repository_workdir(raw).map { Self.withoutSlash(String(cString: $0)) }
  }

  /// Reads objects from one more folder, such as another repository's `objects`.
  package func addAlternate(_ objectDirectory: String) throws(GitError) {
    try GitLibrary.check(
      git_odb_add_disk_alternate(odb, objectDirectory), "read objects from", objectDirectory)
  }

  /// Looks again for packs, after somebody else has written one.
  package func refresh() throws(GitError) {
    try GitLibrary.check(git_odb_refresh(odb), "look for new objects in", objectDirectory)
  }

  private static func openingError(_ code: Int32, _ path: String) -> GitError {
    // libgit2 1.5 says GIT_EOWNER only where a `safe.directory` is configured, else that the
    // variable was not found.
    let isOwnership =
      git_error_code(code) == GIT_EOWNER
      || (git_error_code(code) == GIT_ENOTFOUND && GitLibrary.lastErrorIsOfConfiguration)
    let error = GitLibrary.error(code, "open the repository", path)
    if isOwnership {
      var status = stat()
      let owner = stat(path, &status) == 0 ? "user \(status.st_uid)" : "another user"
      return GitError(
        .ownership, code: code, operation: error.operation, subject: path,
        message: "it belongs to \(owner), and this program runs as user \(geteuid())",
        hint: "run it as the owner of the repository")
    }
    if usesOtherNames(path) {
      return GitError(
        .unsupportedFormat, code: code, operation: error.operation, subject: path,
        message: "its objects have SHA-256 names, and only SHA-1 is supported",
        hint: "make the repository with 'git init --object-format=sha1'")
    }
    if error.category == .notFound {
      return GitError(
        .notFound, code: code, operation: error.operation, subject: path,
        message: "there is no Git repository")
    }
    return error
  }

  /// Whether the repository's own configuration asks for another hash than SHA-1.
  private static func usesOtherNames(_ path: String) -> Bool {
    for place in ["\(path)/config", "\(path)/.git/config"] {
      var configuration: OpaquePointer?
      guard access(place, R_OK) == 0, git_config_open_ondisk(&configuration, place) == 0 else {
        continue
      }
      defer { git_config_free(configuration) }
      var value = git_buf()
      guard git_config_get_string_buf(&value, configuration, "extensions.objectformat") == 0,
        let text = value.ptr
      else { continue }
      defer { git_buf_dispose(&value) }
      if strcasecmp(text, "sha1") != 0 { return true }
    }
    return false
  }

  private static func path(of raw: OpaquePointer) -> String {
    git_repository_path(raw).map { withoutSlash(String(cString: $0)) } ?? "."
  }

  private static func withoutSlash(_ path: String) -> String {
    path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/") ? String(path.dropLast()) : path
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
