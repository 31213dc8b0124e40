// SPDX-License-Identifier: Apache-2.0

/// A pattern as Go's `filepath.Match` reads it on Unix.
///
/// `*` is any run without `/`, `?` one character without `/`, `[a-z]` and `[^a-z]` classes, `\` takes the
/// next character as it is. There is no `**` and no `!`. The whole name has to match.
package struct GoPattern: Sendable, Hashable {
  private enum Part: Sendable, Hashable {
    case anyRun
    case anyOne
    case one(Unicode.Scalar)
    case oneOf(negated: Bool, [ClosedRange<UInt32>])
  }

  /// The pattern as it is written.
  package let text: String
  private let parts: [Part]

  /// Reads a pattern; nil when it is malformed (an open class, a `\` at the end).
  package init?(_ text: String) {
    self.text = text
    var parts: [Part] = []
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": if parts.last != .anyRun { parts.append(.anyRun) }
      case "?": parts.append(.anyOne)
      case "\\":
        guard let escaped = rest.popFirst() else { return nil }
        parts.append(.one(escaped))
      case "[":
        guard let part = GoPattern.characterClass(&rest) else { return nil }
        parts.append(part)
      default: parts.append(.one(scalar))
      }
    }
    self.parts = parts
  }

  /// Whether the text has characters that stand for others; else it is a plain name.
  package static func isPlain(_ text: String) -> Bool {
    !text.utf8.contains { $0 == 0x2a || $0 == 0x3f || $0 == 0x5b || $0 == 0x5c }
  }

  /// Whether the whole name matches.
  package func matches(_ name: some StringProtocol) -> Bool {
    let scalars = Array(name.unicodeScalars)
    var part = 0
    var position = 0
    // Only the last run can have to grow: a match of an earlier one with fewer characters leaves more.
    var retry: (part: Int, position: Int)?
    while true {
      if part < parts.count, parts[part] == .anyRun {
        retry = (part, position)
        part += 1
        continue
      }
      if part < parts.count, position < scalars.count, fits(parts[part], scalars[position]) {
        part += 1
        position += 1
        continue
      }
      if part == parts.count, position == scalars.count { return true }
      guard let last = retry, last.position < scalars.count, scalars[last.position] != "/" else {
        return false
      }
      retry = (last.part, last.position + 1)
      part = last.part + 1
      position = last.position + 1
    }
  }

  private func fits(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
    switch part {
    case .anyRun: false
    case .anyOne: scalar != "/"
    case .one(let wanted): wanted == scalar
    case .oneOf(let negated, let ranges):
      ranges.contains { $0.contains(scalar.value) } != negated
    }
  }

  private static func characterClass(_ rest: inout Substring.UnicodeScalarView) -> Part? {
    var negated = false
    if rest.first == "^" {
      negated = true
      rest.removeFirst()
    }
    var ranges: [ClosedRange<UInt32>] = []
    while true {
      if rest.first == "]", !ranges.isEmpty {
        rest.removeFirst()
        return .oneOf(negated: negated, ranges)
      }
      guard let low = classCharacter(&rest) else { return nil }
      var high = low
      if rest.first == "-" {
        rest.removeFirst()
        guard let end = classCharacter(&rest) else { return nil }
        high = end
      }
      // A range that runs backwards matches nothing; it keeps its place so that `]` ends the class.
      ranges.append(low.value <= high.value ? low.value...high.value : 0xffff_ffff...0xffff_ffff)
    }
  }

  private static func classCharacter(
    _ rest: inout Substring.UnicodeScalarView
  ) -> Unicode.Scalar? {
    guard var scalar = rest.popFirst(), scalar != "-", scalar != "]" else { return nil }
    if scalar == "\\" {
      guard let escaped = rest.popFirst() else { return nil }
      scalar = escaped
    }
    // Go calls a class malformed that ends with the text.
    return rest.isEmpty ? nil : scalar
  }
}
