// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import JSONTree
import NotifyFormat
import Posix
import Rollouts

/// Puts what the history tells into the outbox: the events of the state commits behind its cursor.
struct RolloutOutbox {
  let hub: HubLayout
  let repository: Repository

  /// How many state commits are looked at; what is further behind is not told any more.
  private static let reach = 100_000

  /// Fills the outbox up to a state. Without receivers only the cursor moves, and not even that before there ever
  /// was one.
  func fill(_ state: ReleasedState, now: Timestamp) throws(HubError) {
    let outbox = Outbox(hub: hub)
    let cursor = try outbox.cursor()
    if cursor?.release == state.release { return }
    let receivers = try PlanCommit.policies(state.plan, from: repository).notifications.map {
      NotificationReceiver(
        name: $0.name, program: $0.program, events: $0.events.map(\.rawValue),
        bundles: $0.bundles, severity: $0.severity.rawValue, settings: $0.settings)
    }
    if cursor == nil, receivers.isEmpty { return }
    let items: [Outbox.Item] = try HubError.wrap {
      try self.items(after: cursor?.release, upTo: state)
    }
    _ = try outbox.enqueue(
      items, to: receivers, upTo: Outbox.Cursor(commit: state.id.hex, release: state.release),
      now: now)
  }

  /// A hub that gets its first receiver tells what happens from then on.
  private func items(after last: Int?, upTo state: ReleasedState) throws -> [Outbox.Item] {
    var commits: [(release: Int, id: ObjectID)] = []
    var next: ObjectID? = state.id
    var release = state.release
    let end = last ?? release - 1
    while let id = next, release > end, commits.count < Self.reach {
      commits.append((release, id))
      next = try repository.commit(id).parents.first
      release -= 1
    }
    var items: [Outbox.Item] = []
    var sources: [String: String] = [:]
    let name = Files.split(hub.root).name
    for (release, id) in commits.reversed() {
      let commit = try repository.commit(id)
      let source = commit.trailer("Source") ?? ""
      let time = Timestamp(seconds: commit.committer.seconds).rfc3339
      for (number, event) in try StateContent.events(of: commit, from: repository).enumerated() {
        let known = try sources[event.rollout] ?? self.source(of: event.rollout, at: commit)
        sources[event.rollout] = known
        items.append(
          Outbox.Item(
            release: release, number: number,
            message: event.message(
              id: "\(id.hex)-\(number)", time: time, source: known ?? source, hub: name)))
      }
    }
    return items
  }

  /// The commit that a rollout releases, while others are pushed: by the state that has it, or by the one before, which
  /// still had it. Nil for one of the past that somebody has undone.
  private func source(of rollout: String, at commit: Commit) throws -> String? {
    for tree in [commit.tree]
      + commit.parents.prefix(1).compactMap({ parent in
        try? repository.commit(parent).tree
      })
    {
      guard
        let content = try StateContent.read(try repository.tree(tree), from: repository)?.content
      else { continue }
      if let source = try RolloutFiles.source(of: rollout, in: content, reader: repository) {
        return source
      }
    }
    return nil
  }
}

extension RolloutEvent {
  /// What notification programs are told.
  func message(id: String, time: String, source: String, hub: String) -> NotifyMessage {
    NotifyMessage(
      id: id, rollout: rollout, kind: kind.rawValue,
      severity: NotifyEvent(rawValue: kind.rawValue)?.severity ?? "info", text: text,
      bundles: bundles, stage: stage, time: time, source: source, principal: principal ?? "",
      numbers: [
        JSONMember("total", .integer(Int64(total))),
        JSONMember("released", .integer(Int64(released))),
        JSONMember("succeeded", .integer(Int64(succeeded))),
        JSONMember("failed", .integer(Int64(failed))),
        JSONMember("disconnected", .integer(Int64(disconnected))),
      ], hub: hub, settings: .object([JSONMember]()))
  }
}
