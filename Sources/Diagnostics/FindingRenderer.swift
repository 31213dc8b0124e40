// SPDX-License-Identifier: Apache-2.0

/// Shows findings to a person: in the output of a push, in `kubectl fleet check`.
///
/// ```
/// error: gitrepos/pos.yaml:14:22: no cluster has the label key 'regoin'
///   14 |     - matchLabels: { regoin: eu-west }
///      |                      ^^^^^^
/// hint: did you mean 'region'? (set on 2,480 of 2,500 clusters)
/// ```
/// The severity stands first because Git colours only lines that begin with it.
package struct FindingRenderer {
  /// The most columns of a line: Git puts `remote: ` before and blanks behind what a hook says.
  package static let width = 72
  /// The most findings that are shown.
  package static let findingLimit = 20

  private let source: (String) -> [UInt8]?
  private var lineCache: [String: [ArraySlice<UInt8>]] = [:]

  /// Makes a renderer; `source` gives the bytes of a file by its path, nil when there is none.
  package init(source: @escaping (String) -> [UInt8]?) {
    self.source = source
  }

  /// The findings as text, the first twenty of them; `more` says how to see the others.
  package mutating func text(_ findings: [Finding], more: String) -> String {
    var result = ""
    for finding in findings.prefix(Self.findingLimit) {
      if !result.isEmpty { result += "\n" }
      result += text(finding)
    }
    let hidden = findings.dropFirst(Self.findingLimit)
    if !hidden.isEmpty {
      let errors = hidden.count { $0.severity == .error }
      let warnings = hidden.count - errors
      let counts = [
        errors > 0 ? Wording.count(errors, "more error") : nil,
        warnings > 0 ? Wording.count(warnings, "more warning") : nil,
      ].compactMap { $0 }.joined(separator: ", ")
      result += "\n\(errors > 0 ? "error" : "warning"): \(counts); \(more)\n"
    }
    return result
  }

  /// One finding as text, ending in a line break.
  package mutating func text(_ finding: Finding) -> String {
    var result = Self.line(finding.severity.rawValue, finding.message, finding.span, finding.path)
    if let span = finding.span, finding.showsSource { result += excerpt(span) }
    for note in finding.notes {
      result += Self.line("note", note.message, note.span, nil)
      if let span = note.span, finding.showsSource { result += excerpt(span) }
    }
    for hint in finding.hints { result += Self.line("hint", hint, nil, nil) }
    return result
  }

  private static func line(
    _ label: String, _ message: String, _ span: SourceSpan?, _ path: String?
  ) -> String {
    var text = "\(label): "
    if let span {
      text += "\(PrintableText.escape(span.path)):\(span.start.line):\(span.start.column): "
    } else if let path {
      text += "\(PrintableText.escape(path)): "
    }
    text += PrintableText.escape(message)
    let indent = String(repeating: " ", count: label.utf8.count + 2)
    return Wording.wrap(text, width: width, indent: indent) + "\n"
  }

  // MARK: - Excerpts

  private mutating func excerpt(_ span: SourceSpan) -> String {
    guard let line = sourceLine(span.path, span.start.line),
      let text = String(validating: line, as: UTF8.self)
    else { return "" }
    let scalars = Array(text.unicodeScalars)
    let first = min(span.start.column - 1, scalars.count)
    let end = span.end.line == span.start.line ? span.end.column - 1 : scalars.count
    let last = max(first + 1, min(end, scalars.count))

    let number = String(span.start.line)
    let gutter = String(repeating: " ", count: max(0, 4 - number.utf8.count)) + number + " | "
    let blank = String(repeating: " ", count: gutter.utf8.count - 2) + "| "
    let room = Self.width - gutter.utf8.count

    // A long line is cut around the place; the dots say so.
    var from = 0
    var upTo = scalars.count
    if scalars.count > room {
      from = max(0, min(first - room / 3, scalars.count - room))
      upTo = min(scalars.count, from + room)
    }
    var shown = ""
    var carets = ""
    for index in from..<max(from, upTo) {
      let isCut = (index == from && from > 0) || (index == upTo - 1 && upTo < scalars.count)
      let piece = isCut ? "…" : PrintableText.escape(String(scalars[index]))
      shown += piece
      if index < first {
        carets += scalars[index] == "\t" ? "\t" : blanks(piece)
      } else if index < last {
        carets += String(repeating: "^", count: piece.unicodeScalars.count)
      }
    }
    if first >= scalars.count { carets += "^" }
    return Self.trimmed(gutter + shown) + "\n" + blank + carets + "\n"
  }

  private func blanks(_ piece: String) -> String {
    String(repeating: " ", count: piece.unicodeScalars.count)
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.hasSuffix(" ") || line.hasSuffix("\r") || line.hasSuffix("\t") { line.removeLast() }
    return line
  }

  private mutating func sourceLine(_ path: String, _ number: Int) -> ArraySlice<UInt8>? {
    if lineCache[path] == nil {
      guard let bytes = source(path) else { return nil }
      lineCache[path] = bytes.split(
        separator: UInt8(ascii: "\n"), maxSplits: 200_000, omittingEmptySubsequences: false)
    }
    guard let lines = lineCache[path], number >= 1, number <= lines.count else { return nil }
    var line = lines[number - 1]
    if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    return line
  }
}

extension Finding {
  /// `2 errors, 1 warning`; nil when there are neither.
  package static func counts(_ findings: [Finding]) -> String? {
    let errors = findings.count { $0.severity == .error }
    let warnings = findings.count - errors
    let parts = [
      errors > 0 ? Wording.count(errors, "error") : nil,
      warnings > 0 ? Wording.count(warnings, "warning") : nil,
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
