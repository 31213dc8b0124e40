// SPDX-License-Identifier: Apache-2.0

import Diagnostics

// Go's literals.
extension TemplateLexer {
  mutating func raw(_ start: Int) throws(LocatedFailure) -> GoString {
    at += 1
    let first = at
    while let byte = peek() {
      at += 1
      // Go drops carriage returns from raw strings.
      if byte == UInt8(ascii: "`") { return bytes[first..<at - 1].filter { $0 != 0x0d } }
    }
    throw LocatedFailure("the raw string is not closed with '`'", at: start)
  }

  mutating func quoted(_ start: Int) throws(LocatedFailure) -> GoString {
    at += 1
    var result: GoString = []
    while let byte = peek(), byte != 0x0a {
      if byte == UInt8(ascii: "\"") {
        at += 1
        return result
      }
      try unit(&result, quote: UInt8(ascii: "\""))
    }
    throw LocatedFailure("the string is not closed with '\"'", at: start)
  }

  mutating func character(_ start: Int) throws(LocatedFailure) -> Int64 {
    at += 1
    var result: GoString = []
    guard let byte = peek(), byte != UInt8(ascii: "'"), byte != 0x0a else {
      throw LocatedFailure("a character in single quotes is one character", at: start)
    }
    let isByte =
      byte == UInt8(ascii: "\\") && (peek(1) == 0x78 || (0x30...0x37).contains(peek(1) ?? 0))
    repeat { try unit(&result, quote: UInt8(ascii: "'")) } while (peek() ?? 0) & 0xc0 == 0x80
    let scalars = Array(String(decoding: result, as: UTF8.self).unicodeScalars)
    guard peek() == UInt8(ascii: "'"), let scalar = scalars.first, scalars.count == 1 else {
      throw LocatedFailure(
        "a character in single quotes is one character", at: start,
        hint: "write strings in double quotes")
    }
    at += 1
    return isByte ? Int64(result.first ?? 0) : Int64(scalar.value)
  }

  /// One byte or one escape of a string.
  private mutating func unit(_ result: inout GoString, quote: UInt8) throws(LocatedFailure) {
    let start = at
    guard let byte = peek() else { return }
    at += 1
    guard byte == UInt8(ascii: "\\") else {
      result.append(byte)
      return
    }
    let escaped = peek() ?? 0
    at += 1
    switch escaped {
    case UInt8(ascii: "a"): result.append(7)
    case UInt8(ascii: "b"): result.append(8)
    case UInt8(ascii: "f"): result.append(12)
    case UInt8(ascii: "n"): result.append(10)
    case UInt8(ascii: "r"): result.append(13)
    case UInt8(ascii: "t"): result.append(9)
    case UInt8(ascii: "v"): result.append(11)
    case UInt8(ascii: "\\"), quote: result.append(escaped)
    case UInt8(ascii: "x"): result.append(UInt8(truncatingIfNeeded: try digits(2, 16, start)))
    case 0x30...0x37:
      at -= 1
      let value = try digits(3, 8, start)
      guard value < 256 else { throw LocatedFailure("unknown escape in the string", at: start) }
      result.append(UInt8(value))
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let value = try digits(escaped == UInt8(ascii: "u") ? 4 : 8, 16, start)
      guard let scalar = Unicode.Scalar(value) else {
        throw LocatedFailure("unknown escape in the string", at: start)
      }
      result += String(Character(scalar)).utf8
    default:
      throw LocatedFailure(
        "unknown escape in the string", at: start, hint: "write '\\\\' for one backslash")
    }
  }

  private mutating func digits(_ count: Int, _ radix: Int, _ start: Int) throws(LocatedFailure)
    -> UInt32
  {
    let end = at + count
    guard end <= bytes.count,
      bytes[at..<end].allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let value = UInt32(String(decoding: bytes[at..<end], as: UTF8.self), radix: radix)
    else { throw LocatedFailure("unknown escape in the string", at: start) }
    at = end
    return value
  }

  /// The text of a number; what it means is found when it is parsed.
  mutating func number(_ start: Int) throws(LocatedFailure) -> String {
    at += 1
    while let byte = peek() {
      let isLetter = (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte & 0xdf)
      let before = bytes[at - 1] & 0xdf
      let isHex = start + 1 < bytes.count && (bytes[start + 1] & 0xdf) == UInt8(ascii: "X")
      let isSign =
        (byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"))
        && (isHex ? before == UInt8(ascii: "P") : before == UInt8(ascii: "E"))
      guard isLetter || isSign || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") else {
        break
      }
      at += 1
    }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }
}

extension GoValue {
  /// What a number of a template means; nil when it is none.
  static func number(_ text: String) -> GoValue? {
    var rest = Substring(text)
    var sign = ""
    if let first = rest.first, first == "-" || first == "+" {
      sign = first == "-" ? "-" : ""
      rest = rest.dropFirst()
    }
    guard let plain = withoutUnderscores(String(rest)), !plain.isEmpty else { return nil }
    let lower = plain.lowercased()
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where lower.hasPrefix(prefix) {
      if let number = Int64(sign + lower.dropFirst(2), radix: radix), lower.utf8.count > 2,
        lower.utf8.dropFirst(2).first != UInt8(ascii: "+")
      {
        return .int(number, isLong: false)
      }
      guard radix == 16, lower.contains("p"), let number = Double(sign + lower) else { return nil }
      return .float(number)
    }
    guard lower.utf8.allSatisfy({ (0x30...0x39).contains($0) || ".e+-".utf8.contains($0) }) else {
      return nil
    }
    if lower.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      let isOctal = lower.hasPrefix("0") && lower.utf8.count > 1
      return Int64(sign + lower, radix: isOctal ? 8 : 10).map { .int($0, isLong: false) }
    }
    let padded = (lower.hasPrefix(".") ? "0" : "") + lower
    return Double(sign + padded.replacingPoint()).flatMap { $0.isFinite ? .float($0) : nil }
  }

  /// The digits without `_`, which may stand only between digits or after a base prefix.
  private static func withoutUnderscores(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
      guard index > 0, index + 1 < bytes.count, bytes[index - 1] != UInt8(ascii: "_"),
        bytes[index - 1] != UInt8(ascii: "."), bytes[index + 1] != UInt8(ascii: ".")
      else { return nil }
    }
    return String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
  }
}

extension String {
  /// `1.` and `1.e5` as Swift reads them: with a digit after the point.
  fileprivate func replacingPoint() -> String {
    var result = ""
    let scalars = Array(unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      result.unicodeScalars.append(scalar)
      let next = index + 1 < scalars.count ? scalars[index + 1] : "e"
      if scalar == ".", next == "e" { result += "0" }
    }
    return result
  }
}
