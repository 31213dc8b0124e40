// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Rollouts
import Targeting

/// Makes the policy of a rollout from a strategy: numbers are resolved, criteria become names of clusters.
struct PolicyResolver {
  let inventory: Inventory
  let workspace: Workspace
  /// The clusters that the bundle goes to; no others matter.
  let clusters: BitSet

  /// The policy of a strategy that has all its fields.
  func policy(of strategy: RolloutStrategy, isPaused: Bool) -> RolloutPolicy {
    var policy = RolloutPolicy(stages: stages(of: strategy))
    policy.failureStrategy =
      strategy.failureStrategy.flatMap(RolloutPolicy.FailureStrategy.init(rawValue:))
      ?? policy.failureStrategy
    policy.superseding =
      strategy.superseding.flatMap(RolloutPolicy.Superseding.init(rawValue:))
      ?? policy.superseding
    policy.atomic = strategy.atomic?.value
    policy.disconnectedAfter = strategy.disconnectedAfter ?? policy.disconnectedAfter
    policy.failedAfter = strategy.failedAfter ?? policy.failedAfter
    policy.maxNew = strategy.maxNew.map { max(0, Int(clamping: $0)) }
    policy.abort = (strategy.abort ?? []).compactMap { rule in
      AbortRule.FailureType(rawValue: rule.failureType).map {
        AbortRule(
          failureType: $0, thresholdPartsPerMillion: rule.thresholdPartsPerMillion,
          minExecuted: rule.minExecuted)
      }
    }
    policy.exempt = (strategy.rollbackExempt ?? []).map {
      ExemptObject(kind: $0.kind, group: $0.group, namespace: $0.namespace, name: $0.name)
    }
    policy.isPaused = isPaused
    return policy
  }

  /// What a bundle without a strategy has that is paused: released at once when it goes on, not judged.
  static var paused: RolloutPolicy {
    var stage = StagePolicy(name: "all")
    stage.maxFailures = .all
    var policy = RolloutPolicy(stages: .stages([stage]))
    policy.failureStrategy = .halt
    policy.isPaused = true
    return policy
  }

  private func stages(of strategy: RolloutStrategy) -> RolloutPolicy.Stages {
    if let stages = strategy.stages {
      return .stages(
        stages.map { stage in
          var policy = StagePolicy(
            name: stage.name.value, rules: stage.rules.over(strategy.defaults))
          policy.coverage = stage.coverage.map { Limit($0.value) }
          policy.clusters = names(stage)
          return policy
        })
    }
    // Fleet's fields make partitions; ours alone are about all clusters together.
    let isFleets = strategy.hasPartitions || strategy.maxNew != nil
    guard isFleets || strategy.defaults.maxUnavailable != nil else {
      return .stages([StagePolicy(name: "all", rules: strategy.defaults)])
    }
    var rules = strategy.defaults
    rules.maxUnavailable = nil
    return .partitions(
      PartitionPolicy(
        maxUnavailable: strategy.defaults.maxUnavailable.map { Limit($0.value) },
        maxUnavailablePartitions: strategy.maxUnavailablePartitions.map { Limit($0.value) },
        autoPartitionSize: strategy.autoPartitionSize.map { Limit($0.value) },
        autoPartitionThreshold: strategy.autoPartitionThreshold.map {
          max(0, Int(clamping: $0))
        },
        partitions: (strategy.partitions ?? []).map { partition in
          PartitionPolicy.Partition(
            name: partition.name?.value ?? "",
            maxUnavailable: partition.maxUnavailable.map { Limit($0.value) },
            clusters: names(partition.criteria))
        }, rules: StagePolicy(name: "", rules: rules)))
  }

  /// The clusters that a stage selects; nil where it has no criteria, or those that everything meets.
  private func names(_ stage: RolloutStrategy.Stage) -> [String]? {
    guard stage.hasCriteria else { return nil }
    let criteria = stage.criteria
    let isEverything =
      criteria.clusterSelector?.isEmpty == true && criteria.clusterName == nil
      && !criteria.asksForGroup
    return isEverything ? nil : names(criteria)
  }

  /// The names of the bundle's clusters that meet criteria, sorted by their bytes.
  func names(_ criteria: TargetCriteria) -> [String] {
    criteria.matchingSet(in: inventory, workspace).intersection(clusters)
      .map { inventory.clusters[$0].name }
  }
}

extension Limit {
  /// A number or a share as it is written.
  init(_ quantity: Quantity) {
    switch quantity {
    case .count(let number): self = .count(number)
    case .share(let parts): self = .share(partsPerMillion: parts)
    }
  }
}

extension StagePolicy {
  /// A stage with what its rules say, and defaults where they say nothing.
  init(name: String, rules: StageRules) {
    self.init(name: name)
    maxConcurrency = rules.maxConcurrency.map { Limit($0.value) }
    maxUnavailable = rules.maxUnavailable.map { Limit($0.value) }
    maxFailures = rules.maxFailures.map { Limit($0.value) } ?? maxFailures
    minSuccessTime = rules.minSuccessTime?.value ?? minSuccessTime
    progressDeadline = rules.progressDeadline?.value ?? progressDeadline
    whenDisconnected =
      rules.whenDisconnected.flatMap(WhenDisconnected.init(rawValue:)) ?? whenDisconnected
    minReachable = rules.minReachable.map { Limit($0.value) }
    isMandatory = rules.isMandatory ?? isMandatory
    before = (rules.before ?? []).map(Task.init)
    after = (rules.after ?? []).map(Task.init)
    metrics = (rules.analysis?.metrics ?? []).map { MetricPolicy($0, of: rules.analysis) }
  }
}

extension StagePolicy.Task {
  init(_ task: StageRules.Task) {
    switch task {
    case .approval: self = .approval
    case .timedWait(let seconds): self = .timedWait(seconds: seconds)
    }
  }
}

extension MetricPolicy {
  init(_ metric: RolloutAnalysis.Metric, of analysis: RolloutAnalysis?) {
    self.init(name: metric.name.value)
    query = metric.query
    min = metric.min
    max = metric.max
    strategy = metric.strategy.flatMap(Strategy.init(rawValue:)) ?? strategy
    deviation = metric.deviation.flatMap(Deviation.init(rawValue:)) ?? deviation
    tolerancePartsPerMillion = metric.tolerancePartsPerMillion ?? tolerancePartsPerMillion
    let word = metric.aggregate ?? analysis?.aggregate
    aggregate = word.flatMap(Aggregate.init(text:)) ?? aggregate
    minSamples = metric.minSamples ?? analysis?.minSamples ?? minSamples
    interval = metric.interval ?? analysis?.interval ?? interval
    failureLimit = metric.failureLimit ?? failureLimit
    inconclusiveLimit = metric.inconclusiveLimit ?? inconclusiveLimit
    skipOnNoData = metric.skipOnNoData ?? skipOnNoData
  }
}
