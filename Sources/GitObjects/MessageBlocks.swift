// SPDX-License-Identifier: Apache-2.0

/// Cuts a message into blocks of 64 bytes, as MD5, SHA-1 and SHA-256 do, and pads its end.
struct MessageBlocks {
  /// The bytes of the block that is not full yet.
  private var pending: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
    (0, 0, 0, 0, 0, 0, 0, 0)
  private var pendingCount = 0
  private var length: UInt64 = 0

  /// Adds bytes; calls `compress` with the address of full blocks and their number.
  mutating func add(
    _ bytes: UnsafeRawBufferPointer, _ compress: (UnsafeRawPointer, Int) -> Void
  ) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    length &+= UInt64(bytes.count)
    var done = 0
    if pendingCount > 0 {
      done = min(64 - pendingCount, bytes.count)
      let count = pendingCount
      withUnsafeMutableBytes(of: &pending) { block in
        block.baseAddress.map { $0.advanced(by: count).copyMemory(from: base, byteCount: done) }
        if count + done == 64 { block.baseAddress.map { compress(UnsafeRawPointer($0), 1) } }
      }
      pendingCount = (count + done) & 63
    }
    let whole = (bytes.count - done) / 64
    if whole > 0 {
      compress(base.advanced(by: done), whole)
      done += whole * 64
    }
    let rest = bytes.count - done
    if rest > 0 {
      withUnsafeMutableBytes(of: &pending) { block in
        block.baseAddress.map { $0.copyMemory(from: base.advanced(by: done), byteCount: rest) }
      }
      pendingCount = rest
    }
  }

  /// Adds the end of the message: a bit, zeros, and the length in bits.
  mutating func finish(bigEndian: Bool, _ compress: (UnsafeRawPointer, Int) -> Void) {
    let bits = length &* 8
    var end: [UInt8] = [0x80]
    let zeros = pendingCount < 56 ? 55 - pendingCount : 119 - pendingCount
    end.append(contentsOf: repeatElement(0, count: zeros))
    withUnsafeBytes(of: bigEndian ? bits.bigEndian : bits.littleEndian) {
      end.append(contentsOf: $0)
    }
    end.withUnsafeBytes { add($0, compress) }
  }
}

/// Lower-case hexadecimal digits.
func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits: [UInt8] = Array("0123456789abcdef".utf8)
  return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
    for (index, byte) in bytes.enumerated() {
      buffer[2 * index] = digits[Int(byte >> 4)]
      buffer[2 * index + 1] = digits[Int(byte & 15)]
    }
    return bytes.count * 2
  }
}
