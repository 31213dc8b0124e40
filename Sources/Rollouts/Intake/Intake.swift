// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects

/// Decides which rollouts start when the plan changes.
///
/// Pure, and idempotent: made again with the same plan it finds the rollouts that it has made and leaves them
/// alone. Only where it has ended a rollout (Superseded) it has to be made once more: what that was about to do may
/// have kept something back. It is made when a plan is accepted, when a rollout has ended that another waits for,
/// after `retry`, and when a window opens that ``IntakeResult/waiting`` asks for.
package enum Intake {
  /// What to do about the differences between what is released and what the plan says.
  ///
  /// - Throws: what the questions to Git throw; nothing is decided then.
  package static func run<Failure: Error>(
    _ input: IntakeInput, objects: IntakeObjects<Failure>
  ) throws(Failure) -> IntakeResult {
    let names = Set(input.rules.map(\.workspace)).union(input.oldRules.map(\.workspace))
      .union(input.workspaces.values)
    if input.workspaces.isEmpty || names.count < 2 { return try one(input, objects) }

    // The name of a bundle is unique in its workspace only, and so is everything that connects bundles.
    var result = IntakeResult(rollouts: input.rollouts)
    result.rollouts.leftOut = []
    for workspace in names.sorted(by: { $0.precedesInBytes($1) }) {
      let part = try one(
        self.part(input, workspace, result.rollouts.rollouts), objects,
        taken: result.rollouts.rollouts.map(\.plan.id))
      result.merge(part)
    }
    result.sort()
    return result
  }

  private static func one<Failure: Error>(
    _ input: IntakeInput, _ objects: IntakeObjects<Failure>, taken: [String] = []
  ) throws(Failure) -> IntakeResult {
    let world = IntakeWorld(input)
    let leftOut = LeftOutTrees.pruned(input.rollouts.leftOut, world)
    let scan = try IntakeScan.make(world, leftOut: leftOut, names: objects.names)
    var maker = IntakeMaker(world, scan, objects, taken: taken)
    maker.result.rollouts.leftOut = leftOut
    let groups = IntakeGroups.make(scan, world)
    maker.tellHeld(groups)
    for group in groups { try maker.make(group) }
    maker.endQueued()
    try maker.join()
    maker.finish()
    return maker.result
  }

  private static func part(
    _ input: IntakeInput, _ workspace: String, _ rollouts: [Rollout]
  ) -> IntakeInput {
    var part = input
    let workspaces = input.workspaces
    func isIn(_ cluster: String) -> Bool { workspaces[cluster] ?? "" == workspace }
    part.released = input.released.filtered(isIn)
    part.good = input.good.filtered(isIn)
    part.plan = input.plan.filtered(isIn)
    part.rules = input.rules.filter { $0.workspace == workspace }
    part.oldRules = input.oldRules.filter { $0.workspace == workspace }
    part.rollouts.rollouts = rollouts.filter { rollout in
      rollout.plan.members.first { workspaces[$0.cluster] != nil }.map { isIn($0.cluster) } ?? false
    }
    part.rollouts.leftOut = input.rollouts.leftOut.map { entry in
      LeftOutTrees(bundle: entry.bundle, rows: entry.rows.filter { isIn($0.cluster) })
    }
    return part
  }
}

extension IntakeResult {
  /// Takes up the result of another workspace.
  fileprivate mutating func merge(_ other: IntakeResult) {
    for rollout in other.rollouts.rollouts {
      if let index = rollouts.rollouts.firstIndex(where: { $0.plan.id == rollout.plan.id }) {
        rollouts.rollouts[index] = rollout
      } else {
        rollouts.rollouts.append(rollout)
      }
    }
    for entry in other.rollouts.leftOut {
      if let index = rollouts.leftOut.firstIndex(where: { $0.bundle == entry.bundle }) {
        rollouts.leftOut[index].rows += entry.rows
      } else {
        rollouts.leftOut.append(entry)
      }
    }
    immediate += other.immediate
    effects += other.effects
    newcomers += other.newcomers
    queued += other.queued
    waiting += other.waiting
    left += other.left
  }

  /// Puts everything into the order of its bytes.
  mutating func sort() {
    immediate.sort { $0.place.precedes($1.place) }
    newcomers.sort { $0.precedes($1) }
    waiting = Set(waiting).sorted { $0.precedesInBytes($1) }
    left.sort { $0.precedesInBytes($1) }
    rollouts.leftOut.sort { $0.bundle.precedesInBytes($1.bundle) }
    for index in rollouts.leftOut.indices {
      rollouts.leftOut[index].rows.sort { $0.cluster.precedesInBytes($1.cluster) }
    }
  }
}

extension IntakeResult.Place {
  fileprivate func precedes(_ other: Self) -> Bool {
    cluster == other.cluster
      ? bundle.precedesInBytes(other.bundle) : cluster.precedesInBytes(other.cluster)
  }
}

extension LeftOutTrees {
  /// Only what still differs from the plan, and still in the same way.
  fileprivate static func pruned(_ entries: [LeftOutTrees], _ world: IntakeWorld) -> [LeftOutTrees]
  {
    let (plan, released) = (world.input.plan, world.input.released)
    return entries.compactMap { entry in
      let rows = entry.rows.filter { row in
        SortedNames.position(of: row.cluster, in: world.clusters) != nil
          && plan[row.cluster, entry.bundle] == row.tree
          && released[row.cluster, entry.bundle] != row.tree
      }
      return rows.isEmpty ? nil : LeftOutTrees(bundle: entry.bundle, rows: rows)
    }
  }
}
