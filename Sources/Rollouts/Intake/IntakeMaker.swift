// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects

/// Makes rollouts of groups, ends those that they take over, and lets running ones take up what has changed in
/// the inventory.
struct IntakeMaker<Failure: Error> {
  let world: IntakeWorld
  let scan: IntakeScan
  let objects: IntakeObjects<Failure>
  var result: IntakeResult
  /// Running rollouts that take up nothing more: a new one has taken over, or waits for them.
  var closed: Set<Int> = []
  /// The names that are taken.
  private var ids: Set<String>
  /// Rollouts that wait and that no group has asked for yet, as positions in the result.
  private var queue: [Int]

  init(
    _ world: IntakeWorld, _ scan: IntakeScan, _ objects: IntakeObjects<Failure>, taken: [String]
  ) {
    self.world = world
    self.scan = scan
    self.objects = objects
    let rollouts = world.input.rollouts
    result = IntakeResult(rollouts: rollouts)
    result.left = world.left
    ids = Set(taken).union(rollouts.rollouts.map(\.plan.id)).union(rollouts.held.map(\.rollout))
    queue = rollouts.rollouts.indices.filter {
      let state = rollouts.rollouts[$0].state
      return !state.phase.isEnd && state.isQueued
    }
    // Whatever has begun waits no more, whoever has let it.
    for index in rollouts.rollouts.indices where rollouts.rollouts[index].state.isStarted {
      result.rollouts.rollouts[index].state.waitsFor = nil
    }
  }

  /// Makes the rollout of a group, or releases it at once where it has no policy.
  mutating func make(_ group: IntakeGroup) throws(Failure) {
    let bundles = movingBundles(group)
    let clusters = movingClusters(group)
    guard let policy = policy(of: bundles, group, clusters) else {
      release(bundles, clusters, group)
      supersede(group, by: nil)
      return
    }
    let waitsFor = policy.superseding == .queue ? group.running.first : nil
    let members = try members(
      bundles, clusters, group, takesOver: waitsFor == nil, exempt: policy.exempt)
    if waitsFor != nil { closed.formUnion(group.running) }
    let earlier = takeQueued(bundles)
    if members.isEmpty {
      supersede(group, by: nil)
      return endQueued(earlier, by: nil)
    }
    let unchanged = earlier.first { Self.isSame(result.rollouts.rollouts[$0].plan, members) }
    // It is the same rollout also where other clusters are left for it, as long as it brings the same versions.
    let same = unchanged ?? earlier.first { brings(result.rollouts.rollouts[$0].plan, bundles) }
    let others = earlier.filter { $0 != same }
    var staged = StageMaker.stages(of: members.map(\.cluster), policy: policy)
    if group.running.isEmpty, earlier.isEmpty, bundles.allSatisfy({ world.isSameDefinition($0) }) {
      // A change of the inventory, mostly of one cluster: who is not in a stage is not waited for.
      staged = staged.withoutEmptyStages
    }
    guard staged.stageOf.contains(where: { $0 != nil }) else {
      leaveOut(members, staged, bundles)
      supersede(group, by: nil)
      return endQueued(earlier, by: nil)
    }
    if let unchanged, waitsFor != nil {
      let id = result.rollouts.rollouts[unchanged].plan.id
      result.queued.append(id)
      return endQueued(others, by: id)
    }
    var rollout = Rollout(
      plan: plan(members, policy, staged, of: same, behind: waitsFor == nil ? [] : group.running),
      state: state(members.count, waitsFor))
    for index in rollout.plan.members.indices {
      rollout.plan.members[index].stage = staged.stageOf[index]
    }
    let id = rollout.plan.id
    if let same {
      result.rollouts.rollouts[same] = rollout
    } else {
      result.rollouts.rollouts.append(rollout)
    }
    if waitsFor != nil {
      result.queued.append(id)
    } else {
      leaveOut(members, staged, bundles)
      let old = group.running.map { world.running[$0].rollout.plan.id }
      result.effects.append(.event(IntakeEvents.planned(rollout, takesOver: old)))
      supersede(group, by: id)
    }
    endQueued(others, by: id)
  }

  /// Ends the rollouts that wait for what no plan says any more.
  mutating func endQueued() {
    endQueued(queue, by: nil)
    queue = []
  }

  /// What the whole of it asks the caller for.
  mutating func finish() {
    for row in scan.newcomers { addNewcomer(row) }
    result.sort()
  }

  /// Names a place that is to get a good version.
  mutating func addNewcomer(_ row: IntakeRow) {
    let place = IntakeResult.Place(world.clusters[row.cluster], world.bundles[row.bundle])
    if world.isClosed(row.cluster) {
      result.waiting.append(place.cluster)
    } else {
      result.newcomers.append(place)
    }
  }

  private func plan(
    _ members: [RolloutPlan.Member], _ policy: RolloutPolicy, _ staged: StagedClusters,
    of queued: Int?, behind running: [Int]
  ) -> RolloutPlan {
    // One that waits has the bundles of those that it waits for, so that it can't be taken for unconnected.
    let others = running.flatMap { world.running[$0].rollout.plan.bundles }
    let bundles = Set(members.flatMap { $0.moves.map(\.bundle) } + others)
      .sorted { $0.precedesInBytes($1) }
    let earlier = queued.map { result.rollouts.rollouts[$0].plan }
    var plan = RolloutPlan(
      id: earlier?.id ?? newID(bundles.first ?? ""), bundles: bundles,
      source: earlier?.source ?? world.input.source, startedAt: world.input.now,
      principal: earlier == nil ? world.input.principal : earlier?.principal, policy: policy,
      stages: staged.stages, unavailableStages: staged.unavailableStages, members: members)
    plan.definitions = bundles.map { bundle in
      SortedNames.position(of: bundle, in: world.bundles).flatMap { world.rules[$0]?.definition }
        ?? ""
    }
    return plan
  }

  private func state(_ count: Int, _ waitsFor: Int?) -> RolloutState {
    var state = RolloutState(members: count, now: world.input.now)
    if let waitsFor {
      let id = world.running[waitsFor].rollout.plan.id
      state.waitsFor = id
      state.reason = "waits for \(id)"
    }
    return state
  }

  /// A name that nothing else has: several intakes may come before the number rises.
  private func newID(_ bundle: String) -> String {
    let wanted = "\(bundle)-\(world.input.number)"
    if !ids.contains(wanted), !result.rollouts.rollouts.contains(where: { $0.plan.id == wanted }) {
      return wanted
    }
    var count = 2
    while ids.contains("\(wanted)-\(count)")
      || result.rollouts.rollouts.contains(where: { $0.plan.id == "\(wanted)-\(count)" })
    {
      count += 1
    }
    return "\(wanted)-\(count)"
  }

  private mutating func takeQueued(_ bundles: [Int]) -> [Int] {
    let names = Set(bundles.map { world.bundles[$0] })
    let found = queue.filter {
      !names.isDisjoint(with: result.rollouts.rollouts[$0].plan.bundles)
    }
    queue.removeAll(where: found.contains)
    return found
  }

  private static func isSame(_ plan: RolloutPlan, _ members: [RolloutPlan.Member]) -> Bool {
    plan.members.elementsEqual(members) { left, right in
      left.cluster == right.cluster
        && left.moves.elementsEqual(right.moves) {
          $0.bundle == $1.bundle && $0.target == $1.target
        }
    }
  }

  /// Whether a rollout is of these bundles, in the versions of the plan.
  private func brings(_ plan: RolloutPlan, _ bundles: [Int]) -> Bool {
    bundles.allSatisfy { bundle in
      guard let position = plan.bundles.firstIndex(of: world.bundles[bundle]),
        plan.definitions.indices.contains(position)
      else { return false }
      return plan.definitions[position] == world.rules[bundle]?.definition ?? ""
    }
  }

  private mutating func supersede(_ group: IntakeGroup, by id: String?) {
    for number in group.running {
      closed.insert(number)
      end(world.running[number].position, by: id)
    }
  }

  private mutating func endQueued(_ positions: [Int], by id: String?) {
    for position in positions { end(position, by: id) }
  }

  /// What the end of a rollout brings by which another takes over: the trees that have proved good.
  func supersede(_ id: String, by successor: String) -> RolloutStep? {
    RolloutEngine.supersede(
      id, by: successor, in: result.rollouts, world.input.observations,
      release: world.input.number, now: world.input.now)
  }

  /// Ends a rollout.
  private mutating func end(_ position: Int, by id: String?) {
    guard
      let step = supersede(result.rollouts.rollouts[position].plan.id, by: id ?? "a push"),
      var ended = step.ended.last
    else { return }
    ended.state.waitsFor = nil
    result.rollouts.rollouts[position] = ended
    result.effects += step.effects.map { effect in
      guard case .event(var event) = effect else { return effect }
      event.principal = world.input.principal
      return .event(event)
    }
  }
}
