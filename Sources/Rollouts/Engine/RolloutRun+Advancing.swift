// SPDX-License-Identifier: Apache-2.0

extension RolloutRun {
  /// Does everything that can be done now.
  mutating func advance() {
    switch state.phase {
    case .rollingBack: return finishRollback()
    case .paused, .aborted, .rolledBack, .complete, .superseded:
      // Time alone changes nothing that is decided while a person is waited for.
      nextLook = nil
      return
    case .pending, .progressing, .soaking, .awaitingApproval: break
    }
    guard begin() else { return }
    if judgeFailures() { return }
    if measure() { return }
    // Each turn releases somebody or passes a stage, so there is an end.
    while takeTurn() {}
  }

  /// Releases whom it can or passes a stage; whether another turn is due.
  private mutating func takeTurn() -> Bool {
    let canFill = isBeyondStages || passTasksBefore()
    if fill(before: canFill ? state.stage + 1 : state.stage) { return !judgeFailures() }
    guard canFill else { return false }
    if isBeyondStages {
      if isSettledOverall() { complete() }
      return false
    }
    // A cluster that flaps while something is waited for does not begin the wait again; at its end all have to be well.
    guard isJudged || (isSettled() && isMeasured()) else { return false }
    guard passTasksAfter(), isSettled(), isMeasured() else { return false }
    say(.stagePassed, stage: state.stage, text: passedText(state.stage))
    enterStage(state.stage + 1)
    return true
  }

  /// Starts a rollout that nothing keeps from it; whether it may go on.
  private mutating func begin() -> Bool {
    if state.isStarted { return true }
    if rules.isPaused, state.resumedAt == nil {
      pause(reason: "the strategy says paused", byPolicy: false)
      return false
    }
    start()
    return true
  }

  /// Starts the rollout.
  mutating func start() {
    state.isStarted = true
    say(
      .started, stage: nil,
      text: "\(clusters(order.count)) in \(Self.count(stageCount, "stage"))")
    skipHeld()
    enterStage(0)
  }

  /// Enters a stage, or what comes after the last one.
  mutating func enterStage(_ stage: Int) {
    state.stage = stage
    state.stageSince = now
    state.doneBefore = 0
    state.doneAfter = 0
    state.waitsUntil = nil
    if !state.baselines.isEmpty { state.baselines = [:] }
    forgetStage()
    if state.phase != .pending { setPhase(.progressing, "") }
    guard stage < stageCount else { return }
    survey(stage)
    if stages[stage].policy.before.isEmpty { sayStageStarted() }
  }
}
