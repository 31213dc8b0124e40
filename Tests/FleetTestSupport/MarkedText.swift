// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import Testing

/// A file in a test, with numbers such as `1️⃣` at the places that the test speaks of.
///
/// The numbers are taken out before the text is used.
package struct MarkedText {
  /// The path that findings shall name.
  package let path: String
  /// The text without the numbers.
  package let text: String
  /// Where each number stood.
  package let positions: [String: SourcePosition]

  /// The bytes without the numbers.
  package var bytes: [UInt8] { Array(text.utf8) }

  /// Reads a text with numbers.
  package init(_ marked: String, path: String = "test.yaml") {
    self.path = path
    var clean = String.UnicodeScalarView()
    var positions: [String: SourcePosition] = [:]
    var line = 1
    var column = 1
    var offset = 0
    let scalars = Array(marked.unicodeScalars)
    var index = 0
    while index < scalars.count {
      // A digit, the emoji selector, the enclosing keycap.
      if index + 2 < scalars.count, scalars[index + 1].value == 0xfe0f,
        scalars[index + 2].value == 0x20e3
      {
        var marker = String.UnicodeScalarView()
        marker.append(contentsOf: scalars[index...(index + 2)])
        positions[String(marker)] = SourcePosition(line: line, column: column, offset: offset)
        index += 3
        continue
      }
      clean.append(scalars[index])
      offset += UTF8.width(scalars[index])
      if scalars[index] == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
      index += 1
    }
    text = String(clean)
    self.positions = positions
  }

  /// The number at a position, else `line:column`.
  func name(of position: SourcePosition) -> String {
    let names = positions.filter { $0.value == position }.keys.sorted()
    return names.first ?? "\(position.line):\(position.column)"
  }
}

/// A finding that a test waits for.
package struct ExpectedFinding {
  let marker: String?
  let severity: Severity
  let message: String
  let notes: [String]?
  let hints: [String]?

  /// An error at a number; notes are written `2️⃣ message` and, like hints, compared only when given.
  package static func error(
    _ marker: String?, _ message: String, notes: [String]? = nil, hints: [String]? = nil
  ) -> ExpectedFinding {
    ExpectedFinding(marker: marker, severity: .error, message: message, notes: notes, hints: hints)
  }

  /// A warning at a number; a marker of nil is a finding without a place.
  package static func warning(
    _ marker: String?, _ message: String, notes: [String]? = nil, hints: [String]? = nil
  ) -> ExpectedFinding {
    ExpectedFinding(
      marker: marker, severity: .warning, message: message, notes: notes, hints: hints)
  }
}

/// Fails the test unless these are the findings, all of them, in the order in which people read them.
package func expect(
  _ findings: some Sequence<Finding>, in text: MarkedText, are expected: [ExpectedFinding],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let sorted = findings.sorted(by: Finding.precedes)
  var actualLines: [String] = []
  var expectedLines: [String] = []
  for (index, finding) in sorted.enumerated() {
    let wanted = index < expected.count ? expected[index] : nil
    actualLines.append(
      "\(finding.span.map { text.name(of: $0.start) } ?? "-") \(finding.severity.rawValue): \(finding.message)"
    )
    if wanted?.notes != nil {
      actualLines += finding.notes.map { note in
        "  note: " + (note.span.map { text.name(of: $0.start) + " " } ?? "") + note.message
      }
    }
    if wanted?.hints != nil { actualLines += finding.hints.map { "  hint: \($0)" } }
  }
  for wanted in expected {
    expectedLines.append("\(wanted.marker ?? "-") \(wanted.severity.rawValue): \(wanted.message)")
    expectedLines += (wanted.notes ?? []).map { "  note: \($0)" }
    expectedLines += (wanted.hints ?? []).map { "  hint: \($0)" }
  }
  let actual = actualLines.joined(separator: "\n")
  #expect(actual == expectedLines.joined(separator: "\n"), sourceLocation: sourceLocation)
}
