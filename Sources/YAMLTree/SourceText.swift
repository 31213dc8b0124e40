// SPDX-License-Identifier: Apache-2.0

import CYAML
import Diagnostics

/// The text that is being parsed, and the way from libyaml's marks to positions that editors show.
///
/// libyaml counts characters, not bytes, does not count the byte order mark, and breaks lines at
/// characters where no editor does.
struct SourceText {
  let path: String
  /// The bytes after the byte order mark; valid only while the parse lasts.
  let bytes: UnsafeBufferPointer<UInt8>
  /// 3 behind a byte order mark, else 0: to be added to offsets.
  private let skipped: Int
  private let countsLinesItself: Bool
  /// The offset of every 64th character; empty when one byte is one character.
  private let checkpoints: [Int32]
  /// The offset of every line's first byte; only when libyaml's lines can't be used.
  private let lineStarts: [Int32]

  init(path: String, bytes: UnsafeBufferPointer<UInt8>, skipped: Int, scan: TextScan) {
    self.path = path
    self.bytes = bytes
    self.skipped = skipped
    countsLinesItself = scan.hasRareLineBreaks
    var checkpoints: [Int32] = []
    if !scan.isASCII {
      var characters = 0
      for index in 0..<bytes.count where bytes[index] & 0xc0 != 0x80 {
        if characters & 63 == 0 { checkpoints.append(Int32(truncatingIfNeeded: index)) }
        characters += 1
      }
    }
    self.checkpoints = checkpoints
    var starts: [Int32] = []
    if scan.hasRareLineBreaks {
      starts.append(0)
      for index in 0..<bytes.count where bytes[index] == 0x0a {
        starts.append(Int32(truncatingIfNeeded: index + 1))
      }
    }
    lineStarts = starts
  }

  /// The offset of a mark in `bytes`.
  func offset(of mark: yaml_mark_t) -> Int {
    let index = Int(mark.index)
    if checkpoints.isEmpty { return min(index, bytes.count) }
    guard index >> 6 < checkpoints.count else { return bytes.count }
    var offset = Int(checkpoints[index >> 6])
    for _ in 0..<(index & 63) {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xc0 == 0x80 { offset += 1 }
    }
    return min(offset, bytes.count)
  }

  /// The position of a mark.
  func position(_ mark: yaml_mark_t) -> SourcePosition {
    let offset = offset(of: mark)
    if countsLinesItself { return position(atOffset: offset) }
    return SourcePosition(
      line: Int(mark.line) + 1, column: Int(mark.column) + 1, offset: offset + skipped)
  }

  /// The span between two marks.
  func span(_ start: yaml_mark_t, _ end: yaml_mark_t) -> SourceSpan {
    SourceSpan(path: path, start: position(start), end: position(end))
  }

  /// The position of a byte of `bytes`, counted the slow way: for errors.
  func position(atOffset offset: Int) -> SourcePosition {
    let offset = min(offset, bytes.count)
    var line = 1
    var start = 0
    if lineStarts.isEmpty {
      for index in 0..<offset where bytes[index] == 0x0a {
        line += 1
        start = index + 1
      }
    } else {
      var low = 0
      var high = lineStarts.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if Int(lineStarts[middle]) <= offset { low = middle } else { high = middle }
      }
      line = low + 1
      start = Int(lineStarts[low])
    }
    var column = 1
    for index in start..<offset where bytes[index] & 0xc0 != 0x80 { column += 1 }
    return SourcePosition(line: line, column: column, offset: offset + skipped)
  }

  /// The span of bytes `range` of `bytes`, counted the slow way.
  func span(_ range: Range<Int>) -> SourceSpan {
    SourceSpan(
      path: path, start: position(atOffset: range.lowerBound),
      end: position(atOffset: range.upperBound))
  }

  /// The end of a block scalar without the line breaks that libyaml counts to it.
  func endWithoutBreaks(_ end: yaml_mark_t, start: yaml_mark_t) -> SourcePosition {
    let first = offset(of: start)
    let last = offset(of: end)
    var offset = last
    var breaks = 0
    while offset > first, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[offset - 1]) {
      if bytes[offset - 1] == 0x0a { breaks += 1 }
      offset -= 1
    }
    if countsLinesItself { return position(atOffset: offset) }
    var column = 1
    var index = offset
    while index > 0, bytes[index - 1] != 0x0a {
      index -= 1
      if bytes[index] & 0xc0 != 0x80 { column += 1 }
    }
    return SourcePosition(
      line: Int(end.line) + 1 - breaks, column: column, offset: offset + skipped)
  }
}
