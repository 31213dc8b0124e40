// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Rollouts
import SliceFormat

/// A hub of the tests: sites that all run version 1 of `pos`, and rollouts to version 2, `pos-1` first.
struct EngineFixture {
  var fleet = FleetRollouts()
  var sites: [ModelSite]
  /// What each site is told.
  var told: [[String: ObjectID]]
  /// Where `good` effects are written down.
  var good: [[String: ObjectID]]
  var now: Int64 = 1_000_000
  var release = 1
  /// Sites that have left, and what inventory and schedules say.
  var left: Set<Int> = []
  var closed: Set<Int> = []
  var paused: Set<Int> = []
  /// All events up to now, `kind: text`.
  var events: [String] = []
  /// Rollouts that have ended.
  var ended: [Rollout] = []
  var last = RolloutStep(fleet: FleetRollouts())

  /// The tree of a version of `pos`.
  static func tree(_ version: Int) -> ObjectID { modelTree(0, version) }

  /// Sites `a`, `b`, …, and a rollout with these stages; each stage takes so many of them.
  init(
    _ sizes: [Int], isNew: Bool = false, policy change: (inout RolloutPolicy) -> Void = { _ in },
    stage edit: (inout StagePolicy) -> Void = { _ in }
  ) {
    let count = sizes.reduce(0, +)
    let row = isNew ? [:] : ["pos": Self.tree(1)]
    sites = (0..<count).map { index in
      var site = ModelSite(name: Self.name(index))
      site.trees = row
      return site
    }
    told = [[String: ObjectID]](repeating: row, count: count)
    good = told
    var stages: [RolloutPlan.Stage] = []
    var members: [RolloutPlan.Member] = []
    for (number, size) in sizes.enumerated() {
      var policy = StagePolicy(name: ["canary", "early", "rest", "last"][min(number, 3)])
      policy.progressDeadline = 600
      edit(&policy)
      stages.append(RolloutPlan.Stage(policy: policy, size: size))
      for _ in 0..<size {
        members.append(
          RolloutPlan.Member(
            cluster: Self.name(members.count), stage: number,
            moves: [
              RolloutPlan.Move(
                bundle: "pos", target: Self.tree(2), fallback: isNew ? nil : Self.tree(1))
            ], isNew: isNew))
      }
    }
    var policy = RolloutPolicy(stages: .stages(stages.map(\.policy)))
    policy.failedAfter = 60
    policy.disconnectedAfter = 300
    change(&policy)
    let plan = RolloutPlan(
      id: "pos-1", bundles: ["pos"], source: .zero, startedAt: now, policy: policy, stages: stages,
      members: members)
    fleet.rollouts = [
      Rollout(plan: plan, state: RolloutState(members: members.count, now: now))
    ]
  }

  static func name(_ index: Int) -> String { String(UnicodeScalar(UInt8(97 + index % 26))) }

  /// The only rollout, or the last that has ended.
  var rollout: Rollout? { fleet.rollouts.first ?? ended.last }
  var phase: RolloutPhase? { rollout?.state.phase }
  var reason: String { rollout?.state.reason ?? "" }

  /// One letter per site: the version that it is told, `-` for none.
  var versions: String {
    told.map { row in
      row["pos"] == Self.tree(1) ? "1" : row["pos"] == Self.tree(2) ? "2" : row.isEmpty ? "-" : "3"
    }.joined()
  }

  /// The phases of the members as they are remembered, in one word each.
  var phases: [ClusterPhase] {
    guard let rollout else { return [] }
    return rollout.plan.members.indices.map { rollout.memory.clusters[$0]?.phase ?? .pending }
  }

  var observations: Observations {
    var result: [String: ClusterObservation] = [:]
    for index in sites.indices where !left.contains(index) {
      var seen = sites[index].seen
      seen.isClosed = closed.contains(index)
      seen.isPaused = paused.contains(index)
      result[sites[index].name] = seen
    }
    return Observations(result)
  }

  /// Lets time pass, in bits, with a step after each; sites poll in between.
  mutating func run(_ seconds: Int64 = 0, every bit: Int64 = 30) {
    var rest = seconds
    repeat {
      let piece = min(rest, bit)
      now += piece
      rest -= piece
      poll()
      step()
      // Sites learn of a release at once; what they make of it is seen with the next poll.
      poll()
    } while rest > 0
  }

  mutating func poll() {
    for index in sites.indices { sites[index].poll(told: told[index], release: release, now: now) }
  }

  mutating func step() {
    last = RolloutEngine.step(fleet, observations, release: release + 1, now: now)
    take(last)
  }

  /// Does what a step says.
  mutating func take(_ step: RolloutStep) {
    let plans = fleet.rollouts
    fleet = step.fleet
    ended += step.ended
    if step.hasDecided { release += 1 }
    for effect in step.effects {
      switch effect {
      case .release(let id, let members): tell(id, members, plans) { $0.target }
      case .restore(let id, let members): tell(id, members, plans) { $0.fallback }
      case .good(let id, let members):
        guard let plan = plans.first(where: { $0.plan.id == id })?.plan else { continue }
        for index in members {
          for move in plan.members[index].moves {
            good[site(plan.members[index].cluster)][move.bundle] = move.target
          }
        }
      case .event(let event): events.append("\(event.kind.rawValue): \(event.text)")
      }
    }
  }

  private func site(_ name: String) -> Int { sites.firstIndex { $0.name == name } ?? 0 }

  private mutating func tell(
    _ id: String, _ members: [Int], _ rollouts: [Rollout],
    _ tree: (RolloutPlan.Move) -> ObjectID?
  ) {
    guard let plan = rollouts.first(where: { $0.plan.id == id })?.plan else { return }
    for index in members {
      for move in plan.members[index].moves {
        told[site(plan.members[index].cluster)][move.bundle] = tree(move)
      }
    }
  }

  /// Gives an order to `pos-1`, or another rollout; what was refused.
  @discardableResult
  mutating func order(
    _ verb: RolloutOrder.Verb, _ rollout: String = "pos-1", full: Bool = false, keep: Bool = false,
    reason: String = ""
  ) -> String? {
    let outcome = RolloutEngine.apply(
      RolloutOrder(
        id: "order-1", verb: verb, rollout: rollout, isFull: full, keeps: keep,
        principal: "alice", reason: reason),
      to: fleet, observations: observations, release: release + 1, now: now)
    switch outcome {
    case .carriedOut(let step):
      take(step)
      return nil
    case .refused(let text, let hint): return hint.map { "\(text)\nhint: \($0)" } ?? text
    }
  }

  /// Sets a fault of version 2 on a site.
  mutating func fault(_ fault: ModelSite.Fault, at index: Int) {
    sites[index].faults[Self.tree(2)] = fault
  }
}
