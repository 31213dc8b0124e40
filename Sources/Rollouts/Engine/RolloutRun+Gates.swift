// SPDX-License-Identifier: Apache-2.0

extension RolloutRun {
  /// Where a gate stands that is not satisfied.
  private enum Obstacle {
    /// Clusters are being released or are not Ready yet.
    case progressing
    /// Those that are released are Ready; soak times are not over.
    case soaking
    /// All that is left waits for a window.
    case closed(Int)
    /// It will not go on by itself after the deadline, for the reason.
    case stuck(waiting: String, paused: String, deadline: Int64)
  }

  /// When a stage has had its time: `progressDeadline` after its last release, or after a person has resumed.
  private func deadline(of stage: Int) -> Int64 {
    let start = max(
      tallies[stage].lastRelease ?? state.stageSince, state.resumedAt ?? state.stageSince)
    return HubTime.after(start, seconds: stages[stage].policy.progressDeadline)
  }

  /// Whether all clusters of the stage have the outcomes that its gate asks for. Shows what it waits for, or pauses,
  /// when they have not.
  mutating func isSettled() -> Bool {
    let obstacle =
      stages[state.stage].gate == nil
      ? obstacle(of: state.stage) : obstacleOfPartitions()
    guard let obstacle else {
      if memory.settledAt == nil { memory.settledAt = now }
      return true
    }
    if memory.settledAt != nil { memory.settledAt = nil }
    show(obstacle)
    return false
  }

  /// Whether every cluster of every stage has an outcome, when all stages have passed.
  mutating func isSettledOverall() -> Bool {
    guard stageCount > 0 else { return true }
    for stage in 0..<stageCount {
      if let obstacle = unfinished(stage) {
        show(obstacle)
        return false
      }
    }
    // A rollout that nobody has succeeded in is not complete, whatever Fleet's gates let pass.
    let waited = tallies.reduce(0) { $0 + $1.waited }
    guard waited == 0 || tallies.contains(where: { $0.succeeded > 0 }) else {
      let last = stageCount - 1
      show(
        .stuck(
          waiting: "waits for a first cluster to succeed",
          paused: "none of \(clusters(waited)) has succeeded", deadline: deadline(of: last)))
      return false
    }
    return true
  }

  /// Shows that metrics wait for a first Ready cluster of the stage; pauses when there will be none.
  mutating func waitForReady(_ names: String) {
    let stage = state.stage
    show(
      unfinished(stage)
        ?? .stuck(
          waiting: "waits for a Ready cluster to measure \(names) on",
          paused: "no cluster of stage \(stageName(stage)) is Ready to measure \(names) on: "
            + outcomeText(stage), deadline: deadline(of: stage)))
  }

  /// What keeps members of a stage from having an outcome; nil: all have one.
  private mutating func unfinished(_ stage: Int) -> Obstacle? {
    let tally = tallies[stage]
    let policy = stages[stage].policy
    let isLenient = policy.whenDisconnected == .expected && !policy.isMandatory
    let deadline = deadline(of: stage)
    var running = tally.running
    if isLenient, tally.back > 0 {
      // Who has come back late is a straggler, not somebody to wait for once more.
      if now >= deadline { running -= tally.back } else { look(at: deadline) }
    }
    let away = policy.whenDisconnected == .normal ? tally.disconnected : 0
    if tally.open + tally.closed + running + away == 0 { return nil }
    if tally.open + running + away == 0 { return .closed(tally.closed) }
    if tally.open > 0, tally.running + away == 0, !hasMoreLots(stage) {
      return .stuck(
        waiting: "", paused: unavailableText(stage), deadline: deadline)
    }
    // Twice the time is enough for everybody who stays; what is left comes and goes.
    let start = max(
      tally.lastRelease ?? state.stageSince, state.resumedAt ?? state.stageSince,
      memory.begunAt ?? 0)
    var bound = HubTime.after(start, seconds: policy.progressDeadline)
    bound = HubTime.after(bound, seconds: policy.progressDeadline)
    bound = HubTime.after(bound, seconds: policy.minSuccessTime)
    bound = HubTime.after(bound, seconds: rules.disconnectedAfter)
    if now >= bound {
      if tally.closed > 0 { return .closed(tally.closed) }
      return .stuck(waiting: "", paused: restlessText(stage), deadline: bound)
    }
    look(at: bound)
    return tally.open + away == 0 && running == tally.soaking ? .soaking : .progressing
  }

  /// Whether members are held back by `maxNew` alone: the next lot goes with the next step.
  private func hasMoreLots(_ stage: Int) -> Bool {
    guard let most = rules.maxNew else { return false }
    return newcomers >= max(1, most)
  }

  /// What keeps a stage of ours from passing; nil: nothing does.
  private mutating func obstacle(of stage: Int) -> Obstacle? {
    if let obstacle = unfinished(stage) { return obstacle }
    return missingEvidence(of: stage)
  }

  /// What is missing for a stage whose clusters have an outcome: reachable ones, and one at least that succeeded.
  private mutating func missingEvidence(of stage: Int) -> Obstacle? {
    let tally = tallies[stage]
    let entry = stages[stage]
    guard tally.waited > 0 else { return nil }
    let deadline = deadline(of: stage)
    if entry.policy.isMandatory, tally.succeeded < tally.waited {
      return .stuck(
        waiting: "stage \(stageName(stage)) is mandatory and waits for all its clusters",
        paused: "stage \(stageName(stage)) is mandatory: \(outcomeText(stage))", deadline: deadline)
    }
    if let limit = entry.policy.minReachable, !entry.policy.isMandatory {
      let needed = limit.budget(of: tally.waited)
      let reachable = tally.waited - tally.disconnected
      if reachable < needed {
        return .stuck(
          waiting: "waits until \(Self.number(needed)) of \(clusters(tally.waited)) have contact",
          paused: "\(Self.number(reachable)) of \(clusters(tally.waited)) of stage "
            + "\(stageName(stage)) have contact, \(Self.number(needed)) are needed",
          deadline: deadline)
      }
    }
    if tally.succeeded == 0 {
      return .stuck(
        waiting: "waits for a first cluster to succeed",
        paused: "no cluster of stage \(stageName(stage)) has succeeded: \(outcomeText(stage))",
        deadline: deadline)
    }
    return nil
  }

  /// How many of a partition are not up to date or do not work: what Fleet counts before it goes on.
  private func unavailable(in stage: Int) -> Int {
    let tally = tallies[stage]
    let isExpected = stages[stage].policy.whenDisconnected == .expected
    return tally.waited - tally.succeeded - (isExpected ? tally.disconnected : 0)
  }

  /// What keeps the next of Fleet's partitions from being released; nil: nothing does.
  private mutating func obstacleOfPartitions() -> Obstacle? {
    var exceeded = 0
    for stage in 0...state.stage {
      if unavailable(in: stage) > stages[stage].gate ?? .max { exceeded += 1 }
    }
    let stage = state.stage
    if exceeded > max(0, plan.unavailableStages) {
      return unfinished(stage) ?? earlierObstacle()
    }
    // Fleet goes on while as many as the gate are unavailable; a gate that all may exceed asks for nothing.
    let gate = stages[stage].gate ?? 0
    guard gate < tallies[stage].waited, unavailable(in: stage) <= gate else { return nil }
    return missingEvidence(of: stage)
  }

  /// What keeps earlier partitions from being available when the current one is finished.
  private mutating func earlierObstacle() -> Obstacle {
    for stage in 0..<state.stage {
      if let obstacle = unfinished(stage) { return obstacle }
    }
    return .stuck(
      waiting: "", paused: "more partitions are unavailable than may be",
      deadline: deadline(of: state.stage))
  }

  /// Shows what the rollout waits for, or pauses it when waiting does not help any more.
  private mutating func show(_ obstacle: Obstacle) {
    switch obstacle {
    case .closed(let count):
      let isFresh = !state.releasedAt.contains { $0 != nil }
      setPhase(
        isFresh ? .pending : .progressing,
        "\(clusters(count)) \(count == 1 ? "waits" : "wait") for a window")
    case .soaking:
      let seconds = stages[shownStage].policy.minSuccessTime
      setPhase(.soaking, seconds > 0 ? "soaks for \(HubTime.text(seconds: seconds))" : "")
    case .progressing:
      // A cluster that flaps while others soak is no news.
      if state.phase == .soaking, tallies[shownStage].open == 0 { return }
      setPhase(.progressing, "")
    case .stuck(let waiting, let paused, let deadline):
      if now >= deadline {
        pause(reason: paused, byPolicy: true)
      } else {
        look(at: deadline)
        setPhase(.progressing, waiting)
      }
    }
  }
}
