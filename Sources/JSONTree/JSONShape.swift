// SPDX-License-Identifier: Apache-2.0

/// What one pass over a JSON text finds that jansson would only refuse: its depth, and integers that
/// don't fit into 64 bits.
struct JSONShape {
  /// Where the nesting is over the limit.
  private(set) var tooDeepAt: Int?
  /// The offsets behind integers outside of `Int64`.
  private var hugeIntegerEnds: [Int] = []

  init(_ bytes: [UInt8], maxDepth: Int) {
    var depth = 0
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
          index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index += 1
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        if depth > maxDepth {
          tooDeepAt = index
          return
        }
        index += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        index += 1
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        let start = index
        index += 1
        while index < bytes.count, Self.isDigit(bytes[index]) { index += 1 }
        let isInteger = index >= bytes.count || ![0x2e, 0x65, 0x45].contains(bytes[index])
        if isInteger, index - start > 18,
          Int64(String(decoding: bytes[start..<index], as: UTF8.self)) == nil
        {
          hugeIntegerEnds.append(index)
        }
        while index < bytes.count, Self.isInNumber(bytes[index]) { index += 1 }
      default:
        index += 1
      }
    }
  }

  /// The text with `.0` behind every integer that is too large for jansson, so that it reads a real.
  func withRealsForHugeIntegers(_ bytes: [UInt8]) -> [UInt8] {
    if hugeIntegerEnds.isEmpty { return bytes }
    var result: [UInt8] = []
    var done = 0
    for end in hugeIntegerEnds {
      result += bytes[done..<end]
      result += ".0".utf8
      done = end
    }
    return result + bytes[done...]
  }

  /// The offset in the text that was given, of an offset in the text with reals.
  func originalOffset(_ offset: Int) -> Int {
    var shift = 0
    for end in hugeIntegerEnds where end + shift + 2 <= offset { shift += 2 }
    return offset - shift
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isInNumber(_ byte: UInt8) -> Bool {
    isDigit(byte) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].contains(byte)
  }
}
