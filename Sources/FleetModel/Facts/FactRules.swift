// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import SliceFormat

/// Which reported facts count, and how often a change of them may move the fleet: `facts` of the `Hub`.
package struct FactRules: Sendable, Hashable {
  /// The names of the facts that count; one that ends with `*` stands for all that begin like it. None by default.
  package let allow: [String]
  /// Seconds that lie at least between two changes.
  package let interval: Int

  /// Seconds between two changes where nothing is written.
  package static let usualInterval = 600

  /// Makes rules; without arguments no fact counts.
  package init(allow: [String] = [], interval: Int = FactRules.usualInterval) {
    self.allow = Set(allow).sorted { $0.precedesInBytes($1) }
    self.interval = interval
  }

  /// Whether a fact counts.
  package func allows(_ name: String) -> Bool {
    allow.contains { pattern in
      pattern.utf8.last == UInt8(ascii: "*")
        ? name.utf8.starts(with: pattern.utf8.dropLast()) : name.utf8.elementsEqual(pattern.utf8)
    }
  }

  /// Reads `facts` of a spec.
  init(_ spec: FieldReader, findings: inout Findings) {
    let facts = spec.object("facts")
    var allow: [String] = []
    for entry in facts.strings("allow") {
      if Self.isPattern(entry.value) {
        allow.append(entry.value)
      } else {
        findings.error(
          "bad-fact", "\(Wording.quoted(entry.value)) is no name of a fact", at: entry.span,
          hints: [
            "for example 'architecture', or 'feature.node.kubernetes.io/*' for all that begin like it"
          ])
      }
    }
    self.init(
      allow: allow, interval: facts.duration("interval")?.value ?? FactRules.usualInterval)
  }

  private static func isPattern(_ text: String) -> Bool {
    guard text.utf8.last == UInt8(ascii: "*") else { return SiteFact.isName(text) }
    // Whatever follows in the place of the '*' has to be able to make a name of it.
    return text == "*" || SiteFact.isName(String(text.dropLast()) + "x")
  }
}
