// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Rollouts
import SliceFormat

/// Makes what sites watch of a bundle out of its rollout strategy.
///
/// It is in the slice, and slices are a function of the tree: the `RolloutPolicy` of the tree counts, not
/// the one of the version before. A push that changes a policy changes its bundles, and that change goes
/// out by the stages of the policy before.
struct WatchMaker {
  private let policies: [String: RolloutStrategy]
  private let fallback: RolloutStrategy?

  init(_ documents: FleetDocuments) {
    let policies = Dictionary(
      documents.rolloutPolicies.map { ($0.name.value, $0.strategy) },
      uniquingKeysWith: { first, _ in first })
    self.policies = policies
    fallback = documents.hub.rolloutPolicy.flatMap { policies[$0.value] }
  }

  /// What is watched of a bundle; nil when its strategy has neither a time to stay Ready nor a query.
  func watch(of source: BundleSource) -> BundleWatch? {
    guard let strategy = strategy(of: source) else { return nil }
    let rules =
      strategy.stages.map { stages in stages.map { $0.rules.over(strategy.defaults) } }
      ?? [strategy.defaults]
    // Nobody knows at this point which stage a cluster will be in: the longest times hold for all.
    let stages = rules.map { StagePolicy(name: "", rules: $0) }
    var watch = BundleWatch(
      soakSeconds: stages.map(\.minSuccessTime).max() ?? 0,
      undoes: strategy.failureStrategy.map { $0 == RolloutPolicy.FailureStrategy.rollback.rawValue }
        ?? true)
    watch.deadlineSeconds = stages.map(\.progressDeadline).max() ?? watch.deadlineSeconds
    watch.failedAfterSeconds = strategy.failedAfter ?? watch.failedAfterSeconds
    if watch.undoes {
      watch.exempt = (strategy.rollbackExempt ?? []).map {
        BundleWatch.Exempt(
          kind: $0.kind, group: $0.group, namespace: $0.namespace, name: $0.name)
      }
    }
    for analysis in rules.compactMap(\.analysis) {
      for metric in analysis.metrics {
        guard !watch.gates.contains(where: { $0.name == metric.name.value }),
          let gate = BundleWatch.Gate(metric, of: analysis)
        else { continue }
        watch.gates.append(gate)
      }
    }
    let isWatched = !watch.gates.isEmpty || (watch.undoes && watch.soakSeconds > 0)
    return isWatched ? watch : nil
  }

  private func strategy(of source: BundleSource) -> RolloutStrategy? {
    guard let own = source.options.rolloutStrategy else { return fallback }
    guard let policy = own.policy.flatMap({ policies[$0.value] }) else { return own }
    return own.over(policy)
  }
}

extension BundleWatch.Gate {
  /// The gate of a metric; nil when it has no query: its numbers come from somewhere else.
  init?(_ metric: RolloutAnalysis.Metric, of analysis: RolloutAnalysis) {
    guard let query = metric.query, !query.isEmpty else { return nil }
    let policy = MetricPolicy(metric, of: analysis)
    self.init(name: policy.name, query: query)
    provider = metric.provider ?? provider
    samplesQuery = metric.samplesQuery
    min = policy.min
    max = policy.max
    // Without a query for them a site does not know how many there are: one number is what there is.
    minSamples = metric.samplesQuery == nil ? 0 : policy.minSamples
    interval = policy.interval
    failureLimit = policy.failureLimit
    inconclusiveLimit = policy.skipOnNoData ? 0 : policy.inconclusiveLimit
  }
}
