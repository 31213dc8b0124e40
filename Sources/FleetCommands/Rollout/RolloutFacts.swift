// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Posix
import Rollouts

/// What there is to say about one rollout: its stages counted, its troubles, what it waits for.
struct RolloutFacts {
  /// A stage with its clusters counted.
  struct Stage {
    let name: String
    /// `Passed`, `Pending`, or the phase of the rollout where it is the stage of now.
    let phase: String
    var size = 0
    var released = 0
    var succeeded = 0
    var failed = 0
    var disconnected = 0
    /// When its first cluster was released; nil while none is.
    var since: Int64?
  }

  /// A cluster that has failed, or that is waited for.
  struct Member {
    let cluster: String
    let stage: String
    let phase: ClusterPhase
    let since: Int64
    let message: String
    /// Whether a person has gone on in spite of it.
    let isForgiven: Bool
  }

  /// A metric of the stage of now.
  struct Metric {
    let policy: MetricPolicy
    let baseline: Double?
    let entry: RolloutMemory.Metric
  }

  /// What it waits for.
  struct Wait {
    let text: String
    /// Until when at most, seconds since 1970; nil when no time ends it.
    var until: Int64?
    /// What a person can type; nil where nobody has to.
    var command: String?
  }

  let rollout: Rollout
  /// When a window opens that it waits for, where that is known; seconds since 1970.
  private let opening: Int64?
  private(set) var stages: [Stage] = []
  private(set) var failures: [Member] = []
  /// Those that have it and have not come to an end with it.
  private(set) var running: [Member] = []
  private(set) var metrics: [Metric] = []

  /// Counts the clusters of a rollout.
  init(_ rollout: Rollout, opening: Int64? = nil) {
    self.rollout = rollout
    self.opening = opening
    let (plan, state) = (rollout.plan, rollout.state)
    stages = plan.stages.enumerated().map { number, stage in
      let phase =
        state.phase == .complete || number < state.stage
        ? "Passed" : number == state.stage ? state.phase.rawValue : RolloutPhase.pending.rawValue
      return Stage(name: stage.policy.name, phase: phase)
    }
    for index in plan.members.indices {
      guard let number = plan.members[index].stage, stages.indices.contains(number) else {
        continue
      }
      count(index, in: number)
    }
    failures.sort(by: Self.precedes)
    running.sort(by: Self.precedes)
    if plan.stages.indices.contains(state.stage) {
      metrics = plan.stages[state.stage].policy.metrics.map { policy in
        Metric(
          policy: policy, baseline: state.baselines[policy.name],
          entry: rollout.memory.metrics[policy.name] ?? RolloutMemory.Metric())
      }
    }
  }

  /// All stages together.
  var total: Stage {
    stages.reduce(into: Stage(name: "", phase: "")) { sum, stage in
      sum.size += stage.size
      sum.released += stage.released
      sum.succeeded += stage.succeeded
      sum.failed += stage.failed
      sum.disconnected += stage.disconnected
    }
  }

  /// How many clusters are in no stage.
  var leftOut: Int { rollout.plan.members.count { $0.stage == nil } }

  private mutating func count(_ index: Int, in number: Int) {
    let phase = phase(of: index)
    stages[number].size += 1
    let releasedAt =
      rollout.state.releasedAt.indices.contains(index) ? rollout.state.releasedAt[index] : nil
    if let releasedAt {
      stages[number].released += 1
      stages[number].since = min(stages[number].since ?? releasedAt, releasedAt)
    }
    switch phase {
    case .succeeded: stages[number].succeeded += 1
    case .disconnected: stages[number].disconnected += 1
    case .failed, .timedOut:
      stages[number].failed += 1
      failures.append(member(index, in: number, phase))
    case .progressing: running.append(member(index, in: number, phase))
    case .pending, .skipped: break
    }
  }

  private func member(_ index: Int, in number: Int, _ phase: ClusterPhase) -> Member {
    let entry = rollout.memory.clusters[index]
    return Member(
      cluster: rollout.plan.members[index].cluster, stage: stages[number].name, phase: phase,
      since: entry?.since ?? rollout.state.phaseSince, message: entry?.message ?? "",
      isForgiven: rollout.state.forgiven.contains(index))
  }

  private static func precedes(_ left: Member, _ right: Member) -> Bool {
    left.since != right.since
      ? left.since < right.since : left.cluster.precedesInBytes(right.cluster)
  }

  /// Where a member stands, as far as it is known.
  private func phase(of index: Int) -> ClusterPhase {
    let state = rollout.state
    if state.skipped.contains(index) { return .skipped }
    guard state.releasedAt.indices.contains(index), state.releasedAt[index] != nil else {
      return .pending
    }
    // Without memory what was decided is known all the same.
    return rollout.memory.clusters[index]?.phase
      ?? (state.succeeded.contains(index) ? .succeeded : .progressing)
  }

  /// What it waits for now; nil when it has ended.
  var wait: Wait? {
    let (plan, state) = (rollout.plan, rollout.state)
    let id = Wording.bare(plan.id)
    let policy = plan.stages.indices.contains(state.stage) ? plan.stages[state.stage].policy : nil
    switch state.phase {
    case .pending:
      return Wait(
        text: state.reason.isEmpty ? "the hub's next look" : Self.bare(state.reason), until: opening
      )
    case .progressing:
      return progress(policy)
    case .soaking:
      if let until = state.waitsUntil { return Wait(text: Self.bare(state.reason), until: until) }
      if state.reason.hasPrefix("measures ") {
        return Wait(text: Self.measuring(state.reason), until: nextMeasurement)
      }
      return Wait(
        text: state.reason.isEmpty ? "the end of the soak" : "a soak: " + state.reason,
        until: soakEnd(policy))
    case .awaitingApproval:
      return Wait(text: state.reason, command: "kubectl fleet rollout approve \(id)")
    case .paused:
      let prefix = "paused: "
      let reason =
        state.reason.hasPrefix(prefix) ? String(state.reason.dropFirst(prefix.count)) : state.reason
      return Wait(text: "a person: \(reason)", command: "kubectl fleet rollout resume \(id)")
    case .rollingBack:
      return Wait(
        text: "clusters that report their last good trees",
        until: state.phaseSince
          + Int64(clamping: plan.stages.map(\.policy.progressDeadline).max() ?? 0))
    case .aborted, .rolledBack, .complete, .superseded: return nil
    }
  }

  private func progress(_ policy: StagePolicy?) -> Wait {
    let state = rollout.state
    if !state.reason.isEmpty { return Wait(text: Self.bare(state.reason), until: opening) }
    var running = 0
    var open = 0
    var last: Int64 = state.stageSince
    for index in rollout.plan.members.indices {
      guard let stage = rollout.plan.members[index].stage, stage <= state.stage else { continue }
      switch phase(of: index) {
      case .progressing:
        running += 1
        last = max(last, state.releasedAt[index] ?? last)
      case .pending: open += 1
      case .succeeded, .failed, .timedOut, .skipped, .disconnected: break
      }
    }
    var parts: [String] = []
    if running > 0 {
      parts.append(
        "\(Wording.count(running, "cluster")) that \(running == 1 ? "is" : "are") not Ready")
    }
    if open > 0 {
      parts.append(
        "\(Wording.count(open, "cluster")) that \(open == 1 ? "is" : "are") not released")
    }
    if parts.isEmpty { return Wait(text: "the hub's next look") }
    let deadline = max(last, state.resumedAt ?? last)
      .addingReportingOverflow(Int64(clamping: policy?.progressDeadline ?? 0))
    return Wait(
      text: parts.joined(separator: " and "), until: deadline.overflow ? nil : deadline.partialValue
    )
  }

  /// When the last cluster of the stage that is Ready has been so for long enough.
  private func soakEnd(_ policy: StagePolicy?) -> Int64? {
    guard let policy, policy.minSuccessTime > 0 else { return nil }
    let since = rollout.memory.clusters.filter { index, entry in
      entry.phase == .progressing && rollout.plan.members.indices.contains(index)
        && rollout.plan.members[index].stage == rollout.state.stage
    }.compactMap(\.value.readySince).max()
    return since.map { $0.addingReportingOverflow(Int64(clamping: policy.minSuccessTime)) }
      .flatMap { $0.overflow ? nil : $0.partialValue }
  }

  private var nextMeasurement: Int64? {
    metrics.compactMap { metric in
      (metric.entry.measuredAt ?? rollout.memory.readyAt).map {
        $0.addingReportingOverflow(Int64(clamping: max(1, metric.policy.interval))).partialValue
      }
    }.max()
  }

  /// `waits for pos-1` without its verb.
  private static func bare(_ reason: String) -> String {
    for prefix in ["waits for ", "waits until ", "waits "] where reason.hasPrefix(prefix) {
      return (prefix == "waits until " ? "that " : "") + reason.dropFirst(prefix.count)
    }
    // `25 clusters wait for a window` has the verb in its middle.
    for verb in windowVerbs where reason.hasSuffix(verb) {
      return "a window of " + reason.dropLast(verb.count)
    }
    return reason
  }

  fileprivate static let windowVerbs = [" waits for a window", " wait for a window"]

  private static func measuring(_ reason: String) -> String {
    "a measurement of " + reason.dropFirst("measures ".count)
  }
}

extension Rollout {
  /// Whether all that is left of its stage is outside of its windows.
  var waitsForWindow: Bool {
    !state.phase.isEnd && RolloutFacts.windowVerbs.contains { state.reason.hasSuffix($0) }
  }
}
