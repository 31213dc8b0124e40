// SPDX-License-Identifier: Apache-2.0

package import Reconciling
import SliceFormat

/// One run against a target, in the order that makes a kill at any point harmless.
package struct Reconciliation: Sendable {
  /// What a run found and did.
  package struct Report: Sendable {
    /// The state of every bundle, by name.
    package var bundles: [BundleReport]
    /// Objects that were recorded as ours and are not any more: a sentence each.
    package var spared: [String]
    /// Removals that have to be tried again: the object and why.
    package var failures: [String]
    /// How many objects were taken away.
    package var removedCount: Int
    /// Whether the slice without bundles emptied the target.
    package var emptied: Bool
  }

  /// The cluster's name in the fleet.
  package let cluster: String
  /// Whether what another name recorded may be taken over.
  package let takesOver: Bool

  /// Makes a reconciliation.
  package init(cluster: String, takesOver: Bool) {
    self.cluster = cluster
    self.takesOver = takesOver
  }

  /// Makes the target what the slice says.
  package func run(
    _ slice: DesiredSlice, on target: some ClusterTarget
  ) throws(TargetError) -> Report {
    let recorded = try recordedInventory(of: target)
    let obstacles = try target.obstacles(to: slice, recorded: recorded)
    let plan = ApplyPlan(
      cluster: cluster, slice: slice, recorded: recorded, obstacles: obstacles.map(\.object))
    var stored = recorded
    func store(_ inventory: Inventory) throws(TargetError) {
      if inventory == stored { return }
      try target.writeInventory(inventory)
      stored = inventory
    }
    try store(plan.intent)

    let known = Set(recorded.bundles.flatMap { $0.objects.map(\.identity) })
    let foundation = plan.phases.first ?? []
    let isRepeated = foundation.allSatisfy { known.contains($0.identity) }
    var results = try target.apply(plan.phases, isRepeated: isRepeated)
    results += obstacles.map {
      ObjectResult(
        bundle: $0.object.bundle, identity: $0.object.identity, outcome: .failed($0.reason))
    }
    let bundles = BundleReport.reports(for: slice, results: results, collisions: plan.collisions)

    // A bundle that is not whole keeps what it had: a successor may be among what failed.
    let failed = Set(bundles.filter { $0.state.rank >= BundleState.waitApplied.rank }.map(\.name))
    let isDue = { (removal: ApplyPlan.Removal) in
      removal.isMoved || !removal.isBundleWanted || !failed.contains(removal.bundle)
    }
    let due = plan.removals.filter(isDue)
    let removed = due.isEmpty ? RemovalResults() : try target.remove(due)
    let remaining = plan.removals.filter { !isDue($0) } + removed.failures.map(\.removal)
    try store(plan.outcome(failed: failed, remaining: remaining))
    return Report(
      bundles: bundles, spared: removed.spared,
      failures: removed.failures.map {
        "\($0.removal.reference.identity.description): \($0.reason)"
      },
      removedCount: removed.count, emptied: plan.emptiesCluster)
  }

  /// Forgets everything and leaves every object where it is.
  package func forget(on target: some ClusterTarget) throws(TargetError) {
    let recorded = try recordedInventory(of: target)
    if !recorded.isEmpty { try target.writeInventory(Inventory(cluster: "")) }
  }

  private func recordedInventory(
    of target: some ClusterTarget
  ) throws(TargetError) -> Inventory {
    guard var recorded = try target.readInventory() else { return Inventory(cluster: "") }
    // Two names for one cluster would take turns in deleting each other's objects.
    if recorded.cluster != cluster, !recorded.isEmpty {
      guard takesOver else {
        throw .unusable(
          "'\(recorded.cluster)' manages this target, not '\(cluster)'; --take-over changes that")
      }
      recorded.cluster = cluster
    }
    return recorded
  }
}
