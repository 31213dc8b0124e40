// SPDX-License-Identifier: Apache-2.0

/// Writes single values so that every YAML reader reads the same value back.
enum ScalarWriter {
  /// Appends a value behind `key:` or `-` in a collection at column `indent`, without the line break.
  static func append(_ scalar: YAMLScalar, indent: Int, to result: inout [UInt8]) {
    switch scalar.resolved {
    case .null: result += "null".utf8
    case .bool(let value): result += (value ? "true" : "false").utf8
    case .int(let value): result += number(scalar, String(value)).utf8
    case .uint(let value): result += number(scalar, String(value)).utf8
    case .float(let value):
      result += number(scalar, value.isFinite ? value.description : "null").utf8
    case .string: append(scalar.text, blockIndent: indent + 2, to: &result)
    }
  }

  /// Appends a key.
  static func append(key: String, to result: inout [UInt8]) {
    append(key, blockIndent: nil, to: &result)
  }

  /// A text on one line, in quotes of a style where it can; without a style as it would be written elsewhere.
  static func line(_ text: String, style: YAMLScalar.Style) -> [UInt8] {
    var text = text
    return text.withUTF8 { bytes in
      var result: [UInt8] = []
      let look = TextLook(bytes)
      switch style {
      case .singleQuoted where look.isPrintableLine: singleQuoted(bytes, to: &result)
      case .singleQuoted, .doubleQuoted: doubleQuoted(bytes, to: &result)
      default: line(bytes, look, to: &result)
      }
      return result
    }
  }

  private static func line(
    _ bytes: UnsafeBufferPointer<UInt8>, _ look: TextLook, to result: inout [UInt8]
  ) {
    if look.isPlain {
      result.append(contentsOf: bytes)
    } else if look.isPrintableLine, look.hasQuoteOrBackslash {
      singleQuoted(bytes, to: &result)
    } else {
      doubleQuoted(bytes, to: &result)
    }
  }

  /// A number as it was written where that is the same number, else its shortest form.
  private static func number(_ scalar: YAMLScalar, _ canonical: String) -> String {
    ScalarResolver.resolve(scalar.text) == scalar.resolved ? scalar.text : canonical
  }

  private static func append(_ text: String, blockIndent: Int?, to result: inout [UInt8]) {
    var text = text
    text.withUTF8 { bytes in
      let look = TextLook(bytes)
      if !look.isPlain, let blockIndent, look.fitsBlock {
        block(bytes, indent: blockIndent, to: &result)
      } else {
        line(bytes, look, to: &result)
      }
    }
  }

  private static func block(
    _ bytes: UnsafeBufferPointer<UInt8>, indent: Int, to result: inout [UInt8]
  ) {
    let newline = UInt8(ascii: "\n")
    result.append(UInt8(ascii: "|"))
    // Without the number a reader would take the first line's own spaces for indentation.
    if let first = bytes.first, first == 0x20 || first == 0x09 || first == newline {
      result.append(UInt8(ascii: "2"))
    }
    var end = bytes.count
    while end > 0, bytes[end - 1] == newline { end -= 1 }
    let breaks = bytes.count - end
    if breaks == 0 { result.append(UInt8(ascii: "-")) }
    if breaks > 1 { result.append(UInt8(ascii: "+")) }
    // The last line break is written by the caller.
    for line in bytes[..<(breaks == 0 ? end : bytes.count - 1)].split(
      separator: newline, omittingEmptySubsequences: false)
    {
      result.append(newline)
      if line.isEmpty { continue }
      result.append(contentsOf: repeatElement(0x20, count: indent))
      result.append(contentsOf: line)
    }
  }

  private static func singleQuoted(_ bytes: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
    let quote = UInt8(ascii: "'")
    result.append(quote)
    for byte in bytes {
      result.append(byte)
      if byte == quote { result.append(quote) }
    }
    result.append(quote)
  }

  private static func doubleQuoted(_ bytes: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
    result.append(UInt8(ascii: "\""))
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let (value, width) = TextScan.decode(bytes, at: index) ?? (0xfffd, 1)
      switch value {
      case 0x22, 0x5c: result += [UInt8(ascii: "\\"), byte]
      case 0x0a: result += "\\n".utf8
      case 0x09: result += "\\t".utf8
      case 0x0d: result += "\\r".utf8
      case 0x20..<0x7f, 0xa0..<0x2028, 0x202a..<0xfeff, 0xff00..<0xfffe, 0x1_0000...:
        result += bytes[index..<(index + width)]
      default:
        let digits = String(value, radix: 16)
        let count = value < 0x100 ? 2 : 4
        result += (count == 2 ? "\\x" : "\\u").utf8
        result += String(repeating: "0", count: max(0, count - digits.utf8.count)).utf8
        result += digits.utf8
      }
      index += width
    }
    result.append(UInt8(ascii: "\""))
  }
}
