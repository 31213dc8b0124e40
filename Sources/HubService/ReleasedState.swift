// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import GitStore
import JSONTree
package import Rollouts
import SliceFormat

/// The commit on `refs/fleet/state`: what every cluster is told to run now, and the decision that made
/// it so. The chain of these commits is the audit log.
package struct ReleasedState: Sendable, Hashable {
  /// The commit.
  package let id: ObjectID
  /// Counts the decisions: 1, 2, 3 …
  package let release: Int
  /// When the decision was made, seconds since 1970.
  package let seconds: Int64
  /// What it says.
  package let content: StateContent

  /// The hub's epoch when it was written.
  package var epoch: Int { content.epoch }
  /// The source commit that the hub follows.
  package var source: ObjectID { content.source }
  /// The plan commit that it releases, at once or by rollouts.
  package var plan: ObjectID { content.plan }
  /// The tree of the released slices, `SHARD/CLUSTER/BUNDLE/…`.
  package var released: ObjectID { content.released }
  /// The tree of the tombstones, `SHARD/CLUSTER/tombstone.json`.
  package var removed: ObjectID { content.removed }

  /// The number of the state that comes after one; nil stands for "nothing is released yet".
  package static func next(after state: ReleasedState?) -> Int { (state?.release ?? 0) + 1 }

  /// Writes a state on top of another, with what it takes away added to what was ever taken away. The caller moves
  /// the ref.
  package static func write(
    _ content: StateContent, after previous: ReleasedState?, seconds: Int64,
    message: StateMessage, events: [RolloutEvent] = [], ended: ObjectID = .emptyTree,
    to store: some ObjectReader & ObjectWriter
  ) throws(ObjectAccessError) -> ReleasedState {
    var content = content
    if let previous {
      var ledger = RemovalLedger(store)
      content.removals = try ledger.tree(
        after: previous.content.removals, from: previous.released, to: content.released)
    }
    let release = next(after: previous)
    let hub = HubIdentity.signature(seconds: seconds)
    let commit = Commit(
      tree: try content.write(release: release, events: events, ended: ended, to: store),
      parents: previous.map { [$0.id] } ?? [],
      author: message.author.map { HubIdentity.person($0, seconds: seconds) } ?? hub,
      committer: hub,
      message: CommitMessage.make(
        subject: message.subject, body: message.body,
        trailers: [
          Trailer("Release", "\(release)"), Trailer("Source", content.source.hex),
          Trailer("Plan", content.plan.hex),
        ] + message.trailers + [Trailer("Format", "\(SliceLayout.format)")]))
    return ReleasedState(
      id: try store.write(.commit, commit.content), release: release, seconds: seconds,
      content: content)
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
    guard let (release, content) = try StateContent.read(entries, from: repository) else {
      throw HubError(
        "the state commit \(id.hex) cannot be understood",
        hint: "was it written by a newer version? upgrade the hub's programs")
    }
    return ReleasedState(
      id: id, release: release, seconds: commit.committer.seconds, content: content)
  }
}

/// What a state commit says to people.
package struct StateMessage: Sendable, Hashable {
  /// Who decided, as the serving side says; nil for the hub itself.
  package var author: String?
  /// What happened, in one line.
  package var subject: String
  /// Why, and what it changes.
  package var body: String
  /// More trailers, after those that every state has.
  package var trailers: [Trailer]

  /// Makes a message.
  package init(author: String? = nil, subject: String, body: String = "", trailers: [Trailer] = [])
  {
    self.author = author
    self.subject = subject
    self.body = body
    self.trailers = trailers
  }
}
