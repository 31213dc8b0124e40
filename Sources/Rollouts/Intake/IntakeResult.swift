// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// What an intake has come to. All of it belongs into one commit.
package struct IntakeResult: Sendable, Hashable {
  /// A bundle on a cluster.
  package struct Place: Sendable, Hashable {
    package var cluster: String
    package var bundle: String

    /// Makes a place.
    package init(_ cluster: String, _ bundle: String) {
      self.cluster = cluster
      self.bundle = bundle
    }
  }

  /// A place and the tree that is released there at once; nil takes the bundle away.
  package struct Row: Sendable, Hashable {
    package var place: Place
    package var tree: ObjectID?

    /// Makes a row.
    package init(_ cluster: String, _ bundle: String, _ tree: ObjectID?) {
      place = Place(cluster, bundle)
      self.tree = tree
    }
  }

  /// The rollouts: those before in their order, of which some may be Superseded now, then the new ones.
  package var rollouts: FleetRollouts
  /// What is released at once, in the order of clusters and bundles.
  package var immediate: [Row] = []
  /// Members that are told new trees at once, and what is to be said.
  package var effects: [RolloutEffect] = []
  /// Places that are to get the bundle's good version, compiled with the inventory of now; those without one
  /// get nothing for now. Tell the trees with ``put(_:at:)``.
  package var newcomers: [Place] = []
  /// Rollouts that wait for another: make the intake again when one has ended.
  package var queued: [String] = []
  /// Clusters with changes that wait for their window: make the intake again when one opens.
  package var waiting: [String] = []
  /// Clusters that have left the fleet, with everything that was released there.
  package var left: [String] = []

  /// Makes a result in which nothing happens.
  package init(rollouts: FleetRollouts) { self.rollouts = rollouts }

  /// The events, in order.
  package var events: [RolloutEvent] {
    effects.compactMap { if case .event(let event) = $0 { event } else { nil } }
  }

  /// Releases the good tree of a newcomer at once, and lets a rollback come back to it.
  package mutating func put(_ tree: ObjectID, at place: Place) {
    immediate.append(Row(place.cluster, place.bundle, tree))
    for index in rollouts.rollouts.indices {
      rollouts.rollouts[index].setFallback(tree, at: place)
    }
  }
}

extension Rollout {
  fileprivate mutating func setFallback(_ tree: ObjectID, at place: IntakeResult.Place) {
    guard !state.phase.isEnd, !state.isQueued, plan.bundles.contains(place.bundle),
      let member = plan.members.firstIndex(where: { $0.cluster == place.cluster }),
      let move = plan.members[member].moves.firstIndex(where: { $0.bundle == place.bundle }),
      plan.members[member].moves[move].fallback == nil
    else { return }
    plan.members[member].moves[move].fallback = tree
  }
}
