// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import HubService
import Posix
import Rollouts

/// The chain of decisions on `refs/fleet/state`, newest first.
struct RolloutHistory {
  /// One commit of the chain.
  struct Step {
    /// The commit.
    let id: ObjectID
    /// What it says.
    let commit: Commit
    /// What has happened in it, in order.
    let events: [RolloutEvent]

    /// The number of the release.
    var release: Int { commit.trailer("Release").flatMap { Int($0) } ?? 0 }
    /// When, by the hub's clock.
    var time: Timestamp { Timestamp(seconds: commit.committer.seconds) }
    /// Who has pushed or ordered; nil for the hub itself.
    var principal: String? { commit.trailer("Ordered-By") ?? commit.trailer("Pushed-By") }
    /// The rollout that a step without events is about; nil when it is about none.
    var rollout: String? { commit.trailer("Rollout") }
    /// The first line of its message.
    var subject: String {
      commit.message.split(separator: "\n").first.map(String.init) ?? ""
    }
  }

  private let store: Repository
  private var next: ObjectID?

  /// Starts at a state.
  init(_ head: ObjectID, store: Repository) {
    self.store = store
    next = head
  }

  /// The next older step; nil at the beginning, or where a shallow clone ends.
  mutating func step() throws(CommandError) -> Step? {
    guard let id = next, store.hasObject(id) else { return nil }
    let store = store
    let step = try failing {
      let commit = try store.commit(id)
      return Step(id: id, commit: commit, events: try StateContent.events(of: commit, from: store))
    }
    next = step.commit.parents.first
    return step
  }

  /// How a rollout that does not run any more has ended: the newest event that says so, and the last state that
  /// had it. Nil when the history knows no such rollout.
  static func ending(
    of id: String, before head: ObjectID, store: Repository
  ) throws(CommandError) -> (phase: RolloutPhase, step: Step, state: ReleasedState?)? {
    var history = RolloutHistory(head, store: store)
    while let step = try history.step() {
      guard let phase = Self.end(of: id, in: step.events) else { continue }
      let parent = try step.commit.parents.first.map { parent throws(CommandError) in
        try failing { try ReleasedState.read(parent, from: store) }
      }
      return (phase, step, parent ?? nil)
    }
    return nil
  }

  /// The phase in which a rollout has ended by these events; nil when it has not.
  static func end(of id: String, in events: [RolloutEvent]) -> RolloutPhase? {
    for event in events.reversed() where event.rollout == id {
      switch event.kind {
      case .complete: return .complete
      case .rolledBack: return .rolledBack
      case .superseded: return .superseded
      case .halted: return .aborted
      case .aborted where !events.contains { $0.rollout == id && $0.kind == .rollingBack }:
        return .aborted
      default: continue
      }
    }
    return nil
  }

  /// The names of all rollouts, newest first.
  static func names(
    before head: ObjectID, store: Repository, reach: Int = 10_000
  ) throws(CommandError) -> [(id: String, bundles: [String])] {
    var history = RolloutHistory(head, store: store)
    var seen = Set<String>()
    var names: [(id: String, bundles: [String])] = []
    for _ in 0..<reach {
      guard let step = try history.step() else { break }
      for event in step.events where seen.insert(event.rollout).inserted {
        names.append((event.rollout, event.bundles))
      }
    }
    return names
  }
}
