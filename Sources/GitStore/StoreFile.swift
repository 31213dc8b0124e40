// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The few system calls with which packs and packed refs are written.
enum StoreFile {
  static func error(_ operation: String, _ path: String) -> GitError {
    let code = errno
    var buffer = [CChar](repeating: 0, count: 256)
    let text =
      strerror_r(code, &buffer, buffer.count) == 0
      ? String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      : "error \(code)"
    return GitError(
      code == ENOENT ? .notFound : .other, code: -code, operation: operation, subject: path,
      message: text.prefix(1).lowercased() + text.dropFirst())
  }

  /// Opens a new file with a name nobody has: `PREFIX_` and six letters.
  static func makeTemporary(_ prefix: String) throws(GitError) -> (number: Int32, path: String) {
    var template = Array("\(prefix)_XXXXXX".utf8CString)
    let number = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { mkstemp($0) } ?? -1
    }
    guard number >= 0 else { throw error("write", prefix) }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    let path = template.dropLast().map { UInt8(bitPattern: $0) }
    return (number, String(decoding: path, as: UTF8.self))
  }

  static func write(
    _ bytes: UnsafeRawBufferPointer, to number: Int32, _ path: String
  ) throws(GitError) {
    var rest = bytes
    while !rest.isEmpty {
      let written = Glibc.write(number, rest.baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw error("write", path)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  static func write(_ bytes: [UInt8], to number: Int32, _ path: String) throws(GitError) {
    try withBytes(bytes) { buffer throws(GitError) in try write(buffer, to: number, path) }
  }

  /// Makes the content last, gives it its mode, and closes it; the descriptor is closed in any case.
  static func finish(_ number: Int32, mode: mode_t, _ path: String) throws(GitError) {
    let isSafe = fsync(number) == 0 && fchmod(number, mode) == 0
    let failure = isSafe ? nil : error("write", path)
    // A network file system may tell of a full disk only here.
    let isClosed = close(number) == 0
    if let failure { throw failure }
    guard isClosed else { throw error("write", path) }
  }

  static func rename(_ path: String, to newPath: String) throws(GitError) {
    guard Glibc.rename(path, newPath) == 0 else { throw error("write", newPath) }
  }

  static func synchronizeFolder(_ path: String) throws(GitError) {
    let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw error("write to the folder", path) }
    defer { close(number) }
    guard fsync(number) == 0 else { throw error("write to the folder", path) }
  }

  /// The whole file; nil when there is none.
  static func read(_ path: String) throws(GitError) -> (bytes: [UInt8], mode: mode_t)? {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else {
      if errno == ENOENT { return nil }
      throw error("read", path)
    }
    defer { close(number) }
    var status = stat()
    guard fstat(number, &status) == 0 else { throw error("read", path) }
    let size = Int(clamping: status.st_size)
    var filled = 0
    var failure: GitError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while filled < size {
        guard let start = buffer.baseAddress else { break }
        let got = Glibc.read(number, start + filled, size - filled)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = error("read", path) }
        if got <= 0 { break }
        filled += got
      }
      count = filled
    }
    if let failure { throw failure }
    return (bytes, status.st_mode & 0o7777)
  }

  /// One name in a folder, as a path of bytes.
  struct Entry {
    let path: [UInt8]
    let isDirectory: Bool
    let modified: Int64
  }

  /// What a folder holds, in no order; nothing when it is missing. Links are not followed.
  static func entries(_ folder: [UInt8]) throws(GitError) -> [Entry] {
    guard let stream = opendir(cString(folder)) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw error("list", String(decoding: folder, as: UTF8.self))
    }
    defer { closedir(stream) }
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
    var found: [Entry] = []
    while let entry = readdir(stream) {
      let name = (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)
      let bytes = Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
      if bytes == [0x2e] || bytes == [0x2e, 0x2e] { continue }
      var status = stat()
      // Gone in the meantime is as good as never there.
      guard fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
      found.append(
        Entry(
          path: folder + [0x2f] + bytes, isDirectory: status.st_mode & S_IFMT == S_IFDIR,
          modified: Int64(status.st_mtim.tv_sec)))
    }
    return found
  }

  static func cString(_ path: [UInt8]) -> [CChar] {
    path.map { CChar(bitPattern: $0) } + [0]
  }
}
