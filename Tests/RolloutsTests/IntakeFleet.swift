// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Rollouts
import SliceFormat

/// A small fleet in words: a tree is a word like `v1`, and an intake is told in lines.
struct IntakeFleet {
  typealias Table = [String: [String: String]]

  var released: Table = [:]
  var good: Table = [:]
  var plan: Table = [:]
  var rules: [BundleRules] = []
  var oldRules: [BundleRules]?
  var rollouts = FleetRollouts()
  var observed: [String: ClusterObservation] = [:]
  var workspaces: [String: String] = [:]
  /// The objects of trees that others may have, too.
  var objects: [String: [String]] = [:]
  var number = 7

  /// Clusters that all have the same bundles, released and planned.
  init(_ clusters: [String] = [], _ bundles: [String: String] = [:]) {
    for cluster in clusters {
      released[cluster] = bundles
      plan[cluster] = bundles
      observed[cluster] = ClusterObservation()
    }
  }

  /// The tree that a word stands for.
  static func tree(_ word: String) -> ObjectID { .hash(.blob, Array(word.utf8)) }

  /// A policy with stages: `one:1`, `half:50%`, `rest`.
  static func policy(_ stages: String...) -> RolloutPolicy {
    RolloutPolicy(
      stages: .stages(
        stages.map { text in
          let parts = text.split(separator: ":")
          var stage = StagePolicy(name: String(parts[0]))
          if parts.count > 1 {
            stage.coverage =
              parts[1].hasSuffix("%")
              ? Int(parts[1].dropLast()).map { .share(partsPerMillion: $0 * 10_000) }
              : Int(parts[1]).map { .count($0) }
          }
          return stage
        }))
  }

  /// Rules of a bundle; its definition is `definition`, or `1`.
  static func rule(
    _ name: String, _ policy: RolloutPolicy? = nil, group: String = "", definition: String = "1",
    workspace: String = ""
  ) -> BundleRules {
    BundleRules(
      name: name, workspace: workspace, group: group, policy: policy, definition: definition)
  }

  /// The plan says another tree of a bundle on all clusters that have it, and another definition.
  mutating func push(_ bundle: String, _ tree: String) {
    for cluster in plan.keys where plan[cluster]?[bundle] != nil { plan[cluster]?[bundle] = tree }
    redefine(bundle)
  }

  /// The repository says something else of a bundle.
  mutating func redefine(_ bundle: String) {
    if let index = rules.firstIndex(where: { $0.name == bundle }) {
      rules[index].definition += "+"
    }
  }

  /// The site says that it runs what is released, and that it is Ready or not.
  mutating func report(_ cluster: String, _ bundle: String, _ state: BundleState) {
    observed[cluster]?.bundles[bundle] = ClusterObservation.Bundle(
      tree: released[cluster]?[bundle].map(Self.tree), state: state)
  }

  /// Everything that is released runs and is Ready.
  mutating func reportReady() {
    for (cluster, row) in released {
      for bundle in row.keys { report(cluster, bundle, .ready) }
    }
  }

  /// Marks members of a running rollout as released, and moves their rows.
  mutating func release(_ id: String, _ clusters: [String]) {
    guard let index = rollouts.rollouts.firstIndex(where: { $0.plan.id == id }) else { return }
    rollouts.rollouts[index].state.phase = .progressing
    for (member, entry) in rollouts.rollouts[index].plan.members.enumerated()
    where clusters.contains(entry.cluster) {
      rollouts.rollouts[index].state.releasedAt[member] = 100
      rollouts.rollouts[index].state.releasedBy[member] = 1
      for move in entry.moves {
        released[entry.cluster, default: [:]][move.bundle] = move.target.map(word)
      }
    }
  }

  /// What an intake says of the fleet as it is.
  func intake() -> IntakeResult {
    var input = IntakeInput(
      released: Self.table(released), good: Self.table(good), plan: Self.table(plan), rules: rules,
      oldRules: oldRules ?? rules, rollouts: rollouts, observations: Observations(observed),
      now: 1_000, number: number, source: Self.tree("source"), principal: "ann")
    input.workspaces = workspaces
    return Intake.run(
      input,
      objects: IntakeObjects<Never>(
        names: { tree in objects[word(tree)] ?? [] },
        compose: { target, fallback, _ in
          Self.tree("\(fallback.map(word) ?? "-")&\(word(target))")
        }))
  }

  /// Makes an intake and lives with it: the next one finds its rollouts and what it has released.
  mutating func take() -> IntakeResult {
    let result = intake()
    for row in result.immediate {
      released[row.place.cluster, default: [:]][row.place.bundle] = row.tree.map(word)
    }
    for cluster in result.left { released[cluster] = nil }
    rollouts = result.rollouts
    rollouts.rollouts.removeAll { $0.state.phase.isEnd }
    for case .release(let id, let members) in result.effects {
      guard let rollout = rollouts.rollouts.first(where: { $0.plan.id == id }) else { continue }
      release(id, members.map { rollout.plan.members[$0].cluster })
    }
    oldRules = rules
    number += 1
    return result
  }

  /// A result in lines, every list in its order.
  func text(_ result: IntakeResult) -> [String] {
    var lines: [String] = []
    for effect in result.effects {
      switch effect {
      case .event(let event):
        let bundles = event.bundles.joined(separator: " ")
        lines.append("\(event.kind.rawValue) \(event.rollout) [\(bundles)]: \(event.text)")
      case .release(let id, let members): lines.append("release \(id) \(members)")
      case .restore, .good: lines.append("\(effect)")
      }
    }
    for rollout in result.rollouts.rollouts { lines += text(rollout) }
    for row in result.immediate {
      lines.append("now \(row.place.cluster) \(row.place.bundle) \(row.tree.map(word) ?? "-")")
    }
    for place in result.newcomers { lines.append("newcomer \(place.cluster) \(place.bundle)") }
    if !result.queued.isEmpty { lines.append("queued \(result.queued.joined(separator: " "))") }
    if !result.waiting.isEmpty { lines.append("waiting \(result.waiting.joined(separator: " "))") }
    if !result.left.isEmpty { lines.append("left \(result.left.joined(separator: " "))") }
    for entry in result.rollouts.leftOut {
      let rows = entry.rows.map { "\($0.cluster)=\($0.tree.map(word) ?? "-")" }
      lines.append("left out \(entry.bundle) \(rows.joined(separator: " "))")
    }
    return lines
  }

  private func text(_ rollout: Rollout) -> [String] {
    let stages = rollout.plan.stages.map { "\($0.policy.name):\($0.size)" }
    let reason = rollout.state.reason.isEmpty ? "" : " (\(rollout.state.reason))"
    let head =
      "\(rollout.plan.id) \(rollout.state.phase.rawValue)\(reason) "
      + "[\(rollout.plan.bundles.joined(separator: " "))] \(stages.joined(separator: " "))"
    return [head]
      + rollout.plan.members.map { member in
        let moves = member.moves.map { move in
          "\(move.bundle) \(move.target.map(word) ?? "-") else \(move.fallback.map(word) ?? "-")"
        }
        let marks = (member.isNew ? " new" : "") + (member.isUnproven ? " unproven" : "")
        return "  \(member.cluster)@\(member.stage.map(String.init) ?? "-")\(marks): "
          + moves.joined(separator: ", ")
      }
  }

  /// The word of a tree.
  func word(_ tree: ObjectID) -> String {
    for table in [released, plan, good] {
      for row in table.values {
        for word in row.values where Self.tree(word) == tree { return word }
      }
    }
    for held in ["v1", "v2", "v3", "v4", "w1", "w2", "w3", "good"] where Self.tree(held) == tree {
      return held
    }
    for a in ["v1", "v2", "v3", "-"] {
      for b in ["v1", "v2", "v3"] where Self.tree("\(a)&\(b)") == tree { return "\(a)&\(b)" }
    }
    return tree.short
  }

  private static func table(_ table: Table) -> ReleaseTable {
    ReleaseTable(
      table.map { cluster, row in
        ReleaseTable.Row(cluster, row.map { ReleaseTable.Entry($0.key, tree($0.value)) })
      })
  }
}
