// SPDX-License-Identifier: Apache-2.0

/// Breaks messages into lines.
enum TextWrapping {
  /// The text behind a label, continued below its own first column: `error: ` indents by seven.
  static func lines(_ label: String, _ pieces: [String], columns: Int) -> String {
    let indent = DisplayWidth.of(label) + 1
    var text = label
    var width = indent - 1
    var isFirst = true
    for piece in pieces {
      let pieceWidth = DisplayWidth.of(piece)
      if !isFirst, width + 1 + pieceWidth > columns {
        text += "\n" + String(repeating: " ", count: indent) + piece
        width = indent + pieceWidth
      } else {
        text += " " + piece
        width += 1 + pieceWidth
      }
      isFirst = false
    }
    return text + "\n"
  }

  /// The words of a text; what stands in single quotes stays in one piece, for it may be copied.
  static func pieces(_ text: String) -> [String] {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    var pieces: [String] = []
    var index = 0
    while index < words.count {
      if words[index].utf8.first == quote, let last = closing(of: index, in: words) {
        pieces.append(words[index...last].joined(separator: " "))
        index = last + 1
      } else {
        pieces.append(words[index])
        index += 1
      }
    }
    return pieces
  }

  private static let quote = UInt8(ascii: "'")

  /// The word that ends the quotation which a word opens; nil when it is not short.
  private static func closing(of first: Int, in words: [String]) -> Int? {
    var width = 0
    for index in first..<words.count {
      width += words[index].utf8.count + 1
      if width > 60 { return nil }
      let body = index == first ? words[index].utf8.dropFirst() : words[index].utf8[...]
      if body.contains(quote) { return index }
    }
    return nil
  }
}

/// How many columns of a terminal a text takes.
enum DisplayWidth {
  /// The width of a text without control characters.
  static func of(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  /// 0 for marks that stand on the character before, 2 for wide characters, else 1.
  static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0..<0x300: return 1
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
      0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff,
      0x20000...0x3fffd:
      return 2
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return 0
      default: return 1
      }
    }
  }
}
