// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import HubService
import JSONTree
import Posix
import Rollouts

/// The rollouts of a hub at one moment: what was decided, with what the hub remembers of the clusters.
struct RolloutBoard {
  /// What is released.
  let state: ReleasedState
  /// The rollouts that have not ended, and what is held.
  let fleet: FleetRollouts
  /// When the hub wrote down what it has seen last; nil while it has not.
  let observedAt: Timestamp?
  /// The time for ages: never before what the hub says, whatever the clock here says.
  let now: Timestamp
  private let memories: [String: JSONValue]
  private let store: Repository

  private static let fileLimit = 256 << 20

  /// Reads the hub.
  static func open(
    _ hub: HubOptions, _ folder: FolderOptions, now: Timestamp, in context: CommandContext
  ) throws(CommandError) -> (board: RolloutBoard, refs: HubRefs) {
    let released = try ReleasedView.open(hub, folder, in: context)
    return (try RolloutBoard(released.state, refs: released.refs, now: now), released.refs)
  }

  /// Reads what belongs to a state.
  init(_ state: ReleasedState, refs: HubRefs, now: Timestamp) throws(CommandError) {
    self.state = state
    store = refs.store
    var memories: [String: JSONValue] = [:]
    var time: Timestamp?
    if let id = try refs.read("observed"), let commit = try? store.commit(id) {
      time = Timestamp(seconds: commit.committer.seconds)
      memories = try failing { try Self.memories(commit.tree, refs.store) }
    }
    observedAt = time
    self.memories = memories
    self.now = max(now, Timestamp(seconds: state.seconds), time ?? now)
    fleet = try Self.fleet(of: state, memories, store)
  }

  /// The rollouts as another state had them, with what is remembered if it fits.
  func fleet(of other: ReleasedState) throws(CommandError) -> FleetRollouts {
    try Self.fleet(of: other, memories, store)
  }

  /// When a rollout that waits for a window may go on; nil for another one, and where that is not known here: a time
  /// without a zone is one of the hub's machine.
  func opening(for rollout: Rollout) -> Int64? {
    guard rollout.waitsForWindow, let policies = try? PlanCommit.policies(state.plan, from: store),
      policies.schedules.allSatisfy({ !$0.zone.isEmpty })
    else { return nil }
    let clusters = rollout.plan.members.indices.filter {
      rollout.plan.members[$0].stage == rollout.state.stage && rollout.state.releasedAt[$0] == nil
    }.map { rollout.plan.members[$0].cluster }
    return HubWindows.read(policies.schedules).opening(for: clusters, after: now.seconds)
  }

  /// The rollout of an id; nil when none such is running.
  func rollout(_ id: String) -> Rollout? { fleet.rollouts.first { $0.plan.id == id } }

  private static func fleet(
    of state: ReleasedState, _ memories: [String: JSONValue], _ store: Repository
  ) throws(CommandError) -> FleetRollouts {
    do {
      return try RolloutFiles.load(state.content, memory: { memories[$0] }, reader: store)
    } catch let damage as RolloutFiles.Damage {
      throw CommandError(
        "the rollout '\(damage.rollout)' cannot be understood",
        hints: ["the hub's programs may be newer than this one: kubectl fleet version"],
        status: .failure)
    } catch {
      throw CommandError(error)
    }
  }

  private static func memories(_ tree: ObjectID, _ store: Repository) throws -> [String: JSONValue]
  {
    let name = Array("rollouts".utf8)
    let suffix = ".json"
    guard let folder = try store.tree(tree).first(where: { $0.name == name }) else { return [:] }
    var result: [String: JSONValue] = [:]
    for entry in try store.tree(folder.id) {
      let file = String(decoding: entry.name, as: UTF8.self)
      guard file.hasSuffix(suffix) else { continue }
      let json = JSONParser.parse(try store.blob(entry.id, limit: fileLimit))
      result[String(file.dropLast(suffix.utf8.count))] = json?["memory"]
    }
    return result
  }
}
