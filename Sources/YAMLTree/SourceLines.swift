// SPDX-License-Identifier: Apache-2.0

/// Finds lines, keys and words around an error, to show and name what a person sees there.
///
/// Every function takes any offset, one behind the last byte too.
struct SourceLines {
  let bytes: UnsafeBufferPointer<UInt8>

  /// The bytes as text.
  func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  /// Whether nothing but white space and comments follows.
  func isAtEnd(_ offset: Int) -> Bool {
    var offset = offset
    while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
    return offset >= bytes.count
  }

  /// So many bytes behind an offset are looked at, however long the line is.
  private static let reach = 4096

  /// The line around an offset, without indentation, trailing blanks and line break.
  func contentOfLine(_ offset: Int) -> Range<Int> {
    var start = lineStart(offset)
    var end = min(start, bytes.count)
    let limit = min(bytes.count, max(offset, start) + Self.reach)
    while end < limit, bytes[end] != 0x0a { end += 1 }
    while start < end, Self.isSpace(bytes[start]) { start += 1 }
    while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  /// The nearest line above with content that is no comment.
  func contentOfLineAbove(_ offset: Int) -> Range<Int>? {
    var start = lineStart(offset)
    while start > 0 {
      let line = contentOfLine(start - 1)
      if !line.isEmpty, bytes[line.lowerBound] != UInt8(ascii: "#") { return line }
      start = lineStart(start - 1)
    }
    return nil
  }

  /// The first line of the file with content that is no comment and no `---`.
  func firstContent() -> Range<Int>? {
    var offset = 0
    while offset < bytes.count {
      let line = contentOfLine(offset)
      if !line.isEmpty, bytes[line.lowerBound] != UInt8(ascii: "#"), string(line) != "---" {
        return line
      }
      while offset < bytes.count, bytes[offset] != 0x0a { offset += 1 }
      offset += 1
    }
    return nil
  }

  /// The last character of the file that is no white space.
  func lastContent() -> Range<Int> {
    var end = bytes.count
    while end > 0, Self.isSpace(bytes[end - 1]) { end -= 1 }
    var start = max(0, end - 1)
    while start > 0, bytes[start] & 0xc0 == 0x80 { start -= 1 }
    return start..<end
  }

  /// Blanks and tabs before the content of a line.
  func indentation(ofLine offset: Int) -> Range<Int> {
    let start = lineStart(offset)
    var end = start
    while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
    return start..<end
  }

  /// The word at an offset: up to white space or a mark of YAML, and at least one character.
  func word(at offset: Int) -> Range<Int> {
    guard offset < bytes.count else { return lastContent() }
    var end = offset
    while end < bytes.count, !Self.isSpace(bytes[end]) {
      let isMark = [":", ",", "[", "]", "{", "}"].contains { bytes[end] == UInt8(ascii: $0) }
      if isMark, end > offset { break }
      end += 1
      if isMark { break }
    }
    return offset..<max(end, min(offset + 1, bytes.count))
  }

  /// From an offset to the end of the line's content, without a comment.
  func rest(from offset: Int) -> Range<Int> {
    let line = contentOfLine(offset)
    var end = max(line.upperBound, min(offset + 1, bytes.count))
    var index = offset
    while index + 1 < end {
      if Self.isSpace(bytes[index]), bytes[index + 1] == UInt8(ascii: "#") {
        end = index
        break
      }
      index += 1
    }
    while end > offset + 1, Self.isSpace(bytes[end - 1]) { end -= 1 }
    return offset..<max(end, offset)
  }

  /// The offset behind the character at an offset.
  func end(ofCharacterAt offset: Int) -> Int {
    var end = min(offset + 1, bytes.count)
    while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
    return end
  }

  /// The first `:` of a line that a blank or the end of the line follows.
  func keyEnd(in line: Range<Int>) -> Int? {
    line.first { index in
      bytes[index] == UInt8(ascii: ":")
        && (index + 1 >= line.upperBound || Self.isSpace(bytes[index + 1]))
    }
  }

  /// The key before that `:`, without the dashes of list items.
  func key(before keyEnd: Int, in line: Range<Int>) -> String {
    var start = line.lowerBound
    while start + 1 < keyEnd, bytes[start] == UInt8(ascii: "-"), bytes[start + 1] == 0x20 {
      start += 1
      while start < keyEnd, bytes[start] == 0x20 { start += 1 }
    }
    return string(start..<keyEnd)
  }

  /// What follows that `:`, without a comment; the `:` itself when nothing does.
  func value(after keyEnd: Int, in line: Range<Int>) -> Range<Int> {
    var start = keyEnd + 1
    while start < line.upperBound, Self.isSpace(bytes[start]) { start += 1 }
    return start < line.upperBound ? rest(from: start) : keyEnd..<(keyEnd + 1)
  }

  /// Where a word stands in a line.
  func find(_ word: String, in line: Range<Int>) -> Int? {
    let wanted = Array(word.utf8)
    return line.first { bytes[$0...].starts(with: wanted) }
  }

  /// Characters between the start of the line and an offset.
  func column(of offset: Int) -> Int {
    bytes[lineStart(offset)..<min(offset, bytes.count)].count { $0 & 0xc0 != 0x80 }
  }

  private func lineStart(_ offset: Int) -> Int {
    var start = min(offset, bytes.count)
    while start > 0, bytes[start - 1] != 0x0a { start -= 1 }
    return start
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
  }

  static func isHexDigit(_ byte: UInt8) -> Bool {
    Unicode.Scalar(byte).properties.isASCIIHexDigit
  }

  /// A word that is short enough for a message.
  static func clipped(_ text: String) -> String {
    text.unicodeScalars.count <= 32
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(31))) + "…"
  }

  /// The text in quotes, to be copied; nil when it is too long for that.
  static func quoted(_ text: String) -> String? {
    guard text.unicodeScalars.count <= 40 else { return nil }
    if !text.utf8.contains(UInt8(ascii: "\"")), !text.utf8.contains(UInt8(ascii: "\\")) {
      return "\"\(text)\""
    }
    return text.utf8.contains(UInt8(ascii: "'")) ? nil : "'\(text)'"
  }
}
