// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// The passage of bundles that move together from their released trees to those of a plan.
///
/// Three parts: what is fixed at the start, what was decided since (both stand in `refs/fleet/state`), and
/// what is only remembered between two looks and may be lost without harm (`refs/fleet/observed`).
package struct Rollout: Sendable, Hashable {
  /// What is fixed when it starts.
  package var plan: RolloutPlan
  /// What was decided.
  package var state: RolloutState
  /// What is remembered.
  package var memory: RolloutMemory

  /// Makes a rollout.
  package init(
    plan: RolloutPlan, state: RolloutState, memory: RolloutMemory = RolloutMemory()
  ) {
    self.plan = plan
    self.state = state
    self.memory = memory
  }
}

/// What is fixed when a rollout starts: its clusters, their stages and trees, its policy.
package struct RolloutPlan: Sendable, Hashable {
  /// A stage with its members counted and its limits resolved.
  package struct Stage: Sendable, Hashable {
    /// The policy of the stage; its name is unique here.
    package var policy: StagePolicy
    /// How many clusters a share in its limits is a share of: the members, and for partitions that overlap
    /// also those that an earlier one has released.
    package var size: Int
    /// Fleet's gate: so many of the stage may be unavailable when the next one starts. Nil for our stages, where all
    /// members have to have an outcome.
    package var gate: Int?

    /// Makes a stage.
    package init(policy: StagePolicy, size: Int, gate: Int? = nil) {
      self.policy = policy
      self.size = size
      self.gate = gate
    }
  }

  /// A bundle of a cluster, and the trees that it moves between.
  package struct Move: Sendable, Hashable {
    /// The bundle's name.
    package var bundle: String
    /// The tree of the plan; nil when the bundle goes away.
    package var target: ObjectID?
    /// The tree that a rollback releases: the last good one, with the exempt objects of the target; nil when
    /// the bundle was not there.
    package var fallback: ObjectID?

    /// Makes a move.
    package init(bundle: String, target: ObjectID?, fallback: ObjectID?) {
      self.bundle = bundle
      self.target = target
      self.fallback = fallback
    }
  }

  /// A cluster of the rollout.
  package struct Member: Sendable, Hashable {
    /// The cluster's name.
    package var cluster: String
    /// Its stage; nil when it is in none: it is Skipped.
    package var stage: Int?
    /// Its bundles, in the order of their names; never empty.
    package var moves: [Move]
    /// Whether it gets one of the bundles for the first time (`maxNew` counts those).
    package var isNew: Bool
    /// Whether a rollout that this one has taken over has released something here that has not proved good: a
    /// rollback takes it back, although this one may not have released the cluster yet.
    package var isUnproven = false

    /// Makes a member.
    package init(cluster: String, stage: Int?, moves: [Move], isNew: Bool = false) {
      self.cluster = cluster
      self.stage = stage
      self.moves = moves
      self.isNew = isNew
    }
  }

  /// The name, unique for ever: the first bundle's name and the number of the release that started it, `pos-17`.
  package var id: String
  /// The names of the bundles, sorted by their bytes.
  package var bundles: [String]
  /// Digests of the definitions that the bundles had when it started, in the order of the bundles; empty text for a
  /// bundle that goes away; an empty list when they are not known. Trees that differ while the definition is
  /// the same differ because the inventory does.
  package var definitions: [String] = []
  /// The source commit whose plan it releases.
  package var source: ObjectID
  /// When it was made, seconds since 1970 by the hub's clock.
  package var startedAt: Int64
  /// Who pushed, as the serving side says; nil for a local path.
  package var principal: String?
  /// The policy.
  package var policy: RolloutPolicy
  /// The stages, in order; never empty.
  package var stages: [Stage]
  /// How many partitions may be unavailable beside the current one; 0 for our stages.
  package var unavailableStages: Int
  /// The clusters, sorted by the bytes of their names.
  package var members: [Member]

  /// Makes a plan.
  package init(
    id: String, bundles: [String], source: ObjectID, startedAt: Int64, principal: String? = nil,
    policy: RolloutPolicy, stages: [Stage], unavailableStages: Int = 0, members: [Member]
  ) {
    self.id = id
    self.bundles = bundles
    self.source = source
    self.startedAt = startedAt
    self.principal = principal
    self.policy = policy
    self.stages = stages
    self.unavailableStages = unavailableStages
    self.members = members
  }
}

/// What was decided about a rollout since it started. Changes only with a commit on `refs/fleet/state`.
package struct RolloutState: Sendable, Hashable {
  /// Where it stands.
  package var phase = RolloutPhase.pending
  /// Why it stands there, one line for a person; empty where the phase says all.
  package var reason = ""
  /// The stage that is being released, from 0 on; the number of stages when all are.
  package var stage = 0
  /// When the phase was entered, and when the stage, seconds since 1970.
  package var phaseSince: Int64 = 0
  package var stageSince: Int64 = 0
  /// When each member was released, in the order of the members; nil: not yet.
  package var releasedAt: [Int64?]
  /// The number of the state commit that released each member, which a site's report is held against.
  package var releasedBy: [Int?]
  /// Members that have Succeeded at the time of a decision. Their trees are called good when the rollout ends without
  /// a rollback, not before.
  package var succeeded: Set<Int> = []
  /// Members that are not waited for any more, because they left the fleet.
  package var skipped: Set<Int> = []
  /// Which tasks of the stage are done: the number of `before` and of `after`.
  package var doneBefore = 0
  package var doneAfter = 0
  /// Until when a timed wait lasts; nil when none is going on.
  package var waitsUntil: Int64?
  /// The phase that `resume` goes back to; nil when it is not Paused.
  package var pausedPhase: RolloutPhase?
  /// The rollout that has to end before this one may start; it is made anew then. Nil: it waits for none.
  package var waitsFor: String?
  /// The values before the stage was released, by metric, for `PREVIOUS`.
  package var baselines: [String: Double] = [:]
  /// Whether a person has said to release all that is left at once (`promote --full`).
  package var isPromoted = false
  /// Whether it has begun: it waits for no other rollout any more, and the history says that it has started.
  package var isStarted = false
  /// Whether the policy has paused it, not a person: `resume` forgives what has failed up to then.
  package var isPausedByPolicy = false
  /// When it went on last after a wait: a person has resumed or approved, or a timed wait was over. Deadlines of a
  /// stage count from there.
  package var resumedAt: Int64?
  /// Members that do not count any more as long as they have not Succeeded: a person has gone on in spite of them.
  package var forgiven: Set<Int> = []

  /// Makes the state of a rollout that has not started.
  package init(members: Int, now: Int64) {
    releasedAt = [Int64?](repeating: nil, count: members)
    releasedBy = [Int?](repeating: nil, count: members)
    phaseSince = now
    stageSince = now
  }
}

/// What is remembered of a rollout between two looks. When it is lost, soak times and measurements of the
/// current stage begin again; nothing that was decided changes.
package struct RolloutMemory: Sendable, Hashable {
  /// What is known of a released cluster.
  package struct Cluster: Sendable, Hashable {
    /// Where it stands.
    package var phase: ClusterPhase
    /// Since when the hub has seen it there, or Ready while it is Progressing; seconds since 1970.
    package var since: Int64
    /// Since when it is Ready with the new trees; nil when it is not.
    package var readySince: Int64?
    /// Since when it reports an error; nil when it does not.
    package var errorSince: Int64?
    /// When it came back after it was Disconnected, or was seen to be unready again after it had Succeeded; its
    /// deadline counts from there.
    package var backSince: Int64?
    /// Whether it was Disconnected since its release.
    package var wasDisconnected = false
    /// Why it is there, in the site's words; empty where the phase says all.
    package var message: String

    /// Makes an entry.
    package init(
      phase: ClusterPhase, since: Int64, readySince: Int64? = nil, errorSince: Int64? = nil,
      backSince: Int64? = nil, message: String = ""
    ) {
      self.phase = phase
      self.since = since
      self.readySince = readySince
      self.errorSince = errorSince
      self.backSince = backSince
      self.message = message
    }
  }

  /// What a metric of the current stage has come to.
  package struct Metric: Sendable, Hashable {
    package var phase = MetricPhase.pending
    /// When it was measured last; nil: not yet.
    package var measuredAt: Int64?
    /// The value then; nil when there was none.
    package var value: Double?
    /// The samples then, and of how many clusters.
    package var samples = 0
    package var clusters = 0
    /// The cluster whose value is the worst; empty when there is none.
    package var worst = ""
    /// How many measurements have succeeded, failed, were inconclusive.
    package var successes = 0
    package var failures = 0
    package var inconclusive = 0

    /// Makes an entry of a metric that was not measured.
    package init() {}
  }

  /// Released clusters by the index of the member.
  package var clusters: [Int: Cluster] = [:]
  /// The metrics of the current stage by name.
  package var metrics: [String: Metric] = [:]
  /// The stage that the metrics are of.
  package var stage = 0
  /// Since when there is this memory; nil: nothing is remembered.
  package var begunAt: Int64?
  /// When a cluster of the stage was seen Ready first; metrics are measured from there on.
  package var readyAt: Int64?
  /// Since when the gate of the stage is satisfied but for its metrics and tasks; nil when it is not.
  package var settledAt: Int64?

  /// Nothing is remembered.
  package init() {}
}
