// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// What an intake says in the history.
enum IntakeEvents {
  /// A rollout has been made: how many clusters, how many stages, and whose work it goes on with.
  static func planned(_ rollout: Rollout, takesOver old: [String]) -> RolloutEvent {
    let plan = rollout.plan
    let skipped = plan.members.count { $0.stage == nil }
    var text =
      "\(Wording.count(plan.members.count - skipped, "cluster")) in "
      + Wording.count(plan.stages.count, "stage")
    if skipped > 0 {
      text += "; \(Wording.count(skipped, "cluster")) \(skipped == 1 ? "is" : "are") in no stage"
    }
    if !old.isEmpty { text += "; takes over from \(Wording.list(old.map { "'\($0)'" }))" }
    var event = event(.planned, rollout, text)
    event.principal = plan.principal
    return event
  }

  /// A running rollout has taken up a change of the inventory.
  static func joined(
    _ rollout: Rollout, now: Int, later: Int, new: Int, principal: String?
  ) -> RolloutEvent {
    var parts: [String] = []
    if now > 0 { parts.append("\(Wording.count(now, "cluster")) changed at once") }
    if later > 0 {
      parts.append("\(Wording.count(later, "cluster")) with \(later == 1 ? "its" : "their") stage")
    }
    if new > 0 { parts.append("\(Wording.count(new, "cluster")) joined the last stage") }
    var event = event(.released, rollout, "the inventory has changed: \(Wording.list(parts))")
    event.principal = principal
    return event
  }

  /// Trees are not released, because they have failed before.
  static func held(
    _ rollout: String, bundles: [String], clusters: Int, principal: String?
  ) -> RolloutEvent {
    RolloutEvent(
      kind: .held, rollout: rollout, bundles: bundles, stage: "",
      text: "\(Wording.count(clusters, "cluster")) \(clusters == 1 ? "stays" : "stay") as "
        + "\(clusters == 1 ? "it is" : "they are"): what '\(rollout)' failed with is held",
      total: clusters, released: 0, succeeded: 0, failed: 0, disconnected: 0,
      principal: principal)
  }

  private static func event(
    _ kind: RolloutEvent.Kind, _ rollout: Rollout, _ text: String
  ) -> RolloutEvent {
    let phases = rollout.memory.clusters.values.map(\.phase)
    return RolloutEvent(
      kind: kind, rollout: rollout.plan.id, bundles: rollout.plan.bundles, stage: "", text: text,
      total: rollout.plan.members.count,
      released: rollout.state.releasedAt.count { $0 != nil },
      succeeded: rollout.state.succeeded.count,
      failed: phases.count { $0 == .failed || $0 == .timedOut },
      disconnected: phases.count { $0 == .disconnected })
  }
}
