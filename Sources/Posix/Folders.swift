// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Files {
  /// One name in a folder.
  package struct Entry: Sendable, Hashable {
    /// The name: bytes, which need not be UTF-8.
    package let name: [UInt8]
    /// What it is; a symbolic link is not followed.
    package let kind: Kind

    /// The name as text, with bytes that are not UTF-8 replaced: to show, or to compare.
    package var text: String { String(decoding: name, as: UTF8.self) }
  }

  /// The names in a folder, sorted by bytes, without `.` and `..`.
  package static func entries(in path: String) throws(PosixError) -> [Entry] {
    try checkPath(path)
    guard let stream = opendir(path) else { throw .last("list", path) }
    defer { closedir(stream) }
    return try entries(of: stream, path)
  }

  private static func entries(
    of stream: OpaquePointer, _ path: String
  ) throws(PosixError) -> [Entry] {
    var found: [Entry] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw .last("list", path) }
        break
      }
      guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { continue }
      let start = UnsafeRawPointer(entry) + offset
      let length = strlen(start.assumingMemoryBound(to: CChar.self))
      let name = Array(UnsafeRawBufferPointer(start: start, count: length))
      if name == [0x2e] || name == [0x2e, 0x2e] { continue }
      let kind: Kind
      switch Int(entry.pointee.d_type) {
      case DT_REG: kind = .file
      case DT_DIR: kind = .directory
      case DT_LNK: kind = .symbolicLink
      case DT_UNKNOWN:
        // Some file systems do not tell in the listing.
        var status = stat()
        let looked = fstatat(
          dirfd(stream), start.assumingMemoryBound(to: CChar.self), &status, AT_SYMLINK_NOFOLLOW)
        kind = looked == 0 ? Files.kind(status.st_mode) : .other
      default: kind = .other
      }
      found.append(Entry(name: name, kind: kind))
    }
    return found.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  /// Makes a folder and those above it that are missing; content that is there stays.
  package static func makeDirectories(
    _ path: String, mode: UInt32 = 0o777
  ) throws(PosixError) {
    try checkPath(path)
    if mkdir(path, mode) == 0 || (errno == EEXIST && isDirectory(path)) { return }
    let error = PosixError.last("make the folder", path)
    let above = split(path).folder
    guard error.code == ENOENT, above != path, !path.isEmpty else { throw error }
    try makeDirectories(above, mode: mode)
    // Somebody else may have made it in the meantime.
    if mkdir(path, mode) == 0 || (errno == EEXIST && isDirectory(path)) { return }
    throw .last("make the folder", path)
  }

  /// Makes one folder; throws `EEXIST` when something is there.
  package static func makeDirectory(_ path: String, mode: UInt32 = 0o777) throws(PosixError) {
    try checkPath(path)
    guard mkdir(path, mode) == 0 else { throw .last("make the folder", path) }
  }

  /// Makes a new folder for this user alone, `PREFIX-` and six letters, and tells its path.
  ///
  /// It stands in `folder`, else in `$TMPDIR`, else in `/tmp`.
  package static func makeTemporaryDirectory(
    prefix: String, in folder: String? = nil
  ) throws(PosixError) -> String {
    let place = folder ?? Environment.get("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(place)/\(prefix)-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
    }
    guard made else { throw .last("make a folder in", place) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes a file or a symbolic link; false when there was none.
  @discardableResult
  package static func remove(_ path: String) throws(PosixError) -> Bool {
    try checkPath(path)
    if unlink(path) == 0 { return true }
    let error = PosixError.last("remove", path)
    if error.isMissing { return false }
    throw error
  }

  /// Removes a file, or a folder with all that is in it; symbolic links are removed, not followed.
  ///
  /// Nothing there is no error.
  package static func removeTree(_ path: String) throws(PosixError) {
    try checkPath(path)
    try removeTree(Array(path.utf8), in: AT_FDCWD, path)
  }

  private static func removeTree(
    _ name: [UInt8], in folder: Int32, _ path: String
  ) throws(PosixError) {
    let terminated = name.map { CChar(bitPattern: $0) } + [0]
    if unlinkat(folder, terminated, 0) == 0 || errno == ENOENT || errno == ENOTDIR { return }
    let error = PosixError.last("remove", path)
    // Linux says EISDIR for a folder; other file systems may say EPERM as POSIX does.
    guard error.code == EISDIR || error.code == EPERM else { throw error }
    let number = openat(folder, terminated, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { throw error.code == EPERM ? error : .last("remove", path) }
    guard let stream = fdopendir(number) else {
      let failure = PosixError.last("remove", path)
      close(number)
      throw failure
    }
    defer { closedir(stream) }
    for entry in try entries(of: stream, path) {
      try removeTree(entry.name, in: number, "\(path)/\(entry.text)")
    }
    if unlinkat(folder, terminated, AT_REMOVEDIR) == 0 || errno == ENOENT { return }
    throw .last("remove", path)
  }
}
