// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import Rollouts

/// A fleet by chance: sites, policies and rollouts of all kinds.
struct PropertyFleet {
  var random: SeededRandom
  var hub = EngineFixture([0])
  /// Names of the sites; the fixture's alphabet is too short for forty.
  var names: [String] = []

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    let count = random.once(in: 20) ? 1 + random.below(40) : 1 + random.below(8)
    names = (0..<count).map { "s\(10 + $0)" }
    let bundles = 1 + random.below(3)
    hub.fleet.rollouts = []
    hub.sites = names.map { name in
      var site = ModelSite(name: name)
      site.delay = Int64(30 * random.below(6))
      site.isOdd = random.once(in: 2)
      return site
    }
    hub.told = (0..<count).map { _ in
      var row: [String: ObjectID] = [:]
      for bundle in 0..<bundles where !random.once(in: 8) {
        row["b\(bundle)"] = modelTree(bundle, 1)
      }
      return row
    }
    hub.good = hub.told
    for index in hub.sites.indices { hub.sites[index].trees = hub.told[index] }
    hub.poll()
    hub.now += 600
    for number in 1...(random.once(in: 3) ? 1 + random.below(3) : 1) {
      addRollout(number, bundles: bundles)
    }
    addFaults()
  }

  /// Adds a rollout of some of the bundles to version `number + 1`.
  private mutating func addRollout(_ number: Int, bundles: Int) {
    let moved = (0..<bundles).filter { _ in random.once(in: 2) }
    let chosen = moved.isEmpty ? [random.below(bundles)] : moved
    let policy = policy()
    let isPartitioned = if case .partitions = policy.stages { true } else { false }
    var stages: [RolloutPlan.Stage] = []
    for index in 0..<(1 + random.below(4)) {
      stages.append(RolloutPlan.Stage(policy: stage("w\(index)"), size: 0))
    }
    var members: [RolloutPlan.Member] = []
    for (index, name) in names.enumerated() where !random.once(in: 10) {
      let moves = chosen.compactMap { bundle -> RolloutPlan.Move? in
        let old = hub.good[index]["b\(bundle)"]
        let target = random.once(in: 12) ? nil : modelTree(bundle, number + 1)
        return old == nil && target == nil
          ? nil : RolloutPlan.Move(bundle: "b\(bundle)", target: target, fallback: old)
      }
      guard !moves.isEmpty else { continue }
      let stage = random.once(in: 15) ? nil : random.below(stages.count)
      members.append(
        RolloutPlan.Member(
          cluster: name, stage: stage, moves: moves,
          isNew: moves.contains { $0.fallback == nil && $0.target != nil }))
      // A rollout that this one has taken over had released something there.
      if number == 1, random.once(in: 20) {
        members[members.count - 1].isUnproven = true
        for move in moves { hub.told[index][move.bundle] = modelTree(9, 9) }
      }
    }
    for index in stages.indices {
      stages[index].size = members.count { $0.stage == index }
      if isPartitioned { stages[index].gate = random.below(stages[index].size + 2) }
    }
    let plan = RolloutPlan(
      id: "r-\(number)", bundles: chosen.map { "b\($0)" }, source: .zero, startedAt: hub.now,
      policy: policy, stages: stages,
      unavailableStages: isPartitioned ? random.below(3) : 0, members: members)
    hub.fleet.rollouts.append(
      Rollout(plan: plan, state: RolloutState(members: members.count, now: hub.now)))
  }

  private mutating func policy() -> RolloutPolicy {
    var policy = RolloutPolicy(stages: .stages([]))
    if random.once(in: 3) {
      policy.stages = .partitions(
        PartitionPolicy(maxUnavailable: random.once(in: 2) ? limit() : nil))
    }
    policy.failureStrategy = random.one([.rollback, .rollback, .halt, .pause])
    policy.disconnectedAfter = random.one([120, 600, 3600])
    policy.failedAfter = random.one([0, 60, 300])
    policy.isPaused = random.once(in: 25)
    if random.once(in: 5) { policy.maxNew = random.below(4) }
    if random.once(in: 5) {
      policy.abort = [
        AbortRule(
          failureType: random.one(AbortRule.FailureType.allCases),
          thresholdPartsPerMillion: 100_000 * random.below(10), minExecuted: random.below(6))
      ]
    }
    return policy
  }

  private mutating func limit() -> Limit {
    random.once(in: 2)
      ? .count(random.below(5)) : .share(partsPerMillion: 50_000 * random.below(21))
  }

  private mutating func stage(_ name: String) -> StagePolicy {
    var stage = StagePolicy(name: name)
    if random.once(in: 2) { stage.maxConcurrency = limit() }
    if random.once(in: 2) { stage.maxUnavailable = limit() }
    if random.once(in: 2) { stage.maxFailures = limit() }
    if random.once(in: 3) { stage.minReachable = limit() }
    stage.minSuccessTime = random.one([0, 0, 60, 300, 1200])
    stage.progressDeadline = random.one([300, 600, 900])
    stage.whenDisconnected = random.one([.expected, .expected, .normal, .error])
    stage.isMandatory = random.once(in: 10)
    if random.once(in: 10) { stage.before = [.approval] }
    if random.once(in: 8) { stage.after.append(.timedWait(seconds: 60 * random.below(10))) }
    if random.once(in: 12) { stage.after.append(.approval) }
    if random.once(in: 4) { stage.metrics = [metric("m0")] }
    if random.once(in: 12) { stage.metrics.append(metric("m1")) }
    return stage
  }

  private mutating func metric(_ name: String) -> MetricPolicy {
    var metric = MetricPolicy(name: name)
    if random.once(in: 2) { metric.max = 500 }
    if random.once(in: 4) { metric.min = 1 }
    if random.once(in: 3) { metric.strategy = .previous }
    metric.deviation = random.one(MetricPolicy.Deviation.allCases)
    metric.tolerancePartsPerMillion = 100_000 * random.below(5)
    metric.aggregate = random.one([.mean, .worstCluster, .percentile(95), .percentile(50)])
    metric.minSamples = random.one([0, 0, 10, 300])
    metric.interval = random.one([30, 60, 120])
    metric.failureLimit = random.below(3)
    metric.inconclusiveLimit = random.below(4)
    metric.skipOnNoData = random.once(in: 3)
    return metric
  }

  private mutating func addFaults() {
    for index in hub.sites.indices {
      if random.once(in: 10) { hub.sites[index].isOnline = false }
      for rollout in hub.fleet.rollouts where random.once(in: 5) {
        for move in rollout.plan.members.flatMap(\.moves) {
          guard let target = move.target else { continue }
          hub.sites[index].faults[target] =
            random.one([ModelSite.Fault.error, .stuck, .reverted, .restless])
        }
      }
      if random.once(in: 2) { changeNumbers(index) }
    }
  }

  mutating func changeNumbers(_ index: Int) {
    for name in ["m0", "m1"] {
      let value: Double? = random.one([200, 200, 200, 450, 800, 0, nil, .nan, .infinity])
      hub.sites[index].numbers[name] = (value, random.one([0, 5, 40, 100]))
    }
  }

  /// Something happens to somebody.
  mutating func disturb() {
    let index = random.below(hub.sites.count)
    switch random.below(24) {
    case 0, 1, 2: hub.sites[index].isOnline.toggle()
    case 3: hub.sites[index].isOnline = true
    case 4: hub.sites[index].isBroken = true
    case 5, 6: hub.sites[index].isBroken = false
    case 7: hub.closed.formSymmetricDifference([index])
    case 8: hub.closed.remove(index)
    case 9 where random.once(in: 2): hub.paused.formSymmetricDifference([index])
    case 10 where random.once(in: 4): hub.left.formSymmetricDifference([index])
    case 11, 12: changeNumbers(index)
    case 13 where random.once(in: 4): hub.closed = Set(hub.sites.indices)
    case 14: hub.closed = []
    case 15 where random.once(in: 3):
      for other in hub.sites.indices { hub.sites[other].isOnline = false }
    case 16: for other in hub.sites.indices { hub.sites[other].isOnline = true }
    default: break
    }
  }
}
