// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file that others append to, such as a web server's log, read from where one stopped last.
package struct GrowingFile: ~Copyable {
  private let descriptor: Descriptor
  private let path: String
  /// The number of the file in its file system: another one is another file of the same name.
  package let inode: UInt64

  /// Opens a file; nil when there is none.
  package static func open(_ path: String, writing: Bool = false) throws(PosixError) -> GrowingFile?
  {
    do throws(PosixError) {
      let descriptor = try Descriptor.open(path, writing ? O_RDWR : O_RDONLY)
      var status = stat()
      guard fstat(descriptor.number, &status) == 0 else { throw .last("look at", path) }
      return GrowingFile(descriptor: descriptor, path: path, inode: UInt64(status.st_ino))
    } catch {
      if error.isMissing { return nil }
      throw error
    }
  }

  private init(descriptor: consuming Descriptor, path: String, inode: UInt64) {
    self.descriptor = descriptor
    self.path = path
    self.inode = inode
  }

  /// Bytes now.
  package var size: Int64 {
    var status = stat()
    return fstat(descriptor.number, &status) == 0 ? Int64(status.st_size) : 0
  }

  /// At most `count` bytes from an offset; fewer, or none, where the file ends.
  package borrowing func read(from offset: Int64, upTo count: Int) throws(PosixError) -> [UInt8] {
    guard offset >= 0, lseek(descriptor.number, off_t(offset), SEEK_SET) >= 0 else {
      throw .last("read", path)
    }
    return try readSome(descriptor.number, upTo: count, path)
  }

  /// Drops what has been read from the front of the file, while others append to it.
  ///
  /// On ext4 and XFS whole blocks are taken out and nothing that is appended meanwhile can be lost. Where
  /// the file system cannot do that, the file is emptied when nobody has appended since `offset`; what is
  /// appended between that look and the emptying, microseconds, is lost then.
  /// - Returns: by how much all offsets have become smaller; 0 when nothing was dropped.
  package borrowing func dropFront(before offset: Int64) throws(PosixError) -> Int64 {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw .last("shorten", path) }
    let block = max(Int64(status.st_blksize), 512)
    // Not up to the end of the file, which fallocate(2) refuses.
    let count = min(offset, Int64(status.st_size) - 1) / block * block
    if count > 0, fallocate(descriptor.number, Self.collapseRange, 0, Int(count)) == 0 {
      return count
    }
    guard size == offset else { return 0 }
    guard ftruncate(descriptor.number, 0) == 0 else { throw .last("shorten", path) }
    return offset
  }

  /// `FALLOC_FL_COLLAPSE_RANGE` of linux/falloc.h, which glibc's header does not pass on.
  private static let collapseRange: Int32 = 0x08
}

extension Files {
  /// Adds bytes to the end of a file in one call, and makes it when it is missing.
  package static func append(_ path: String, _ bytes: [UInt8]) throws(PosixError) {
    if bytes.isEmpty { return }
    try Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o644, operation: "write")
      .write(bytes, path: path)
  }
}
