// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension RolloutRun {
  /// Measures the metrics of the stage that are due; whether the rollout has failed or is paused by it.
  mutating func measure() -> Bool {
    guard !isBeyondStages, !stages[state.stage].policy.metrics.isEmpty else {
      return false
    }
    guard let readyAt = noticeReady() else { return false }
    var failure: String?
    var doubt: String?
    for policy in stages[state.stage].policy.metrics {
      var entry = memory.metrics[policy.name] ?? RolloutMemory.Metric()
      let interval = max(1, policy.interval)
      let due = HubTime.after(entry.measuredAt ?? readyAt, seconds: interval)
      guard now >= due else {
        look(at: due)
        continue
      }
      look(at: HubTime.after(now, seconds: interval))
      let judgement = MetricAnalysis.judge(
        policy, samples: samples(of: policy), baseline: state.baselines[policy.name])
      entry.note(judgement, at: now)
      memory.metrics[policy.name] = entry
      // Only what was measured now decides: an older memory may know counts that a person has forgiven.
      if judgement.phase == .failed, entry.failures > max(0, policy.failureLimit) {
        failure =
          failure ?? judgement.text + times(entry.failures, policy.failureLimit, "failed")
      }
      let isInDoubt = judgement.phase == .inconclusive || judgement.phase == .error
      if isInDoubt, entry.inconclusive > max(0, policy.inconclusiveLimit) {
        doubt =
          doubt
          ?? judgement.text + times(entry.inconclusive, policy.inconclusiveLimit, "measured")
      }
    }
    if let failure {
      fail(stage: state.stage, reason: failure)
      return true
    }
    // Somebody who is asked for approval is asked already.
    if let doubt, state.phase != .awaitingApproval {
      pause(reason: doubt, byPolicy: true)
      return true
    }
    return false
  }

  /// Whether the latest measurement of each metric is good, and was made since all clusters have an outcome.
  mutating func isMeasured() -> Bool {
    guard !isBeyondStages else { return true }
    let metrics = stages[state.stage].policy.metrics
    if metrics.isEmpty || tallies[state.stage].waited == 0 { return true }
    if memory.settledAt == nil { memory.settledAt = now }
    let settledAt = memory.settledAt ?? now
    let isGood = metrics.allSatisfy { policy in
      guard let entry = memory.metrics[policy.name], let measuredAt = entry.measuredAt
      else { return false }
      return entry.phase == .successful && measuredAt >= settledAt
    }
    if isGood { return true }
    let names = Wording.list(metrics.map { Wording.bare($0.name) })
    guard let readyAt = noticeReady() else {
      waitForReady(names)
      return false
    }
    for policy in metrics {
      let last = memory.metrics[policy.name]?.measuredAt ?? readyAt
      look(at: HubTime.after(last, seconds: max(1, policy.interval)))
    }
    setPhase(.soaking, "measures \(names)")
    return false
  }

  /// Since when a cluster of the stage was Ready; nil while none is.
  private mutating func noticeReady() -> Int64? {
    if memory.readyAt == nil, tallies[state.stage].ready > 0 {
      memory.readyAt = now
    }
    return memory.readyAt
  }

  /// The numbers that the Ready clusters of the stage have reported since their release.
  private func samples(of policy: MetricPolicy) -> [MetricSample] {
    members(of: state.stage).compactMap { index in
      let name = members[index].cluster
      guard marks[index].isReady, let releasedAt = state.releasedAt[index],
        let number = observations.clusters[name]?.metrics[policy.name], number.seenAt > releasedAt
      else { return nil }
      return MetricSample(cluster: name, value: number.value, samples: number.samples)
    }
  }

  /// Writes down the numbers of a stage before its first cluster is released.
  mutating func recordBaselines(of stage: Int) {
    for policy in stages[stage].policy.metrics where policy.strategy == .previous {
      let samples = members(of: stage).compactMap { index -> MetricSample? in
        let name = members[index].cluster
        guard marks[index].phase != .skipped,
          let number = observations.clusters[name]?.metrics[policy.name]
        else { return nil }
        return MetricSample(cluster: name, value: number.value, samples: number.samples)
      }
      state.baselines[policy.name] = MetricAnalysis.baseline(policy, samples: samples)
    }
  }

  /// `; failed 3 times, 2 are allowed`; nothing where the first time is enough.
  private func times(_ count: Int, _ limit: Int, _ word: String) -> String {
    guard limit > 0 else { return "" }
    return "; \(word) \(Self.number(count)) times, \(Self.number(limit)) "
      + "\(limit == 1 ? "is" : "are") allowed"
  }
}

extension RolloutMemory.Metric {
  /// Takes in a measurement.
  mutating func note(_ judgement: MetricJudgement, at now: Int64) {
    phase = judgement.phase
    measuredAt = now
    value = judgement.value
    samples = judgement.samples
    clusters = judgement.clusters
    worst = judgement.worst
    switch judgement.phase {
    case .successful: successes += 1
    case .failed: failures += 1
    case .inconclusive, .error: inconclusive += 1
    case .pending: break
    }
  }
}
