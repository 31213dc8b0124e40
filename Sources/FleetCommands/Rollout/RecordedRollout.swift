// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import HubService
import Posix
import Rollouts

/// How the sites behaved in a rollout of the past, as far as the history tells.
///
/// A cluster's success stands in the first decision after it, so its time is an upper bound; of a rollout that is still
/// running the hub remembers more.
struct RecordedRollout {
  /// Its plan.
  let plan: RolloutPlan
  /// How long clusters took from their release until they were Ready, in seconds.
  let delays: [Double]
  /// Which shares of the released clusters were without contact at its end, and failed.
  let offlineShare: Double
  let failingShare: Double

  /// Reads it out of the history; nil when there was no such rollout.
  static func read(
    _ id: String, _ board: RolloutBoard, _ refs: HubRefs
  ) throws(CommandError) -> RecordedRollout? {
    let store = refs.store
    var history = RolloutHistory(board.state.id, store: store)
    var latest: Rollout?
    var lastEvent: RolloutEvent?
    var succeededAt: [Int: Int64] = [:]
    while let step = try history.step() {
      if lastEvent == nil { lastEvent = step.events.last { $0.rollout == id } }
      let state = try failing { try ReleasedState.read(step.id, from: store) }
      let found = try state.map { state throws(CommandError) in
        try board.fleet(of: state).rollouts.first { $0.plan.id == id }
      }
      guard let rollout = found ?? nil else {
        // Older states do not have it either.
        if latest != nil { break }
        continue
      }
      if latest == nil { latest = rollout }
      for index in rollout.state.succeeded { succeededAt[index] = step.time.seconds }
    }
    guard let latest else { return nil }
    if let event = lastEvent, event.kind == .complete || event.kind == .stragglers {
      // Who is named nowhere has succeeded before the end, but for as many as are counted as stragglers.
      let missing = event.failed + event.disconnected
      if missing == 0, let end = endTime(of: id, board, store) {
        for index in latest.plan.members.indices where succeededAt[index] == nil {
          succeededAt[index] = end
        }
      }
    }
    return RecordedRollout(latest, succeededAt, lastEvent)
  }

  private static func endTime(of id: String, _ board: RolloutBoard, _ store: Repository) -> Int64? {
    (try? RolloutHistory.ending(of: id, before: board.state.id, store: store))?.step.time.seconds
  }

  private init(_ rollout: Rollout, _ succeededAt: [Int: Int64], _ event: RolloutEvent?) {
    plan = rollout.plan
    var delays: [Double] = []
    for (index, member) in plan.members.enumerated() {
      guard let stage = member.stage, let releasedAt = rollout.state.releasedAt[index] else {
        continue
      }
      let soak = Int64(clamping: plan.stages[stage].policy.minSuccessTime)
      if let ready = rollout.memory.clusters[index]?.readySince {
        delays.append(Double(max(1, ready - releasedAt)))
      } else if let end = succeededAt[index] {
        delays.append(Double(max(1, end - releasedAt - soak)))
      }
    }
    self.delays = delays
    let released = Double(max(1, event?.released ?? 0))
    offlineShare = min(0.9, Double(event?.disconnected ?? 0) / released)
    failingShare = min(1, Double(event?.failed ?? 0) / released)
  }
}
