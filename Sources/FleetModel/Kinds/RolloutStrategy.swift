// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// How a change is released: `rolloutStrategy` or `rollout` of a `fleet.yaml`, and the `spec` of a
/// `RolloutPolicy`. What is nil is not written.
package struct RolloutStrategy: Sendable {
  /// A set of clusters that is released together, as Fleet has it.
  package struct Partition: Sendable {
    /// The name; Fleet asks for none.
    package let name: Located<String>?
    /// How many clusters of it may be unavailable.
    package let maxUnavailable: Located<Quantity>?
    /// Which clusters are in it.
    package let criteria: TargetCriteria
    /// Where it is written.
    package let span: SourceSpan?
  }

  /// A stage, as we have it.
  package struct Stage: Sendable {
    /// The name, unique in the list.
    package let name: Located<String>
    /// How much is released when it is, earlier stages counted.
    package let coverage: Located<Quantity>?
    /// Which clusters can be in it; without criteria all.
    package let criteria: TargetCriteria
    /// What it says for itself.
    package let rules: StageRules
    /// Where it is written.
    package let span: SourceSpan?
  }

  /// A rule that ends a rollout early.
  package struct AbortRule: Sendable, Hashable {
    /// Which outcomes count: one of ``failureTypes``.
    package let failureType: String
    /// From which share on, in a million.
    package let thresholdPartsPerMillion: Int
    /// How many clusters must have an outcome.
    package let minExecuted: Int
  }

  /// Objects that a rollback leaves alone.
  package struct ExemptObject: Sendable, Hashable {
    /// The kind.
    package let kind: String
    /// The API group, the namespace and the name; nil for any.
    package let group: String?
    package let namespace: String?
    package let name: String?
  }

  /// The policy whose fields count where nothing is written here; never in a policy itself.
  package var policy: Located<String>?
  /// How many partitions may be unavailable.
  package var maxUnavailablePartitions: Located<Quantity>?
  /// How many clusters a partition has when none are written.
  package var autoPartitionSize: Located<Quantity>?
  /// From how many clusters on there are partitions when none are written.
  package var autoPartitionThreshold: Int64?
  /// How many new clusters get a bundle at a time.
  package var maxNew: Int64?
  /// The partitions, in order; nil where the list is not written or empty.
  package var partitions: [Partition]?
  /// The stages, in order; nil where they are not written.
  package var stages: [Stage]?
  /// What holds for stages that say nothing; its `maxUnavailable` is Fleet's as well.
  package var defaults = StageRules()
  /// What happens when it fails: one of ``failureStrategies``.
  package var failureStrategy: String?
  /// What a new push does: one of ``supersedingWords``.
  package var superseding: String?
  /// Bundles with the same name here move together.
  package var atomic: Located<String>?
  /// How long without contact a cluster is disconnected, in seconds.
  package var disconnectedAfter: Int?
  /// How long an error may last, in seconds.
  package var failedAfter: Int?
  /// Rules that end it early.
  package var abort: [AbortRule]?
  /// Objects that a rollback leaves alone.
  package var rollbackExempt: [ExemptObject]?
  /// Where the key is written.
  package var span: SourceSpan?

  /// The words of `failureStrategy`, of `superseding` and of `failureType`.
  package static let failureStrategies = ["Rollback", "Halt", "Pause"]
  package static let supersedingWords = ["replace", "queue"]
  package static let failureTypes = ["FAILED", "TIMED_OUT", "ALL"]

  /// A strategy that says nothing.
  package init() {}

  /// Whether it says how Fleet's partitions are made.
  package var hasPartitions: Bool {
    partitions != nil || autoPartitionSize != nil || autoPartitionThreshold != nil
      || maxUnavailablePartitions != nil
  }

  /// This strategy, and where it says nothing a policy. Stages here put away the policy's partitions, and
  /// the other way round.
  package func over(_ policy: RolloutStrategy) -> RolloutStrategy {
    var result = self
    if !hasPartitions { result.stages = stages ?? policy.stages }
    if stages == nil {
      result.partitions = partitions ?? policy.partitions
      result.autoPartitionSize = autoPartitionSize ?? policy.autoPartitionSize
      result.autoPartitionThreshold = autoPartitionThreshold ?? policy.autoPartitionThreshold
      result.maxUnavailablePartitions =
        maxUnavailablePartitions ?? policy.maxUnavailablePartitions
    }
    result.maxNew = maxNew ?? policy.maxNew
    result.defaults = defaults.over(policy.defaults)
    result.failureStrategy = failureStrategy ?? policy.failureStrategy
    result.superseding = superseding ?? policy.superseding
    result.atomic = atomic ?? policy.atomic
    result.disconnectedAfter = disconnectedAfter ?? policy.disconnectedAfter
    result.failedAfter = failedAfter ?? policy.failedAfter
    result.abort = abort ?? policy.abort
    result.rollbackExempt = rollbackExempt ?? policy.rollbackExempt
    result.policy = nil
    return result
  }
}
