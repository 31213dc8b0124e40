// SPDX-License-Identifier: Apache-2.0

/// What one pass over the bytes of a file tells before any parser sees them.
struct TextScan {
  /// Why the bytes are no text that YAML allows.
  enum Problem: Hashable {
    /// Not UTF-8; the byte that can't stand there.
    case notUTF8(UInt8)
    /// UTF-16 or UTF-32, told by its byte order mark or by NUL in every second byte.
    case wideEncoding
    /// A character that YAML does not allow.
    case control(UInt32)
  }

  /// The first problem and its offset in bytes.
  private(set) var problem: (kind: Problem, offset: Int)?
  /// Whether one byte is one character everywhere.
  private(set) var isASCII = true
  /// Whether libyaml breaks lines where editors don't: at a lone CR, U+0085, U+2028 or U+2029.
  private(set) var hasRareLineBreaks = false

  /// Scans bytes without a byte order mark.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    let count = bytes.count
    var index = 0
    while index < count {
      let byte = bytes[index]
      if byte < 0x80 {
        if byte < 0x20 || byte == 0x7f {
          if byte == 0x0d {
            if index + 1 == count || bytes[index + 1] != 0x0a { hasRareLineBreaks = true }
          } else if byte != 0x0a, byte != 0x09 {
            problem = (.control(UInt32(byte)), index)
            return
          }
        }
        index += 1
        continue
      }
      isASCII = false
      guard let (value, width) = Self.decode(bytes, at: index) else {
        problem = (.notUTF8(byte), index)
        return
      }
      if value < 0xa0 || value >= 0xfffe && value <= 0xffff {
        if value != 0x85 {
          problem = (.control(value), index)
          return
        }
        hasRareLineBreaks = true
      } else if value == 0x2028 || value == 0x2029 {
        hasRareLineBreaks = true
      }
      index += width
    }
  }

  /// The scalar that starts at `index` and its number of bytes; nil when the bytes are not UTF-8.
  static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, at index: Int
  ) -> (value: UInt32, width: Int)? {
    let first = UInt32(bytes[index])
    let width: Int
    let least: UInt32
    var value: UInt32
    switch first {
    case 0..<0x80: return (first, 1)
    case 0xc2..<0xe0: (width, least, value) = (2, 0x80, first & 0x1f)
    case 0xe0..<0xf0: (width, least, value) = (3, 0x800, first & 0x0f)
    case 0xf0..<0xf5: (width, least, value) = (4, 0x1_0000, first & 0x07)
    default: return nil
    }
    guard index + width <= bytes.count else { return nil }
    for offset in 1..<width {
      let next = UInt32(bytes[index + offset])
      guard next & 0xc0 == 0x80 else { return nil }
      value = value << 6 | next & 0x3f
    }
    guard value >= least, value <= 0x10_ffff, !(0xd800...0xdfff).contains(value) else { return nil }
    return (value, width)
  }

  /// Whether the file is UTF-16 or UTF-32: a byte order mark, or NUL in one half of the first bytes.
  static func looksWide(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count >= 2 else { return false }
    switch (bytes[0], bytes[1]) {
    case (0xff, 0xfe), (0xfe, 0xff): return true
    case (0, 0): return bytes.count >= 4 && (bytes[2], bytes[3]) == (0xfe, 0xff)
    case (0, 1...), (1..., 0):
      let sample = bytes.prefix(64)
      var nuls = [0, 0]
      for (index, byte) in sample.enumerated() where byte == 0 { nuls[index & 1] += 1 }
      return bytes.count >= 4 && max(nuls[0], nuls[1]) == sample.count / 2
        && min(nuls[0], nuls[1]) == 0
    default: return false
    }
  }
}
