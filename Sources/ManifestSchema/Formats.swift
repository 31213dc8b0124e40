// SPDX-License-Identifier: Apache-2.0

import Templating

/// The formats of strings that are looked at. Others are left to the API server; where it accepts many
/// ways of writing, so does this, because nobody should be refused by mistake.
enum Formats {
  /// Whether a text has a format; true for a format that is not known.
  static func allows(_ text: String, _ format: String) -> Bool {
    switch format {
    case "byte": isBase64(text)
    case "date-time": dateTime?.matches(text) ?? true
    case "ipv4": isIPv4(text)
    default: true
    }
  }

  /// A format in words.
  static func words(_ format: String) -> String {
    switch format {
    case "byte": "base64"
    case "date-time": "a time such as '2026-11-21T12:00:00Z'"
    case "ipv4": "an IPv4 address"
    default: format
    }
  }

  private static let dateTime = try? TextPattern(
    #"^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?([Zz]|[+-]\d{2}:?\d{2})?)$"#)
  private static let quantity = try? TextPattern(
    #"^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$"#)

  /// What `resource.ParseQuantity` takes.
  static func isQuantity(_ text: String) -> Bool { quantity?.matches(text) ?? true }

  /// Base64 with its padding, as Go's `encoding/json` wants it; line breaks are passed over.
  private static func isBase64(_ text: String) -> Bool {
    let bytes = text.utf8.filter { $0 != 0x0a && $0 != 0x0d }
    guard bytes.count % 4 == 0 else { return false }
    let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    return padding <= 2
      && bytes.dropLast(padding).allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
          || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
      }
  }

  private static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        part.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8(part) != nil
      }
  }
}
