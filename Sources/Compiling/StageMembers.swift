// SPDX-License-Identifier: Apache-2.0

import Rollouts

/// Who is in which stage of a policy.
enum StageMembers {
  /// Those of these clusters, sorted by their bytes, that are in no stage.
  static func inNone(_ clusters: [String], _ policy: RolloutPolicy) -> [String] {
    switch policy.stages {
    case .stages(let stages):
      // Nearly every policy ends with a stage for all; the order of names is then of no interest.
      if stages.contains(where: { $0.clusters == nil && $0.coverage ?? .all == .all }) { return [] }
    case .partitions(let partitions):
      if partitions.partitions.isEmpty { return [] }
    }
    let stageOf = StageMaker.stages(of: clusters, policy: policy).stageOf
    return zip(clusters, stageOf).filter { $0.1 == nil }.map(\.0)
  }
}
