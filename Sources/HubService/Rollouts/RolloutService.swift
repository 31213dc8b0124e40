// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import JSONTree
import Planning
import Posix
import Rollouts
import SliceFormat

/// Carries out what the engine decides: loads, steps, commits.
///
/// A step is one commit on `refs/fleet/state`; that is its commit point. Killed before it, nothing has
/// happened; killed after it, publication, outbox and the removal of orders are derived from it by the next run.
struct RolloutService {
  /// What a run has come to.
  struct Outcome {
    /// The state that holds now.
    var state: ReleasedState
    /// The rollouts with what is remembered of them.
    var fleet: FleetRollouts
    /// What has happened, in the order of the commits.
    var events: [RolloutEvent] = []
    /// The earliest time at which time alone may change something; nil for none.
    var nextLook: Int64?
    /// Orders that were carried out or dropped; their refs can go.
    var settledOrders: [OrderInbox.Pending] = []
    /// Whether held trees were let go, so that the plan has to be compared with what is released.
    var letsGo = false
    /// What could not be done, for the log.
    var warnings: [String] = []
  }

  /// No chain of decisions at one moment is longer: every one of them moves a rollout on.
  private static let stepLimit = 1000

  let hub: HubLayout
  let repository: Repository

  /// Carries out orders, then steps until nothing more is to be decided now.
  ///
  /// - Parameter context: what was loaded from `state`.
  func run(
    _ state: ReleasedState, _ context: RolloutContext, orders: [OrderInbox.Pending],
    now: Timestamp
  ) throws(HubError) -> Outcome {
    var outcome = Outcome(state: state, fleet: context.fleet)
    let observations = context.observations
    for pending in orders {
      try carryOut(pending, observations, now, &outcome)
    }
    for _ in 0..<Self.stepLimit {
      let step = RolloutEngine.step(
        outcome.fleet, observations, release: ReleasedState.next(after: outcome.state),
        now: now.seconds)
      outcome.nextLook = step.nextLook
      guard step.hasDecided else {
        outcome.fleet = step.fleet
        break
      }
      try commit(step, order: nil, now, &outcome)
    }
    return outcome
  }

  private func carryOut(
    _ pending: OrderInbox.Pending, _ observations: Observations, _ now: Timestamp,
    _ outcome: inout Outcome
  ) throws(HubError) {
    outcome.settledOrders.append(pending)
    guard let order = pending.order else {
      outcome.warnings.append("'\(pending.ref)' is no order; it is removed")
      return
    }
    let isDone = try HubError.wrap {
      try RolloutFiles.items(outcome.state.content.orders, repository).contains {
        $0.string == order.id
      }
    }
    // It was carried out by a run that was killed before it could remove the ref.
    if isDone { return }
    switch try result(of: order, outcome, observations, now: now.seconds) {
    case .carriedOut(var step):
      // What follows from an order at once stands in the same commit.
      let next = RolloutEngine.step(
        step.fleet, observations, release: ReleasedState.next(after: outcome.state),
        now: now.seconds)
      step.fleet = next.fleet
      step.effects += next.effects
      step.ended += next.ended
      try commit(step, order: order, now, &outcome)
      if order.verb == .retry { outcome.letsGo = true }
    case .refused(let sentence, _):
      // It was possible when it was pushed, and is not any more.
      outcome.warnings.append(
        "the order '\(order.verb.rawValue) \(order.rollout)' comes too late: \(sentence)")
    }
  }

  /// What would become of an order now.
  func result(
    of order: RolloutOrder, _ outcome: Outcome, _ observations: Observations, now: Int64
  ) throws(HubError) -> OrderOutcome {
    try PastRollouts(repository: repository).outcome(
      of: order, in: outcome.fleet, state: outcome.state, observations: observations, now: now)
      ?? RolloutEngine.apply(
        order, to: outcome.fleet, observations: observations,
        release: ReleasedState.next(after: outcome.state), now: now)
  }

  /// Writes the state after a decision.
  private func commit(
    _ step: RolloutStep, order: RolloutOrder?, _ now: Timestamp, _ outcome: inout Outcome
  ) throws(HubError) {
    let before = outcome.fleet
    let fleet = step.fleet
    let plans = (before.rollouts + fleet.rollouts + step.ended).map(\.plan)
    var edits = TableEdits()
    var events: [RolloutEvent] = []
    for effect in step.effects {
      if case .event(let event) = effect { events.append(event) }
      edits.add(effect, plans: plans)
    }
    let state = outcome.state
    let next = try HubError.wrap {
      let pack = PackWriter(objectDirectory: repository.objectDirectory) {
        repository.hasObject($0)
      }
      let store = PlanStore(repository: repository, pack: pack)
      var content = state.content
      content.released = try edits.released.apply(
        to: content.released, keepsEmptyRows: true, store: store)
      content.good = try edits.good.apply(to: content.good, keepsEmptyRows: false, store: store)
      try RolloutFiles.save(fleet, before: before, to: &content, store: store)
      content.sources = try CompletedSources.update(
        content.sources, events: events, plans: plans, store: store, repository: repository)
      if let order {
        let known = try RolloutFiles.items(content.orders, repository)
        content.orders = try RolloutFiles.write(
          (known + [.string(order.id)]).suffix(OrderInbox.memory), to: store)
        if order.verb == .retry {
          var retries = try RetryRecord(content.retries, repository)
          let mark = RetryMarks.Mark(
            epoch: content.epoch, release: ReleasedState.next(after: state))
          retries.add(before.held.filter { $0.rollout == order.rollout }.map(\.bundle), mark)
          content.retries = try retries.write(to: store)
        }
      }
      let message =
        RolloutMessages.message(events, fleet: fleet, order: order)
        ?? RolloutMessages.message(before: before, after: fleet)
      let ended = try RolloutFiles.write(ended: step.ended, before: state.content, to: store)
      let next = try ReleasedState.write(
        content, after: state, seconds: now.seconds, message: message, events: events,
        ended: ended, to: store)
      try pack.finish()
      try repository.refresh()
      try repository.updateReference(
        HubLayout.Ref.state, to: next.id, expecting: state.id, message: message.subject)
      return next
    }
    outcome.state = next
    outcome.fleet = fleet
    outcome.events += events
  }
}

/// What effects change in the tables `released` and `good`.
struct TableEdits {
  var released = RowEdits()
  var good = RowEdits()

  /// Adds an effect on a rollout that has one of these plans.
  mutating func add(_ effect: RolloutEffect, plans: [RolloutPlan]) {
    func plan(_ id: String) -> RolloutPlan? { plans.last { $0.id == id } }
    switch effect {
    case .release(let id, let members):
      each(members, plan(id)) { edits, cluster, move in
        edits.released.set(cluster, move.bundle, to: move.target)
      }
    case .restore(let id, let members):
      each(members, plan(id)) { edits, cluster, move in
        edits.released.set(cluster, move.bundle, to: move.fallback)
      }
    case .good(let id, let members):
      each(members, plan(id)) { edits, cluster, move in
        edits.good.set(cluster, move.bundle, to: move.target)
      }
    case .event: break
    }
  }

  private mutating func each(
    _ members: [Int], _ plan: RolloutPlan?,
    _ body: (inout TableEdits, String, RolloutPlan.Move) -> Void
  ) {
    guard let plan else { return }
    for index in members where plan.members.indices.contains(index) {
      for move in plan.members[index].moves { body(&self, plan.members[index].cluster, move) }
    }
  }
}
