// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import HubService
import Planning

/// Tells whether a cluster that has applied some release runs what is released now.
///
/// A slice is published only when it changes, so most clusters rightly have an older number than the
/// hub. Such a cluster is current when its slice is the same tree in both states.
struct ReleaseHistory {
  private let store: Repository
  private let current: [String: ObjectID]
  private let head: ReleasedState
  /// The commit of the oldest state that was looked at.
  private var oldest: ObjectID
  private var states: [Int: ObjectID]
  private var slices: [Int: [String: ObjectID]] = [:]

  /// How many states are looked through; a cluster that is further behind is behind.
  private static let reach = 10_000

  /// Starts at the state that is released.
  init(_ head: ReleasedState, store: Repository) throws(CommandError) {
    self.store = store
    self.head = head
    current = try Self.slices(head.released, store)
    oldest = head.id
    states = [head.release: head.released]
  }

  /// The names of all clusters that something is released for, in order.
  var clusters: [String] { current.keys.inOrder }

  /// The slice that is released for a cluster now; nil when there is none.
  func slice(of cluster: String) -> ObjectID? { current[cluster] }

  /// Whether a cluster with this release applied runs what is released now.
  mutating func isCurrent(_ cluster: String, release: Int) throws(CommandError) -> Bool {
    guard let wanted = current[cluster] else { return false }
    if release == head.release { return true }
    guard release > 0, release < head.release, let tree = try released(release) else {
      return false
    }
    if tree == head.released { return true }
    if slices[release] == nil { slices[release] = try Self.slices(tree, store) }
    return slices[release]?[cluster] == wanted
  }

  /// The tree of all slices of a release, found by walking back from the newest.
  private mutating func released(_ release: Int) throws(CommandError) -> ObjectID? {
    if let known = states[release] { return known }
    var steps = 0
    while steps < Self.reach, states[release] == nil {
      steps += 1
      let id = oldest
      let parent = try failing { try store.commit(id).parents.first }
      guard let parent, store.hasObject(parent) else { return nil }
      guard let state = try failing({ try ReleasedState.read(parent, from: store) }) else {
        return nil
      }
      oldest = parent
      states[state.release] = state.released
      if state.release < release { break }
    }
    return states[release]
  }

  private static func slices(
    _ tree: ObjectID, _ store: Repository
  ) throws(CommandError) -> [String: ObjectID] {
    try failing {
      Dictionary(
        try PlanTree.slices(of: tree, reader: store)
          .map { (String(decoding: $0.name, as: UTF8.self), $0.tree) },
        uniquingKeysWith: { first, _ in first })
    }
  }
}
