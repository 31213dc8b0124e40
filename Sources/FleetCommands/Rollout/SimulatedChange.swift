// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import GitObjects
import GitStore
import HubService
import Planning
import Rollouts

/// The rollouts that a push would start.
struct SimulatedChange {
  /// The plans of new rollouts.
  private(set) var plans: [RolloutPlan] = []
  /// Bundles that would be released at once, and on how many clusters.
  private(set) var immediate: [(bundle: String, clusters: Int)] = []
  /// Bundles that do not change and are simulated as if they did.
  private(set) var assumed: [String] = []

  /// Compares a version with what is released.
  ///
  /// - Parameters:
  ///   - board: what is released; nil for nothing.
  ///   - wanted: the bundles that are asked for; empty for all that change.
  init(
    _ view: FleetView, board: RolloutBoard?, store: Repository?, wanted: [String], now: Int64
  ) throws(CommandError) {
    let compilation = view.compilation
    guard let slices = compilation.slices else {
      throw CommandError(
        "the fleet does not compile", hints: ["kubectl fleet check"])
    }
    var input = try failing {
      let plan = try ReleaseTableReader(view.objects).table(slices)
      var released = ReleaseTable()
      var good = ReleaseTable()
      var oldRules: [BundleRules] = []
      if let board, let store {
        let reader = ReleaseTableReader(store)
        released = try reader.table(board.state.released)
        good = try reader.table(board.state.content.good)
        oldRules = try PlanCommit.policies(board.state.plan, from: store).bundleRules
      }
      return IntakeInput(
        released: released, good: good, plan: plan, rules: compilation.policies.bundleRules,
        oldRules: oldRules, rollouts: board?.fleet ?? FleetRollouts(),
        observations: Self.observations(plan, now, paused: compilation.policies.paused),
        now: now,
        number: ReleasedState.next(after: board?.state),
        source: view.version.commit ?? board?.state.source ?? .emptyTree)
    }
    try take(input, wanted, [:], view.objects, store)
    // What does not change by itself, or is on its way already, is asked for all the same.
    let still = wanted.filter { bundle in
      !plans.contains { $0.bundles.contains(bundle) }
        && !immediate.contains { $0.bundle == bundle }
    }
    if still.isEmpty { return }
    assumed = still
    let originals = Self.change(still, in: &input)
    try take(input, wanted, originals, view.objects, store)
  }

  /// Decides what would be released.
  private mutating func take(
    _ input: IntakeInput, _ wanted: [String], _ originals: [ObjectID: ObjectID],
    _ objects: LayeredObjects, _ store: Repository?
  ) throws(CommandError) {
    let result = try failing {
      try Intake.run(
        input,
        objects: IntakeObjects<ObjectAccessError>(
          names: { tree throws(ObjectAccessError) in
            let tree = originals[tree] ?? tree
            do throws(ObjectAccessError) {
              return try Self.names(tree, objects)
            } catch .missing where store != nil {
              // What is released now need not be in the repository here.
              return try store.map { store throws(ObjectAccessError) in
                try Self.names(tree, store)
              } ?? []
            }
          },
          // What a rollback would release does not matter for how long things take.
          compose: { _, fallback, _ in fallback }))
    }
    let before = Set(input.rollouts.rollouts.map(\.plan.id))
    plans = result.rollouts.rollouts.filter {
      !before.contains($0.plan.id) && !$0.state.phase.isEnd
    }.map(\.plan)
    var counts: [String: Int] = [:]
    for row in result.immediate { counts[row.place.bundle, default: 0] += 1 }
    immediate = counts.keys.inOrder.map { ($0, counts[$0, default: 0]) }
    if !wanted.isEmpty {
      plans.removeAll { plan in !plan.bundles.contains { wanted.contains($0) } }
      immediate.removeAll { !wanted.contains($0.bundle) }
    }
  }

  /// Lets bundles change that do not: with other trees and another definition. Gives the real trees.
  private static func change(
    _ bundles: [String], in input: inout IntakeInput
  ) -> [ObjectID: ObjectID] {
    var originals: [ObjectID: ObjectID] = [:]
    input.plan = ReleaseTable(
      input.plan.rows.map { row in
        ReleaseTable.Row(
          row.cluster,
          row.entries.map { entry in
            guard bundles.contains(entry.bundle) else { return entry }
            let other = ObjectID.hash(.blob, Array("changed \(entry.tree.hex)".utf8))
            originals[other] = entry.tree
            return ReleaseTable.Entry(entry.bundle, other)
          })
      })
    for index in input.rules.indices where bundles.contains(input.rules[index].name) {
      input.rules[index].definition += " changed"
    }
    return originals
  }

  private static func observations(
    _ plan: ReleaseTable, _ now: Int64, paused: [String]
  ) -> Observations {
    // What one that is paused has missed is no change of this push.
    let paused = Set(paused)
    var clusters: [String: ClusterObservation] = [:]
    for cluster in plan.clusters {
      var seen = ClusterObservation()
      seen.contact = now
      seen.isPaused = paused.contains(cluster)
      clusters[cluster] = seen
    }
    return Observations(clusters)
  }

  private static func names(
    _ tree: ObjectID, _ objects: some ObjectReader
  ) throws(ObjectAccessError) -> [String] {
    try BundleTree.objects(of: tree, reader: objects).map {
      String(decoding: $0.name, as: UTF8.self)
    }
  }
}
