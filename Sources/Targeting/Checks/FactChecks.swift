// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel

/// What can be said of a selector that asks for a fact which no cluster has.
///
/// Sites report when they run, so a fact that is missing today is no mistake in the selector; one that the Hub does not
/// let count is.
struct FactCheck {
  /// The fact's name, as far as the key of its label tells it.
  let name: String
  /// Whether the Hub lets it count.
  let isAllowed: Bool

  /// Looks at the key of a label; nil when it is not that of a fact.
  init?(_ key: String, _ rules: FactRules) {
    guard FactLabel.isFact(key) else { return nil }
    let name = String(key.dropFirst(FactLabel.prefix.utf8.count))
    self.name = name
    // The label has `_` where the name has its '/'.
    let slashed = name.indices.filter { name[$0] == "_" }.map { index in
      String(name[..<index] + "/" + name[name.index(after: index)...])
    }
    isAllowed = ([name] + slashed).contains { rules.allows($0) }
  }

  /// The sentence for a fact that no cluster has.
  var message: String {
    isAllowed
      ? "no cluster has reported the fact \(Wording.quoted(name)) yet"
      : "the fact \(Wording.quoted(name)) does not count: the Hub does not allow it"
  }

  /// What to do about it.
  var hints: [String] {
    isAllowed
      ? [] : ["let it count by 'facts: {allow: [\(Wording.bare(name))]}' in the spec of your Hub"]
  }
}
