// SPDX-License-Identifier: Apache-2.0

/// Decides what a plain scalar is, rule by rule as go.yaml.in/yaml/v2 `resolve.go` does, through which
/// every YAML file goes that `kubectl` reads (`sigs.k8s.io/yaml`).
package enum ScalarResolver {
  /// What a plain scalar without a tag is; timestamps stay strings, as Kubernetes leaves them.
  static func resolve(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar.Resolved {
    guard let first = text.first else { return .null }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
      if text.count == 5, text[1] == UInt8(ascii: "."), let special = special(text) {
        return special
      }
      return number(text)
    case UInt8(ascii: "."):
      if text.count == 4, let special = special(text) { return special }
      return pointFloat(text)
    case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"),
      UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"),
      UInt8(ascii: "o"), UInt8(ascii: "O"), UInt8(ascii: "~"):
      return word(text) ?? .string
    default:
      return .string
    }
  }

  /// What a plain scalar without a tag is.
  package static func resolve(_ text: String) -> YAMLScalar.Resolved {
    var text = text
    return text.withUTF8 { resolve($0) }
  }

  /// Whether another reader than ours takes the text for a number or a time: dates, `12:30:45` in base
  /// 60, numbers too large for a double.
  static func isNumberElsewhere(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, isDigit(first) || [0x2b, 0x2d, 0x2e].contains(first) else {
      return false
    }
    if isFloat(text.filter { $0 != UInt8(ascii: "_") }) { return true }
    if text.count >= 8, text[4] == UInt8(ascii: "-"), text[..<4].allSatisfy(isDigit) { return true }
    return text.contains(UInt8(ascii: ":"))
      && text.allSatisfy { isDigit($0) || [0x2b, 0x2d, 0x2e, 0x3a, 0x5f].contains($0) }
  }

  /// The words with a meaning of their own, in lower case, in capitals, or with one capital in front.
  private static func word(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar.Resolved? {
    switch text.count {
    case 1:
      if text[0] == UInt8(ascii: "~") { return .null }
      return isSpelled(text, "y") ? .bool(true) : isSpelled(text, "n") ? .bool(false) : nil
    case 2:
      return isSpelled(text, "on") ? .bool(true) : isSpelled(text, "no") ? .bool(false) : nil
    case 3:
      return isSpelled(text, "yes") ? .bool(true) : isSpelled(text, "off") ? .bool(false) : nil
    case 4:
      return isSpelled(text, "true") ? .bool(true) : isSpelled(text, "null") ? .null : nil
    case 5:
      return isSpelled(text, "false") ? .bool(false) : nil
    default:
      return nil
    }
  }

  private static func isSpelled(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    var capitals = 0
    for index in 0..<text.count {
      let letter = word.utf8Start[index]
      if text[index] == letter { continue }
      guard text[index] | 0x20 == letter, text[index] & 0x20 == 0 else { return false }
      capitals += 1
    }
    return capitals == 0 || capitals == text.count || capitals == 1 && text[0] & 0x20 == 0
  }

  /// The numbers that are none.
  private static func special(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar.Resolved? {
    switch String(decoding: text, as: UTF8.self) {
    case ".nan", ".NaN", ".NAN": .float(.nan)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .float(.infinity)
    case "-.inf", "-.Inf", "-.INF": .float(-.infinity)
    default: nil
    }
  }

  /// A scalar that begins with a digit or a sign.
  private static func number(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar.Resolved {
    // Dates, addresses and versions are far more frequent than numbers with odd characters.
    for byte in text where !mayStandInNumber(byte) { return .string }
    let plain =
      text.contains(UInt8(ascii: "_")) ? text.filter { $0 != UInt8(ascii: "_") } : Array(text)
    if let value = integer(plain[...], base: nil) { return value }
    if isFloat(plain), let value = Double(String(decoding: plain, as: UTF8.self)), value.isFinite {
      return .float(value)
    }
    // The reader's own second try at binary numbers, which lets a sign follow the prefix.
    if plain.starts(with: "0b".utf8), let value = integer(plain[2...], base: 2) { return value }
    return .string
  }

  private static func mayStandInNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "x"), UInt8(ascii: "X"),
      UInt8(ascii: "o"), UInt8(ascii: "O"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "+"), UInt8(ascii: "-"):
      true
    default:
      false
    }
  }

  /// Go's `ParseInt`, then `ParseUint`; a base of nil is told by the prefix, a leading zero is octal.
  private static func integer(
    _ text: ArraySlice<UInt8>, base givenBase: UInt64?
  ) -> YAMLScalar.Resolved? {
    var digits = text
    var isNegative = false
    var isSigned = false
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      isSigned = true
      digits = digits.dropFirst()
    }
    guard !digits.isEmpty else { return nil }
    var base: UInt64 = givenBase ?? 10
    if givenBase == nil, digits.first == UInt8(ascii: "0") {
      let second = digits.dropFirst().first.map { $0 | 0x20 }
      if digits.count >= 3, second == UInt8(ascii: "x") {
        base = 16
        digits = digits.dropFirst(2)
      } else if digits.count >= 3, second == UInt8(ascii: "o") {
        base = 8
        digits = digits.dropFirst(2)
      } else if digits.count >= 3, second == UInt8(ascii: "b") {
        base = 2
        digits = digits.dropFirst(2)
      } else {
        base = 8
        digits = digits.dropFirst()
      }
    }
    var value: UInt64 = 0
    for byte in digits {
      let digit: UInt64
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt64(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = UInt64(byte - UInt8(ascii: "A") + 10)
      default: return nil
      }
      guard digit < base else { return nil }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: base)
      let (sum, stillTooLarge) = product.addingReportingOverflow(digit)
      if tooLarge || stillTooLarge { return nil }
      value = sum
    }
    if isNegative {
      guard value <= UInt64(Int64.max) + 1 else { return nil }
      return .int(Int64(truncatingIfNeeded: 0 &- value))
    }
    if let small = Int64(exactly: value) { return .int(small) }
    return isSigned ? nil : .uint(value)
  }

  /// The pattern `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
  private static func isFloat(_ text: [UInt8]) -> Bool {
    var rest = text[...]
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
      rest = rest.dropFirst()
    }
    let whole = rest.prefix(while: isDigit).count
    rest = rest.dropFirst(whole)
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let fraction = rest.prefix(while: isDigit).count
      if whole == 0, fraction == 0 { return false }
      rest = rest.dropFirst(fraction)
    } else if whole == 0 {
      return false
    }
    guard let exponent = rest.first else { return true }
    guard exponent | 0x20 == UInt8(ascii: "e") else { return false }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
      rest = rest.dropFirst()
    }
    return !rest.isEmpty && rest.allSatisfy(isDigit)
  }

  /// A scalar that begins with a point: Go's `ParseFloat`, which allows `_` between two digits.
  private static func pointFloat(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar.Resolved {
    var previous: UInt8 = 0
    var plain: [UInt8] = []
    for (index, byte) in text.enumerated() {
      if byte == UInt8(ascii: "_") {
        guard isDigit(previous), index + 1 < text.count, isDigit(text[index + 1]) else {
          return .string
        }
      } else {
        plain.append(byte)
      }
      previous = byte
    }
    guard isFloat(plain), let value = Double(String(decoding: plain, as: UTF8.self)), value.isFinite
    else { return .string }
    return .float(value)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
