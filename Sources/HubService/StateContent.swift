// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import GitStore
import JSONTree
package import Rollouts
import SliceFormat

/// The tree of a state commit.
package struct StateContent: Sendable, Hashable {
  /// The hub's epoch.
  package var epoch: Int
  /// The source commit that the hub follows.
  package var source: ObjectID
  /// The plan commit that it releases.
  package var plan: ObjectID
  /// `released/SHARD/CLUSTER/BUNDLE/…`: what every cluster is told to run.
  package var released: ObjectID
  /// `removed/SHARD/CLUSTER/tombstone.json`.
  package var removed = ObjectID.emptyTree
  /// `good/SHARD/CLUSTER/BUNDLE/…`: the last tree that finished its soak there.
  package var good = ObjectID.emptyTree
  /// `removals/SHARD/CLUSTER`: what was ever taken away from each slice, see `RemovalLedger`.
  package var removals = ObjectID.emptyTree
  /// Whether sites that come from an older epoch may remove whatever their slices lack.
  package var opensEpoch = false
  /// `rollouts/ID/…`: the rollouts that have not ended.
  package var rollouts = ObjectID.emptyTree
  /// `held.json`: what is not released again; nil when there is nothing.
  package var held: ObjectID?
  /// `left-out.json`: what rollouts have left out, because the clusters are in none of their stages; nil when there
  /// is nothing.
  package var leftOut: ObjectID?
  /// `orders.json`: the ids of the last orders that were carried out; nil when there were none.
  package var orders: ObjectID?
  /// `retries.json`: what `retry` has let go, see `RetryRecord`; nil when it was never ordered.
  package var retries: ObjectID?
  /// `sources.json`: the source commit that each bundle last completed a rollout of; nil when there is none.
  package var sources: ObjectID?

  /// Makes a state in which everything is released.
  package init(epoch: Int, source: ObjectID, plan: ObjectID, released: ObjectID) {
    self.epoch = epoch
    self.source = source
    self.plan = plan
    self.released = released
  }

  /// Whether rollouts have left nothing in it: no record, nothing held.
  package var isWithoutRollouts: Bool {
    rollouts == .emptyTree && held == nil && leftOut == nil && good == .emptyTree
  }

  private static let file = "state.json"
  private static let openMember = "removalsAllowed"
  private static let eventsFile = "events.json"
  private static let endedFolder = "ended"

  /// Writes the tree.
  ///
  /// - Parameters:
  ///   - events: what happened in this step, `events.json`; the next state has its own.
  ///   - ended: `ended/ID/…`, the rollouts that have ended in this step; likewise.
  func write(
    release: Int, events: [RolloutEvent], ended: ObjectID, to store: some ObjectWriter
  ) throws(ObjectAccessError) -> ObjectID {
    var members = [
      JSONMember("format", .integer(Int64(SliceLayout.format))),
      JSONMember("release", .integer(Int64(release))),
      JSONMember("epoch", .integer(Int64(epoch))),
      JSONMember("source", .string(source.hex)), JSONMember("plan", .string(plan.hex)),
    ]
    if opensEpoch { members.append(JSONMember(Self.openMember, .bool(true))) }
    let json = JSONValue.object(members)
    var entries = [
      TreeEntry("released", .directory, released),
      TreeEntry(Self.file, .file, try store.write(.blob, JSONWriter.pretty(json))),
    ]
    for (name, tree) in [
      ("removed", removed), ("removals", removals), ("good", good), ("rollouts", rollouts),
      (Self.endedFolder, ended),
    ] where tree != .emptyTree {
      entries.append(TreeEntry(name, .directory, tree))
    }
    for (name, blob) in [
      ("held.json", held), ("left-out.json", leftOut), ("orders.json", orders),
      ("retries.json", retries), ("sources.json", sources),
    ] {
      if let blob { entries.append(TreeEntry(name, .file, blob)) }
    }
    if !events.isEmpty {
      let list = JSONValue.array(events.map(\.json))
      entries.append(
        TreeEntry(Self.eventsFile, .file, try store.write(.blob, JSONWriter.pretty(list))))
    }
    return try store.writeTree(entries)
  }

  /// Reads the tree; nil when it is none of ours.
  static func read(
    _ entries: [TreeEntry], from repository: Repository
  ) throws(HubError) -> (release: Int, content: StateContent)? {
    func entry(_ name: String) -> ObjectID? {
      let bytes = Array(name.utf8)
      return entries.first { $0.name == bytes }?.id
    }
    guard let blob = entry(file), let released = entry("released"),
      let json = JSONParser.parse(try HubError.wrap { try repository.blob(blob, limit: 1 << 20) }),
      let release = json["release"]?.integer, let epoch = json["epoch"]?.integer,
      let source = json["source"]?.string.flatMap({ ObjectID(hex: $0) }),
      let plan = json["plan"]?.string.flatMap({ ObjectID(hex: $0) })
    else { return nil }
    var content = StateContent(
      epoch: Int(clamping: epoch), source: source, plan: plan, released: released)
    content.removed = entry("removed") ?? .emptyTree
    content.removals = entry("removals") ?? .emptyTree
    content.opensEpoch = json[openMember]?.bool ?? false
    content.good = entry("good") ?? .emptyTree
    content.rollouts = entry("rollouts") ?? .emptyTree
    content.held = entry("held.json")
    content.leftOut = entry("left-out.json")
    content.orders = entry("orders.json")
    content.retries = entry("retries.json")
    content.sources = entry("sources.json")
    return (Int(clamping: release), content)
  }

  /// A rollout that has ended in the step of a state commit, with what became of each cluster; nil when there is no
  /// such one, or the hub that wrote it did not keep it.
  package static func ended(
    _ id: String, of commit: Commit, from repository: Repository
  ) throws -> Rollout? {
    let name = Array(endedFolder.utf8)
    guard let folder = try repository.tree(commit.tree).first(where: { $0.name == name }) else {
      return nil
    }
    return try RolloutFiles.ended(id, in: folder.id, reader: repository)
  }

  /// What happened in the step of a state commit, for the outbox and the history.
  package static func events(
    of commit: Commit, from repository: Repository
  ) throws(ObjectAccessError) -> [RolloutEvent] {
    let name = Array(eventsFile.utf8)
    guard let entry = try repository.tree(commit.tree).first(where: { $0.name == name }) else {
      return []
    }
    let json = JSONParser.parse(try repository.blob(entry.id, limit: 16 << 20))
    return (json?.items ?? []).compactMap { RolloutEvent(json: $0) }
  }
}
