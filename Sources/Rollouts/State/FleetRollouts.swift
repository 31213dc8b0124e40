// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// Trees that are not released again until another tree or `retry` comes.
package struct HeldTrees: Sendable, Hashable {
  /// The rollout that has failed with them.
  package var rollout: String
  /// The bundle.
  package var bundle: String
  /// The trees, sorted.
  package var trees: [ObjectID]
  /// Whether it is also held that the bundle goes away from clusters.
  package var holdsRemoval: Bool
  /// Since when, seconds since 1970.
  package var since: Int64
  /// Why, in one line.
  package var reason: String
  /// The definition that the trees were made of, of ``RolloutPlan/definitions``: other trees of the same
  /// definition, of a cluster that joins, are not released either. Nil when it is not known.
  package var definition: String?

  /// Makes an entry.
  package init(
    rollout: String, bundle: String, trees: [ObjectID], holdsRemoval: Bool = false, since: Int64,
    reason: String, definition: String? = nil
  ) {
    self.rollout = rollout
    self.bundle = bundle
    self.trees = trees
    self.holdsRemoval = holdsRemoval
    self.since = since
    self.reason = reason
    self.definition = definition
  }
}

/// What the last rollout of a bundle has left out, because the clusters are in none of its stages: it does
/// not come by itself with the next push.
package struct LeftOutTrees: Sendable, Hashable {
  /// A cluster, and the tree of the plan that it does not get; nil where the bundle would go away.
  package struct Row: Sendable, Hashable {
    package var cluster: String
    package var tree: ObjectID?

    /// Makes a row.
    package init(cluster: String, tree: ObjectID?) {
      self.cluster = cluster
      self.tree = tree
    }
  }

  /// The bundle.
  package var bundle: String
  /// The clusters, sorted by their bytes.
  package var rows: [Row]

  /// Makes an entry.
  package init(bundle: String, rows: [Row]) {
    self.bundle = bundle
    self.rows = rows
  }
}

/// All rollouts of a hub and what is held: the state that ``RolloutEngine`` steps.
package struct FleetRollouts: Sendable, Hashable {
  /// Those that have not ended, in the order in which they were made.
  package var rollouts: [Rollout] = []
  /// What is held, in the order in which it was.
  package var held: [HeldTrees] = []
  /// What was left out, in the order of the bundles.
  package var leftOut: [LeftOutTrees] = []

  /// No rollouts.
  package init() {}
}

/// What a step asks the hub to do, all of it in one commit.
package enum RolloutEffect: Sendable, Hashable {
  /// Tell these members (indices, rising) of a rollout the trees of its plan.
  case release(rollout: String, members: [Int])
  /// Tell them their fallback trees.
  case restore(rollout: String, members: [Int])
  /// The trees of the plan are good on these members.
  case good(rollout: String, members: [Int])
  /// Say it in the history, and to those who want to be told.
  case event(RolloutEvent)
}

/// Something that a person may want to know.
package struct RolloutEvent: Sendable, Hashable {
  /// What has happened.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case planned, started, stageStarted = "stage-started", released, stagePassed = "stage-passed"
    case awaitingApproval = "awaiting-approval", approved, paused, resumed, promoted
    case gateFailed = "gate-failed", rollingBack = "rolling-back", rolledBack = "rolled-back"
    case halted, aborted, complete, superseded, stragglers, undone, retried, held
  }

  /// What has happened.
  package var kind: Kind
  /// The rollout.
  package var rollout: String
  /// The bundles.
  package var bundles: [String]
  /// The stage's name; empty when it is about none.
  package var stage: String
  /// One line: what and why, with numbers.
  package var text: String
  /// Numbers: clusters of the rollout, released, succeeded, failed (timed out among them), without contact.
  package var total: Int
  package var released: Int
  package var succeeded: Int
  package var failed: Int
  package var disconnected: Int
  /// Who ordered it; nil for the hub.
  package var principal: String?

  /// Makes an event.
  package init(
    kind: Kind, rollout: String, bundles: [String], stage: String, text: String, total: Int,
    released: Int, succeeded: Int, failed: Int, disconnected: Int, principal: String? = nil
  ) {
    self.kind = kind
    self.rollout = rollout
    self.bundles = bundles
    self.stage = stage
    self.text = text
    self.total = total
    self.released = released
    self.succeeded = succeeded
    self.failed = failed
    self.disconnected = disconnected
    self.principal = principal
  }
}
