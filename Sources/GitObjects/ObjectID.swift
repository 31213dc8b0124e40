// SPDX-License-Identifier: Apache-2.0

/// The name of a Git object: the SHA-1 of its type, size and content.
package struct ObjectID: Sendable, Hashable, Comparable, CustomStringConvertible {
  // Three words are compared, hashed and copied several times faster than an array of 20 bytes.
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// Makes an id of exactly 20 bytes; nil for any other count.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 20 else { return nil }
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    for (index, byte) in bytes.enumerated() {
      switch index {
      case 0..<8: words.0 = words.0 << 8 | UInt64(byte)
      case 8..<16: words.1 = words.1 << 8 | UInt64(byte)
      default: words.2 = words.2 << 8 | UInt32(byte)
      }
    }
    (high, middle, low) = words
  }

  /// Makes an id of exactly 20 bytes; nil for any other count.
  ///
  /// For arrays and pieces of them: the generic initialiser is not specialised in other modules.
  package init?(bytes: [UInt8]) {
    self.init(bytes: bytes[...])
  }

  /// Makes an id of exactly 20 bytes; nil for any other count.
  package init?(bytes: ArraySlice<UInt8>) {
    guard bytes.count == 20 else { return nil }
    (high, middle, low) = bytes.withUnsafeBytes { buffer in
      (
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt32(bigEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
      )
    }
  }

  /// Reads 40 hexadecimal digits; nil for anything else.
  package init?(hex: some StringProtocol) {
    let read = hex.utf8.withContiguousStorageIfAvailable { ObjectID(digits: $0[...]) }
    guard let id = read ?? Array(hex.utf8).withUnsafeBufferPointer({ ObjectID(digits: $0[...]) })
    else { return nil }
    self = id
  }

  private init?(digits: Slice<UnsafeBufferPointer<UInt8>>) {
    guard digits.count == 40 else { return nil }
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    var position = 0
    for unit in digits {
      let digit: UInt8
      switch unit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = unit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = unit - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = unit - UInt8(ascii: "A") + 10
      default: return nil
      }
      switch position {
      case 0..<16: words.0 = words.0 << 4 | UInt64(digit)
      case 16..<32: words.1 = words.1 << 4 | UInt64(digit)
      default: words.2 = words.2 << 4 | UInt32(digit)
      }
      position += 1
    }
    (high, middle, low) = words
  }

  private init(high: UInt64, middle: UInt64, low: UInt32) {
    self.high = high
    self.middle = middle
    self.low = low
  }

  /// Forty zeros: "no object" in the lines that Git gives to hooks.
  package static let zero = ObjectID(high: 0, middle: 0, low: 0)

  /// The tree without entries, known to every Git.
  package static let emptyTree = ObjectID(
    high: 0x4b82_5dc6_42cb_6eb9, middle: 0xa060_e54b_f8d6_9288, low: 0xfbee_4904)

  /// Whether this is the id of nothing.
  package var isZero: Bool { self == .zero }

  /// The 20 bytes.
  package var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
      for index in 0..<8 { buffer[index] = UInt8(truncatingIfNeeded: high >> (56 - 8 * index)) }
      for index in 0..<8 {
        buffer[8 + index] = UInt8(truncatingIfNeeded: middle >> (56 - 8 * index))
      }
      for index in 0..<4 { buffer[16 + index] = UInt8(truncatingIfNeeded: low >> (24 - 8 * index)) }
      count = 20
    }
  }

  /// Appends the 20 bytes to a buffer.
  package func append(to buffer: inout [UInt8]) {
    withUnsafeBytes(of: high.bigEndian) { buffer.append(contentsOf: $0) }
    withUnsafeBytes(of: middle.bigEndian) { buffer.append(contentsOf: $0) }
    withUnsafeBytes(of: low.bigEndian) { buffer.append(contentsOf: $0) }
  }

  /// The first byte, by which pack indexes are fanned out.
  package var firstByte: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }

  /// Forty hexadecimal digits.
  package var hex: String {
    Hexadecimal.text(bytes)
  }

  /// The first seven digits, for people.
  package var short: String { String(hex.prefix(7)) }

  package var description: String { hex }

  package static func < (left: ObjectID, right: ObjectID) -> Bool {
    (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
  }
}
