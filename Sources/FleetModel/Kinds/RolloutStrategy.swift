// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

/// How a change is released in stages; accepted and kept, but everything is released at once for now.
package struct RolloutStrategy: Sendable {
  /// A set of clusters that is released together.
  package struct Partition: Sendable {
    /// The name.
    package let name: String?
    /// How many clusters of it may be unavailable.
    package let maxUnavailable: Located<Quantity>?
    /// Which clusters are in it.
    package let criteria: TargetCriteria
  }

  /// How many clusters may be unavailable.
  package let maxUnavailable: Located<Quantity>?
  /// How many partitions may be unavailable.
  package let maxUnavailablePartitions: Located<Quantity>?
  /// How many clusters a partition has when none are written.
  package let autoPartitionSize: Located<Quantity>?
  /// From how many clusters on there are partitions when none are written.
  package let autoPartitionThreshold: Int64?
  /// How many new clusters get a bundle at a time.
  package let maxNew: Int64?
  /// The partitions, in order.
  package let partitions: [Partition]
  /// Where the key is written.
  package let span: SourceSpan?

  /// Both spellings; an article that many people start from has the second.
  static let keys = ["rolloutStrategy", "rollout"]

  /// Reads the strategy from either key; that it does nothing yet is told by the schema.
  static func read(_ fields: FieldReader, findings: inout Findings) -> RolloutStrategy? {
    let written = keys.filter { fields.value($0)?.pairs?.isEmpty == false }
    if written.count > 1 {
      findings.error(
        "said-twice", "'rollout' and 'rolloutStrategy' are the same, only one can be given",
        at: fields.keySpan(keys[1]),
        notes: [Finding.Note("the other one is here", at: fields.keySpan(keys[0]))])
    }
    guard let key = written.first else { return nil }
    return RolloutStrategy(fields.object(key), span: fields.keySpan(key), findings: &findings)
  }

  private init(_ fields: FieldReader, span: SourceSpan?, findings: inout Findings) {
    maxUnavailable = fields.quantity("maxUnavailable")
    maxUnavailablePartitions = fields.quantity("maxUnavailablePartitions")
    autoPartitionSize = fields.quantity("autoPartitionSize")
    autoPartitionThreshold = fields.integer("autoPartitionThreshold")
    maxNew = fields.integer("maxNew")
    self.span = span
    var partitions: [Partition] = []
    for partition in fields.objects("partitions") {
      partitions.append(
        Partition(
          name: partition.string("name")?.value,
          maxUnavailable: partition.quantity("maxUnavailable"),
          criteria: TargetCriteria(
            clusterName: partition.string("clusterName"),
            clusterSelector: LabelSelector(partition, "clusterSelector", findings: &findings),
            clusterGroup: partition.string("clusterGroup"),
            clusterGroupSelector: LabelSelector(
              partition, "clusterGroupSelector", findings: &findings))))
    }
    self.partitions = partitions
  }
}
