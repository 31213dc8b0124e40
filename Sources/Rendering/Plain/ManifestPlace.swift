// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// Where an object is written, or the file that a program made it of.
package struct ManifestPlace: Sendable, Hashable {
  /// The path from the root of the repository; `ARCHIVE!PATH` for what stands in a committed archive.
  package let path: String
  /// The place in the file; nil for what a program has made: its lines are in no file.
  package let span: SourceSpan?

  /// Makes the place of what is written in a file.
  package init(_ span: SourceSpan) {
    path = span.path
    self.span = span
  }

  /// Makes the place of what was made of a file.
  package init(madeOf path: String) {
    self.path = path
    span = nil
  }

  /// `PATH:LINE`, or the path alone.
  package var shown: String { span.map { "\(path):\($0.start.line)" } ?? path }

  /// A note about this place: `the first one is here`.
  package func note(_ what: String) -> Finding.Note {
    if let span { return Finding.Note("\(what) here", at: span) }
    return Finding.Note("\(what) in \(Wording.quoted(path))")
  }
}

extension Finding {
  /// Makes a finding about an object.
  package init(
    _ severity: Severity, _ code: String, _ message: String, at place: ManifestPlace,
    notes: [Note] = [], hints: [String] = [], showsSource: Bool = true
  ) {
    if let span = place.span {
      self.init(
        severity, code, message, at: span, notes: notes, hints: hints, showsSource: showsSource)
    } else {
      self.init(severity, code, message, path: place.path, notes: notes, hints: hints)
    }
  }
}

extension Findings {
  /// Adds an error about an object.
  package mutating func error(
    _ code: String, _ message: String, at place: ManifestPlace, notes: [Finding.Note] = [],
    hints: [String] = []
  ) {
    add(Finding(.error, code, message, at: place, notes: notes, hints: hints))
  }
}
