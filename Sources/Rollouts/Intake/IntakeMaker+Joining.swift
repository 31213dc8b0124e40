// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects

extension IntakeMaker {
  /// Lets running rollouts take up what the inventory has changed.
  ///
  /// A member gets its new target in place, at once when it is released already; its soak time begins again.
  /// A cluster that is none joins the last stage.
  mutating func join() throws(Failure) {
    for (number, rows) in scan.joining.enumerated()
    where !rows.isEmpty && !closed.contains(number) {
      try join(rows, world.running[number])
    }
  }

  private mutating func join(
    _ rows: [IntakeRow], _ running: IntakeWorld.Running
  ) throws(Failure) {
    var rollout = result.rollouts.rollouts[running.position]
    let exempt = rollout.plan.policy.exempt
    var now: [Int] = []
    var later: Set<Int> = []
    var new: [RolloutPlan.Member] = []
    for row in rows {
      let cluster = world.clusters[row.cluster]
      let isFirst = row.released == nil && row.planned != nil
      if let member = running.memberOf[row.cluster] {
        let isReleased = rollout.state.isReleased(member)
        if isReleased, world.isClosed(row.cluster) {
          // What it has stays until its window opens; the rollout's next intake finds it again.
          result.waiting.append(cluster)
          continue
        }
        let isNewMove = world.move(of: row, in: running) == nil
        let base = world.move(of: row, in: running).map(\.fallback) ?? fallback(of: row)
        rollout.plan.members[member].set(
          RolloutPlan.Move(
            bundle: world.bundles[row.bundle], target: row.planned,
            fallback: try composed(row.planned, base, exempt)))
        if isReleased {
          if now.last != member { now.append(member) }
        } else {
          later.insert(member)
          if isNewMove, isFirst { addNewcomer(row) }
        }
      } else {
        if isFirst, world.isClosed(row.cluster) {
          result.waiting.append(cluster)
          continue
        }
        let move = RolloutPlan.Move(
          bundle: world.bundles[row.bundle], target: row.planned,
          fallback: try composed(row.planned, fallback(of: row), exempt))
        if new.last?.cluster == cluster {
          new[new.count - 1].set(move)
          if isFirst { new[new.count - 1].isNew = true }
        } else {
          new.append(
            RolloutPlan.Member(
              cluster: cluster, stage: rollout.plan.stages.count - 1, moves: [move],
              isNew: isFirst))
        }
        if isFirst { addNewcomer(row) }
      }
    }
    if now.isEmpty, later.isEmpty, new.isEmpty { return }
    for member in now { rollout.tellAgain(member, at: world.input.now, by: world.input.number) }
    let released = now.map { rollout.plan.members[$0].cluster }
    rollout.add(new)
    result.rollouts.rollouts[running.position] = rollout
    let names = rollout.plan.members.map(\.cluster)
    if !released.isEmpty {
      result.effects.append(
        .release(
          rollout: rollout.plan.id,
          members: released.compactMap { SortedNames.position(of: $0, in: names) }))
    }
    result.effects.append(
      .event(
        IntakeEvents.joined(
          rollout, now: now.count, later: later.count, new: new.count,
          principal: world.input.principal)))
  }
}

extension RolloutPlan.Member {
  /// Sets what happens to a bundle, in the order of the bundles.
  fileprivate mutating func set(_ move: RolloutPlan.Move) {
    if let index = moves.firstIndex(where: { $0.bundle == move.bundle }) {
      moves[index] = move
    } else {
      let index = moves.firstIndex { move.bundle.precedesInBytes($0.bundle) } ?? moves.count
      moves.insert(move, at: index)
    }
  }
}

extension Rollout {
  /// A member is told its new trees now; whatever it had proved was about the old ones.
  fileprivate mutating func tellAgain(_ member: Int, at now: Int64, by number: Int) {
    guard state.releasedAt.indices.contains(member), state.releasedBy.indices.contains(member)
    else { return }
    state.releasedAt[member] = now
    state.releasedBy[member] = number
    state.succeeded.remove(member)
    state.forgiven.remove(member)
    memory.clusters[member] = nil
  }

  /// Adds clusters to the last stage. Members stand in the order of their names, so the numbers of others change;
  /// a cluster that was one before and had left takes its old place.
  fileprivate mutating func add(_ new: [RolloutPlan.Member]) {
    guard !new.isEmpty else { return }
    let count = plan.members.count
    var members = plan.members
    var oldNumbers: [Int?] = Array(0..<count)
    for member in new {
      let place =
        members.firstIndex { !$0.cluster.precedesInBytes(member.cluster) } ?? members.count
      if place < members.count, members[place].cluster == member.cluster {
        members[place] = member
        oldNumbers[place] = nil
      } else {
        members.insert(member, at: place)
        oldNumbers.insert(nil, at: place)
        resizeLastStage()
      }
    }
    var numbers = [Int?](repeating: nil, count: count)
    for (number, old) in oldNumbers.enumerated() {
      if let old { numbers[old] = number }
    }
    func moved(_ set: Set<Int>) -> Set<Int> {
      Set(set.compactMap { $0 < count && $0 >= 0 ? numbers[$0] : nil })
    }
    plan.members = members
    state.releasedAt = oldNumbers.map { old in
      old.flatMap { state.releasedAt.indices.contains($0) ? state.releasedAt[$0] : nil }
    }
    state.releasedBy = oldNumbers.map { old in
      old.flatMap { state.releasedBy.indices.contains($0) ? state.releasedBy[$0] : nil }
    }
    state.succeeded = moved(state.succeeded)
    state.skipped = moved(state.skipped)
    state.forgiven = moved(state.forgiven)
    var clusters: [Int: RolloutMemory.Cluster] = [:]
    for (old, entry) in memory.clusters where old >= 0 && old < count {
      if let number = numbers[old] { clusters[number] = entry }
    }
    memory.clusters = clusters
  }

  private mutating func resizeLastStage() {
    guard let last = plan.stages.indices.last else { return }
    plan.stages[last].size += 1
    if plan.stages[last].gate != nil {
      plan.stages[last].gate = StageMaker.gate(
        size: plan.stages[last].size, maxUnavailable: plan.stages[last].policy.maxUnavailable)
    }
  }
}
