// SPDX-License-Identifier: Apache-2.0

/// The stages of one rollout, and who is in which: fixed when it starts.
package struct StagedClusters: Sendable, Hashable {
  /// The stages, in order; never empty. Their names are unique.
  package var stages: [RolloutPlan.Stage]
  /// How many partitions may be unavailable beside the current one; 0 for our stages.
  package var unavailableStages: Int
  /// The stage of each cluster, in the order of the clusters; nil when it is in none: it is Skipped.
  package var stageOf: [Int?]

  /// Without the stages that have nobody, whose gates would be waited for in vain; one is left in any case.
  package var withoutEmptyStages: StagedClusters {
    var used = [Bool](repeating: false, count: stages.count)
    for case .some(let stage) in stageOf { used[stage] = true }
    if !used.contains(true), !used.isEmpty { used[used.count - 1] = true }
    var numbers: [Int] = []
    var next = 0
    for isUsed in used {
      numbers.append(next)
      if isUsed { next += 1 }
    }
    return StagedClusters(
      stages: stages.indices.filter { used[$0] }.map { stages[$0] },
      unavailableStages: unavailableStages, stageOf: stageOf.map { $0.map { numbers[$0] } })
  }
}

/// Makes the stages of a rollout from its policy and the clusters that change.
package enum StageMaker {
  /// The stages of clusters, which are sorted by their bytes and unique.
  ///
  /// Ours: a stage takes the clusters that it selects and no earlier stage has, in the order of a hash of
  /// their names, until its coverage is reached: of all that change, or, with a selector, of those that match.
  /// A share is rounded down, to 1 at least. The last stage does not take the rest: who is in no stage is Skipped.
  ///
  /// Fleet's partitions: the first one that matches has the cluster; size and gate are those of all that
  /// match, as Fleet counts them.
  package static func stages(of clusters: [String], policy: RolloutPolicy) -> StagedClusters {
    switch policy.stages {
    case .stages(let stages): ours(clusters, stages)
    case .partitions(let partitions): fleets(clusters, partitions)
    }
  }

  /// The gate of a partition of so many clusters: where nothing is written it never waits.
  package static func gate(size: Int, maxUnavailable: Limit?) -> Int {
    FleetLimit.resolve(size, maxUnavailable)
  }

  /// How many stages a policy makes for so many clusters, without saying who is in which.
  package static func count(of policy: RolloutPolicy, clusters: Int) -> Int {
    switch policy.stages {
    case .stages(let stages): max(1, stages.count)
    case .partitions(let partitions):
      partitions.partitions.isEmpty
        ? max(1, FleetPartition.automaticCount(clusters, partitions)) : partitions.partitions.count
    }
  }

  private static func ours(_ clusters: [String], _ policies: [StagePolicy]) -> StagedClusters {
    let order = SortedNames.hashOrder(clusters)
    var stageOf = [Int?](repeating: nil, count: clusters.count)
    var sizes = [Int](repeating: 0, count: policies.count)
    for (number, policy) in policies.enumerated() {
      var candidates = order
      if let selected = policy.clusters {
        var isSelected = [Bool](repeating: false, count: clusters.count)
        for position in SortedNames.positions(of: selected, in: clusters) {
          isSelected[position] = true
        }
        candidates = order.filter { isSelected[$0] }
      }
      var missing = covered(candidates.count, policy.coverage)
      missing -= candidates.count { stageOf[$0] != nil }
      for position in candidates where stageOf[position] == nil {
        if missing <= 0 { break }
        stageOf[position] = number
        sizes[number] += 1
        missing -= 1
      }
    }
    var names = UniqueNames(prefix: "stage")
    let stages = policies.enumerated().map { number, policy in
      var policy = policy
      policy.name = names.take(policy.name)
      return RolloutPlan.Stage(policy: policy, size: sizes[number])
    }
    return StagedClusters(
      stages: stages.isEmpty
        ? [RolloutPlan.Stage(policy: StagePolicy(name: "all"), size: 0)] : stages,
      unavailableStages: 0, stageOf: stageOf)
  }

  private static func fleets(_ clusters: [String], _ policy: PartitionPolicy) -> StagedClusters {
    let partitions = FleetPartition.partitions(of: clusters, policy: policy)
    var stageOf = [Int?](repeating: nil, count: clusters.count)
    var names = UniqueNames(prefix: "Partition")
    var stages: [RolloutPlan.Stage] = []
    for (number, partition) in partitions.enumerated() {
      for member in partition.members where stageOf[member] == nil { stageOf[member] = number }
      var rules = policy.rules
      rules.name = names.take(partition.name)
      rules.coverage = nil
      rules.clusters = nil
      rules.maxUnavailable = partition.maxUnavailable
      stages.append(
        RolloutPlan.Stage(policy: rules, size: partition.members.count, gate: partition.gate))
    }
    if stages.isEmpty {
      var rules = policy.rules
      rules.name = "All"
      stages = [RolloutPlan.Stage(policy: rules, size: 0, gate: 1)]
    }
    return StagedClusters(
      stages: stages,
      unavailableStages: FleetPartition.maxUnavailablePartitions(stages.count, policy: policy),
      stageOf: stageOf)
  }

  /// How many clusters of a set a stage covers; a share over 0 is one cluster at least.
  private static func covered(_ count: Int, _ coverage: Limit?) -> Int {
    switch coverage {
    case nil: count
    case .count(let number): min(max(number, 0), count)
    case .share(let share):
      share <= 0 ? 0 : min(count, max(1, FleetLimit.part(share, of: count)))
    }
  }
}

/// Gives every stage a name of its own.
private struct UniqueNames {
  let prefix: String
  var taken: Set<String> = []
  var count = 0

  init(prefix: String) { self.prefix = prefix }

  mutating func take(_ name: String) -> String {
    count += 1
    let wanted = name.isEmpty ? "\(prefix) \(count)" : name
    var result = wanted
    var number = 2
    while !taken.insert(result).inserted {
      result = "\(wanted) (\(number))"
      number += 1
    }
    return result
  }
}
