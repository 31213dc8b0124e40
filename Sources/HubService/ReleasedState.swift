// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import GitStore
import JSONTree
import SliceFormat

/// The commit on `refs/fleet/state`: what every cluster is told to run now, and the decision that made
/// it so. The chain of these commits is the audit log.
package struct ReleasedState: Sendable, Hashable {
  /// The commit.
  package let id: ObjectID
  /// Counts the decisions: 1, 2, 3 …
  package let release: Int
  /// The hub's epoch when it was written.
  package let epoch: Int
  /// The source commit that is released.
  package let source: ObjectID
  /// The plan commit that is released.
  package let plan: ObjectID
  /// The tree of the released slices, `SHARD/CLUSTER/BUNDLE/…`.
  package let released: ObjectID
  /// The tree of the tombstones, `SHARD/CLUSTER/tombstone.json`.
  package let removed: ObjectID
  /// When the decision was made, seconds since 1970.
  package let seconds: Int64

  private static let releasedFolder = Array("released".utf8)
  private static let removedFolder = Array("removed".utf8)
  private static let file = Array("state.json".utf8)

  /// Writes a state on top of another.
  ///
  /// - Parameters:
  ///   - author: who decided; nil for the hub itself.
  ///   - subject: what happened, in one line.
  ///   - body: why, and what it changes.
  ///   - trailers: more of them, after those that every state has.
  package static func write(
    previous: ReleasedState?, epoch: Int, plan: PlanCommit, released: ObjectID, removed: ObjectID,
    seconds: Int64, author: Signature?, subject: String, body: String, trailers: [Trailer],
    to repository: Repository
  ) throws(ObjectAccessError) -> ReleasedState {
    let release = (previous?.release ?? 0) + 1
    let json = JSONValue.object([
      "format": .integer(Int64(SliceLayout.format)), "release": .integer(Int64(release)),
      "epoch": .integer(Int64(epoch)), "source": .string(plan.source.hex),
      "plan": .string(plan.id.hex),
    ])
    var entries = [
      TreeEntry(name: releasedFolder, mode: .directory, id: released),
      TreeEntry(
        name: file, mode: .file, id: try repository.write(.blob, JSONWriter.pretty(json))),
    ]
    if removed != .emptyTree {
      entries.append(TreeEntry(name: removedFolder, mode: .directory, id: removed))
    }
    let hub = HubIdentity.signature(seconds: seconds)
    let commit = Commit(
      tree: try repository.writeTree(entries), parents: previous.map { [$0.id] } ?? [],
      author: author ?? hub, committer: hub,
      message: CommitMessage.make(
        subject: subject, body: body,
        trailers: [
          Trailer("Release", "\(release)"), Trailer("Source", plan.source.hex),
          Trailer("Plan", plan.id.hex),
        ] + trailers + [Trailer("Format", "\(SliceLayout.format)")]))
    return ReleasedState(
      id: try repository.write(.commit, commit.content), release: release, epoch: epoch,
      source: plan.source, plan: plan.id, released: released, removed: removed, seconds: seconds)
  }

  /// Reads a state commit; nil stands for "nothing is released yet".
  package static func read(
    _ id: ObjectID?, from repository: Repository
  ) throws(HubError) -> ReleasedState? {
    guard let id else { return nil }
    guard let commit = try? repository.commit(id), let entries = try? repository.tree(commit.tree)
    else {
      throw HubError(
        "the state commit \(id.hex) cannot be read", hint: "restore fleet.git from a backup")
    }
    func entry(_ name: [UInt8]) -> ObjectID? { entries.first { $0.name == name }?.id }
    guard let blob = entry(file), let released = entry(releasedFolder),
      let json = JSONParser.parse(try HubError.wrap { try repository.blob(blob, limit: 1 << 20) }),
      let release = json["release"]?.integer, let epoch = json["epoch"]?.integer,
      let source = json["source"]?.string.flatMap({ ObjectID(hex: $0) }),
      let plan = json["plan"]?.string.flatMap({ ObjectID(hex: $0) })
    else {
      throw HubError(
        "the state commit \(id.hex) cannot be understood",
        hint: "was it written by a newer version? upgrade the hub's programs")
    }
    return ReleasedState(
      id: id, release: Int(clamping: release), epoch: Int(clamping: epoch), source: source,
      plan: plan, released: released, removed: entry(removedFolder) ?? .emptyTree,
      seconds: commit.committer.seconds)
  }
}
