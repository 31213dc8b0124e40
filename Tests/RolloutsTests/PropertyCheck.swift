// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Rollouts
import SliceFormat

/// What does not hold.
struct PropertyViolation: Error { var text: String }

/// Holds what a step has done against what the sites report, with rules of its own.
struct PropertyCheck {
  /// How many stages of each rollout have passed, by events.
  private var passed: [String: Int] = [:]
  /// Up to which stage of each rollout members may be released: the tasks before it are done.
  private var begun: [String: Int] = [:]
  /// Rollouts that are being rolled back or have ended.
  private var over: Set<String> = []
  /// Members of rollouts that have reported an error or gone back since their release.
  private var tainted: Set<String> = []

  /// Members that are released in the step.
  private var fresh: Set<String> = []

  /// Checks a step with its effects in order; `before` is the fleet that was stepped, `told` what sites are told then.
  mutating func check(
    _ step: RolloutStep, before: FleetRollouts, hub: EngineFixture, observations: Observations
  ) throws(PropertyViolation) {
    guard !step.effects.isEmpty else { return }
    fresh = []
    for case .release(let id, let members) in step.effects {
      for index in members { fresh.insert("\(id)/\(index)") }
    }
    let after = step.fleet.rollouts + step.ended
    var newcomers: [String: Int] = [:]
    var good = hub.good
    for effect in step.effects {
      switch effect {
      case .release(let id, let members):
        let (old, new) = try find(id, before, after)
        newcomers[id, default: 0] += members.count { old.plan.members[$0].isNew }
        try checkRelease(old, new, members, before: before, observations)
        for earlier in before.rollouts {
          if earlier.plan.id == id { break }
          try expect(
            !earlier.plan.bundles.contains { old.plan.bundles.contains($0) }
              || step.ended.contains { $0.plan.id == earlier.plan.id },
            "\(id): does not wait for \(earlier.plan.id)")
        }
        if let most = old.plan.policy.maxNew, !new.state.isPromoted,
          newcomers[id, default: 0] > max(1, most)
        {
          throw PropertyViolation(text: "\(id): more newcomers than maxNew")
        }
      case .restore(let id, let members):
        let (old, new) = try find(id, before, after)
        let state = after.first { $0.plan.id == id }?.state
        let released = new.state.releasedAt.indices.filter {
          state?.releasedAt[$0] != nil
        }
        try expect(members == released, "\(id): not all released members are restored")
        let isComplete = old.plan.members.indices.allSatisfy { index in
          (!old.plan.members[index].isUnproven && old.state.releasedAt[index] == nil)
            || members.contains(index)
        }
        try expect(isComplete, "\(id): something unproven is left")
        for index in members {
          let member = old.plan.members[index]
          let site = hub.sites.firstIndex { $0.name == member.cluster } ?? 0
          for move in member.moves {
            try expect(
              move.fallback == good[site][move.bundle],
              "\(id): \(member.cluster) is told a fallback that is not its last good tree")
          }
        }
        over.insert(id)
      case .good(let id, let members):
        let (_, new) = try find(id, before, after)
        try expect(!over.contains(id), "\(id): trees that are rolled back are called good")
        for index in members {
          try expect(new.state.releasedAt[index] != nil, "\(id): good before it was released")
          let site = hub.sites.firstIndex { $0.name == new.plan.members[index].cluster } ?? 0
          for move in new.plan.members[index].moves { good[site][move.bundle] = move.target }
        }
      case .event(let event):
        try check(event, before, after, observations)
      }
    }
  }

  /// Checks what an event says.
  private mutating func check(
    _ event: RolloutEvent, _ before: FleetRollouts, _ after: [Rollout],
    _ observations: Observations
  ) throws(PropertyViolation) {
    try expect(!event.text.isEmpty, "an event without words: \(event.kind)")
    let id = event.rollout
    switch event.kind {
    case .stagePassed:
      let (old, new) = try find(id, before, after)
      let stage = passed[id, default: 0]
      passed[id] = stage + 1
      guard old.plan.stages[stage].gate == nil else { return }
      var waited = 0
      var good = 0
      var reverted = 0
      for index in old.plan.members.indices where old.plan.members[index].stage == stage {
        guard let seen = seen(index, new, observations), !new.state.forgiven.contains(index) else {
          continue
        }
        waited += 1
        if isReady(index, new, seen) { good += 1 }
        if hasGoneBack(index, new, seen) { reverted += 1 }
        // Who is not paused any more while tasks are done is released late.
        try expect(
          new.state.releasedAt[index] != nil || !old.plan.stages[stage].policy.after.isEmpty,
          "\(id): stage \(stage) passes before it is released")
      }
      let entry = old.plan.stages[stage]
      let budget =
        switch entry.policy.maxFailures {
        case .count(let count): min(count, entry.size)
        case .share(let share): entry.size * share / 1_000_000
        }
      try expect(
        reverted <= (entry.policy.isMandatory ? 0 : budget),
        "\(id): stage \(stage) passes with \(reverted) failures")
      // A silent cluster may have been Ready when it was heard of last; that is good enough here.
      try expect(waited == 0 || good > 0, "\(id): stage \(stage) passes without evidence")
    case .promoted:
      let (old, _) = try find(id, before, after)
      passed[id] = event.stage.isEmpty ? old.plan.stages.count : passed[id, default: 0] + 1
      begun[id] = passed[id, default: 0] - (event.stage.isEmpty ? 0 : 1)
    case .stageStarted: begun[id] = passed[id, default: 0]
    case .complete, .halted, .superseded, .rolledBack: over.insert(id)
    default: break
    }
  }

  /// Checks who is released, and how many at a time.
  private mutating func checkRelease(
    _ old: Rollout, _ new: Rollout, _ members: [Int], before: FleetRollouts,
    _ observations: Observations
  ) throws(PropertyViolation) {
    let plan = old.plan
    let id = plan.id
    try expect(!over.contains(id), "\(id): releases after its end")
    try expect(members == members.sorted() && !members.isEmpty, "\(id): members are not rising")
    for index in members {
      let member = plan.members[index]
      try expect(old.state.releasedAt[index] == nil, "\(id): \(member.cluster) is released twice")
      guard let seen = seen(index, old, observations) else {
        throw PropertyViolation(text: "\(id): \(member.cluster) is not waited for, and released")
      }
      try expect(!seen.isClosed, "\(id): \(member.cluster) is released outside its window")
      guard let stage = member.stage, stage <= begun[id, default: -1] else {
        throw PropertyViolation(text: "\(id): \(member.cluster) is released before its stage")
      }
      for entry in before.held {
        for move in member.moves where move.bundle == entry.bundle && move.target != move.fallback {
          try expect(
            move.target.map { !entry.trees.contains($0) } ?? !entry.holdsRemoval,
            "\(id): \(member.cluster) gets held trees")
        }
      }
      tainted.remove("\(id)/\(index)")
    }
    if new.state.isPromoted { return }
    for stage in plan.stages.indices {
      let fresh = members.filter { plan.members[$0].stage == stage }
      if !fresh.isEmpty { try checkLimits(stage, fresh, old, new, observations) }
    }
  }

  /// Checks the limits of a stage after members of it were released.
  private func checkLimits(
    _ stage: Int, _ fresh: [Int], _ old: Rollout, _ new: Rollout, _ observations: Observations
  ) throws(PropertyViolation) {
    let plan = old.plan
    let entry = plan.stages[stage]
    let now = new.state.releasedAt[fresh[0]] ?? 0
    var moving = 0
    var unavailable = 0
    for index in plan.members.indices where plan.members[index].stage == stage {
      guard let seen = seen(index, new, observations) else { continue }
      let isReleased = new.state.releasedAt[index] != nil
      let isSilent =
        now - (seen.contact ?? new.state.releasedAt[index] ?? now)
        >= Int64(plan.policy.disconnectedAfter)
      let isExcused = isSilent && entry.policy.whenDisconnected == .expected
      guard isReleased else {
        if isBroken(index, old, seen), !isExcused, !new.state.forgiven.contains(index) {
          unavailable += 1
        }
        continue
      }
      if isReady(index, new, seen) { continue }
      let age = now - (new.state.releasedAt[index] ?? 0)
      let hasError = plan.members[index].moves.contains {
        let bundle = seen.bundles[$0.bundle]
        return bundle?.state == .errApplied || bundle?.isReverted == true
      }
      if !isSilent, !hasError, !tainted.contains("\(plan.id)/\(index)"),
        age < Int64(entry.policy.progressDeadline)
      {
        moving += 1
      }
      if !isExcused, !new.state.forgiven.contains(index) { unavailable += 1 }
    }
    if let limit = entry.policy.maxConcurrency {
      try expect(
        moving <= allowed(limit, entry.size), "\(plan.id): \(moving) move at a time in \(stage)")
    }
    let isMoreBroken = fresh.contains { index in
      guard let seen = seen(index, old, observations) else { return false }
      return !isBroken(index, old, seen) && !isReady(index, new, seen)
    }
    guard isMoreBroken else { return }
    if let limit = entry.policy.maxUnavailable {
      try expect(
        unavailable <= allowed(limit, entry.size),
        "\(plan.id): \(unavailable) are unavailable in \(stage)")
    } else if let gate = entry.gate {
      try expect(
        unavailable <= max(1, gate), "\(plan.id): \(unavailable) are unavailable at a gate")
    }
  }

  /// Notes who reports errors: those may count as Failed until they are Ready.
  mutating func note(_ fleet: FleetRollouts, _ observations: Observations) {
    for rollout in fleet.rollouts {
      for index in rollout.plan.members.indices where rollout.state.releasedAt[index] != nil {
        guard let seen = observations.clusters[rollout.plan.members[index].cluster] else {
          continue
        }
        for move in rollout.plan.members[index].moves {
          let bundle = seen.bundles[move.bundle]
          if bundle?.state == .errApplied || bundle?.isReverted == true {
            tainted.insert("\(rollout.plan.id)/\(index)")
          }
        }
      }
    }
  }

  private func find(
    _ id: String, _ before: FleetRollouts, _ after: [Rollout]
  ) throws(PropertyViolation) -> (Rollout, Rollout) {
    guard let old = before.rollouts.first(where: { $0.plan.id == id }),
      var new = after.first(where: { $0.plan.id == id })
    else { throw PropertyViolation(text: "an effect of '\(id)', which there is not") }
    // A rollback in the same step writes down its own number; what was released before is held against the old one.
    if over.contains(id) || new.state.phase == .rollingBack || new.state.phase == .rolledBack {
      for index in old.state.releasedBy.indices {
        if let release = old.state.releasedBy[index] {
          new.state.releasedBy[index] = release
        } else if old.plan.members[index].isUnproven, !fresh.contains("\(id)/\(index)") {
          new.state.releasedAt[index] = nil
        }
      }
    }
    // What a rollout behind others falls back to is known when it begins.
    return (Rollout(plan: new.plan, state: old.state), new)
  }

  private func expect(_ holds: Bool, _ text: @autoclosure () -> String) throws(PropertyViolation) {
    if !holds { throw PropertyViolation(text: text()) }
  }
}
