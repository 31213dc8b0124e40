// SPDX-License-Identifier: Apache-2.0

/// How a change of a bundle is released: which clusters after which, how it is judged, what happens when
/// it fails. All numbers are resolved; times are in seconds.
package struct RolloutPolicy: Sendable, Hashable {
  /// Where the stages come from.
  package enum Stages: Sendable, Hashable {
    /// Ours: `stages`, in order.
    case stages([StagePolicy])
    /// Fleet's: `partitions`, or automatic ones where the list is empty.
    case partitions(PartitionPolicy)
  }

  /// What happens to a rollout that has failed.
  package enum FailureStrategy: String, Sendable, Hashable, CaseIterable {
    /// Every touched cluster is told its last good trees; the bad trees are held.
    case rollback = "Rollback"
    /// Nothing more is released, what is released stays; the rollout ends.
    case halt = "Halt"
    /// Nothing more is released until a person decides.
    case pause = "Pause"
  }

  /// What a new push does to a rollout of the same bundles that is running.
  package enum Superseding: String, Sendable, Hashable, CaseIterable {
    /// The new one takes over, cluster by cluster.
    case replace
    /// The new one waits until the running one has ended.
    case queue
  }

  /// Where the stages come from.
  package var stages: Stages
  /// What happens when it fails.
  package var failureStrategy = FailureStrategy.rollback
  /// What a new push does to it.
  package var superseding = Superseding.replace
  /// Bundles with the same name here move together; nil for a bundle that is connected by `dependsOn` only.
  package var atomic: String?
  /// Rules that end a rollout early, by share and minimum count; any of them is enough.
  package var abort: [AbortRule] = []
  /// How long without contact a cluster counts as Disconnected, in seconds.
  package var disconnectedAfter = 3600
  /// How long a cluster may report ErrApplied before that counts as Failed, in seconds: sites try again.
  package var failedAfter = 300
  /// How many clusters get a bundle for the first time in one step (Fleet's `maxNew`); nil for any number.
  package var maxNew: Int?
  /// Objects that a rollback leaves as the bad version made them.
  package var exempt: [ExemptObject] = []
  /// Whether changes are held back altogether (Fleet's `paused`): a rollout starts as Paused.
  package var isPaused = false

  /// Makes a policy with the defaults of every other field.
  package init(stages: Stages) { self.stages = stages }
}

/// Objects that must not go back in a rollback: `rollbackExempt`. A field that is nil matches anything.
package struct ExemptObject: Sendable, Hashable {
  /// The kind, `PersistentVolumeClaim`.
  package var kind: String
  /// The API group; the empty text is the core group.
  package var group: String?
  /// The namespace.
  package var namespace: String?
  /// The name.
  package var name: String?

  /// Makes a pattern.
  package init(
    kind: String, group: String? = nil, namespace: String? = nil, name: String? = nil
  ) {
    self.kind = kind
    self.group = group
    self.namespace = namespace
    self.name = name
  }
}

/// A rule that makes a rollout fail: the abort criteria of AWS IoT Jobs.
package struct AbortRule: Sendable, Hashable {
  /// Which outcomes count.
  package enum FailureType: String, Sendable, Hashable, CaseIterable {
    case failed = "FAILED"
    case timedOut = "TIMED_OUT"
    case all = "ALL"
  }

  /// Which outcomes count.
  package var failureType: FailureType
  /// From which share of the clusters with an outcome on, in a million.
  package var thresholdPartsPerMillion: Int
  /// How many clusters must have an outcome before the rule counts, at least 1.
  package var minExecuted: Int

  /// Makes a rule.
  package init(failureType: FailureType, thresholdPartsPerMillion: Int, minExecuted: Int) {
    self.failureType = failureType
    self.thresholdPartsPerMillion = thresholdPartsPerMillion
    self.minExecuted = minExecuted
  }
}

/// Fleet's partitions: who is in which, and when the next one may start.
package struct PartitionPolicy: Sendable, Hashable {
  /// A partition that is written out.
  package struct Partition: Sendable, Hashable {
    /// The name; Fleet asks for none.
    package var name: String
    /// How many of it may be unavailable, in place of the policy's.
    package var maxUnavailable: Limit?
    /// The clusters of the fleet that match its criteria, sorted by their bytes.
    package var clusters: [String]

    /// Makes a partition.
    package init(name: String, maxUnavailable: Limit?, clusters: [String]) {
      self.name = name
      self.maxUnavailable = maxUnavailable
      self.clusters = clusters
    }
  }

  /// How many clusters may be unavailable; nil is 100 %.
  package var maxUnavailable: Limit?
  /// How many partitions may be unavailable while the next one starts; nil is 0.
  package var maxUnavailablePartitions: Limit?
  /// The size of automatic partitions; nil is 25 %.
  package var autoPartitionSize: Limit?
  /// From how many clusters on there are automatic partitions; nil is 200.
  package var autoPartitionThreshold: Int?
  /// The partitions that are written out; empty for automatic ones.
  package var partitions: [Partition]
  /// What every partition has of our fields: deadlines, soak times, analysis. Its name and selection do
  /// not count.
  package var rules: StagePolicy

  /// Makes partitions.
  package init(
    maxUnavailable: Limit? = nil, maxUnavailablePartitions: Limit? = nil,
    autoPartitionSize: Limit? = nil, autoPartitionThreshold: Int? = nil,
    partitions: [Partition] = [], rules: StagePolicy = StagePolicy(name: "")
  ) {
    self.maxUnavailable = maxUnavailable
    self.maxUnavailablePartitions = maxUnavailablePartitions
    self.autoPartitionSize = autoPartitionSize
    self.autoPartitionThreshold = autoPartitionThreshold
    self.partitions = partitions
    self.rules = rules
  }
}
