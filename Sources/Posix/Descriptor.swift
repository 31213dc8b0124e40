// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An open file descriptor that is closed when it goes out of scope.
package struct Descriptor: ~Copyable {
  /// The number; it belongs to this value and must not be closed by anybody else.
  package let number: Int32

  /// Takes over an open descriptor.
  package init(owning number: Int32) {
    self.number = number
  }

  deinit {
    // Not again after EINTR: Linux has closed the number already, it may be somebody else's now.
    _ = close(number)
  }

  /// Opens a file; always close-on-exec.
  package static func open(
    _ path: String, _ flags: Int32, mode: UInt32 = 0o666, operation: String = "open"
  ) throws(PosixError) -> Descriptor {
    try checkPath(path)
    let number = retrying { Glibc.open(path, flags | O_CLOEXEC, mode_t(mode)) }
    guard number >= 0 else { throw .last(operation, path) }
    return Descriptor(owning: number)
  }

  /// Writes all bytes, in as many calls as it takes.
  package borrowing func write(_ bytes: [UInt8], path: String? = nil) throws(PosixError) {
    try writeAll(bytes[...], to: number, path)
  }

  /// Reads to the end; throws `EFBIG` when there are more than `limit` bytes.
  package borrowing func readAll(limit: Int, path: String? = nil) throws(PosixError) -> [UInt8] {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw .last("read", path) }
    // The size is a hint only (pipes and /proc say 0); one byte more finds the end in one call.
    let expected = status.st_mode & S_IFMT == S_IFREG ? Int(clamping: status.st_size) : 0
    guard expected <= limit else { throw PosixError("read", path, code: EFBIG) }
    var bytes: [UInt8] = []
    var room = max(expected + 1, 4096)
    while true {
      let chunk = try readSome(number, upTo: room, path)
      if chunk.isEmpty { return bytes }
      if bytes.isEmpty { bytes = chunk } else { bytes.append(contentsOf: chunk) }
      guard bytes.count <= limit else { throw PosixError("read", path, code: EFBIG) }
      room = min(max(4096, bytes.count), 1 << 20)
    }
  }

  /// Waits until the content is on the disk.
  package borrowing func synchronize(path: String? = nil) throws(PosixError) {
    guard retrying({ fsync(number) }) == 0 else { throw .last("write", path) }
  }
}

/// Repeats a call that a signal interrupted.
func retrying<R: SignedInteger>(_ call: () -> R) -> R {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

/// Refuses a path with a NUL inside, of which the system would take the first half.
func checkPath(_ path: String) throws(PosixError) {
  if path.utf8.contains(0) { throw PosixError("open", path, code: EINVAL) }
}

/// Writes all bytes to a descriptor.
func writeAll(_ bytes: ArraySlice<UInt8>, to number: Int32, _ path: String?) throws(PosixError) {
  var rest = bytes
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { buffer in
      retrying { Glibc.write(number, buffer.baseAddress, buffer.count) }
    }
    guard written >= 0 else { throw .last("write", path) }
    rest = rest.dropFirst(written)
  }
}

/// Reads at most `count` bytes; none at the end.
func readSome(_ number: Int32, upTo count: Int, _ path: String?) throws(PosixError) -> [UInt8] {
  var result = 0
  let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
    result = retrying { Glibc.read(number, buffer.baseAddress, count) }
    initialized = max(result, 0)
  }
  guard result >= 0 else { throw .last("read", path) }
  return bytes
}
