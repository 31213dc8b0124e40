// SPDX-License-Identifier: Apache-2.0

/// Decides how a string may be written so that every reader of YAML 1.1 and 1.2 finds the same string.
enum PlainText {
  /// Whether the text may stand without quotes, as a value or as a key.
  static func isSafe(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { isSafe($0) } && ScalarResolver.resolve(text) == .string
  }

  private static func isSafe(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    let isLetter = (first | 0x20) >= UInt8(ascii: "a") && (first | 0x20) <= UInt8(ascii: "z")
    if !isLetter {
      switch first {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        // Other readers see dates, times and numbers in more texts than Kubernetes does.
        if text.allSatisfy(mayBeNumber) { return false }
      case UInt8(ascii: "/"), UInt8(ascii: "("), UInt8(ascii: "_"), UInt8(ascii: "$"),
        UInt8(ascii: "^"), UInt8(ascii: ";"):
        break
      default: return false
      }
    }
    if last == UInt8(ascii: " ") || last == UInt8(ascii: ":") { return false }
    var previous: UInt8 = 0
    for byte in text {
      // Beyond ASCII there are characters that end a line or cannot be seen.
      if byte < 0x20 || byte >= 0x7f { return false }
      if byte == UInt8(ascii: " "), previous == UInt8(ascii: ":") { return false }
      if byte == UInt8(ascii: "#"), previous == UInt8(ascii: " ") { return false }
      previous = byte
    }
    return true
  }

  private static func mayBeNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "x"), UInt8(ascii: "o"),
      UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: "Z"), UInt8(ascii: "z"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
      UInt8(ascii: "_"), UInt8(ascii: ","), UInt8(ascii: " "):
      true
    default: false
    }
  }

  /// Whether the text has several lines and may stand as a literal block.
  static func isSafeBlock(_ text: String) -> Bool {
    guard text.utf8.contains(10) else { return false }
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0a, 0x20..<0x7f: break
      case 0xa0..<0x2028, 0x202a..<0xd800, 0xe000..<0xfeff, 0xff00..<0xfffe, 0x10000...: break
      default: return false
      }
    }
    var isFirstText = true
    for line in text.utf8.split(separator: 10, omittingEmptySubsequences: false) {
      guard let first = line.first else { continue }
      if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == 0x09 }) { return false }
      // The first line tells the reader the indentation.
      if isFirstText, first == UInt8(ascii: " ") || first == 0x09 { return false }
      isFirstText = false
    }
    return !isFirstText
  }
}
