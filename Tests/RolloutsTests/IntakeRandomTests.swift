// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import Rollouts
import SliceFormat
import Testing

/// A fleet in which pushes, changes of labels, releases, successes and rollbacks come in any order.
private struct RandomFleet {
  typealias Rows = [String: [String: ObjectID]]

  let bundleNames = ["api", "db", "lib", "pos", "web"]
  var random: SeededRandom
  var labels: [String: Int] = [:]
  var versions: [String: Int] = [:]
  /// Which bundle brings each object now.
  var brings: [String: String] = [:]
  var objects: [ObjectID: [String]] = [:]
  var released: Rows = [:]
  var good: Rows = [:]
  var rollouts = FleetRollouts()
  var oldRules: [BundleRules] = []
  let policies: [String: RolloutPolicy]
  let groups: [String: String]
  var number = 1

  init(_ random: SeededRandom) {
    var random = random
    var policies: [String: RolloutPolicy] = [:]
    var groups: [String: String] = [:]
    for name in bundleNames {
      versions[name] = 1
      if Int.random(in: 0..<4, using: &random) > 0 {
        var policy = IntakeFleet.policy("one:1", "half:50%", "rest")
        if Int.random(in: 0..<3, using: &random) == 0 { policy.superseding = .queue }
        if Int.random(in: 0..<5, using: &random) == 0 { policy = IntakeFleet.policy("half:50%") }
        policies[name] = policy
      }
      if Int.random(in: 0..<3, using: &random) == 0 { groups[name] = "g" }
    }
    for number in 0..<4 { brings["object \(number)"] = bundleNames.randomElement(using: &random) }
    for number in 0..<Int.random(in: 1...8, using: &random) {
      labels["c\(number)"] = Int.random(in: 0..<3, using: &random)
    }
    self.policies = policies
    self.groups = groups
    self.random = random
  }

  var rules: [BundleRules] {
    bundleNames.map { name in
      let own = brings.filter { $0.value == name }.map(\.key).sorted().joined(separator: ",")
      return BundleRules(
        name: name, group: groups[name] ?? "", policy: policies[name],
        definition: "\(versions[name] ?? 0) \(own)")
    }
  }

  /// What the repository says: the trees of all bundles on all clusters; `db` is not for every label.
  mutating func plan() -> Rows {
    var plan: Rows = [:]
    let rules = rules
    for (cluster, label) in labels {
      plan[cluster] = [:]
      for rule in rules where rule.name != "db" || label > 0 {
        let usesLabel = rule.name == "web" || rule.name == "pos"
        let text = "\(rule.name) \(rule.definition)\(usesLabel ? " \(label)" : "")"
        let tree = ObjectID.hash(.blob, Array(text.utf8))
        objects[tree] = brings.filter { $0.value == rule.name }.map(\.key)
        plan[cluster]?[rule.name] = tree
      }
    }
    return plan
  }

  mutating func intake(_ plan: Rows, rules: [BundleRules]) -> IntakeResult {
    var observations: [String: ClusterObservation] = [:]
    for cluster in labels.keys {
      var observation = ClusterObservation()
      for (bundle, tree) in released[cluster] ?? [:] {
        observation.bundles[bundle] = ClusterObservation.Bundle(
          tree: tree, state: good[cluster]?[bundle] == tree ? .ready : .notReady)
      }
      observations[cluster] = observation
    }
    let objects = objects
    return Intake.run(
      IntakeInput(
        released: Self.table(released), good: Self.table(good), plan: Self.table(plan),
        rules: rules, oldRules: oldRules, rollouts: rollouts,
        observations: Observations(observations), now: Int64(number), number: number,
        source: .zero),
      objects: IntakeObjects<Never>(
        names: { objects[$0] ?? [] }, compose: { _, fallback, _ in fallback }))
  }

  mutating func accept(_ result: IntakeResult) {
    for row in result.immediate { set(row.place.cluster, row.place.bundle, row.tree) }
    for cluster in result.left { released[cluster] = nil }
    rollouts = result.rollouts
    for case .release(let id, let members) in result.effects {
      guard let rollout = rollouts.rollouts.first(where: { $0.plan.id == id }) else { continue }
      for member in members { tell(rollout.plan.members[member]) }
    }
    rollouts.rollouts.removeAll { $0.state.phase.isEnd }
    oldRules = rules
    number += 1
  }

  /// What the engine might do next with a rollout.
  mutating func step() {
    let active = rollouts.rollouts.indices.filter {
      rollouts.rollouts[$0].state.waitsFor == nil
    }
    guard let index = active.randomElement(using: &random) else { return }
    var rollout = rollouts.rollouts[index]
    rollout.state.phase = .progressing
    let waiting = rollout.plan.members.indices.filter {
      rollout.plan.members[$0].stage != nil && rollout.state.releasedAt[$0] == nil
    }
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      for (member, entry) in rollout.plan.members.enumerated()
      where rollout.state.releasedAt[member] != nil || entry.isUnproven {
        for move in entry.moves { set(entry.cluster, move.bundle, move.fallback) }
      }
      for (position, bundle) in rollout.plan.bundles.enumerated() {
        let trees = rollout.plan.members.flatMap { $0.moves.filter { $0.bundle == bundle } }
          .compactMap(\.target)
        rollouts.held.append(
          HeldTrees(
            rollout: rollout.plan.id, bundle: bundle, trees: Set(trees).sorted(), since: 0,
            reason: "",
            definition: rollout.plan.definitions[position]))
      }
      rollouts.rollouts.remove(at: index)
      return
    case 1...3:
      for (member, entry) in rollout.plan.members.enumerated()
      where rollout.state.releasedAt[member] != nil {
        rollout.state.succeeded.insert(member)
        for move in entry.moves { good[entry.cluster, default: [:]][move.bundle] = move.target }
      }
      if waiting.isEmpty {
        rollouts.rollouts.remove(at: index)
        return
      }
    default:
      for member in waiting where Bool.random(using: &random) {
        rollout.state.releasedAt[member] = Int64(number)
        tell(rollout.plan.members[member])
      }
    }
    rollouts.rollouts[index] = rollout
  }

  /// Something that a person pushes.
  mutating func push() {
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      labels[labels.keys.sorted().randomElement(using: &random) ?? "c0"] = Int.random(
        in: 0..<3, using: &random)
    case 1: labels["n\(number)"] = Int.random(in: 0..<3, using: &random)
    case 2 where labels.count > 1:
      labels[labels.keys.sorted().randomElement(using: &random) ?? ""] = nil
    case 3:
      brings["object \(Int.random(in: 0..<4, using: &random))"] = bundleNames.randomElement(
        using: &random)
    default:
      for name in bundleNames where Int.random(in: 0..<3, using: &random) == 0 {
        // Sometimes one that was there before.
        versions[name] = Int.random(in: 1...6, using: &random)
      }
    }
  }

  mutating func set(_ cluster: String, _ bundle: String, _ tree: ObjectID?) {
    released[cluster, default: [:]][bundle] = tree
  }

  private mutating func tell(_ member: RolloutPlan.Member) {
    for move in member.moves { set(member.cluster, move.bundle, move.target) }
  }

  private static func table(_ rows: Rows) -> ReleaseTable {
    ReleaseTable(
      rows.map { cluster, row in
        ReleaseTable.Row(cluster, row.map { ReleaseTable.Entry($0.key, $0.value) })
      })
  }
}

@Suite("Intake: anything may happen")
struct IntakeRandomTests {
  @Test("nothing moves that is as planned, nothing that is held; no object has two owners")
  func random() {
    let seeds = SeededRandom()
    for round in 0..<60 {
      var fleet = RandomFleet(seeds.after(round))
      let place = "\(seeds), round \(round)"
      fleet.released = fleet.plan()
      fleet.good = fleet.released
      fleet.oldRules = fleet.rules
      for _ in 0..<25 {
        if Bool.random(using: &fleet.random) { fleet.push() }
        let (plan, rules) = (fleet.plan(), fleet.rules)
        let result = fleet.intake(plan, rules: rules)
        check(result, fleet, plan, place)
        fleet.accept(result)
        checkOwners(fleet, place)
        if result.rollouts.rollouts.contains(where: { $0.state.phase == .superseded }) {
          // What it was about to do may have kept something back.
          let second = fleet.intake(plan, rules: rules)
          check(second, fleet, plan, place)
          fleet.accept(second)
          checkOwners(fleet, place)
        }
        let again = fleet.intake(plan, rules: rules)
        #expect(again.effects.isEmpty, "made again: \(place)")
        #expect(again.rollouts == fleet.rollouts, "made again: \(place)")
        #expect(again.immediate.isEmpty, "made again: \(place)")
        for _ in 0..<3 {
          fleet.step()
          checkOwners(fleet, place)
        }
      }
    }
  }

  private func check(
    _ result: IntakeResult, _ fleet: RandomFleet, _ plan: RandomFleet.Rows, _ place: String
  ) {
    let known = Set(fleet.rollouts.rollouts.map(\.plan.id))
    func held(_ bundle: String, _ tree: ObjectID?) -> Bool {
      fleet.rollouts.held.contains { entry in
        entry.bundle == bundle && (tree.map(entry.trees.contains) ?? false)
      }
    }
    for row in result.immediate {
      let (cluster, bundle) = (row.place.cluster, row.place.bundle)
      #expect(fleet.released[cluster]?[bundle] != row.tree, "\(place)")
      #expect(plan[cluster]?[bundle] == row.tree, "\(place)")
      #expect(!held(bundle, row.tree), "\(place)")
    }
    var places: Set<IntakeResult.Place> = []
    for rollout in result.rollouts.rollouts where !rollout.state.phase.isEnd {
      #expect(
        rollout.plan.members.map(\.cluster) == rollout.plan.members.map(\.cluster).sorted(),
        "\(place)")
      #expect(rollout.state.releasedAt.count == rollout.plan.members.count, "\(place)")
      for member in rollout.plan.members {
        #expect(!member.moves.isEmpty, "\(place)")
        for move in member.moves {
          // Of one bundle on one cluster there is one rollout at most, beside one that waits.
          if rollout.state.waitsFor == nil {
            #expect(
              places.insert(IntakeResult.Place(member.cluster, move.bundle)).inserted, "\(place)")
          }
          guard !known.contains(rollout.plan.id) else { continue }
          #expect(plan[member.cluster]?[move.bundle] == move.target, "\(place)")
          let isNoMove = fleet.released[member.cluster]?[move.bundle] == move.target
          #expect(!isNoMove || member.isUnproven, "\(place)")
          #expect(isNoMove || !held(move.bundle, move.target), "\(place)")
        }
      }
    }
  }

  /// On no cluster do two bundles bring one object.
  private func checkOwners(_ fleet: RandomFleet, _ place: String) {
    for (cluster, row) in fleet.released {
      var owner: [String: String] = [:]
      for (bundle, tree) in row.sorted(by: { $0.key < $1.key }) {
        for object in fleet.objects[tree] ?? [] {
          #expect(
            owner[object] == nil,
            "\(cluster): \(object) of \(bundle), \(owner[object] ?? ""), \(place)")
          owner[object] = bundle
        }
      }
    }
  }
}

extension SeededRandom {
  /// The generator of a round.
  fileprivate func after(_ rounds: Int) -> SeededRandom {
    var copy = self
    for _ in 0..<(rounds * 7) { _ = copy.next() }
    return copy
  }
}
