// SPDX-License-Identifier: Apache-2.0

import Reconciling
import SliceFormat

/// The turn of a bundle with hooks.
extension ReconciliationPass {
  /// Foundation, hooks before, objects, hooks after; what fails ends the turn.
  mutating func turnWithHooks(_ name: String) throws(TargetError) {
    touched.insert(name)
    var failures = try setNamespaces(of: [name])
    var results: [ObjectResult] = []
    let isWhole = { (results: [ObjectResult]) in
      results.allSatisfy { if case .failed = $0.outcome { false } else { true } }
    }
    let hooks = pendingHooks(slice[name])
    // What the plan refuses was another bundle's first: its hook is not run in that place.
    let isClear = !plan.collisions.contains { $0.bundle == name }
    if failures.isEmpty, isClear {
      let phases = plan.phases(of: [name])
      let foundation = phases.filter { $0.allSatisfy { KindOrder.isFoundation($0.identity) } }
      let rest = phases.filter { !$0.allSatisfy { KindOrder.isFoundation($0.identity) } }
      results = try apply(foundation)
      if isWhole(results), let failure = try run(hooks, .pre) {
        failures[name] = [failure]
      } else if isWhole(results) {
        results += try apply(rest)
        if isWhole(results), let failure = try run(hooks, .post) { failures[name] = [failure] }
      }
    }
    settle([name], results, failures)
  }

  private mutating func run(
    _ hooks: [PlannedHook], _ phase: HookPhase
  ) throws(TargetError) -> String? {
    let due = hooks.filter { $0.hook.phase == phase }
    if due.isEmpty { return nil }
    try record()
    return try target.run(due)
  }

  /// The hooks that a bundle's change makes run: none when the bundle is there as it is wanted.
  func pendingHooks(_ bundle: DesiredBundle?) -> [PlannedHook] {
    guard let bundle, !bundle.hooks.isEmpty else { return [] }
    let before = recorded[bundle.name]?.tree
    if before == bundle.tree { return [] }
    return bundle.hooks.map { PlannedHook($0, renderer.policy(of: $0)) }
      .filter { $0.policy.runs(in: $0.hook.phase, isFirst: before == nil) }
  }
}
