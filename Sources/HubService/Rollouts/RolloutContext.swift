// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import JSONTree
import Planning
import Posix
import Rollouts

/// What the engine has to know at one moment: the rollouts with what is remembered of them, and the clusters.
struct RolloutContext {
  /// The rollouts and what is held.
  var fleet: FleetRollouts
  /// All clusters of the inventory.
  var observations: Observations
  /// The statuses that the observations are made of.
  let digest: StatusDigest
  /// The rules of the plan that is being released.
  let policies: PlanPolicies
  /// When a window opens or closes next; nil when none ever does.
  var nextWindow: Int64?
  /// What cannot be obeyed, for the log.
  var warnings: [String] = []

  /// Loads what a state says and what the sites say. The caller holds the hub's lock.
  static func load(
    _ state: ReleasedState, hub: HubLayout, repository: Repository, now: Timestamp
  ) throws(HubError) -> RolloutContext {
    let digest = try StatusDigest.read(hub, now: now)
    let policies = try PlanCommit.policies(state.plan, from: repository)
    let fleet: FleetRollouts
    do {
      fleet = try RolloutFiles.load(
        state.content, memory: { digest.rollouts[$0].flatMap { JSONParser.parse($0) } },
        reader: repository)
    } catch let damage as RolloutFiles.Damage {
      throw HubError(
        "the rollout '\(damage.rollout)' cannot be understood",
        hint: "was it written by a newer version? upgrade the hub's programs")
    } catch {
      throw try HubError.wrap { () throws -> HubError in throw error }
    }
    var context = RolloutContext(
      fleet: fleet, observations: Observations(), digest: digest, policies: policies)
    try context.observe(state, repository)
    let windows = HubWindows(policies.schedules)
    context.warnings += windows.warnings
    context.nextWindow = windows.nextChange(after: now.seconds)
    obey(policies, windows: windows, at: now.seconds, &context.observations)
    return context
  }

  /// The inventory is the rows that are released: a cluster that has left has a tombstone instead.
  private mutating func observe(
    _ state: ReleasedState, _ repository: Repository
  ) throws(HubError) {
    let heard = digest.observations().clusters
    let rows = try HubError.wrap {
      try PlanTree.slices(of: state.released, reader: repository)
    }
    var clusters: [String: ClusterObservation] = [:]
    clusters.reserveCapacity(rows.count)
    for row in rows {
      let name = String(decoding: row.name, as: UTF8.self)
      clusters[name] = heard[name] ?? ClusterObservation()
    }
    observations = Observations(clusters)
  }

  /// Marks who is paused, and who is outside of its windows.
  static func obey(
    _ policies: PlanPolicies, windows: HubWindows? = nil, at now: Int64,
    _ observations: inout Observations
  ) {
    for name in policies.paused { observations.clusters[name]?.isPaused = true }
    if policies.schedules.isEmpty { return }
    let windows = windows ?? HubWindows(policies.schedules)
    for name in windows.closed(at: now) { observations.clusters[name]?.isClosed = true }
  }

  /// What is to be remembered, for the digest.
  static func memory(of fleet: FleetRollouts) -> [(id: String, bytes: [UInt8])] {
    fleet.rollouts.map { ($0.plan.id, JSONWriter.compact($0.memory.json) + [0x0a]) }
  }
}
