// SPDX-License-Identifier: Apache-2.0

/// Go's escapes for HTML, JavaScript and the query of a URL.
enum Escaping {
  static func html(_ text: GoString) -> GoString {
    var result: GoString = []
    for byte in text {
      switch byte {
      case 0: result += "\u{fffd}".utf8
      case UInt8(ascii: "\""): result += "&#34;".utf8
      case UInt8(ascii: "'"): result += "&#39;".utf8
      case UInt8(ascii: "&"): result += "&amp;".utf8
      case UInt8(ascii: "<"): result += "&lt;".utf8
      case UInt8(ascii: ">"): result += "&gt;".utf8
      default: result.append(byte)
      }
    }
    return result
  }

  static func js(_ text: GoString) -> GoString {
    var result: GoString = []
    for byte in text {
      switch byte {
      case UInt8(ascii: "\\"): result += "\\\\".utf8
      case UInt8(ascii: "'"): result += "\\'".utf8
      case UInt8(ascii: "\""): result += "\\\"".utf8
      case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "="), 0..<0x20:
        result += "\\u\(GoFormat.hex(UInt32(byte), 4).uppercased())".utf8
      default: result.append(byte)
      }
    }
    return result
  }

  static func query(_ text: GoString) -> GoString {
    var result: GoString = []
    for byte in text {
      let isPlain =
        (0x30...0x39).contains(byte) || (byte < 0x80 && (0x41...0x5a).contains(byte & 0xdf))
        || "-_.~".utf8.contains(byte)
      if isPlain {
        result.append(byte)
      } else if byte == 0x20 {
        result.append(UInt8(ascii: "+"))
      } else {
        result += "%\(GoFormat.hex(UInt32(byte), 2).uppercased())".utf8
      }
    }
    return result
  }
}
