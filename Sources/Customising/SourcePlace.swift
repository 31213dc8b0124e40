// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Where in a file a byte of a YAML text is written.
struct SourcePlace {
  /// The text as YAML reads it.
  let text: [UInt8]
  /// Where it is written, with quotes or the `|` of a block.
  let span: SourceSpan
  /// The file, if it is at hand: without it only texts without escapes have exact places.
  let source: [UInt8]?

  /// The place of the word that begins at a byte of the text; the whole text where that cannot be told.
  func word(at index: Int) -> SourceSpan {
    let index = min(max(0, index), text.count)
    var count = 0
    while index + count < text.count, SourcePlace.isWord(text[index + count]) { count += 1 }
    guard let start = position(of: index), let end = position(of: index + max(1, count)) else {
      return span
    }
    return SourceSpan(path: span.path, start: start, end: end)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "$"):
      true
    default: byte >= 0x80
    }
  }

  private func position(of index: Int) -> SourcePosition? {
    guard let source else { return guess(index) }
    guard let offset = offset(of: index, in: source), offset <= source.count else { return nil }
    let start = source[..<offset].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    let from = min(span.start.offset, offset)
    let line = span.start.line + source[from..<offset].count { $0 == 0x0a }
    let column = source[start..<offset].count { $0 & 0xc0 != 0x80 }
    return SourcePosition(line: line, column: column + 1, offset: offset)
  }

  /// Without the file: the length tells whether there are quotes and nothing escaped or folded.
  private func guess(_ index: Int) -> SourcePosition? {
    let extra = span.end.offset - span.start.offset - text.count
    guard extra == 0 || extra == 2, span.start.line == span.end.line else { return nil }
    let quote = extra / 2
    let column = text[..<min(index, text.count)].count { $0 & 0xc0 != 0x80 }
    return SourcePosition(
      line: span.start.line, column: span.start.column + column + quote,
      offset: span.start.offset + index + quote)
  }

  private func offset(of index: Int, in source: [UInt8]) -> Int? {
    let start = span.start.offset
    guard start < source.count else { return nil }
    switch source[start] {
    case UInt8(ascii: "'"): return singleQuoted(index, start + 1, source)
    case UInt8(ascii: "\""): return doubleQuoted(index, start + 1, source)
    case UInt8(ascii: "|"): return literal(index, start, source)
    default:
      let end = start + text.count
      guard end <= source.count, source[start..<end].elementsEqual(text) else { return nil }
      return start + index
    }
  }

  private func singleQuoted(_ index: Int, _ start: Int, _ source: [UInt8]) -> Int? {
    var offset = start
    for byte in text[..<min(index, text.count)] {
      guard offset < source.count, source[offset] == byte else { return nil }
      offset += byte == UInt8(ascii: "'") ? 2 : 1
    }
    return offset
  }

  private func doubleQuoted(_ index: Int, _ start: Int, _ source: [UInt8]) -> Int? {
    var offset = start
    var read = 0
    while read < index {
      guard offset < source.count else { return nil }
      if source[offset] != UInt8(ascii: "\\") {
        guard read < text.count, source[offset] == text[read] else { return nil }
        offset += 1
        read += 1
        continue
      }
      guard offset + 1 < source.count, read < text.count else { return nil }
      switch source[offset + 1] {
      case UInt8(ascii: "x"): offset += 4
      case UInt8(ascii: "u"): offset += 6
      case UInt8(ascii: "U"): offset += 10
      case 0x0a, 0x0d: return nil
      default: offset += 2
      }
      // An escape is one character, of as many bytes as it has in the text.
      read += 1
      while read < text.count, text[read] & 0xc0 == 0x80 { read += 1 }
    }
    return offset
  }

  /// In a literal block every line of the text is the end of a line of the file.
  private func literal(_ index: Int, _ start: Int, _ source: [UInt8]) -> Int? {
    let before = text[..<min(index, text.count)]
    var line = before.count { $0 == 0x0a } + 1
    let inLine = before.reversed().prefix { $0 != 0x0a }.count
    let rest = text[(before.count - inLine)...].prefix { $0 != 0x0a }
    var offset = start
    while line > 0 {
      guard let end = source[offset...].firstIndex(of: 0x0a) else { return nil }
      offset = end + 1
      line -= 1
    }
    var end = source[offset...].firstIndex(of: 0x0a) ?? source.count
    if end > offset, source[end - 1] == 0x0d { end -= 1 }
    guard end - offset >= rest.count, source[(end - rest.count)..<end].elementsEqual(rest) else {
      return nil
    }
    return end - rest.count + inLine
  }
}
