// SPDX-License-Identifier: Apache-2.0

/// Makes text from a repository safe to print on somebody else's terminal.
package enum PrintableText {
  /// The text with control characters written as `\u{1b}`; tabs are kept.
  ///
  /// A file name or a value may hold escape sequences that would move the reader's cursor.
  package static func escape(_ text: String) -> String {
    if text.utf8.allSatisfy({ ($0 >= 0x20 && $0 < 0x7f) || $0 == 0x09 }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let value = scalar.value
      let isControl =
        (value < 0x20 && value != 0x09) || (0x7f...0x9f).contains(value)
        || (0x200e...0x200f).contains(value) || (0x2028...0x202e).contains(value)
        || (0x2066...0x2069).contains(value)
      if isControl {
        result.append(contentsOf: "\\u{\(String(value, radix: 16))}".unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// Bytes that should be UTF-8 as text, with bytes that are not written as `\xff`.
  package static func escape(bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return escape(text) }
    var result = ""
    for byte in bytes {
      if byte >= 0x20, byte < 0x7f {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        result += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return result
  }
}
