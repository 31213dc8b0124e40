// SPDX-License-Identifier: Apache-2.0

extension RolloutRun {
  /// How many of a stage may be Progressing at a time.
  func concurrency(of stage: Int) -> Int {
    let entry = stages[stage]
    guard !state.isPromoted, let limit = entry.policy.maxConcurrency else { return .max }
    return limit.step(of: entry.size)
  }

  /// How many of a stage may be unavailable before none but unavailable ones are released.
  ///
  /// 0 is one at a time: Fleet never updates then.
  func unavailability(of stage: Int) -> Int {
    let entry = stages[stage]
    if state.isPromoted { return .max }
    if let limit = entry.policy.maxUnavailable { return limit.step(of: entry.size) }
    return entry.gate.map { max(1, $0) } ?? .max
  }

  /// Releases as many members of the stages before `end` as limits and windows let; whether there were any.
  mutating func fill(before end: Int) -> Bool {
    var fresh: [Int] = []
    var counts: [(Int, Int)] = []
    var overall = OverallLimit(&self)
    for stage in 0..<max(0, min(end, stageCount)) where tallies[stage].open > 0 {
      let wasEmpty = tallies[stage].lastRelease == nil
      let released = fill(stage, &overall)
      guard !released.isEmpty else { continue }
      if wasEmpty, stage == state.stage { recordBaselines(of: stage) }
      fresh += released
      counts.append((stage, released.count))
    }
    guard !fresh.isEmpty else { return false }
    effects.append(.release(rollout: plan.id, members: fresh.sorted()))
    for (stage, count) in counts {
      say(.released, stage: stage, text: releasedText(count, stage: stage))
    }
    return true
  }

  /// Releases members of a stage.
  private mutating func fill(_ stage: Int, _ overall: inout OverallLimit) -> [Int] {
    let concurrency = concurrency(of: stage)
    let unavailability = unavailability(of: stage)
    var released: [Int] = []
    for index in members(of: stage) {
      let mark = marks[index]
      guard mark.phase == .pending, !mark.isClosed else { continue }
      guard tallies[stage].progressing < concurrency else { break }
      if !mark.isUnready,
        tallies[stage].unavailable >= unavailability || overall.isReached
      {
        continue
      }
      if members[index].isNew, let most = rules.maxNew {
        guard newcomers < max(1, most) || state.isPromoted else {
          // The next lot goes with the next step.
          look(at: HubTime.after(now, seconds: 1))
          continue
        }
        newcomers += 1
      }
      release(index, in: stage)
      if !mark.isUnready, marks[index].isUnavailable { overall.unavailable += 1 }
      released.append(index)
    }
    return released
  }

  /// Releases a member.
  private mutating func release(_ index: Int, in stage: Int) {
    tallies[stage].count(marks[index], by: -1)
    state.releasedAt[index] = now
    state.releasedBy[index] = release
    memory.clusters[index] = RolloutMemory.Cluster(phase: .progressing, since: now)
    marks[index] = follow(index, stages[stage].policy, releasedAt: now)
    tallies[stage].count(marks[index], by: 1)
    tallies[stage].lastRelease = now
  }
}

/// Fleet's `maxUnavailable` of the whole strategy, which holds over all partitions beside each one's own.
private struct OverallLimit {
  var limit = Int.max
  var unavailable = 0

  var isReached: Bool { unavailable >= limit }

  init(_ run: inout RolloutRun) {
    guard case .partitions(let policy) = run.plan.policy.stages, !run.state.isPromoted,
      let share = policy.maxUnavailable
    else { return }
    let count = run.order.count
    let resolved = share.step(of: count)
    guard resolved < count else { return }
    limit = resolved
    for stage in 0..<run.stageCount {
      if stage <= run.state.stage {
        unavailable += run.tallies[stage].unavailable
      } else {
        for index in run.members(of: stage)
        where run.waiting(index, run.stages[stage].policy).isUnavailable {
          unavailable += 1
        }
      }
    }
  }
}
