// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// What is wrong with the values of a cluster.
package struct ValuesProblem: Error, Sendable {
  /// What a message is made of.
  package enum Kind: Sendable, Hashable {
    /// The cluster lacks something that a template wants: `label 'region'`.
    case lacks(String)
    /// A sentence that follows the names of the clusters.
    case says(String)
    /// The cluster lacks a label that is read without a template, so the value is an empty text: a warning.
    case reads(label: String)
  }

  /// What is wrong.
  package let kind: Kind
  /// Where.
  package let span: SourceSpan?
  /// What to do about it.
  package let hints: [String]
  /// What else is to be known.
  package let notes: [String]

  /// Makes a problem.
  package init(_ kind: Kind, at span: SourceSpan?, hints: [String] = [], notes: [String] = []) {
    self.kind = kind
    self.span = span
    self.hints = hints
    self.notes = notes
  }
}

/// The problems of many clusters, told once each.
package struct ValuesProblems: Sendable {
  private struct Key: Hashable {
    let kind: ValuesProblem.Kind
    let span: SourceSpan?
  }

  private var positions: [Key: Int] = [:]
  private var entries: [(problem: ValuesProblem, clusters: [String])] = []

  /// No problem.
  package init() {}

  /// Whether there is none.
  package var isEmpty: Bool { entries.isEmpty }

  /// Adds a problem of a cluster; equal problems at one place are folded, the first one's hints stay.
  package mutating func add(_ problem: ValuesProblem, on cluster: String) {
    let key = Key(kind: problem.kind, span: problem.span)
    if let position = positions[key] {
      if entries[position].clusters.last != cluster { entries[position].clusters.append(cluster) }
      return
    }
    positions[key] = entries.count
    entries.append((problem, [cluster]))
  }

  /// Makes a finding of each problem, in the order in which they came.
  package func report(into findings: inout Findings) {
    for (problem, clusters) in entries {
      let names = Wording.list(clusters.map { PrintableText.escape($0) })
      let isOne = clusters.count == 1
      let one = clusters.first.map { "cluster \(Wording.quoted($0))" } ?? "cluster"
      let many = Wording.count(clusters.count, "cluster")
      let (severity, code, message): (Severity, String, String) =
        switch problem.kind {
        case .lacks(let what):
          (
            .error, "missing-key",
            isOne ? "\(one) has no \(what)" : "\(many) have no \(what): \(names)"
          )
        case .says(let words):
          (.error, "bad-values", isOne ? "\(one): \(words)" : "\(many) (\(names)): \(words)")
        case .reads(let label):
          (
            .warning, "missing-key",
            (isOne
              ? "\(one) has no label \(Wording.quoted(label))"
              : "\(many) have no label \(Wording.quoted(label)): \(names)")
              + (isOne ? ", the value is empty there" : "; the value is empty there")
          )
        }
      findings.add(
        Finding(
          severity, code, message, at: problem.span,
          notes: problem.notes.map { Finding.Note($0) }, hints: problem.hints))
    }
  }
}
