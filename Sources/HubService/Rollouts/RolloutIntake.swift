// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import JSONTree
import Planning
import Posix
import Rollouts
import SliceFormat

/// Compares a plan with what is released: what goes out at once, and which rollouts start.
struct RolloutIntake {
  /// What it has come to; all of it belongs into one commit.
  struct Taken {
    /// The content of the next state.
    var content: StateContent
    /// The rollouts in it.
    var fleet = FleetRollouts()
    /// What has happened.
    var events: [RolloutEvent] = []
    /// Rollouts that wait for others, with what they wait for.
    var queued: [Settlement.QueuedRollout] = []
    /// Clusters that are outside of their windows and get later what has no rollout.
    var waiting = 0
    /// `ended/…`: the rollouts that have ended by it.
    var ended = ObjectID.emptyTree
  }

  let hub: HubLayout
  let repository: Repository
  let statuses: StatusReading

  /// Takes a plan into the content of the next state.
  func take(
    _ plan: PlanCommit, into content: StateContent, after state: ReleasedState?,
    principal: String?
  ) throws(HubError) -> Taken {
    let policies = try PlanCommit.policies(plan.id, from: repository)
    let oldPolicies =
      try state.map { state throws(HubError) in
        try PlanCommit.policies(state.plan, from: repository)
      } ?? PlanPolicies()
    let isPlain = policies.isEmpty && oldPolicies.isEmpty
    if isPlain, state?.content.isWithoutRollouts ?? true {
      var content = content
      content.released = plan.slices
      return Taken(content: content)
    }
    let context = try state.map { state throws(HubError) in
      try RolloutContext.load(state, statuses, repository, obeying: policies)
    }
    return try HubError.wrap {
      try take(
        plan, into: content, after: state, context, policies, oldPolicies, principal)
    }
  }

  private func take(
    _ plan: PlanCommit, into content: StateContent, after state: ReleasedState?,
    _ context: RolloutContext?, _ policies: PlanPolicies, _ oldPolicies: PlanPolicies,
    _ principal: String?
  ) throws -> Taken {
    let reader = ReleaseTableReader(repository)
    let planTable = try reader.table(plan.slices)
    var observations = context?.observations ?? Observations()
    let here = Set(planTable.clusters)
    observations.clusters = observations.clusters.filter { here.contains($0.key) }
    for cluster in planTable.clusters where observations.clusters[cluster] == nil {
      observations.clusters[cluster] = ClusterObservation()
    }
    RolloutContext.obey(policies, at: statuses.now.seconds, &observations)
    var input = IntakeInput(
      released: try reader.table(content.released), good: try reader.table(content.good),
      plan: planTable, rules: policies.bundleRules, oldRules: oldPolicies.bundleRules,
      rollouts: context?.fleet ?? FleetRollouts(), observations: observations,
      now: statuses.now.seconds,
      number: ReleasedState.next(after: state), source: plan.source, principal: principal)
    input.workspaces = policies.workspaces
    let pack = PackWriter(objectDirectory: repository.objectDirectory) { repository.hasObject($0) }
    let store = PlanStore(repository: repository, pack: pack)
    let objects = BundleObjects(store)
    var result = try Intake.run(
      input,
      objects: IntakeObjects<ObjectAccessError>(
        names: { tree throws(ObjectAccessError) in try objects.names(tree) },
        compose: { target, fallback, patterns throws(ObjectAccessError) in
          try objects.compose(target, fallback, patterns)
        }))
    var taken = Taken(content: content)
    if !result.newcomers.isEmpty {
      let good = GoodVersions(hub: hub, repository: repository)
      for (place, tree) in try good.trees(
        of: result.newcomers, plan: plan, sources: content.sources, store: store)
      {
        result.put(tree, at: place)
      }
    }
    var edits = TableEdits()
    for row in result.immediate {
      edits.released.set(row.place.cluster, row.place.bundle, to: row.tree)
    }
    let plans = result.rollouts.rollouts.map(\.plan) + (context?.fleet.rollouts ?? []).map(\.plan)
    for effect in result.effects { edits.add(effect, plans: plans.reversed()) }
    // Everybody in the inventory has a row, who has left has none.
    let known = Set(input.released.clusters)
    for cluster in planTable.clusters where !known.contains(cluster) {
      edits.released.add(cluster)
    }
    for cluster in input.released.clusters where !here.contains(cluster) {
      edits.released.drop(cluster)
      edits.good.drop(cluster)
    }
    taken.content.released = try edits.released.apply(
      to: content.released, keepsEmptyRows: true, store: store)
    taken.content.good = try edits.good.apply(
      to: content.good, keepsEmptyRows: false, store: store)
    try RolloutFiles.save(
      result.rollouts, before: context?.fleet ?? FleetRollouts(), to: &taken.content, store: store)
    taken.ended = try RolloutFiles.write(
      ended: result.rollouts.rollouts.filter(\.state.phase.isEnd), before: content, to: store)
    try pack.finish()
    try repository.refresh()
    taken.fleet = result.rollouts
    taken.fleet.rollouts.removeAll { $0.state.phase.isEnd }
    taken.events = result.events
    taken.waiting = result.waiting.count
    taken.queued = result.rollouts.rollouts.compactMap { rollout in
      guard result.queued.contains(rollout.plan.id) else { return nil }
      return rollout.state.waitsFor.map {
        Settlement.QueuedRollout(id: rollout.plan.id, other: $0)
      }
    }
    return taken
  }
}
