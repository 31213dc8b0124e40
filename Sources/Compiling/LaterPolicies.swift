// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Rollouts
import Targeting

/// A `RolloutPolicy` that a push changes together with what is released by it: the push goes by the version before,
/// which its author may not expect.
enum LaterPolicies {
  /// A warning for each such policy.
  ///
  /// - Parameter before: the policies of the version before, by name.
  static func findings(
    _ compilation: Compilation, _ rollouts: [RolloutForecast], before: [String: RolloutStrategy]
  ) -> [Finding] {
    if before.isEmpty { return [] }
    return compilation.documents.rolloutPolicies.compactMap { policy -> Finding? in
      let name = policy.name.value
      let bundles = rollouts.filter { $0.policy == name }.flatMap(\.bundles)
      guard let old = before[name],
        let bundle = compilation.bundles.first(where: { bundles.contains($0.source.name) })
      else { return nil }
      let resolver = PolicyResolver(
        inventory: compilation.inventory,
        workspace: compilation.inventory.workspace(bundle.source.workspace),
        clusters: bundle.matcher.deployed)
      let isSame =
        resolver.policy(of: old, isPaused: false)
        == resolver.policy(of: policy.strategy, isPaused: false)
      if isSame { return nil }
      return Finding(
        .warning, "policy-later",
        "this change of RolloutPolicy \(Wording.quoted(name)) counts from the next push on; "
          + "\(Wording.list(bundles.map { Wording.bare($0) })) \(bundles.count == 1 ? "goes" : "go") "
          + "by the version before",
        at: policy.name.span, hints: ["push the policy first, then what is to go by it"])
    }
  }
}
