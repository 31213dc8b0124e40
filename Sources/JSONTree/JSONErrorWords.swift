// SPDX-License-Identifier: Apache-2.0

import CJansson
import Diagnostics

/// Says in our words what jansson found.
struct JSONErrorWords {
  private let problem: String
  private let bytes: [UInt8]
  private let path: String
  /// The token that could not be used; jansson's position is the one behind it.
  private let token: Range<Int>
  private let isAtEnd: Bool

  init(_ error: json_error_t, in bytes: [UInt8], at offset: Int, path: String) {
    problem = withUnsafeBytes(of: error.text) { buffer in
      String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
    }
    self.bytes = bytes
    self.path = path
    isAtEnd = problem.hasSuffix("near end of file") || problem.hasPrefix("premature end of input")
    token = isAtEnd ? Self.lastCharacter(bytes) : Self.token(before: offset, in: bytes)
  }

  /// The finding for the error.
  func finding() -> Finding {
    guard bytes.contains(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) else {
      return Finding(.error, "json-syntax", "the file is empty", path: path)
    }
    let (message, hint) = words
    return Finding(
      .error, "json-syntax", message, at: Self.span(token, in: bytes, path: path),
      hints: hint.map { [$0] } ?? [])
  }

  private var words: (message: String, hint: String?) {
    let before = isAtEnd ? " before the end of the file" : ""
    let word = String(decoding: bytes[token], as: UTF8.self)
    switch problem {
    case hasStart("duplicate object key"):
      return ("the key \(Self.quoted(word)) stands twice in this object", nil)
    case hasStart("string or '}' expected"):
      if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return byteOrderMark }
      return (
        "expected a key in double quotes" + before,
        word == "}" ? "remove the ',' before it" : nil
      )
    case hasStart("':' expected"): return ("expected ':' after the key" + before, nil)
    case hasStart("'}' expected"): return ("expected ',' or '}'" + before, nil)
    case hasStart("']' expected"): return ("expected ',' or ']'" + before, nil)
    case hasStart("unexpected token"):
      return ("expected a value" + before, word == "]" ? "remove the ',' before it" : nil)
    case hasStart("invalid token"):
      if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return byteOrderMark }
      if word == "0" { return ("a number cannot begin with '0' and more digits", nil) }
      return (
        "'\(word)' is no JSON value",
        word.first == "'" ? "put texts in double quotes" : nil
      )
    case hasStart("end of file expected"):
      return ("the file goes on after its value", "keep one value in a file")
    case hasStart("premature end of input"): return ("expected '\"'" + before, nil)
    case hasStart("unexpected newline"):
      return ("a line break cannot stand in a text", "write '\\n' instead")
    case hasStart("control character"):
      return ("a control character cannot stand in a text", "write it as an escape: '\\u0000'")
    case hasStart("invalid escape"):
      return ("this is no escape of JSON", "write '\\\\' for a backslash")
    case hasStart("invalid Unicode"): return ("this escape is no Unicode character", nil)
    case hasStart("unable to decode byte"): return ("this byte is not UTF-8", nil)
    case hasStart("real number overflow"): return ("the number is too large", nil)
    case hasStart("NUL byte in object key"): return ("a key cannot hold a NUL character", nil)
    default: return (problem, nil)
    }
  }

  private var byteOrderMark: (String, String?) {
    ("JSON cannot begin with a byte order mark", "save the file as UTF-8 without it")
  }

  /// A pattern for jansson's sentences, which go on with `near '…'`.
  private struct Start {
    let text: String

    static func ~= (pattern: Start, value: String) -> Bool { value.hasPrefix(pattern.text) }
  }

  private func hasStart(_ text: String) -> Start { Start(text: text) }

  /// A key in JSON's quotes, in ours.
  private static func quoted(_ word: String) -> String {
    word.utf8.count >= 2 && word.hasPrefix("\"") && word.hasSuffix("\"")
      ? "'\(word.dropFirst().dropLast())'" : "'\(word)'"
  }

  /// The token that ends at an offset: a string, a word or number, else one character.
  private static func token(before offset: Int, in bytes: [UInt8]) -> Range<Int> {
    let end = min(max(offset, 0), bytes.count)
    guard end > 0 else { return 0..<min(1, bytes.count) }
    var start = end - 1
    if bytes[start] == UInt8(ascii: "\"") {
      var index = start - 1
      while index >= 0, bytes[index] != 0x0a {
        var backslashes = 0
        while index - backslashes > 0, bytes[index - backslashes - 1] == UInt8(ascii: "\\") {
          backslashes += 1
        }
        if bytes[index] == UInt8(ascii: "\""), backslashes % 2 == 0 { return index..<end }
        index -= 1
      }
      return start..<end
    }
    while start > 0, bytes[start] & 0xc0 == 0x80 { start -= 1 }
    if isWord(bytes[start]) {
      while start > 0, isWord(bytes[start - 1]) { start -= 1 }
    }
    return start..<end
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "+"), UInt8(ascii: "-"):
      true
    default:
      false
    }
  }

  private static func lastCharacter(_ bytes: [UInt8]) -> Range<Int> {
    var end = bytes.count
    while end > 0, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[end - 1]) { end -= 1 }
    var start = max(0, end - 1)
    while start > 0, bytes[start] & 0xc0 == 0x80 { start -= 1 }
    return start..<end
  }

  /// The place of bytes of a text.
  static func span(_ range: Range<Int>, in bytes: [UInt8], path: String) -> SourceSpan {
    func position(_ offset: Int) -> SourcePosition {
      var line = 1
      var column = 1
      for byte in bytes[..<min(offset, bytes.count)] {
        if byte == 0x0a {
          line += 1
          column = 1
        } else if byte & 0xc0 != 0x80 {
          column += 1
        }
      }
      return SourcePosition(line: line, column: column, offset: min(offset, bytes.count))
    }
    return SourceSpan(
      path: path, start: position(range.lowerBound), end: position(range.upperBound))
  }
}
