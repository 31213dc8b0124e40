// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Steps rollouts: from their state and what is seen now to their next state and what the hub has to do.
///
/// Pure: the same values give the same result, there is no clock, no Git and no network in here. A step does everything
/// that can be done at its time; a step after it with the same observations and time decides nothing, but for the
/// lots of `maxNew`.
package enum RolloutEngine {
  /// One step of all rollouts.
  ///
  /// - Parameters:
  ///   - fleet: The rollouts, with whatever memory of them there is.
  ///   - observations: What is known of every cluster of the inventory.
  ///   - release: The number of the state commit that the step would make.
  ///   - now: The hub's clock, seconds since 1970.
  package static func step(
    _ fleet: FleetRollouts, _ observations: Observations, release: Int, now: Int64
  ) -> RolloutStep {
    var result = RolloutStep(fleet: fleet)
    result.fleet.rollouts.removeAll(keepingCapacity: true)
    var waiting = fleet.rollouts
    var position = 0
    while position < waiting.count {
      var rollout = waiting[position]
      position += 1
      // One that is made anew when the other has ended is not started as it is.
      // One that has begun goes on whatever stands before it, as no other begins meanwhile.
      let first = rollout.state.waitsFor
      if !rollout.state.isStarted,
        let first = first ?? blocker(of: rollout, among: result.fleet.rollouts)?.plan.id
      {
        queue(&rollout, behind: first)
        result.fleet.rollouts.append(rollout)
        continue
      }
      var run = RolloutRun(
        rollout, observations: observations, held: result.fleet.held, release: release, now: now)
      run.advance()
      take(&run, into: &result, before: rollout)
      if let ended = result.ended.last, ended.plan.id == rollout.plan.id {
        for next in position..<waiting.count {
          refresh(&waiting[next], after: run)
        }
      }
    }
    result.hasDecided = !result.effects.isEmpty || hasDecided(fleet, result.fleet)
    return result
  }

  /// Lets a later rollout take over from one that is running: it ends as Superseded. Nil when there is no such one.
  ///
  /// To be done before the later one is planned: the trees that are good now are its fallback.
  package static func supersede(
    _ id: String, by successor: String, in fleet: FleetRollouts, _ observations: Observations,
    release: Int, now: Int64
  ) -> RolloutStep? {
    guard let index = fleet.rollouts.firstIndex(where: { $0.plan.id == id }) else { return nil }
    var run = RolloutRun(
      fleet.rollouts[index], observations: observations, held: fleet.held, release: release,
      now: now)
    run.giveWay(to: successor)
    return finish(run, at: index, of: fleet)
  }

  /// What an order has changed.
  static func finish(_ changed: RolloutRun, at index: Int, of fleet: FleetRollouts) -> RolloutStep {
    var run = changed
    var result = RolloutStep(fleet: fleet)
    result.fleet.rollouts = Array(fleet.rollouts[..<index])
    take(&run, into: &result, before: fleet.rollouts[index])
    var later = Array(fleet.rollouts[(index + 1)...])
    if !result.ended.isEmpty {
      for next in later.indices { refresh(&later[next], after: run) }
    }
    result.fleet.rollouts += later
    result.hasDecided = true
    result.nextLook = run.now
    return result
  }

  /// Takes in what has become of a rollout.
  private static func take(
    _ run: inout RolloutRun, into result: inout RolloutStep, before: Rollout
  ) {
    if !run.effects.isEmpty || run.state != before.state { run.recordOutcomes() }
    result.effects += run.effects
    result.fleet.held += run.held
    if run.state.phase.isEnd {
      result.ended.append(run.rollout)
      return
    }
    result.fleet.rollouts.append(run.rollout)
    if let look = run.nextLook { result.nextLook = min(result.nextLook ?? look, look) }
  }

  /// The first of the rollouts before that shares a bundle with one.
  static func blocker(of rollout: Rollout, among earlier: [Rollout]) -> Rollout? {
    if earlier.isEmpty { return nil }
    let bundles = Set(rollout.plan.bundles)
    return earlier.first { $0.plan.bundles.contains { bundles.contains($0) } }
  }

  /// Lets a rollout wait for an earlier one.
  private static func queue(_ rollout: inout Rollout, behind id: String) {
    // One that has begun already stays as it is: two that overlap are not made, but a file may say so.
    guard !rollout.state.isStarted, rollout.state.phase == .pending else { return }
    let reason = "waits for \(Wording.quoted(id))"
    if rollout.state.reason != reason { rollout.state.reason = reason }
  }

  /// Tells a rollout that has waited which trees are good since the one before it has ended.
  ///
  /// Not where objects are exempt from rollbacks: its fallback trees were made with them, and are not known here.
  private static func refresh(_ rollout: inout Rollout, after run: RolloutRun) {
    guard !rollout.state.isStarted, rollout.plan.policy.exempt.isEmpty,
      run.state.phase != .rolledBack,
      rollout.plan.bundles.contains(where: { run.plan.bundles.contains($0) })
    else { return }
    var good: [String: Int] = [:]
    for index in run.marks.indices where run.marks[index].phase == .succeeded {
      good[run.plan.members[index].cluster] = index
    }
    for index in rollout.plan.members.indices {
      guard let other = good[rollout.plan.members[index].cluster] else { continue }
      for move in run.plan.members[other].moves {
        let own = rollout.plan.members[index].moves.firstIndex { $0.bundle == move.bundle }
        if let own { rollout.plan.members[index].moves[own].fallback = move.target }
      }
    }
  }

  /// Whether anything besides memory differs.
  private static func hasDecided(_ old: FleetRollouts, _ new: FleetRollouts) -> Bool {
    guard old.rollouts.count == new.rollouts.count, old.held == new.held else { return true }
    for (left, right) in zip(old.rollouts, new.rollouts)
    where left.state != right.state || left.plan != right.plan {
      return true
    }
    return false
  }
}
