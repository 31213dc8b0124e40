// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// Many simulated runs together. Times are seconds since the start.
package struct SimulationReport: Sendable, Hashable {
  /// A value that half of the runs do not exceed, and one that nine of ten do not.
  package struct Spread: Sendable, Hashable {
    package var median: Int64
    package var most: Int64

    /// The spread of values; nil of none. Nearest rank.
    init?(_ values: [Int64]) {
      guard !values.isEmpty else { return nil }
      let sorted = values.sorted()
      median = sorted[(sorted.count - 1) / 2]
      most = sorted[(sorted.count * 9 + 9) / 10 - 1]
    }
  }

  /// A stage.
  package struct Stage: Sendable, Hashable {
    package var name: String
    package var clusters: Int
    /// How many runs have reached it, and how many have passed it.
    package var reached: Int
    package var passed: Int
    /// When it starts and ends; nil when it never does.
    package var start: Spread?
    package var end: Spread?
    /// How many of its clusters are without contact when it passes.
    package var disconnected: Spread?
  }

  /// A way in which runs have ended that were not Complete.
  package struct Failure: Sendable, Hashable {
    package var phase: RolloutPhase
    /// The reason of the first of these runs.
    package var reason: String
    package var runs: Int
  }

  /// How many runs there were.
  package var runs: Int
  /// How many have ended in each phase.
  package var complete: Int
  package var rolledBack: Int
  package var aborted: Int
  package var paused: Int
  /// How long the Complete ones took; nil when there are none.
  package var total: Spread?
  /// How long it took until the others ended, and how many clusters had the new version then.
  package var untilFailure: Spread?
  package var exposed: Spread?
  /// The approvals of a run.
  package var approvals: Int
  /// The stages, in order.
  package var stages: [Stage]
  /// Each phase but Complete with an example.
  package var failures: [Failure]

  /// Simulates a rollout many times.
  ///
  /// - Parameters:
  ///   - runs: At least 1.
  ///   - windows: when clusters may be released; nil for always.
  ///   - start: when it starts, seconds since 1970.
  ///   - progress: Is told after each run how many are done.
  package init(
    _ plan: RolloutPlan, model: SiteModel, seed: UInt64, runs: Int,
    windows: Windows? = nil, start: Int64 = 1_000_000_000, progress: (Int) -> Void = { _ in }
  ) {
    var all: [SimulatedRun] = []
    for number in 0..<max(1, runs) {
      // Neighbouring seeds of this generator are far from each other.
      let own = seed &+ UInt64(number) &* 0xd1b5_4a32_d192_ed03
      all.append(
        RolloutSimulator.run(plan, model: model, seed: own, windows: windows, start: start))
      progress(number + 1)
    }
    self.init(plan, all)
  }

  /// Puts runs together.
  init(_ plan: RolloutPlan, _ all: [SimulatedRun]) {
    runs = all.count
    func count(_ phase: RolloutPhase) -> Int { all.count { $0.phase == phase } }
    complete = count(.complete)
    rolledBack = count(.rolledBack)
    aborted = count(.aborted)
    paused = all.count - complete - rolledBack - aborted
    let failed = all.filter { $0.phase != .complete }
    total = Spread(all.filter { $0.phase == .complete }.map(\.seconds))
    untilFailure = Spread(failed.map(\.seconds))
    exposed = Spread(failed.map { Int64($0.released) })
    approvals = all.map(\.approvals).max() ?? 0
    stages = plan.stages.enumerated().map { number, stage in
      let entries = all.compactMap { $0.stages[number] }
      return Stage(
        name: stage.policy.name, clusters: plan.members.count { $0.stage == number },
        reached: entries.count, passed: entries.count { $0.end != nil },
        start: Spread(entries.map(\.start)), end: Spread(entries.compactMap(\.end)),
        disconnected: Spread(entries.filter { $0.end != nil }.map { Int64($0.disconnected) }))
    }
    failures = [RolloutPhase.rolledBack, .aborted, .paused].compactMap { phase in
      guard let first = failed.first(where: { $0.phase == phase }) else { return nil }
      return Failure(phase: phase, reason: first.reason, runs: count(phase))
    }
  }

  /// The report for programs.
  package var json: JSONValue {
    func spread(_ spread: Spread?) -> JSONValue {
      spread.map { .object(["median": .integer($0.median), "p90": .integer($0.most)]) } ?? .null
    }
    func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    return .object([
      "runs": number(runs), "complete": number(complete), "rolledBack": number(rolledBack),
      "aborted": number(aborted), "paused": number(paused), "seconds": spread(total),
      "secondsUntilFailure": spread(untilFailure), "releasedAtFailure": spread(exposed),
      "approvals": number(approvals),
      "stages": .array(
        stages.map { stage in
          .object([
            "stage": .string(stage.name), "clusters": number(stage.clusters),
            "reached": number(stage.reached), "passed": number(stage.passed),
            "start": spread(stage.start), "end": spread(stage.end),
            "withoutContact": spread(stage.disconnected),
          ])
        }),
      "failures": .array(
        failures.map {
          .object([
            "phase": .string($0.phase.rawValue), "runs": number($0.runs),
            "reason": .string($0.reason),
          ])
        }),
    ])
  }
}
