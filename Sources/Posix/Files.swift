// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files and folders by path; everything that is opened is close-on-exec.
package enum Files {
  /// What a path leads to.
  package enum Kind: Sendable, Hashable {
    case file, directory, symbolicLink, other
  }

  /// What the system knows about a file without reading it.
  package struct Attributes: Sendable, Hashable {
    /// What it is.
    package let kind: Kind
    /// Bytes.
    package let size: Int
    /// When the content was changed last.
    package let modified: Timestamp
    /// The numeric user id of the owner.
    package let owner: UInt32
    /// The permission bits, such as 0o644.
    package let mode: UInt32
    /// The number of the file in its file system.
    package let inode: UInt64
  }

  /// Tells about a file; nil when there is none.
  package static func attributes(
    _ path: String, followingLinks: Bool = true
  ) throws(PosixError) -> Attributes? {
    try checkPath(path)
    var status = stat()
    let result = followingLinks ? stat(path, &status) : lstat(path, &status)
    guard result == 0 else {
      let error = PosixError.last("look at", path)
      if error.isMissing { return nil }
      throw error
    }
    return Attributes(
      kind: kind(status.st_mode), size: Int(clamping: status.st_size),
      modified: Timestamp(
        seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int32(status.st_mtim.tv_nsec)),
      owner: status.st_uid, mode: status.st_mode & 0o7777, inode: UInt64(status.st_ino))
  }

  static func kind(_ mode: UInt32) -> Kind {
    switch mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .directory
    case S_IFLNK: .symbolicLink
    default: .other
    }
  }

  /// Whether something can be reached at this path.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether the path leads to a folder.
  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && kind(status.st_mode) == .directory
  }

  /// Whether this user may write what is at the path; root may always.
  package static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  /// Whether the path leads to a file that this user may run.
  package static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return access(path, X_OK) == 0 && stat(path, &status) == 0 && kind(status.st_mode) == .file
  }

  /// The whole content; throws `EFBIG` when it is more than `limit` bytes.
  package static func read(_ path: String, limit: Int) throws(PosixError) -> [UInt8] {
    try Descriptor.open(path, O_RDONLY).readAll(limit: limit, path: path)
  }

  /// The whole content; nil when there is no such file.
  package static func readIfPresent(_ path: String, limit: Int) throws(PosixError) -> [UInt8]? {
    do throws(PosixError) {
      return try read(path, limit: limit)
    } catch {
      if error.isMissing { return nil }
      throw error
    }
  }

  /// The first bytes of a file, fewer when it is shorter.
  package static func readPrefix(_ path: String, count: Int) throws(PosixError) -> [UInt8] {
    let file = try Descriptor.open(path, O_RDONLY)
    return try readSome(file.number, upTo: count, path)
  }

  /// Writes a file so that readers, and a machine that loses power, see the old or the new content.
  ///
  /// The temporary file stands in the same folder and has the name `.NAME.` and six letters;
  /// a killed writer leaves it behind. Without `durable` a machine that loses power may leave an empty
  /// or damaged file, which is for content that can be made again and is checked when read.
  package static func writeAtomically(
    _ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644, durable: Bool = true
  ) throws(PosixError) {
    try checkPath(path)
    let (folder, name) = split(path)
    var template = Array("\(folder)/.\(name).XXXXXX".utf8CString)
    let number = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { mkstemp($0) } ?? -1
    }
    guard number >= 0 else { throw .last("write", path) }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    let file = Descriptor(owning: number)
    do throws(PosixError) {
      try file.write(bytes, path: path)
      guard fchmod(number, mode) == 0 else { throw .last("write", path) }
      if durable { try file.synchronize(path: path) }
      guard Glibc.rename(template, path) == 0 else { throw .last("write", path) }
    } catch {
      unlink(template)
      throw error
    }
    if durable { try synchronizeFolder(folder) }
  }

  /// Writes a file that is not there yet; throws `EEXIST` when something is, a symbolic link too.
  package static func writeNew(
    _ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644
  ) throws(PosixError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
    try Descriptor.open(path, flags, mode: mode, operation: "write").write(bytes, path: path)
  }

  /// The numeric id of the user that this process works for.
  package static var user: UInt32 { geteuid() }

  /// Sets the time of the last change to now.
  package static func touch(_ path: String) throws(PosixError) {
    try checkPath(path)
    guard utimensat(AT_FDCWD, path, nil, 0) == 0 else { throw .last("touch", path) }
  }

  /// Waits until the names in a folder are on the disk.
  package static func synchronizeFolder(_ path: String) throws(PosixError) {
    try Descriptor.open(path, O_RDONLY | O_DIRECTORY).synchronize(path: path)
  }

  /// Moves a file or folder in one step, over what may be there.
  package static func rename(_ path: String, to newPath: String) throws(PosixError) {
    try checkPath(path)
    try checkPath(newPath)
    guard Glibc.rename(path, newPath) == 0 else { throw .last("rename", path) }
  }

  /// Where a symbolic link points to, as written in it.
  package static func readLink(_ path: String) throws(PosixError) -> String {
    try checkPath(path)
    var result = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      result = buffer.withMemoryRebound(to: CChar.self) {
        $0.baseAddress.map { readlink(path, $0, Int(PATH_MAX)) } ?? -1
      }
      count = max(result, 0)
    }
    guard result >= 0 else { throw .last("read the link", path) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The absolute path without symbolic links of something that is there.
  package static func realPath(_ path: String) throws(PosixError) -> String {
    try checkPath(path)
    guard let text = realpath(path, nil) else { throw .last("look at", path) }
    defer { free(text) }
    return String(cString: text)
  }

  /// The folder and the last name of a path: `("/a", "b")` of `/a/b`, `(".", "b")` of `b`.
  package static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let name = String(path[path.utf8.index(after: slash)...])
    return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
  }
}
