// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import SliceFormat

/// What the command line says of facts.
struct FactWords: Sendable, Hashable {
  private(set) var facts: [SiteFact] = []

  /// Takes a `--fact`.
  mutating func add(_ word: String) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map(String.init) ?? ""
    guard parts.count == 2, SiteFact.isName(name) else {
      throw UsageError(
        "'\(PrintableText.escape(word))' is no fact", hint: "--fact NAME=VALUE, such as rack=b12")
    }
    let value = String(parts[1])
    guard SiteFact.isValue(value) else {
      throw UsageError(
        "the value of the fact '\(name)' has more than \(SiteFact.valueLimit) bytes or cannot be printed"
      )
    }
    guard !facts.contains(where: { $0.name == name }) else {
      throw UsageError("the fact '\(name)' is given twice")
    }
    facts.append(SiteFact(name, value))
  }
}
