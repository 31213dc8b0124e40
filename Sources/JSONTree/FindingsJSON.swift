// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// Findings for programs: what `-o json` prints.
package enum FindingsJSON {
  /// An array with an object for each finding, in the given order.
  ///
  /// Members: `severity`, `code`, `message`, then where known `path`, `line`, `column`, `endLine`,
  /// `endColumn` (counted from 1; the end is the first column behind), then `notes` (objects with
  /// `message` and a place) and `hints` (strings).
  package static func value(_ findings: some Sequence<Finding>) -> JSONValue {
    .array(
      findings.map { finding in
        var members = [
          JSONMember("severity", .string(finding.severity.rawValue)),
          JSONMember("code", .string(finding.code)),
          JSONMember("message", .string(finding.message)),
        ]
        members += place(finding.span, finding.path)
        members.append(
          JSONMember(
            "notes",
            .array(
              finding.notes.map { note in
                .object([JSONMember("message", .string(note.message))] + place(note.span, nil))
              })))
        members.append(JSONMember("hints", .array(finding.hints.map { .string($0) })))
        return .object(members)
      })
  }

  /// The same as text, a member a line.
  package static func text(_ findings: some Sequence<Finding>) -> [UInt8] {
    JSONWriter.pretty(value(findings))
  }

  private static func place(_ span: SourceSpan?, _ path: String?) -> [JSONMember] {
    guard let span else { return path.map { [JSONMember("path", .string($0))] } ?? [] }
    return [
      JSONMember("path", .string(span.path)),
      JSONMember("line", .integer(Int64(span.start.line))),
      JSONMember("column", .integer(Int64(span.start.column))),
      JSONMember("endLine", .integer(Int64(span.end.line))),
      JSONMember("endColumn", .integer(Int64(span.end.column))),
    ]
  }
}
