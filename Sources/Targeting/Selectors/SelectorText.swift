// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import FleetModel

/// A selector on the command line, as `kubectl -l` reads it: `region=eu,tier in (a,b),!old`.
///
/// Source: `k8s.io/apimachinery/pkg/labels`. `=` and `==` are the same; `>` and `<` are not read.
package enum SelectorText {
  /// What is wrong with a text, and where.
  package struct Problem: Error, Hashable {
    /// In words, lower case, without a full stop.
    package let message: String
    /// The offset in bytes.
    package let offset: Int
  }

  /// Reads a selector; the empty text matches everything.
  package static func parse(_ text: String) throws(Problem) -> LabelSelector {
    var scanner = Scanner(Array(text.utf8))
    var requirements: [LabelSelector.Requirement] = []
    if scanner.peek == .end { return LabelSelector([]) }
    while true {
      requirements.append(try scanner.requirement())
      switch scanner.peek {
      case .end: return LabelSelector(requirements)
      case .symbol(","): scanner.advance()
      default: throw scanner.unexpected("',' or the end")
      }
    }
  }

  private enum Token: Equatable {
    case word(String)
    case symbol(String)
    case end
  }

  private struct Scanner {
    let bytes: [UInt8]
    var offset = 0
    var peek = Token.end
    var start = 0

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      advance()
    }

    mutating func advance() {
      while offset < bytes.count, bytes[offset] == 0x20 || (0x09...0x0d).contains(bytes[offset]) {
        offset += 1
      }
      start = offset
      guard offset < bytes.count else {
        peek = .end
        return
      }
      for symbol in ["==", "!=", "=", "!", "(", ")", ",", ">", "<"]
      where bytes[offset...].starts(with: symbol.utf8) {
        offset += symbol.utf8.count
        peek = .symbol(symbol)
        return
      }
      let special = Array("=!(),<>".utf8)
      while offset < bytes.count, bytes[offset] > 0x20, !special.contains(bytes[offset]) {
        offset += 1
      }
      // A control character that is no blank would not move the scanner.
      if offset == start { offset += 1 }
      peek = .word(String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    mutating func requirement() throws(Problem) -> LabelSelector.Requirement {
      if peek == .symbol("!") {
        advance()
        return LabelSelector.Requirement(try key(), .doesNotExist)
      }
      let key = try key()
      switch peek {
      case .end, .symbol(","): return LabelSelector.Requirement(key, .exists)
      case .symbol("="), .symbol("=="):
        advance()
        return LabelSelector.Requirement(key, .in, [try value()])
      case .symbol("!="):
        advance()
        return LabelSelector.Requirement(key, .notIn, [try value()])
      case .word("in"):
        advance()
        return LabelSelector.Requirement(key, .in, try values())
      case .word("notin"):
        advance()
        return LabelSelector.Requirement(key, .notIn, try values())
      default: throw unexpected("'=', '!=', 'in', 'notin' or ','")
      }
    }

    private mutating func key() throws(Problem) -> String {
      guard case .word(let word) = peek else { throw unexpected("a label key") }
      if let problem = KubernetesName.problem(labelKey: word) {
        throw Problem(message: "the label key \(Wording.quoted(word)) \(problem)", offset: start)
      }
      advance()
      return word
    }

    /// A value; none in front of `,`, `)` or the end is the empty value.
    private mutating func value() throws(Problem) -> String {
      switch peek {
      case .end, .symbol(","), .symbol(")"): return ""
      case .word(let word):
        if let problem = KubernetesName.problem(labelValue: word) {
          throw Problem(
            message: "the label value \(Wording.quoted(word)) \(problem)", offset: start)
        }
        advance()
        return word
      default: throw unexpected("a label value")
      }
    }

    private mutating func values() throws(Problem) -> [String] {
      guard peek == .symbol("(") else { throw unexpected("'('") }
      advance()
      var values: [String] = []
      while true {
        values.append(try value())
        switch peek {
        case .symbol(","): advance()
        case .symbol(")"):
          advance()
          return values
        default: throw unexpected("',' or ')'")
        }
      }
    }

    func unexpected(_ expected: String) -> Problem {
      let found =
        switch peek {
        case .end: "the end"
        case .word(let word): Wording.quoted(word)
        case .symbol(let symbol): "'\(symbol)'"
        }
      return Problem(message: "expected \(expected), found \(found)", offset: start)
    }
  }
}
