// SPDX-License-Identifier: Apache-2.0

import GitObjects

extension RolloutRun {
  /// How many of a stage have failed, as its gate counts.
  func failures(of stage: Int) -> Int {
    let tally = tallies[stage]
    let isError = stages[stage].policy.whenDisconnected == .error
    return tally.failed + tally.timedOut + (isError ? tally.disconnected : 0)
  }

  /// How many of a stage may fail.
  func allowedFailures(of stage: Int) -> Int {
    let entry = stages[stage]
    if entry.policy.isMandatory { return 0 }
    if let gate = entry.gate { return max(0, gate) }
    return entry.policy.maxFailures.budget(of: entry.size)
  }

  /// Fails the rollout when too many clusters have failed; whether it did.
  ///
  /// Stages that have passed count too: a cluster that fails later is evidence as well.
  mutating func judgeFailures() -> Bool {
    var over = 0
    var last = 0
    for stage in 0..<min(state.isPromoted ? stageCount : state.stage + 1, stageCount)
    where failures(of: stage) > allowedFailures(of: stage) {
      over += 1
      last = stage
      if stages[stage].gate == nil || stages[stage].policy.isMandatory {
        fail(stage: stage, reason: failureText(stage))
        return true
      }
    }
    if over > max(0, plan.unavailableStages) {
      fail(stage: last, reason: failureText(last))
      return true
    }
    for rule in rules.abort {
      guard let reason = broken(rule) else { continue }
      fail(stage: shownStage, reason: reason)
      return true
    }
    return false
  }

  /// Why a rule ends the rollout; nil: it does not.
  private func broken(_ rule: AbortRule) -> String? {
    var executed = 0
    var matching = 0
    for stage in tallies.indices {
      let tally = tallies[stage]
      let isError = stages[stage].policy.whenDisconnected == .error
      let failed = tally.failed + (isError ? tally.disconnected : 0)
      executed += tally.succeeded + failed + tally.timedOut
      switch rule.failureType {
      case .failed: matching += failed
      case .timedOut: matching += tally.timedOut
      case .all: matching += failed + tally.timedOut
      }
    }
    guard matching > 0, executed >= max(1, rule.minExecuted) else { return nil }
    let (needed, overflows) = executed.multipliedReportingOverflow(
      by: max(0, rule.thresholdPartsPerMillion))
    guard !overflows, matching * 1_000_000 >= needed else { return nil }
    return abortText(rule, matching: matching, executed: executed)
  }

  /// The rollout has failed: what its strategy says happens.
  mutating func fail(stage: Int, reason: String) {
    say(.gateFailed, stage: stage, text: reason)
    switch rules.failureStrategy {
    case .rollback: rollBack(reason: reason)
    case .halt: halt(reason: reason, kind: .halted)
    case .pause: pause(reason: reason, byPolicy: true)
    }
  }

  /// Nothing more is released until a person says so.
  mutating func pause(reason: String, byPolicy: Bool) {
    state.pausedPhase = state.phase
    state.isPausedByPolicy = byPolicy
    setPhase(.paused, reason)
    nextLook = nil
    say(.paused, stage: state.isStarted ? state.stage : nil, text: reason)
  }

  /// Ends the rollout; what is released stays, and nothing more of it is.
  mutating func halt(reason: String, kind: RolloutEvent.Kind) {
    hold(reason: reason)
    keepGood()
    state.pausedPhase = nil
    setPhase(.aborted, reason)
    nextLook = nil
    say(kind, stage: state.isStarted ? shownStage : nil, text: reason)
  }

  /// Tells every released member its fallback trees, at once, and those that still have something unproven of a
  /// rollout before this one: they count as released from then on.
  mutating func rollBack(reason: String) {
    hold(reason: reason)
    var touched: [Int] = []
    for index in members.indices
    where state.releasedAt[index] != nil || members[index].isUnproven {
      touched.append(index)
      if state.releasedAt[index] == nil { state.releasedAt[index] = now }
      state.releasedBy[index] = release
    }
    state.pausedPhase = nil
    state.waitsUntil = nil
    setPhase(.rollingBack, reason)
    nextLook = nil
    if !touched.isEmpty {
      effects.append(.restore(rollout: plan.id, members: touched))
      say(
        .rollingBack, stage: nil,
        text: "\(clusters(touched.count)) \(touched.count == 1 ? "is" : "are") told the last good "
          + "trees")
    }
    finishRollback()
  }

  /// Holds the trees of the plan.
  private mutating func hold(reason: String) {
    for (position, bundle) in plan.bundles.enumerated() {
      var trees: Set<ObjectID> = []
      var holdsRemoval = false
      for member in members {
        for move in member.moves where move.bundle == bundle && move.target != move.fallback {
          if let target = move.target { trees.insert(target) } else { holdsRemoval = true }
        }
      }
      guard !trees.isEmpty || holdsRemoval else { continue }
      held.append(
        HeldTrees(
          rollout: plan.id, bundle: bundle, trees: trees.sorted(),
          holdsRemoval: holdsRemoval, since: now, reason: reason,
          definition: definition(position)))
    }
  }

  /// The definition that the trees of a bundle were made of; nil when it is not known.
  private func definition(_ position: Int) -> String? {
    guard plan.definitions.count == plan.bundles.count, !plan.definitions[position].isEmpty else {
      return nil
    }
    return plan.definitions[position]
  }

  /// Ends the rollback when every cluster that can be reached reports its fallback trees, or its time is over.
  mutating func finishRollback() {
    nextLook = nil
    var reporting = 0
    var away = 0
    var late: [Int] = []
    for index in members.indices where state.releasedAt[index] != nil {
      guard let seen = observations.clusters[members[index].cluster],
        !seen.isPaused
      else { continue }
      if hasFallback(index, seen) {
        reporting += 1
      } else if isSilent(seen, since: state.phaseSince) {
        away += 1
      } else {
        late.append(index)
        look(
          at: HubTime.after(
            seen.contact ?? state.phaseSince, seconds: rules.disconnectedAfter))
      }
    }
    let seconds = stages.map(\.policy.progressDeadline).max() ?? 0
    let bound = HubTime.after(state.phaseSince, seconds: seconds)
    guard late.isEmpty || now >= bound else {
      look(at: bound)
      return
    }
    nextLook = nil
    let reason = state.reason
    setPhase(.rolledBack, reason)
    say(
      .rolledBack, stage: nil,
      text: rolledBackText(reporting: reporting, away: away, late: late))
  }

  /// Whether a cluster reports the trees that it had before.
  private func hasFallback(_ index: Int, _ seen: ClusterObservation) -> Bool {
    let hasActed = state.releasedBy[index].map { seen.release >= $0 } ?? false
    return members[index].moves.allSatisfy { move in
      if let fallback = move.fallback { return seen.bundles[move.bundle]?.tree == fallback }
      return seen.bundles[move.bundle] == nil && hasActed
    }
  }
}
