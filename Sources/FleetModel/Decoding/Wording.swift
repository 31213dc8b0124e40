// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import YAMLTree

/// How user text and numbers are written in messages.
package enum Wording {
  /// The user's own word in single quotes, safe to print and not longer than 80 characters.
  package static func quoted(_ word: String) -> String {
    "'\(PrintableText.escape(shortened(word)))'"
  }

  /// The words, each quoted, with commas; after `limit` words only the number of the others.
  package static func list(_ words: some Collection<String>, limit: Int = 5) -> String {
    let shown = words.prefix(limit).map { quoted($0) }.joined(separator: ", ")
    let rest = words.count - limit
    return rest > 0 ? "\(shown) and \(grouped(rest)) more" : shown
  }

  /// A number with commas between thousands: `2,480`.
  package static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude).utf8)
    var result = number < 0 ? "-" : ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position) % 3 == 0 { result += "," }
      result.unicodeScalars.append(Unicode.Scalar(digit))
    }
    return result
  }

  /// What a node is, in words: `a list`, `the number 3`, `the string 'yes'`.
  package static func kind(of node: YAMLNode) -> String {
    switch node.content {
    case .mapping: return "a mapping"
    case .sequence: return "a list"
    case .scalar(let scalar):
      switch scalar.resolved {
      case .null: return "nothing"
      case .bool: return "the boolean \(PrintableText.escape(shortened(scalar.text)))"
      case .int, .uint, .float: return "the number \(PrintableText.escape(shortened(scalar.text)))"
      case .string: return "the string \(quoted(scalar.text))"
      }
    }
  }

  private static func shortened(_ text: String) -> String {
    guard text.utf8.count > 80 else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(79))) + "…"
  }
}
