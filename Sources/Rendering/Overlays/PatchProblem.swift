// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// Why a patch does not fit; the first reason ends the patch.
struct PatchProblem: Error {
  /// What is wrong, as in ``Finding``.
  let message: String
  /// Where in the patch, or in the file that it is for.
  let span: SourceSpan
  /// Another place.
  var note: Finding.Note?
  /// What can be done.
  var hint: String?

  init(_ message: String, at span: SourceSpan, note: Finding.Note? = nil, hint: String? = nil) {
    self.message = message
    self.span = span
    self.note = note
    self.hint = hint
  }

  /// The problem as a finding; values of a Secret are not shown.
  func finding(showsSource: Bool) -> Finding {
    Finding(
      .error, "overlay-patch", message, at: span, notes: note.map { [$0] } ?? [],
      hints: hint.map { [$0] } ?? [], showsSource: showsSource)
  }
}

extension Finding.Note {
  /// A note at a place that is in a file; nil for what was made by us.
  static func at(_ span: SourceSpan, _ message: String) -> Finding.Note? {
    span == .generated ? nil : Finding.Note(message, at: span)
  }
}
