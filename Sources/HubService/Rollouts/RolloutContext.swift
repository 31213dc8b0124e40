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
  /// The rules that are obeyed.
  let policies: PlanPolicies
  /// When a window opens or closes next; nil when none ever does.
  var nextWindow: Int64?
  /// What cannot be obeyed, for the log.
  var warnings: [String] = []

  /// Loads what a state says and what the sites say. The caller holds the hub's lock.
  ///
  /// - Parameter policies: who is paused and which windows there are; without it what the state's plan says.
  static func load(
    _ state: ReleasedState, _ statuses: StatusReading, _ repository: Repository,
    obeying policies: PlanPolicies? = nil
  ) throws(HubError) -> RolloutContext {
    let digest = try statuses.digest()
    let policies =
      if let policies { policies } else {
        try PlanCommit.policies(state.plan, from: repository)
      }
    let fleet = try HubError.wrap {
      try RolloutFiles.load(
        state.content, memory: { digest.rollouts[$0].flatMap { JSONParser.parse($0) } },
        reader: repository)
    }
    let windows = HubWindows.read(policies.schedules)
    let now = statuses.now.seconds
    var context = RolloutContext(
      fleet: fleet, observations: try observations(state, digest, repository),
      policies: policies, nextWindow: windows.nextChange(after: now), warnings: windows.warnings)
    obey(policies, windows: windows, at: now, &context.observations)
    return context
  }

  /// The inventory is the rows that are released: a cluster that has left has a tombstone instead.
  private static func observations(
    _ state: ReleasedState, _ digest: StatusDigest, _ repository: Repository
  ) throws(HubError) -> Observations {
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
    return Observations(clusters)
  }

  /// Marks who is paused, and who is outside of its windows.
  static func obey(
    _ policies: PlanPolicies, windows: Windows? = nil, at now: Int64,
    _ observations: inout Observations
  ) {
    for name in policies.paused { observations.clusters[name]?.isPaused = true }
    if policies.schedules.isEmpty { return }
    let windows = windows ?? HubWindows.read(policies.schedules)
    for name in windows.closed(at: now) { observations.clusters[name]?.isClosed = true }
  }

  /// What is to be remembered, for the digest.
  static func memory(of fleet: FleetRollouts) -> [(id: String, bytes: [UInt8])] {
    fleet.rollouts.map { ($0.plan.id, JSONWriter.compact($0.memory.json) + [0x0a]) }
  }
}
