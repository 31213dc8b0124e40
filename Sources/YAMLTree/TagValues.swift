// SPDX-License-Identifier: Apache-2.0

/// The times that `!!timestamp` takes: go.yaml.in/yaml/v2 knows four forms.
enum Timestamp {
  /// Whether the text is `2006-1-2`, the same with ` 15:4:5.9`, or with `T15:4:5.9Z` or `+07:00`.
  static func isValid(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    guard let year = number(&rest, 4...4), take("-", &rest), let month = number(&rest, 1...2),
      take("-", &rest), let day = number(&rest, 1...2), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day >= 1, day <= days[month - 1] else { return false }
    if rest.isEmpty { return true }
    let hasZone = take("T", &rest) || take("t", &rest)
    guard hasZone || take(" ", &rest), let hour = number(&rest, 1...2), hour < 24,
      take(":", &rest), let minute = number(&rest, 1...2), minute < 60,
      take(":", &rest), let second = number(&rest, 1...2), second < 60
    else { return false }
    if take(".", &rest) { guard number(&rest, 1...9) != nil else { return false } }
    if !hasZone || take("Z", &rest) { return rest.isEmpty }
    guard take("+", &rest) || take("-", &rest), let hours = number(&rest, 2...2), hours <= 24,
      take(":", &rest), let minutes = number(&rest, 2...2), minutes <= 60
    else { return false }
    return rest.isEmpty
  }

  private static func number(_ text: inout ArraySlice<UInt8>, _ count: ClosedRange<Int>) -> Int? {
    var value = 0
    var digits = 0
    while digits < count.upperBound, let byte = text.first, byte >= 0x30, byte <= 0x39 {
      value = value * 10 + Int(byte - 0x30)
      digits += 1
      text = text.dropFirst()
    }
    return count.contains(digits) ? value : nil
  }

  private static func take(_ letter: Unicode.Scalar, _ text: inout ArraySlice<UInt8>) -> Bool {
    guard text.first == UInt8(ascii: letter) else { return false }
    text = text.dropFirst()
    return true
  }
}

/// What `!!binary` holds, and Kubernetes' secrets.
package enum Base64Text {
  /// The text in standard base64 with padding, line breaks ignored; nil when it is no base64, or
  /// decodes to bytes that are no UTF-8 and so no JSON string.
  package static func decode(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    var padding = 0
    for unit in text.utf8 where unit != 0x0a && unit != 0x0d {
      let value: UInt32
      switch unit {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(unit - UInt8(ascii: "A"))
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(unit - UInt8(ascii: "a") + 26)
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(unit - UInt8(ascii: "0") + 52)
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "="):
        padding += 1
        continue
      default: return nil
      }
      guard padding == 0 else { return nil }
      bits = bits << 6 | value
      count += 1
      if count % 4 == 0 {
        bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        bytes.append(UInt8(truncatingIfNeeded: bits))
      }
    }
    guard padding <= 2, (count + padding) % 4 == 0 else { return nil }
    if padding == 1 {
      bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
    } else if padding == 2 {
      bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
