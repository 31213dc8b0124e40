// SPDX-License-Identifier: Apache-2.0

extension RolloutRun {
  /// Whether the stage is through its gate and at its tasks: they are not begun twice because a cluster flaps.
  var isJudged: Bool {
    guard !isBeyondStages else { return false }
    let policy = stages[state.stage].policy
    guard state.doneBefore >= policy.before.count else { return false }
    return state.doneAfter > 0 || state.waitsUntil != nil
      || (state.pausedPhase ?? state.phase) == .awaitingApproval
  }

  /// Does the tasks before the first release of the stage; whether all are done.
  mutating func passTasksBefore() -> Bool {
    let policy = stages[state.stage].policy
    while state.doneBefore < policy.before.count {
      guard pass(policy.before[state.doneBefore], word: "before") else { return false }
      state.doneBefore += 1
      if state.doneBefore == policy.before.count {
        setPhase(.progressing, "")
        sayStageStarted()
      }
    }
    return true
  }

  /// Does the tasks after the clusters have succeeded; whether all are done.
  mutating func passTasksAfter() -> Bool {
    let policy = stages[state.stage].policy
    while state.doneAfter < policy.after.count {
      guard pass(policy.after[state.doneAfter], word: "after") else { return false }
      state.doneAfter += 1
    }
    return true
  }

  /// Does a task; whether it is done.
  private mutating func pass(_ task: StagePolicy.Task, word: String) -> Bool {
    let name = stageName(state.stage)
    switch task {
    case .approval:
      let isNew = state.phase != .awaitingApproval
      setPhase(.awaitingApproval, "approval \(word) stage \(name)")
      if isNew {
        say(
          .awaitingApproval, stage: state.stage,
          text: word == "before"
            ? "stage \(name) waits for approval before its first cluster is released"
            : "stage \(name) waits for approval: \(outcomeText(state.stage))")
      }
      return false
    case .timedWait(let seconds):
      if let until = state.waitsUntil {
        guard now >= until else {
          look(at: until)
          return false
        }
        state.waitsUntil = nil
        state.resumedAt = now
        return true
      }
      guard seconds > 0 else { return true }
      let until = HubTime.after(now, seconds: seconds)
      state.waitsUntil = until
      setPhase(.soaking, "waits \(HubTime.text(seconds: seconds)) \(word) stage \(name)")
      look(at: until)
      return false
    }
  }

  /// Does the approval that is waited for.
  mutating func takeApproval() {
    let policy = stages[state.stage].policy
    state.resumedAt = now
    if state.doneBefore < policy.before.count {
      state.doneBefore += 1
      setPhase(.progressing, "")
      if state.doneBefore == policy.before.count { sayStageStarted() }
    } else {
      state.doneAfter += 1
      setPhase(.soaking, "")
    }
  }
}
