// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import SliceFormat

/// A row that moves, and what a rollback would release.
private struct Chosen {
  let row: IntakeRow
  var fallback: ObjectID?
  let isUnproven: Bool
}

extension IntakeMaker {
  /// The bundles of a group: those that this push moves, and all of the rollouts that are taken over.
  func movingBundles(_ group: IntakeGroup) -> [Int] {
    var bundles = Set(group.bundles)
    for number in group.running {
      for bundle in world.running[number].rollout.plan.bundles {
        if let position = SortedNames.position(of: bundle, in: world.bundles) {
          bundles.insert(position)
        }
      }
    }
    return bundles.sorted()
  }

  /// The clusters on which something of the group may move, rising.
  func movingClusters(_ group: IntakeGroup) -> [Int] {
    var isIn = [Bool](repeating: false, count: world.clusters.count)
    for row in group.candidates { isIn[row.cluster] = true }
    for number in group.running {
      for row in scan.joining[number] { isIn[row.cluster] = true }
      for (cluster, member) in world.running[number].memberOf.enumerated() where member != nil {
        isIn[cluster] = true
      }
    }
    return world.clusters.indices.filter {
      isIn[$0] && !world.isPaused[$0]
    }
  }

  /// The policy with the most stages; of equals that of the bundle whose name comes first.
  func policy(of bundles: [Int], _ group: IntakeGroup, _ clusters: [Int]) -> RolloutPolicy? {
    var best: (policy: RolloutPolicy, count: Int)?
    for bundle in bundles {
      guard let policy = policy(of: bundle, group) else { continue }
      let count = StageMaker.count(of: policy, clusters: clusters.count)
      if best.map({ $0.count < count }) ?? true { best = (policy, count) }
    }
    return best?.policy
  }

  /// What the new plan says; for a bundle that it does not have, the one before, or who was moving it.
  private func policy(of bundle: Int, _ group: IntakeGroup) -> RolloutPolicy? {
    if let rules = world.rules[bundle] { return rules.policy }
    if let rules = world.oldRules[bundle] { return rules.policy }
    return world.owner[bundle].map { world.running[$0].rollout.plan.policy }
  }

  /// The clusters of a group with their moves, without stages.
  ///
  /// - Parameter takesOver: whether running rollouts end here: what they have released and what has not proved good
  ///   comes along even where it is already as planned, so that a rollback takes back all of it.
  func members(
    _ bundles: [Int], _ clusters: [Int], _ group: IntakeGroup, takesOver: Bool,
    exempt: [ExemptObject]
  ) throws(Failure) -> [RolloutPlan.Member] {
    var isIn = [Bool](repeating: false, count: world.bundles.count)
    for bundle in bundles { isIn[bundle] = true }
    let proven = takesOver ? proven(group) : [:]
    var members: [RolloutPlan.Member] = []
    for cluster in clusters {
      let staying = scan.staying[cluster] ?? []
      let rows = world.rows(of: cluster)
      var chosen: [Chosen] = []
      for row in rows where isIn[row.bundle] && !staying.contains(row.bundle) {
        let earlier = takesOver ? earlier(row, group, proven) : nil
        let fallback =
          earlier.map { $0.isProven ? row.released : $0.move.fallback } ?? self.fallback(of: row)
        let isUnproven = earlier.map { !$0.isProven } ?? false
        guard row.differs || (isUnproven && fallback != row.planned) else { continue }
        chosen.append(Chosen(row: row, fallback: fallback, isUnproven: isUnproven))
      }
      if chosen.isEmpty { continue }
      if try meet(chosen, rows) {
        // What was good at different times has an object twice; what is released now has not.
        for index in chosen.indices where !chosen[index].isUnproven {
          chosen[index].fallback = chosen[index].row.released
        }
      }
      var moves: [RolloutPlan.Move] = []
      for entry in chosen {
        moves.append(
          RolloutPlan.Move(
            bundle: world.bundles[entry.row.bundle], target: entry.row.planned,
            fallback: try composed(entry.row.planned, entry.fallback, exempt)))
      }
      var member = RolloutPlan.Member(
        cluster: world.clusters[cluster], stage: nil, moves: moves,
        isNew: chosen.contains { $0.row.released == nil && $0.row.planned != nil })
      member.isUnproven = chosen.contains { $0.isUnproven }
      members.append(member)
    }
    return members
  }

  /// Whether a rollback would bring an object twice to a cluster.
  private func meet(_ chosen: [Chosen], _ rows: [IntakeRow]) throws(Failure) -> Bool {
    var seen: Set<String> = []
    for row in rows {
      let entry = chosen.first { $0.row.bundle == row.bundle }
      guard let tree = entry.map({ $0.fallback }) ?? row.released else { continue }
      for name in try objects.names(tree) where !seen.insert(name).inserted { return true }
    }
    return false
  }

  /// The members of rollouts that are taken over for which their trees turn out to be good, by the numbers of
  /// the rollouts.
  private func proven(_ group: IntakeGroup) -> [Int: Set<Int>] {
    var result: [Int: Set<Int>] = [:]
    for number in group.running {
      let step = supersede(world.running[number].rollout.plan.id, by: "")
      for case .good(_, let members) in step?.effects ?? [] {
        result[number, default: []].formUnion(members)
      }
    }
    return result
  }

  /// What a rollout that is taken over has released here, and whether it has proved good; nil when it has
  /// released nothing.
  private func earlier(
    _ row: IntakeRow, _ group: IntakeGroup, _ proven: [Int: Set<Int>]
  ) -> (move: RolloutPlan.Move, isProven: Bool)? {
    for number in group.running {
      let running = world.running[number]
      let (plan, state) = (running.rollout.plan, running.rollout.state)
      guard let member = running.memberOf[row.cluster],
        state.isReleased(member) || plan.members[member].isUnproven,
        let move = world.move(of: row, in: running)
      else { continue }
      return (move, proven[number]?.contains(member) ?? false && move.target == row.released)
    }
    return nil
  }

  /// What a rollback releases: what is released if it is Ready now, else what was good last, else what is
  /// released; never a tree that is held if there is another.
  func fallback(of row: IntakeRow) -> ObjectID? {
    guard let released = row.released else { return nil }
    let held = world.held[row.bundle]
    let good = world.good(row)
    if held[released] == nil, let observed = world.observed(row), observed.tree == released,
      observed.state == .ready, !observed.isReverted
    {
      return released
    }
    if let good, held[good] == nil { return good }
    return released
  }

  /// The fallback with what must not go back.
  func composed(
    _ target: ObjectID?, _ fallback: ObjectID?, _ exempt: [ExemptObject]
  ) throws(Failure) -> ObjectID? {
    guard let target, !exempt.isEmpty, target != fallback else { return fallback }
    return try objects.compose(target, fallback, exempt)
  }

  /// Releases a group without a policy at once; clusters that are closed wait for their window.
  mutating func release(_ bundles: [Int], _ clusters: [Int], _ group: IntakeGroup) {
    var isIn = [Bool](repeating: false, count: world.bundles.count)
    for bundle in bundles { isIn[bundle] = true }
    for cluster in clusters {
      let staying = scan.staying[cluster] ?? []
      let rows = world.rows(of: cluster).filter {
        isIn[$0.bundle] && $0.differs && !staying.contains($0.bundle)
      }
      if rows.isEmpty { continue }
      if world.isClosed(cluster) {
        result.waiting.append(world.clusters[cluster])
        continue
      }
      for row in rows {
        result.immediate.append(
          IntakeResult.Row(world.clusters[cluster], world.bundles[row.bundle], row.planned))
      }
    }
  }

  /// Says once, when a push touches them, which trees are not released again.
  mutating func tellHeld(_ groups: [IntakeGroup]) {
    let fresh = groups.flatMap(\.held).filter(\.isFresh)
    for entry in Set(fresh.map(\.entry)).sorted() {
      let rows = fresh.filter { $0.entry == entry }.map(\.row)
      result.effects.append(
        .event(
          IntakeEvents.held(
            world.input.rollouts.held[entry].rollout,
            bundles: Set(rows.map(\.bundle)).sorted().map { world.bundles[$0] },
            clusters: Set(rows.map(\.cluster)).count, principal: world.input.principal)))
    }
  }

  /// Writes down who is in no stage.
  mutating func leaveOut(
    _ members: [RolloutPlan.Member], _ staged: StagedClusters, _ bundles: [Int]
  ) {
    let names = members.map(\.cluster)
    for bundle in bundles.map({ world.bundles[$0] }) {
      let earlier = result.rollouts.leftOut.first { $0.bundle == bundle }?.rows ?? []
      var rows = earlier.filter { row in
        guard let member = SortedNames.position(of: row.cluster, in: names) else { return true }
        return !members[member].moves.contains { $0.bundle == bundle }
      }
      for (member, stage) in zip(members, staged.stageOf) where stage == nil {
        guard let move = member.moves.first(where: { $0.bundle == bundle }),
          move.target != world.input.released[member.cluster, bundle]
        else { continue }
        rows.append(LeftOutTrees.Row(cluster: member.cluster, tree: move.target))
      }
      result.rollouts.leftOut.removeAll { $0.bundle == bundle }
      if !rows.isEmpty { result.rollouts.leftOut.append(LeftOutTrees(bundle: bundle, rows: rows)) }
    }
  }
}

extension RolloutState {
  /// Whether a member was released; false for one that is not there.
  func isReleased(_ member: Int) -> Bool {
    releasedAt.indices.contains(member) && releasedAt[member] != nil
  }
}

extension RolloutState {
  /// Whether it waits for another rollout and has not begun.
  var isQueued: Bool { waitsFor != nil && !isStarted }
}
