// SPDX-License-Identifier: Apache-2.0

import Rollouts

/// Who is in which stage of a policy.
enum StageMembers {
  /// Those of these clusters, sorted by their bytes, that are in no stage.
  static func inNone(_ clusters: [String], _ policy: RolloutPolicy) -> [String] {
    var taken = Set<String>()
    switch policy.stages {
    case .stages(let stages):
      for stage in stages {
        if stage.clusters == nil, stage.coverage ?? .all == .all { return [] }
        taken.formUnion(stage.clusters ?? clusters)
      }
    case .partitions(let partitions):
      if partitions.partitions.isEmpty { return [] }
      for partition in partitions.partitions { taken.formUnion(partition.clusters) }
    }
    return clusters.filter { !taken.contains($0) }
  }
}
