// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import SliceFormat
import YAMLTree

/// A bundle, or bundles with labels, that have to be deployed first.
package struct BundleDependency: Sendable {
  /// The name of the bundle.
  package let name: Located<String>?
  /// The labels of the bundles.
  package let selector: LabelSelector?
  /// The states that are good enough; empty for `Ready`.
  package let acceptedStates: [BundleState]

  /// Reads the entries of `dependsOn`.
  static func list(_ items: [YAMLNode], findings: inout Findings) -> [BundleDependency] {
    items.enumerated().filter { $0.element.pairs != nil }.map { index, node in
      let fields = FieldReader(node)
      let place = "dependsOn[\(index)]"
      let dependency = BundleDependency(
        name: fields.string("name"),
        selector: LabelSelector(fields, "selector", findings: &findings),
        acceptedStates: states(fields, place, findings: &findings))
      let saysNothing = fields.value("name")?.string?.isEmpty ?? !fields.has("name")
      if saysNothing, !fields.has("selector") {
        findings.error(
          "missing-field", "'\(place)' needs a 'name' or a 'selector'", at: node.span)
      }
      return dependency
    }
  }

  private static func states(
    _ fields: FieldReader, _ place: String, findings: inout Findings
  ) -> [BundleState] {
    var states: [BundleState] = []
    for (index, item) in (fields.value("acceptedStates")?.items ?? []).enumerated() {
      guard let word = item.string else { continue }
      if let state = BundleState(rawValue: word) {
        states.append(state)
        continue
      }
      let words = BundleState.allCases.map(\.rawValue)
      let nearest = Suggestion.nearest(to: word, among: words).map { ["did you mean '\($0)'?"] }
      findings.error(
        "unknown-value",
        "'\(place).acceptedStates[\(index)]' has the unknown state \(Wording.quoted(word))",
        at: item.span,
        hints: (nearest ?? []) + ["the states are \(words.joined(separator: ", "))"])
    }
    return states
  }
}
