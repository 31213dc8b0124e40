// SPDX-License-Identifier: Apache-2.0

/// One rollout during one step: the working copy that the parts of the engine change.
struct RolloutRun {
  /// What is fixed, and the parts of it that are asked for again and again.
  let plan: RolloutPlan
  let stages: [RolloutPlan.Stage]
  let members: [RolloutPlan.Member]
  let rules: RolloutPolicy
  /// What is decided and what is remembered, as they become.
  var state: RolloutState
  var memory: RolloutMemory
  let observations: Observations
  let release: Int
  let now: Int64
  /// What was held before the step.
  let heldBefore: [HeldTrees]

  /// What the hub has to do.
  var effects: [RolloutEffect] = []
  /// Trees that are held from now on.
  var held: [HeldTrees] = []
  /// The earliest time at which time alone may change something.
  var nextLook: Int64?
  /// Who has ordered what is done; nil for the hub itself.
  var principal: String?

  /// One for each member.
  var marks: [MemberMark] = []
  /// One for each stage.
  var tallies: [StageTally] = []
  /// The members by stage: those of stage N are `order[starts[N]..<starts[N + 1]]`, rising.
  var order: [Int] = []
  var starts: [Int] = []
  /// How many members were released for the first time in this step.
  var newcomers = 0

  /// Looks at all members; nothing is decided yet.
  init(
    _ rollout: Rollout, observations: Observations, held: [HeldTrees], release: Int, now: Int64
  ) {
    plan = rollout.plan
    stages = plan.stages
    members = plan.members
    rules = plan.policy
    state = rollout.state
    memory = rollout.memory
    self.observations = observations
    self.release = release
    self.now = now
    heldBefore = held
    // A state that does not fit its plan cannot come from here, but it may come from a damaged file.
    while state.releasedAt.count < members.count { state.releasedAt.append(nil) }
    while state.releasedBy.count < members.count { state.releasedBy.append(nil) }
    state.stage = max(0, state.stage)
    state.doneBefore = max(0, state.doneBefore)
    state.doneAfter = max(0, state.doneAfter)
    if memory.begunAt == nil { memory.begunAt = now }
    if memory.stage != state.stage { forgetStage() }
    sortMembers()
    survey()
  }

  /// The rollout as it has become.
  var rollout: Rollout { Rollout(plan: plan, state: state, memory: memory) }
  var stageCount: Int { stages.count }
  /// The stage that is being released; the last one when all are.
  var shownStage: Int { max(0, min(state.stage, stageCount - 1)) }
  /// Whether all stages have passed.
  var isBeyondStages: Bool { state.stage >= stageCount }

  /// The stage of a member, or nil when it is in none.
  func stage(of index: Int) -> Int? {
    guard let stage = members[index].stage, stage >= 0, stage < stageCount else {
      return nil
    }
    return stage
  }

  /// The members of a stage, rising.
  func members(of stage: Int) -> ArraySlice<Int> {
    guard stage >= 0, stage + 1 < starts.count else { return [] }
    return order[starts[stage]..<starts[stage + 1]]
  }

  /// Remembers to look again at a time that is to come.
  mutating func look(at time: Int64) {
    guard time > now else { return }
    nextLook = min(nextLook ?? time, time)
  }

  /// Enters a phase, or gives another reason for it.
  mutating func setPhase(_ phase: RolloutPhase, _ reason: String) {
    if state.phase != phase {
      state.phase = phase
      state.phaseSince = now
    }
    if state.reason != reason { state.reason = reason }
  }

  /// Drops what is remembered of the stage, not of the clusters.
  mutating func forgetStage() {
    memory.metrics = [:]
    memory.stage = state.stage
    memory.readyAt = nil
    memory.settledAt = nil
  }

  /// Sorts the members by stage, by counting.
  private mutating func sortMembers() {
    let count = stages.count
    var ends = [Int](repeating: 0, count: count + 1)
    for member in members {
      if let stage = member.stage, stage >= 0, stage < count { ends[stage + 1] += 1 }
    }
    for stage in 0..<count { ends[stage + 1] += ends[stage] }
    starts = ends
    order = [Int](repeating: 0, count: ends[count])
    for index in members.indices {
      guard let stage = members[index].stage, stage >= 0, stage < count else { continue }
      order[ends[stage]] = index
      ends[stage] += 1
    }
  }

  /// Marks and counts all members.
  private mutating func survey() {
    marks = [MemberMark](repeating: .skipped, count: members.count)
    tallies = [StageTally](repeating: StageTally(), count: stageCount)
    for stage in 0..<stageCount { survey(stage) }
  }

  /// Marks and counts the members of a stage.
  mutating func survey(_ stage: Int) {
    var tally = StageTally()
    let policy = stages[stage].policy
    let isNear = stage <= state.stage || state.isPromoted
    for position in starts[stage]..<starts[stage + 1] {
      let index = order[position]
      let mark: MemberMark
      if let releasedAt = state.releasedAt[index] {
        mark = follow(index, policy, releasedAt: releasedAt)
        tally.lastRelease = max(tally.lastRelease ?? releasedAt, releasedAt)
      } else {
        // Clusters of later stages are not looked up: nobody asks for them yet.
        mark = isNear ? waiting(index, policy) : .pending
      }
      marks[index] = mark
      tally.count(mark, by: 1)
    }
    tallies[stage] = tally
  }
}
