// SPDX-License-Identifier: Apache-2.0

/// What one simulated run has come to. Times are seconds since the start.
package struct SimulatedRun: Sendable, Hashable {
  /// A stage that was reached.
  package struct Stage: Sendable, Hashable {
    /// When its first cluster might be released.
    package var start: Int64
    /// When it passed; nil when it did not.
    package var end: Int64?
    /// How many of its clusters were without contact then, and how many had failed.
    package var disconnected = 0
    package var failed = 0
  }

  /// How it ended: Complete, RolledBack as soon as a rollback begins, Aborted, or Paused where it waits for a person.
  package var phase: RolloutPhase
  /// Why, where it is not Complete.
  package var reason: String
  /// When.
  package var seconds: Int64
  /// The stages, in order; nil for those that were not reached.
  package var stages: [Stage?]
  /// How many approvals were asked for.
  package var approvals = 0
  /// How many clusters were told the new version before it failed.
  package var released = 0
}

/// Runs a rollout through the engine, on simulated sites: the clock goes from one thing that happens to the next, so
/// that hours take milliseconds. Pure: the same plan, model and seed give the same result.
///
/// What sites report within an eighth of the time since a release is looked at together, as the hub coalesces bursts;
/// soak times, waits, windows and the last measurement of a stage are met to the second.
package enum RolloutSimulator {
  /// Reports of so many seconds are looked at together in any case.
  private static let tick: Int64 = 30
  /// Nothing takes longer: a rollout that does waits for ever.
  private static let horizon: Int64 = 120 * 86_400
  private static let stepLimit = 200_000

  /// One run.
  ///
  /// - Parameters:
  ///   - windows: when clusters may be released; nil for always.
  ///   - start: when it starts, seconds since 1970.
  package static func run(
    _ plan: RolloutPlan, model: SiteModel, seed: UInt64, windows: Windows?, start: Int64
  ) -> SimulatedRun {
    var sites = SimulatedFleet(plan, model, seed: seed, now: start)
    var fleet = FleetRollouts()
    fleet.rollouts = [
      Rollout(plan: plan, state: RolloutState(members: plan.members.count, now: start))
    ]
    var result = SimulatedRun(
      phase: .paused, reason: "", seconds: 0,
      stages: [SimulatedRun.Stage?](repeating: nil, count: plan.stages.count))
    let isThrottled = plan.stages.map { stage in
      stage.policy.maxConcurrency != nil || stage.policy.maxUnavailable != nil
    }
    let numbers = Dictionary(
      plan.stages.enumerated().map { ($1.policy.name, $0) }, uniquingKeysWith: { first, _ in first }
    )
    var now = start
    var release = 1
    var approveAt: Int64?
    var releasedAt = start
    // Looked at before the first step.
    var nextWindow = windows == nil ? nil : start
    for _ in 0..<stepLimit {
      if let due = approveAt, due <= now, let id = fleet.rollouts.first?.plan.id {
        approveAt = nil
        let order = RolloutOrder(id: "", verb: .approve, rollout: id)
        let outcome = RolloutEngine.apply(
          order, to: fleet, observations: sites.observations, release: release, now: now)
        if case .carriedOut(let done) = outcome {
          fleet = done.fleet
          result.approvals += 1
        }
      }
      if let windows, let due = nextWindow, due <= now {
        sites.close(windows.closed(at: now))
        nextWindow = windows.nextChange(after: now)
      }
      let step = RolloutEngine.step(fleet, sites.observations, release: release, now: now)
      fleet = step.fleet
      for effect in step.effects {
        let memory = (fleet.rollouts.first ?? step.ended.first)?.memory
        note(effect, plan, memory, numbers, now - start, &result)
        if case .release(_, let members) = effect {
          result.released += members.count
          sites.release(members, number: release, now: now)
          releasedAt = now
        }
      }
      if step.hasDecided { release += 1 }
      result.seconds = now - start
      if let ended = step.ended.first {
        result.phase = ended.state.phase
        result.reason = ended.state.phase == .complete ? "" : ended.state.reason
        return result
      }
      guard let rollout = fleet.rollouts.first else { return result }
      switch rollout.state.phase {
      case .rollingBack:
        result.phase = .rolledBack
        result.reason = rollout.state.reason
        return result
      case .paused:
        result.reason = rollout.state.reason
        return result
      case .awaitingApproval:
        if approveAt == nil { approveAt = now + max(1, model.approvalDelay) }
      default: approveAt = nil
      }
      let stage = min(rollout.state.stage, plan.stages.count - 1)
      let pace =
        stage >= 0 && isThrottled[stage]
        ? tick
        : max(
          result.released > 500 ? 2 * tick : tick,
          (now - max(rollout.state.stageSince, releasedAt)) / 8)
      guard
        let next = advance(
          &sites, rollout, from: now, pace: pace, look: step.nextLook,
          moments: [approveAt, nextWindow], stage: stage), next - start <= horizon
      else {
        result.reason = "waits for ever: \(rollout.state.phase.rawValue)"
        return result
      }
      now = next
    }
    return result
  }

  /// Lets the sites go on up to the moment at which the hub looks next; nil when nothing will ever happen.
  private static func advance(
    _ sites: inout SimulatedFleet, _ rollout: Rollout, from now: Int64, pace: Int64, look: Int64?,
    moments: [Int64?], stage: Int
  ) -> Int64? {
    let policy = rollout.plan.policy
    let isPrecise =
      rollout.memory.settledAt != nil
      || rollout.memory.metrics.values.contains { $0.failures > 0 || $0.inconclusive > 0 }
    var target = look.map { isPrecise ? $0 : max($0, now + pace) }
    func consider(_ time: Int64?) {
      guard let time, time > now else { return }
      target = min(target ?? time, time)
    }
    consider(rollout.state.waitsUntil)
    for moment in moments { consider(moment) }
    while let visit = sites.nextVisit, visit <= target ?? .max {
      if sites.visitNext(disconnectedAfter: policy.disconnectedAfter) {
        target = min(target ?? .max, max(visit, now + pace))
      }
    }
    if stage >= 0, let ready = sites.lastReady {
      consider(HubTime.after(ready, seconds: rollout.plan.stages[stage].policy.minSuccessTime))
    }
    return target.map { max($0, now + 1) }
  }

  /// Notes what an effect says about a stage.
  private static func note(
    _ effect: RolloutEffect, _ plan: RolloutPlan, _ memory: RolloutMemory?,
    _ numbers: [String: Int],
    _ seconds: Int64, _ result: inout SimulatedRun
  ) {
    guard case .event(let event) = effect, let stage = numbers[event.stage] else { return }
    switch event.kind {
    case .stageStarted, .awaitingApproval:
      if result.stages[stage] == nil { result.stages[stage] = SimulatedRun.Stage(start: seconds) }
    case .stagePassed:
      var entry = result.stages[stage] ?? SimulatedRun.Stage(start: seconds)
      entry.end = seconds
      if let memory {
        for (index, cluster) in memory.clusters where plan.members[index].stage == stage {
          if cluster.phase == .disconnected { entry.disconnected += 1 }
          if cluster.phase == .failed || cluster.phase == .timedOut { entry.failed += 1 }
        }
      }
      result.stages[stage] = entry
    default: break
    }
  }
}
