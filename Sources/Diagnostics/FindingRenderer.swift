// SPDX-License-Identifier: Apache-2.0

/// Writes findings as text for people: in a terminal, and in the answer to `git push`.
///
/// ```
/// error: gitrepos/pos.yaml:14:22: no cluster has the label key 'regoin'
///   14 |     - matchLabels: { regoin: eu-west }
///      |                      ^^^^^^
/// hint: did you mean 'region'?
/// ```
package struct FindingRenderer {
  private let columns: Int
  private let limit: Int
  private let seeAll: String?
  private let source: (String) -> [UInt8]?

  /// Makes a renderer.
  ///
  /// - Parameters:
  ///   - columns: the width at which messages are wrapped; Git takes 8 of a terminal's 80 for `remote: `.
  ///   - limit: the largest number of findings that is shown.
  ///   - seeAll: the command that shows the rest.
  ///   - source: the bytes of a file, by its path; nil where the line can't be shown.
  package init(
    columns: Int = 72, limit: Int = 20, seeAll: String? = "kubectl fleet check",
    source: @escaping (String) -> [UInt8]?
  ) {
    self.columns = columns
    self.limit = max(1, limit)
    self.seeAll = seeAll
    self.source = source
  }

  /// The findings in the given order, with a blank line between two of them, and a final line break;
  /// empty without findings.
  ///
  /// Over the limit, warnings are left out before errors.
  package func text(_ findings: [Finding]) -> String {
    var sources: [String: [UInt8]] = [:]
    var blocks = shown(of: findings).map { finding in
      block(finding) { path in
        if let bytes = sources[path] { return bytes }
        let bytes = source(path)
        sources[path] = bytes
        return bytes
      }
    }
    if let more = moreLine(findings) { blocks.append(more + "\n") }
    return blocks.joined(separator: "\n")
  }

  /// `2 errors, 1 warning`; `no errors` without findings.
  package static func summary(_ findings: [Finding]) -> String {
    let errors = findings.count { $0.severity == .error }
    let warnings = findings.count - errors
    var parts: [String] = []
    if errors > 0 { parts.append(errors == 1 ? "1 error" : "\(errors) errors") }
    if warnings > 0 { parts.append(warnings == 1 ? "1 warning" : "\(warnings) warnings") }
    return parts.isEmpty ? "no errors" : parts.joined(separator: ", ")
  }

  private func shown(of findings: [Finding]) -> [Finding] {
    guard findings.count > limit else { return findings }
    let errors = findings.count { $0.severity == .error }
    var errorsLeft = min(errors, limit)
    var warningsLeft = limit - errorsLeft
    return findings.filter { finding in
      if finding.severity == .error {
        errorsLeft -= 1
        return errorsLeft >= 0
      }
      warningsLeft -= 1
      return warningsLeft >= 0
    }
  }

  private func moreLine(_ findings: [Finding]) -> String? {
    let more = findings.count - limit
    guard more > 0 else { return nil }
    let errors = findings.count { $0.severity == .error }
    let severity: Severity = errors > limit ? .error : .warning
    let rest = seeAll.map { "; run '\($0)' to see all" } ?? ""
    return "\(severity.rawValue): \(more) more\(rest)"
  }

  private func block(_ finding: Finding, source: (String) -> [UInt8]?) -> String {
    var text = line(finding.severity.rawValue, place(finding.span, finding.path), finding.message)
    if finding.showsSource, let span = finding.span, let bytes = source(span.path) {
      text += SourceExcerpt(span, in: bytes, columns: columns).text
    }
    for note in finding.notes { text += line("note", place(note.span, nil), note.message) }
    for hint in finding.hints { text += line("hint", nil, hint) }
    return text
  }

  private func place(_ span: SourceSpan?, _ path: String?) -> String? {
    if let span {
      return "\(PrintableText.escape(span.path)):\(span.start.line):\(span.start.column)"
    }
    return path.map { PrintableText.escape($0) }
  }

  private func line(_ label: String, _ place: String?, _ message: String) -> String {
    let words = TextWrapping.pieces(PrintableText.escape(message))
    let pieces = place.map { [$0 + ":"] + words } ?? words
    return TextWrapping.lines(label + ":", pieces, columns: columns)
  }
}
