// SPDX-License-Identifier: Apache-2.0

/// How much a finding matters; the raw value is the word that a person reads.
package enum Severity: String, Sendable, Hashable {
  /// The push is refused, the command fails.
  case error
  /// Accepted, but somebody should look.
  case warning
}

/// One thing that is wrong, where it is written, and what can be done about it.
///
/// Findings are collected and returned, not thrown: a check goes on to the next independent place.
/// Wording: lower case, no full stop, what is wrong first, the user's own word in single quotes.
package struct Finding: Sendable, Hashable {
  /// Another place that matters, shown below the finding.
  package struct Note: Sendable, Hashable {
    /// What is to be seen there.
    package let message: String
    /// The place, if there is one.
    package let span: SourceSpan?

    /// Makes a note.
    package init(_ message: String, at span: SourceSpan? = nil) {
      self.message = message
      self.span = span
    }
  }

  /// Whether the finding refuses or only warns.
  package let severity: Severity
  /// A stable name of the kind of finding, in kebab case, for `-o json` and for tests.
  package let code: String
  /// What is wrong, in one sentence without a full stop.
  package let message: String
  /// Where it is written; nil for findings about the whole push.
  package let span: SourceSpan?
  /// A file without a position (a symbolic link, a file that is too large), when `span` is nil.
  package let path: String?
  /// False where the line must not be printed: secrets, binary data.
  package let showsSource: Bool
  /// Other places that matter.
  package private(set) var notes: [Note]
  /// Things to do, at most two, that can be copied.
  package private(set) var hints: [String]

  /// Makes a finding at a place in a file.
  package init(
    _ severity: Severity, _ code: String, _ message: String, at span: SourceSpan?,
    notes: [Note] = [], hints: [String] = [], showsSource: Bool = true
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.span = span
    self.path = span?.path
    self.notes = notes
    self.hints = Array(hints.prefix(2))
    self.showsSource = showsSource
  }

  /// Makes a finding about a whole file.
  package init(
    _ severity: Severity, _ code: String, _ message: String, path: String,
    notes: [Note] = [], hints: [String] = []
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.span = nil
    self.path = path
    self.notes = notes
    self.hints = Array(hints.prefix(2))
    self.showsSource = false
  }

  /// The same finding as a warning: for what stood there before this push.
  package func asWarning() -> Finding {
    if let span {
      return Finding(
        .warning, code, message, at: span, notes: notes, hints: hints, showsSource: showsSource)
    }
    guard let path else {
      return Finding(.warning, code, message, at: nil, notes: notes, hints: hints)
    }
    return Finding(.warning, code, message, path: path, notes: notes, hints: hints)
  }

  /// The same finding with another note below the ones that it has.
  package func adding(note: String) -> Finding {
    var result = self
    result.notes.append(Note(note))
    return result
  }

  /// The same finding with other words in its hints.
  package func changingHints(_ change: (String) -> String) -> Finding {
    var result = self
    result.hints = hints.map(change)
    return result
  }

  /// The order in which findings are shown: by file (bytes), then position, errors before warnings.
  package static func precedes(_ left: Finding, _ right: Finding) -> Bool {
    let leftPath = left.path ?? ""
    let rightPath = right.path ?? ""
    if !leftPath.utf8.elementsEqual(rightPath.utf8) {
      return leftPath.utf8.lexicographicallyPrecedes(rightPath.utf8)
    }
    let leftOffset = left.span?.start.offset ?? -1
    let rightOffset = right.span?.start.offset ?? -1
    if leftOffset != rightOffset { return leftOffset < rightOffset }
    if left.severity != right.severity { return left.severity == .error }
    return left.message.utf8.lexicographicallyPrecedes(right.message.utf8)
  }
}

/// A bag of findings that a check fills while it goes on.
package struct Findings: Sendable {
  /// What has been found, in the order of finding.
  package private(set) var all: [Finding] = []

  /// Makes an empty bag.
  package init() {}

  /// Whether there is an error among them.
  package var hasErrors: Bool { all.contains { $0.severity == .error } }

  /// Adds one finding.
  package mutating func add(_ finding: Finding) { all.append(finding) }

  /// Adds all of another check's findings.
  package mutating func add(contentsOf other: some Sequence<Finding>) {
    all.append(contentsOf: other)
  }

  /// Adds an error at a place.
  package mutating func error(
    _ code: String, _ message: String, at span: SourceSpan?, notes: [Finding.Note] = [],
    hints: [String] = [], showsSource: Bool = true
  ) {
    add(
      Finding(
        .error, code, message, at: span, notes: notes, hints: hints, showsSource: showsSource))
  }

  /// Adds a warning at a place.
  package mutating func warning(
    _ code: String, _ message: String, at span: SourceSpan?, notes: [Finding.Note] = [],
    hints: [String] = [], showsSource: Bool = true
  ) {
    add(
      Finding(
        .warning, code, message, at: span, notes: notes, hints: hints, showsSource: showsSource))
  }

  /// All findings in the order in which a person reads them, without exact repetitions.
  package var sorted: [Finding] {
    var seen = Set<Finding>()
    return all.filter { seen.insert($0).inserted }.sorted(by: Finding.precedes)
  }
}
