// SPDX-License-Identifier: Apache-2.0

/// The line of a file that a finding speaks of, with carets below the place.
struct SourceExcerpt {
  /// Two lines with a gutter, each with its line break; empty when the place is not in the file.
  let text: String

  /// One character as it is shown.
  private struct Cell {
    var shown: String
    var width: Int
    /// Where the character begins in the file.
    var offset: Int
  }

  /// So many bytes before and after the place are looked at, however long the line is.
  private static let reach = 1024
  /// What a gutter takes: `  14 | `.
  private static let gutter = 7

  init(_ span: SourceSpan, in bytes: [UInt8], columns: Int) {
    guard span.start.offset <= bytes.count else {
      text = ""
      return
    }
    let line = Self.line(around: span.start.offset, in: bytes)
    let start = min(span.start.offset, line.upperBound)
    let end = min(max(span.end.offset, start + 1), line.upperBound)
    let (cells, isCutLeft, isCutRight) = Self.cells(
      of: line, around: start..<max(start, end), in: bytes)
    let window = Self.window(
      cells, start: start, end: end, room: max(20, columns - Self.gutter), isCutLeft: isCutLeft,
      isCutRight: isCutRight)
    var content = window.cutsLeft ? "…" : ""
    var carets = window.cutsLeft ? " " : ""
    var hasCaret = false
    for cell in cells[window.range] {
      content += cell.shown
      if cell.offset < start {
        carets += cell.shown == "\t" ? "\t" : String(repeating: " ", count: cell.width)
      } else if cell.offset < end, cell.width > 0 {
        carets += String(repeating: "^", count: cell.shown == "\t" ? 1 : cell.width)
        hasCaret = true
      }
    }
    if window.cutsRight { content += "…" }
    if !hasCaret { carets += "^" }
    let number = String(span.start.line)
    let padding = String(repeating: " ", count: max(0, 4 - number.utf8.count))
    let empty = String(repeating: " ", count: max(4, number.utf8.count))
    text = "\(padding)\(number) |\(content.isEmpty ? "" : " ")\(content)\n\(empty) | \(carets)\n"
  }

  /// The bytes of the line around an offset, without its break and a byte order mark.
  private static func line(around offset: Int, in bytes: [UInt8]) -> Range<Int> {
    var start = offset
    while start > 0, bytes[start - 1] != 0x0a { start -= 1 }
    var end = offset
    while end < bytes.count, bytes[end] != 0x0a { end += 1 }
    if end > start, bytes[end - 1] == 0x0d { end -= 1 }
    if start == 0, bytes.starts(with: [0xef, 0xbb, 0xbf]) { start = min(3, end) }
    return start..<max(start, end)
  }

  private static func cells(
    of line: Range<Int>, around place: Range<Int>, in bytes: [UInt8]
  ) -> (cells: [Cell], isCutLeft: Bool, isCutRight: Bool) {
    var first = max(line.lowerBound, place.lowerBound - reach)
    while first > line.lowerBound, bytes[first] & 0xc0 == 0x80 { first -= 1 }
    var last = min(line.upperBound, place.lowerBound + reach)
    while last < line.upperBound, bytes[last] & 0xc0 == 0x80 { last += 1 }
    var cells: [Cell] = []
    var index = first
    while index < last {
      var end = index + 1
      while end < last, end < index + 4, bytes[end] & 0xc0 == 0x80 { end += 1 }
      if bytes[index] == 0x09 {
        cells.append(Cell(shown: "\t", width: 1, offset: index))
      } else {
        if bytes[index] < 0x80 { end = index + 1 }
        let shown = PrintableText.escape(bytes: bytes[index..<end])
        cells.append(Cell(shown: shown, width: DisplayWidth.of(shown), offset: index))
      }
      index = end
    }
    return (cells, first > line.lowerBound, last < line.upperBound)
  }

  /// The part of the line that fits, with the place in it.
  private static func window(
    _ cells: [Cell], start: Int, end: Int, room: Int, isCutLeft: Bool, isCutRight: Bool
  ) -> (range: Range<Int>, cutsLeft: Bool, cutsRight: Bool) {
    let total = cells.reduce(0) { $0 + $1.width }
    if total <= room, !isCutLeft, !isCutRight { return (0..<cells.count, false, false) }
    let place = cells.firstIndex { $0.offset >= start } ?? cells.count
    let placeEnd = cells.firstIndex { $0.offset >= end } ?? cells.count
    // From the left when the place can be seen so, else with a third of the room before it.
    var first = 0
    let before = cells[..<place].reduce(0) { $0 + $1.width }
    let length = cells[place..<placeEnd].reduce(0) { $0 + $1.width }
    if isCutLeft || before + min(length, room / 2) + 2 > room {
      first = place
      var width = 0
      let wanted = max(room / 3, room - 2 - length - room / 6)
      while first > 0, width + cells[first - 1].width <= wanted {
        first -= 1
        width += cells[first].width
      }
    }
    let cutsLeft = first > 0 || isCutLeft
    var last = first
    var width = cutsLeft ? 1 : 0
    while last < cells.count, width + cells[last].width <= room - 1 {
      width += cells[last].width
      last += 1
    }
    return (first..<last, cutsLeft, last < cells.count || isCutRight)
  }
}
