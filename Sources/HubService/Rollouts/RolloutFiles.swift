// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import GitObjects
package import JSONTree
import Planning
package import Rollouts

/// The rollouts as they stand in the tree of a state: `rollouts/ID/{rollout.json,progress.json,target,fallback}`
/// and `held.json`.
package struct RolloutFiles {
  private static let planFile = Array("rollout.json".utf8)
  private static let progressFile = Array("progress.json".utf8)
  private static let memoryFile = Array("memory.json".utf8)
  private static let targetFolder = Array("target".utf8)
  private static let fallbackFolder = Array("fallback".utf8)
  private static let fileLimit = 64 << 20

  /// Why rollouts of a state cannot be read.
  package struct Damage: Error {
    /// The rollout.
    package let rollout: String
  }

  /// Reads all rollouts, in the order in which they were made, and what is held.
  ///
  /// - Parameter memory: what is remembered of a rollout, by its id.
  package static func load(
    _ content: StateContent, memory: (String) -> JSONValue?, reader: some ObjectReader
  ) throws -> FleetRollouts {
    var fleet = FleetRollouts()
    if content.rollouts != .emptyTree {
      for entry in try reader.tree(content.rollouts) where entry.mode == .directory {
        let id = String(decoding: entry.name, as: UTF8.self)
        guard var rollout = try load(entry.id, reader) else { throw Damage(rollout: id) }
        if let json = memory(id) {
          let remembered = RolloutMemory(json: json, members: rollout.plan.members.count)
          // What is older than the last decision about stages is of no use.
          if remembered.stage == rollout.state.stage { rollout.memory = remembered }
        }
        fleet.rollouts.append(rollout)
      }
    }
    // Of one second those that have begun come first: the others may wait for them.
    fleet.rollouts.sort { left, right in
      if left.plan.startedAt != right.plan.startedAt {
        return left.plan.startedAt < right.plan.startedAt
      }
      if left.state.isStarted != right.state.isStarted { return left.state.isStarted }
      return left.plan.id.precedesInBytes(right.plan.id)
    }
    if let held = content.held {
      fleet.held = try items(held, reader).compactMap { HeldTrees(json: $0) }
    }
    if let leftOut = content.leftOut {
      fleet.leftOut = try items(leftOut, reader).compactMap { LeftOutTrees(json: $0) }
    }
    return fleet
  }

  /// The source commit of one rollout; nil when the state does not have it.
  static func source(
    of id: String, in content: StateContent, reader: some ObjectReader
  ) throws -> String? {
    if content.rollouts == .emptyTree { return nil }
    let name = Array(id.utf8)
    guard let folder = try reader.tree(content.rollouts).first(where: { $0.name == name }),
      let file = try reader.tree(folder.id).first(where: { $0.name == planFile })
    else { return nil }
    return JSONParser.parse(try reader.blob(file.id, limit: fileLimit))?["source"]?.string
  }

  /// The plan of one rollout; nil when the state does not have it.
  package static func plan(
    _ id: String, in content: StateContent, reader: some ObjectReader
  ) throws -> RolloutPlan? {
    let name = Array(id.utf8)
    let entry = try reader.tree(content.rollouts).first { $0.name == name }
    return try entry.flatMap { try load($0.id, reader) }?.plan
  }

  private static func load(_ tree: ObjectID, _ reader: some ObjectReader) throws -> Rollout? {
    let entries = try reader.tree(tree)
    func entry(_ name: [UInt8]) -> ObjectID? { entries.first { $0.name == name }?.id }
    guard let planID = entry(planFile), let progressID = entry(progressFile),
      let plan = JSONParser.parse(try reader.blob(planID, limit: fileLimit)),
      let progress = JSONParser.parse(try reader.blob(progressID, limit: fileLimit))
    else { return nil }
    let tables = ReleaseTableReader(reader)
    let target = try tables.table(entry(targetFolder) ?? .emptyTree)
    let fallback = try tables.table(entry(fallbackFolder) ?? .emptyTree)
    guard
      let plan = RolloutPlan(
        json: plan, target: { target[$0, $1] }, fallback: { fallback[$0, $1] }),
      let state = RolloutState(json: progress, members: plan.members.count)
    else { return nil }
    return Rollout(plan: plan, state: state)
  }

  /// The list in a file such as `orders.json`.
  static func items(_ blob: ObjectID?, _ reader: some ObjectReader) throws -> [JSONValue] {
    guard let blob else { return [] }
    return JSONParser.parse(try reader.blob(blob, limit: fileLimit))?.items ?? []
  }

  /// Writes a list; nil for an empty one.
  static func write(
    _ items: [JSONValue], to store: some ObjectWriter
  ) throws(ObjectAccessError) -> ObjectID? {
    items.isEmpty ? nil : try store.write(.blob, JSONWriter.pretty(.array(items)))
  }

  /// Writes the rollouts that have not ended, and what is held, into the content of a state.
  ///
  /// - Parameter before: the rollouts as they were loaded from the same content: of those whose plan is the same
  ///   only the progress is written.
  static func save<Store: ObjectReader & ObjectWriter>(
    _ fleet: FleetRollouts, before: FleetRollouts, to content: inout StateContent, store: Store
  ) throws(ObjectAccessError) {
    var known: [String: ObjectID] = [:]
    if content.rollouts != .emptyTree {
      for entry in try store.tree(content.rollouts) {
        known[String(decoding: entry.name, as: UTF8.self)] = entry.id
      }
    }
    var entries: [TreeEntry] = []
    for rollout in fleet.rollouts where !rollout.state.phase.isEnd {
      let id = rollout.plan.id
      let old = before.rollouts.first { $0.plan.id == id }
      let folder: ObjectID
      if let old, let tree = known[id], old.plan == rollout.plan {
        folder = old.state == rollout.state ? tree : try write(rollout, into: tree, store)
      } else {
        folder = try write(rollout, store)
      }
      entries.append(TreeEntry(id, .directory, folder))
    }
    content.rollouts = entries.isEmpty ? .emptyTree : try store.writeTree(entries)
    if fleet.held != before.held {
      content.held = try write(fleet.held.map(\.json), to: store)
    }
    if fleet.leftOut != before.leftOut {
      content.leftOut = try write(fleet.leftOut.map(\.json), to: store)
    }
  }

  private static func progress(
    _ rollout: Rollout, _ store: some ObjectWriter
  ) throws(ObjectAccessError) -> TreeEntry {
    TreeEntry(
      name: progressFile, mode: .file,
      id: try store.write(.blob, JSONWriter.pretty(rollout.state.json)))
  }

  /// Writes rollouts that end with a state, with what is remembered of their clusters: afterwards nobody knows it.
  ///
  /// - Parameter content: the state before, which has them.
  static func write<Store: ObjectReader & ObjectWriter>(
    ended rollouts: [Rollout], before content: StateContent, to store: Store
  ) throws(ObjectAccessError) -> ObjectID {
    if rollouts.isEmpty { return .emptyTree }
    var known: [[UInt8]: ObjectID] = [:]
    if content.rollouts != .emptyTree {
      for entry in try store.tree(content.rollouts) { known[entry.name] = entry.id }
    }
    var entries: [TreeEntry] = []
    for rollout in rollouts {
      let tree: ObjectID
      if let folder = known[Array(rollout.plan.id.utf8)] {
        tree = try write(rollout, into: folder, store)
      } else {
        tree = try write(rollout, store)
      }
      let memory = try store.write(.blob, JSONWriter.compact(rollout.memory.json) + [0x0a])
      let folder = try store.writeTree(
        try store.tree(tree) + [TreeEntry(name: memoryFile, mode: .file, id: memory)])
      entries.append(TreeEntry(rollout.plan.id, .directory, folder))
    }
    return try store.writeTree(entries)
  }

  /// A rollout that has ended, with what was remembered of it; nil when the folder does not have it.
  static func ended(
    _ id: String, in folder: ObjectID, reader: some ObjectReader
  ) throws -> Rollout? {
    let name = Array(id.utf8)
    guard let tree = try reader.tree(folder).first(where: { $0.name == name })?.id,
      var rollout = try load(tree, reader)
    else { return nil }
    if let file = try reader.tree(tree).first(where: { $0.name == memoryFile }),
      let json = JSONParser.parse(try reader.blob(file.id, limit: fileLimit))
    {
      rollout.memory = RolloutMemory(json: json, members: rollout.plan.members.count)
    }
    return rollout
  }

  private static func write<Store: ObjectReader & ObjectWriter>(
    _ rollout: Rollout, into tree: ObjectID, _ store: Store
  ) throws(ObjectAccessError) -> ObjectID {
    let others = try store.tree(tree).filter { $0.name != progressFile }
    return try store.writeTree(others + [try progress(rollout, store)])
  }

  private static func write(
    _ rollout: Rollout, _ store: some ObjectWriter
  ) throws(ObjectAccessError) -> ObjectID {
    var entries = [
      TreeEntry(
        name: planFile, mode: .file,
        id: try store.write(.blob, JSONWriter.compact(rollout.plan.json) + [0x0a])),
      try progress(rollout, store),
    ]
    for (folder, tree) in [
      (targetFolder, \RolloutPlan.Move.target), (fallbackFolder, \RolloutPlan.Move.fallback),
    ] {
      let rows = rollout.plan.members.compactMap { member -> SliceRow? in
        let deployments = member.moves.compactMap { move in
          move[keyPath: tree].map { SliceRow.Deployment(bundle: move.bundle, tree: $0) }
        }
        return deployments.isEmpty
          ? nil : SliceRow(cluster: member.cluster, deployments: deployments)
      }
      if rows.isEmpty { continue }
      entries.append(
        TreeEntry(name: folder, mode: .directory, id: try PlanTree.write(rows, to: store)))
    }
    return try store.writeTree(entries)
  }
}
