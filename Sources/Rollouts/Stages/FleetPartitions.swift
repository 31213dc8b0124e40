// SPDX-License-Identifier: Apache-2.0

/// Fleet's partitions of a sorted list of clusters.
///
/// Source: `partitions`, `autoPartition`, `manualPartition` in Fleet's `target/partition.go`.
package struct FleetPartition: Sendable, Hashable {
  /// The name: that of the file, `All`, or `Partition 0 - 50`.
  package var name: String
  /// The clusters as positions in the list, rising. A cluster may be in several partitions that are written
  /// out, and in none.
  package var members: [Int]
  /// How many may be unavailable when the next one starts.
  package var gate: Int
  /// What the gate was made of; nil where nothing was written, which is 100 %.
  package var maxUnavailable: Limit?

  /// The defaults of Fleet's `target.go`.
  private static let defaultSize = Limit.share(partsPerMillion: 250_000)
  private static let defaultThreshold = 200

  /// The partitions of clusters, in order; `clusters` is sorted by its bytes.
  package static func partitions(
    of clusters: [String], policy: PartitionPolicy
  ) -> [FleetPartition] {
    policy.partitions.isEmpty
      ? automatic(clusters.count, policy) : manual(clusters, policy)
  }

  /// How many partitions may be unavailable beside the current one.
  package static func maxUnavailablePartitions(_ count: Int, policy: PartitionPolicy) -> Int {
    FleetLimit.resolve(count, policy.maxUnavailablePartitions, .count(0))
  }

  /// How many automatic partitions there are of so many clusters.
  package static func automaticCount(_ count: Int, _ policy: PartitionPolicy) -> Int {
    automaticSize(count, policy).map { (count + $0 - 1) / $0 } ?? 1
  }

  private static func automatic(_ count: Int, _ policy: PartitionPolicy) -> [FleetPartition] {
    guard let size = automaticSize(count, policy) else {
      return [make("All", Array(0..<count), policy.maxUnavailable)]
    }
    return stride(from: 0, to: count, by: size).map { start in
      let end = min(start + size, count)
      return make("Partition \(start) - \(end)", Array(start..<end), policy.maxUnavailable)
    }
  }

  /// How large automatic partitions are; nil when all clusters are one.
  private static func automaticSize(_ count: Int, _ policy: PartitionPolicy) -> Int? {
    let threshold = policy.autoPartitionThreshold ?? defaultThreshold
    if policy.autoPartitionSize == .count(0) || threshold <= 0 || count < threshold { return nil }
    return max(1, FleetLimit.resolve(count, policy.autoPartitionSize, defaultSize))
  }

  private static func manual(_ clusters: [String], _ policy: PartitionPolicy) -> [FleetPartition] {
    policy.partitions.map { partition in
      make(
        partition.name, SortedNames.positions(of: partition.clusters, in: clusters),
        partition.maxUnavailable ?? policy.maxUnavailable)
    }
  }

  private static func make(_ name: String, _ members: [Int], _ limit: Limit?) -> FleetPartition {
    FleetPartition(
      name: name, members: members, gate: FleetLimit.resolve(members.count, limit),
      maxUnavailable: limit)
  }
}
