// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension RolloutEngine {
  /// Carries out what a person says about a rollout that runs.
  ///
  /// `undo` of one that runs is `abort`. `undo` and `retry` of one that has ended are the caller's: it knows the
  /// history. What can be done next is done by the step that follows.
  package static func apply(
    _ order: RolloutOrder, to fleet: FleetRollouts, observations: Observations, release: Int,
    now: Int64
  ) -> OrderOutcome {
    guard let index = fleet.rollouts.firstIndex(where: { $0.plan.id == order.rollout }) else {
      let near = Suggestion.nearest(to: order.rollout, among: fleet.rollouts.map(\.plan.id))
      return .refused(
        "no rollout \(Wording.quoted(order.rollout)) is running",
        hint: near.map { "did you mean \(Wording.quoted($0))?" })
    }
    var run = RolloutRun(
      fleet.rollouts[index], observations: observations, held: fleet.held, release: release,
      now: now)
    run.principal = order.principal
    if order.verb == .approve || order.verb == .promote,
      let first = fleet.rollouts[index].state.waitsFor
        ?? blocker(of: fleet.rollouts[index], among: Array(fleet.rollouts[..<index]))?.plan.id
    {
      return .refused(
        "\(Wording.quoted(order.rollout)) waits for \(Wording.quoted(first))", hint: nil)
    }
    if let refusal = run.carryOut(order) { return refusal }
    return .carriedOut(finish(run, at: index, of: fleet))
  }
}

extension RolloutRun {
  /// Carries out an order; the refusal when it cannot be.
  mutating func carryOut(_ order: RolloutOrder) -> OrderOutcome? {
    let id = Wording.quoted(plan.id)
    if state.phase == .rollingBack {
      return .refused("\(id) is being rolled back already", hint: nil)
    }
    switch order.verb {
    case .pause:
      guard state.phase != .paused else {
        return .refused("\(id) is already \(pausedWords)", hint: nil)
      }
      pause(reason: words("paused", order), byPolicy: false)
    case .resume:
      guard state.phase == .paused else { return notWaiting("\(id) is not paused") }
      resume(order)
    case .approve: return approve(order)
    case .promote: return promote(order)
    case .abort where order.keeps:
      halt(reason: words("aborted", order), kind: .aborted)
    case .abort:
      let reason = words("aborted", order)
      say(.aborted, stage: state.isStarted ? shownStage : nil, text: reason)
      rollBack(reason: reason)
    case .undo:
      let reason = words("undone", order)
      say(.undone, stage: state.isStarted ? shownStage : nil, text: reason)
      rollBack(reason: reason)
    case .retry:
      return .refused(
        "\(id) has not ended, there is nothing to retry",
        hint: "kubectl fleet rollout status \(Wording.bare(plan.id))")
    }
    return nil
  }

  /// Goes on after a pause; what the policy paused for is forgiven.
  private mutating func resume(_ order: RolloutOrder) {
    var text = words("resumed", order)
    if state.isPausedByPolicy {
      let forgiven = forgive { $0 != .progressing && $0 != .pending }
      if forgiven > 0 {
        text += "; \(clusters(forgiven)) \(forgiven == 1 ? "is" : "are") not counted any more"
      }
      forgetStage()
    }
    setPhase(state.pausedPhase ?? .progressing, "")
    state.pausedPhase = nil
    state.isPausedByPolicy = false
    state.resumedAt = now
    say(.resumed, stage: state.isStarted ? shownStage : nil, text: text)
  }

  /// Does the approval that is waited for.
  private mutating func approve(_ order: RolloutOrder) -> OrderOutcome? {
    let id = Wording.quoted(plan.id)
    if state.phase == .paused {
      return .refused(
        "\(id) is \(pausedWords)",
        hint: "kubectl fleet rollout resume \(Wording.bare(plan.id))")
    }
    guard state.phase == .awaitingApproval, !isBeyondStages else {
      return notWaiting("\(id) waits for no approval")
    }
    say(.approved, stage: state.stage, text: words("approved", order))
    takeApproval()
    return nil
  }

  /// Passes the stage, or all, whatever is waited for.
  private mutating func promote(_ order: RolloutOrder) -> OrderOutcome? {
    let id = Wording.quoted(plan.id)
    guard !isBeyondStages else {
      return .refused("every stage of \(id) has passed", hint: nil)
    }
    let isPaused = state.phase == .paused
    if isPaused {
      state.resumedAt = now
      state.pausedPhase = nil
      state.isPausedByPolicy = false
    }
    if !state.isStarted { start() }
    let stage = state.stage
    let upTo = order.isFull ? stageCount : stage + 1
    forgive { $0 != .pending }
    say(
      .promoted, stage: order.isFull ? nil : stage,
      text: words(
        order.isFull ? "promoted past all stages" : "promoted past stage \(stageName(stage))", order
      )
        + ": " + outcomeText(stage))
    setPhase(.progressing, "")
    if order.isFull { state.isPromoted = true }
    enterStage(upTo)
    return nil
  }

  /// Stops counting the members of the stages up to now that have not Succeeded; how many they are.
  @discardableResult
  private mutating func forgive(_ isMeant: (ClusterPhase) -> Bool) -> Int {
    var count = 0
    for index in marks.indices {
      guard let stage = stage(of: index), stage <= state.stage, !marks[index].isForgiven else {
        continue
      }
      let phase = marks[index].phase
      guard phase != .succeeded, phase != .skipped, isMeant(phase) else { continue }
      state.forgiven.insert(index)
      count += 1
    }
    for stage in tallies.indices { survey(stage) }
    return count
  }

  /// `paused by alice: too many calls`.
  private func words(_ verb: String, _ order: RolloutOrder) -> String {
    var text = verb
    if let principal = order.principal { text += " by \(Wording.bare(principal))" }
    let reason = PrintableText.escape(order.reason)
    return reason.isEmpty ? text : "\(text): \(reason)"
  }

  /// Why it is paused; the reason of an order says the word itself.
  private var pausedWords: String {
    state.reason.hasPrefix("paused") ? state.reason : "paused: \(state.reason)"
  }

  private func notWaiting(_ text: String) -> OrderOutcome {
    .refused("\(text), it is \(state.phase.rawValue)", hint: nil)
  }
}
