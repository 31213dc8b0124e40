// SPDX-License-Identifier: Apache-2.0

import CZlib

/// A zlib stream that is used for one object after the other.
final class Deflater {
  // zlib keeps the address of the stream, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  /// - Parameter memoryLevel: zlib clears its tables before each object, 64 KiB at level 8.
  init(level: Int, memoryLevel: Int32) throws(GitError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let result = deflateInit2_(
      stream, Int32(min(max(level, 0), 9)), Z_DEFLATED, MAX_WBITS, memoryLevel,
      Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else {
      stream.deallocate()
      throw GitError(
        .other, code: result, operation: "start zlib", subject: nil, message: "error \(result)")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Compresses all of the input; `output` is called for room and told how much of it was filled.
  func compress(
    _ input: UnsafeRawBufferPointer,
    room: () throws(GitError) -> UnsafeMutableRawBufferPointer, filled: (Int) -> Void
  ) throws(GitError) {
    deflateReset(stream)
    // zlib only reads from here; its header says so from version 1.3 on.
    let bytes = input.bindMemory(to: UInt8.self)
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    var rest = input.count
    while true {
      if stream.pointee.avail_in == 0 {
        // The counter has 32 bits.
        let piece = min(rest, 1 << 30)
        stream.pointee.avail_in = UInt32(piece)
        rest -= piece
      }
      let space = try room()
      stream.pointee.next_out = space.bindMemory(to: UInt8.self).baseAddress
      stream.pointee.avail_out = UInt32(min(space.count, 1 << 30))
      let offered = Int(stream.pointee.avail_out)
      let result = deflate(stream, rest == 0 ? Z_FINISH : Z_NO_FLUSH)
      filled(offered - Int(stream.pointee.avail_out))
      if result == Z_STREAM_END { return }
      guard result == Z_OK || result == Z_BUF_ERROR else {
        throw GitError(
          .other, code: result, operation: "compress an object", subject: nil,
          message: "error \(result)")
      }
    }
  }
}
