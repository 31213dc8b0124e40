// SPDX-License-Identifier: Apache-2.0

import CZlib
import GitObjects
import Glibc

/// A pack under its temporary name: objects are appended, the trailer comes last.
///
/// Format: gitformat-pack(5), version 2, no deltas.
final class PackFile {
  private static let bufferSize = 1 << 20

  let path: String
  private let number: Int32
  private var isOpen = true
  private let buffer: UnsafeMutableRawBufferPointer
  private var used = 0
  private var flushed = 0
  private let small: Deflater
  private let large: Deflater

  /// How many bytes the pack has so far.
  var size: Int { flushed + used }

  init(folder: String, level: Int) throws(GitError) {
    small = try Deflater(level: level, memoryLevel: 4)
    large = try Deflater(level: level, memoryLevel: 8)
    // Git itself sweeps up old files that begin with `tmp_`.
    (number, path) = try StoreFile.makeTemporary("\(folder)/tmp_pack")
    buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    append([0x50, 0x41, 0x43, 0x4b, 0, 0, 0, 2, 0, 0, 0, 0])
  }

  deinit {
    if isOpen { close(number) }
    buffer.deallocate()
  }

  /// Appends an object and tells the checksum of its packed form.
  func add(_ kind: ObjectKind, _ content: [UInt8]) throws(GitError) -> UInt32 {
    if Self.bufferSize - used < 64 + Self.storedLimit { try flush() }
    let start = used
    appendHeader(kind, size: content.count)
    if kind == .commit, content.count <= Self.storedLimit {
      appendStored(content)
      return crc(0, from: start)
    }
    var checksum = crc(0, from: start)
    let deflater = content.count <= 4096 ? small : large
    try withBytes(content) { bytes throws(GitError) in
      try deflater.compress(
        bytes,
        room: { () throws(GitError) in
          if Self.bufferSize - self.used < 64 { try self.flush() }
          return UnsafeMutableRawBufferPointer(rebasing: self.buffer[self.used...])
        },
        filled: { count in
          self.used += count
          checksum = self.crc(checksum, from: self.used - count)
        })
    }
    return checksum
  }

  /// Writes count and trailer, makes the file last, and tells the trailer's digest.
  func finish(count: Int) throws(GitError) -> [UInt8] {
    try flush()
    let header = UInt32(truncatingIfNeeded: count).bigEndian
    let patched = withUnsafeBytes(of: header) { pwrite(number, $0.baseAddress, 4, 8) }
    guard patched == 4 else { throw StoreFile.error("write", path) }
    let digest = try digestOfFile()
    try StoreFile.write(digest, to: number, path)
    isOpen = false
    try StoreFile.finish(number, mode: 0o444, path)
    return digest
  }

  /// The count in the header is known only at the end, so the file is read once more, from the
  /// page cache as a rule: 10 ms for 70 MB, against holding the pack in memory.
  private func digestOfFile() throws(GitError) -> [UInt8] {
    var digest = SHA1()
    var offset = 0
    while offset < flushed {
      let got = pread(number, buffer.baseAddress, min(buffer.count, flushed - offset), offset)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw StoreFile.error("read", path) }
      digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
      offset += got
    }
    return digest.finalize()
  }

  /// The longest commit that is stored as it is: for the commits of ten thousand slices zlib would take
  /// a third of a publication, to save 80 bytes of each.
  private static let storedLimit = 512

  /// A zlib stream of one stored block. Source: RFC 1950, RFC 1951 section 3.2.4.
  private func appendStored(_ content: [UInt8]) {
    let size = UInt16(truncatingIfNeeded: content.count)
    append([0x78, 0x01, 0x01])
    append([UInt8(size & 0xff), UInt8(size >> 8), UInt8(~size & 0xff), UInt8(~size >> 8)])
    append(content)
    let sum = content.withUnsafeBufferPointer {
      adler32(1, $0.baseAddress, UInt32($0.count))
    }
    append((0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * $0)) })
  }

  private func appendHeader(_ kind: ObjectKind, size: Int) {
    let type: UInt8 =
      switch kind {
      case .commit: 1
      case .tree: 2
      case .blob: 3
      case .tag: 4
      }
    var rest = size >> 4
    var byte = type << 4 | UInt8(size & 15)
    while rest > 0 {
      append([byte | 0x80])
      byte = UInt8(rest & 0x7f)
      rest >>= 7
    }
    append([byte])
  }

  private func append(_ bytes: [UInt8]) {
    UnsafeMutableRawBufferPointer(rebasing: buffer[used...]).copyBytes(from: bytes)
    used += bytes.count
  }

  private func crc(_ checksum: UInt32, from start: Int) -> UInt32 {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[start..<used])
    let result = crc32_z(
      UInt(checksum), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    return UInt32(truncatingIfNeeded: result)
  }

  private func flush() throws(GitError) {
    try StoreFile.write(UnsafeRawBufferPointer(rebasing: buffer[..<used]), to: number, path)
    flushed += used
    used = 0
  }
}

/// Array's own function, for typed errors.
func withBytes<R>(
  _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(GitError) -> R
) throws(GitError) -> R {
  let result: Result<R, GitError> = bytes.withUnsafeBytes { buffer in
    do throws(GitError) {
      return .success(try body(buffer))
    } catch {
      return .failure(error)
    }
  }
  return try result.get()
}
