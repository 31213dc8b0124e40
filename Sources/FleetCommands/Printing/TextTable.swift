// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Columns as kubectl prints them: headers in capitals, three blanks between, none at the end of a line.
struct TextTable {
  private let headers: [String]
  private var rows: [[String]] = []

  /// Makes an empty table.
  init(_ headers: [String]) {
    self.headers = headers
  }

  /// What stands in a cell without content.
  static let none = "<none>"

  /// Whether there is no row.
  var isEmpty: Bool { rows.isEmpty }

  /// Adds a row; its cells are made safe to print.
  mutating func add(_ cells: [String]) {
    rows.append(cells.map { $0.isEmpty ? Self.none : PrintableText.escape($0) })
  }

  /// The lines, each with its line break.
  func text(withHeaders: Bool = true, indent: String = "") -> String {
    let lines = withHeaders ? [headers] + rows : rows
    var widths = [Int](repeating: 0, count: headers.count)
    for line in lines {
      for (column, cell) in line.enumerated() where column < widths.count {
        widths[column] = max(widths[column], cell.unicodeScalars.count)
      }
    }
    var text = ""
    for line in lines {
      var shown = indent
      for (column, cell) in line.enumerated() {
        shown += cell
        guard column + 1 < line.count, column < widths.count else { break }
        shown += String(
          repeating: " ", count: widths[column] - cell.unicodeScalars.count + 3)
      }
      text += shown + "\n"
    }
    return text
  }
}
