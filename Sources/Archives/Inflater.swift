// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Reads a gzip file piece by piece, so that never more is unpacked than somebody has asked for.
final class Inflater {
  // zlib keeps the address of the stream, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var isAtEnd = false

  /// - Parameter input: the file; it must stay where it is as long as the reader is used.
  init(_ input: UnsafeBufferPointer<UInt8>) throws(ArchiveError) {
    guard Self.isMember(input[...]) else { throw .notCompressed }
    self.input = input
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 more than the window: gzip and nothing else.
    let result = inflateInit2_(
      stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else {
      stream.deallocate()
      throw .damaged("zlib does not start, error \(result)")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  private static func isMember(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    bytes.starts(with: [0x1f, 0x8b])
  }

  /// The next bytes, as many as asked for; fewer at the end of the file only.
  func read(_ count: Int) throws(ArchiveError) -> [UInt8] {
    var failure: ArchiveError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(ArchiveError) {
        filled = try fill(buffer)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  private func fill(_ buffer: UnsafeMutableBufferPointer<UInt8>) throws(ArchiveError) -> Int {
    var filled = 0
    while filled < buffer.count, !isAtEnd {
      // The counters have 32 bits.
      let offered = min(input.count - position, 1 << 30)
      let room = min(buffer.count - filled, 1 << 30)
      // zlib only reads from here; its header says so from version 1.3 on.
      stream.pointee.next_in = input.baseAddress.map {
        UnsafeMutablePointer(mutating: $0 + position)
      }
      stream.pointee.avail_in = UInt32(offered)
      stream.pointee.next_out = buffer.baseAddress.map { $0 + filled }
      stream.pointee.avail_out = UInt32(room)
      let result = inflate(stream, Z_NO_FLUSH)
      position += offered - Int(stream.pointee.avail_in)
      filled += room - Int(stream.pointee.avail_out)
      switch result {
      case Z_OK:
        continue
      case Z_STREAM_END:
        try startNextMember()
      case Z_BUF_ERROR where position == input.count:
        throw .truncated
      default:
        throw .damaged("what was compressed cannot be read")
      }
    }
    return filled
  }

  /// Several gzip files in a row are one; zeros may fill up the last block.
  private func startNextMember() throws(ArchiveError) {
    let rest = input[position...]
    if rest.allSatisfy({ $0 == 0 }) {
      isAtEnd = true
    } else if Self.isMember(rest), inflateReset(stream) == Z_OK {
      return
    } else {
      throw .damaged("something follows after its end")
    }
  }
}
