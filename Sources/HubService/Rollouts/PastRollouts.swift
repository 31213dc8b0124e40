// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import Rollouts

/// Orders about rollouts that have ended: `undo` and `retry`. What such a rollout did stands in the history.
struct PastRollouts {
  /// How many states are looked through for a rollout.
  private static let reach = 100_000

  let repository: Repository

  /// What becomes of an order; nil when it is about a rollout that is running, or of another verb.
  func outcome(
    of order: RolloutOrder, in fleet: FleetRollouts, state: ReleasedState,
    observations: Observations, now: Int64
  ) throws(HubError) -> OrderOutcome? {
    guard order.verb == .undo || order.verb == .retry,
      !fleet.rollouts.contains(where: { $0.plan.id == order.rollout })
    else { return nil }
    if order.verb == .retry, let outcome = retry(order, fleet) { return outcome }
    guard let plan = try plan(of: order.rollout, before: state) else { return nil }
    return order.verb == .retry
      ? .refused(
        "nothing of the rollout '\(plan.id)' is held", hint: "push a change to release it again")
      : try undo(order, plan, fleet, state, observations, now)
  }

  /// Lets go what a rollout has left held; the hub then compares the plan with what is released, and a new rollout
  /// starts.
  private func retry(_ order: RolloutOrder, _ fleet: FleetRollouts) -> OrderOutcome? {
    let held = fleet.held.filter { $0.rollout == order.rollout }
    if held.isEmpty { return nil }
    var after = fleet
    after.held.removeAll { $0.rollout == order.rollout }
    let bundles = held.map(\.bundle)
    let event = RolloutEvent(
      kind: .retried, rollout: order.rollout, bundles: bundles, stage: "",
      text: "what was held of \(Wording.list(bundles.map { "'\($0)'" })) may be released again",
      total: 0, released: 0, succeeded: 0, failed: 0, disconnected: 0, principal: order.principal)
    return .carriedOut(RolloutStep(fleet: after, effects: [.event(event)], hasDecided: true))
  }

  /// Tells all clusters that run what the rollout released the trees of before it.
  private func undo(
    _ order: RolloutOrder, _ plan: RolloutPlan, _ fleet: FleetRollouts, _ state: ReleasedState,
    _ observations: Observations, _ now: Int64
  ) throws(HubError) -> OrderOutcome {
    let bundles = Set(plan.bundles)
    if let other = fleet.rollouts.first(where: { !bundles.isDisjoint(with: $0.plan.bundles) }) {
      return .refused(
        "the rollout '\(other.plan.id)' of the same bundles is running",
        hint: "end it first: kubectl fleet rollout abort \(other.plan.id)")
    }
    let released = try HubError.wrap { try ReleaseTableReader(repository).table(state.released) }
    var rollout = Rollout(plan: plan, state: RolloutState(members: plan.members.count, now: now))
    var count = 0
    for (index, member) in plan.members.enumerated() {
      let isThere = member.moves.allSatisfy {
        released[member.cluster, $0.bundle] == $0.target
      }
      guard isThere, observations.clusters[member.cluster] != nil else { continue }
      rollout.state.releasedAt[index] = now
      rollout.state.releasedBy[index] = state.release
      count += 1
    }
    guard count > 0 else {
      return .refused(
        "no cluster runs what the rollout '\(plan.id)' released any more",
        hint: "look at what came after it: kubectl fleet rollout history")
    }
    rollout.state.phase = .progressing
    rollout.state.stage = plan.stages.count - 1
    rollout.state.isStarted = true
    var before = fleet
    before.rollouts.append(rollout)
    return RolloutEngine.apply(
      order, to: before, observations: observations, release: ReleasedState.next(after: state),
      now: now)
  }

  /// The plan of a rollout that has ended, out of the last state that had it.
  func plan(of id: String, before state: ReleasedState) throws(HubError) -> RolloutPlan? {
    var next: ObjectID? = state.id
    for _ in 0..<Self.reach {
      guard let commit = next, repository.hasObject(commit) else { return nil }
      let past = try ReleasedState.read(commit, from: repository)
      guard let past else { return nil }
      if past.content.rollouts != .emptyTree {
        let found = try HubError.wrap {
          try RolloutFiles.plan(id, in: past.content, reader: repository)
        }
        if let found { return found }
      }
      next = try HubError.wrap { try repository.commit(commit).parents.first }
    }
    return nil
  }
}
