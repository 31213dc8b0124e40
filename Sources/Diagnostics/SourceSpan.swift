// SPDX-License-Identifier: Apache-2.0

/// A place in a text file, as a person and an editor count it.
package struct SourcePosition: Sendable, Hashable, Comparable {
  private let storedLine: Int32
  private let storedColumn: Int32
  private let storedOffset: Int32

  /// The line, counted from 1.
  package var line: Int { Int(storedLine) }
  /// The column in Unicode scalars, counted from 1; a tab counts one.
  package var column: Int { Int(storedColumn) }
  /// The offset in bytes from the start of the file.
  package var offset: Int { Int(storedOffset) }

  /// Makes a position; files are bounded far below 2 GiB, larger numbers are clamped.
  package init(line: Int, column: Int, offset: Int) {
    storedLine = Int32(clamping: line)
    storedColumn = Int32(clamping: column)
    storedOffset = Int32(clamping: offset)
  }

  /// The first byte of a file.
  package static let start = SourcePosition(line: 1, column: 1, offset: 0)

  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    left.offset < right.offset
  }
}

/// A range of a file: where something that a finding speaks of is written.
package struct SourceSpan: Sendable, Hashable {
  /// The file's path from the root of the repository, with `/`.
  package let path: String
  /// The first byte of the range.
  package let start: SourcePosition
  /// The first byte after the range.
  package let end: SourcePosition

  /// Makes a span from `start` up to, not including, `end`.
  package init(path: String, start: SourcePosition, end: SourcePosition) {
    self.path = path
    self.start = start
    self.end = end
  }
}
