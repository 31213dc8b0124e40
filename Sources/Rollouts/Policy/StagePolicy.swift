// SPDX-License-Identifier: Apache-2.0

/// One stage of a rollout: a set of clusters that is released together, and when it has passed.
package struct StagePolicy: Sendable, Hashable {
  /// How a cluster without contact counts (Avassa's `when-disconnected`).
  package enum WhenDisconnected: String, Sendable, Hashable, CaseIterable {
    /// Like every other: it times out.
    case normal = "treat-as-normal"
    /// Neither succeeded nor failed; it is a straggler at the end.
    case expected = "treat-as-expected"
    /// Failed.
    case error = "treat-as-error"
  }

  /// Something that has to be done before a stage starts or after its clusters have succeeded.
  package enum Task: Sendable, Hashable {
    /// A person approves.
    case approval
    /// So many seconds pass.
    case timedWait(seconds: Int)
  }

  /// The name, unique in the rollout.
  package var name: String
  /// How much of the clusters that change has been released when the stage is released, earlier stages
  /// counted: `1%`, `10%`, `100%`. Nil: all that match. Who comes first is decided by a hash of the name.
  package var coverage: Limit?
  /// The clusters of the fleet that match its selectors, sorted by their bytes; nil where none are written.
  package var clusters: [String]?
  /// How many may be Progressing at a time; nil for any number.
  package var maxConcurrency: Limit?
  /// How many of the stage may be unavailable, whatever the reason, before no more are released; nil for
  /// any number.
  package var maxUnavailable: Limit?
  /// How many may fail before the stage has failed.
  package var maxFailures = Limit.count(0)
  /// How long a cluster has to stay Ready before it has Succeeded, in seconds by the hub's clock.
  package var minSuccessTime = 0
  /// How long a connected cluster has after its release, in seconds; it has TimedOut then.
  package var progressDeadline = 7200
  /// How a cluster without contact counts.
  package var whenDisconnected = WhenDisconnected.expected
  /// How many of the stage must have contact; fewer at its deadline: the rollout waits for a person. At least one
  /// cluster of a stage must have succeeded in any case, so that nothing passes without evidence.
  package var minReachable: Limit?
  /// OCM's mandatory group: no failure, no straggler; overrides `maxFailures`, `minReachable`.
  package var isMandatory = false
  /// What has to be done before its first cluster is released; approval only.
  package var before: [Task] = []
  /// What has to be done after its clusters have succeeded, in order.
  package var after: [Task] = []
  /// The metrics that its clusters are judged by.
  package var metrics: [MetricPolicy] = []

  /// Makes a stage with the defaults of every other field.
  package init(name: String) { self.name = name }
}

/// A metric with thresholds, aggregated over the clusters of a stage.
package struct MetricPolicy: Sendable, Hashable {
  /// What the value is compared with.
  package enum Strategy: String, Sendable, Hashable, CaseIterable {
    /// With `thresholdRange` alone.
    case threshold = "THRESHOLD"
    /// With the value of the same clusters before the rollout, and with `thresholdRange` where it is given.
    case previous = "PREVIOUS"
  }

  /// Which side of the value before is bad (PipeCD's words).
  package enum Deviation: String, Sendable, Hashable, CaseIterable {
    case low = "LOW"
    case high = "HIGH"
    case either = "EITHER"
  }

  /// How the values of many clusters become one.
  package enum Aggregate: Sendable, Hashable {
    /// The one furthest on the wrong side.
    case worstCluster
    /// The mean, weighted by the samples.
    case mean
    /// The percentile of the clusters' values, 1 to 99, nearest rank.
    case percentile(Int)
  }

  /// The name in the reports, `success-rate`.
  package var name: String
  /// What the site's gate asks, PromQL; nil where the site knows the name.
  package var query: String?
  /// The least good value; nil for none.
  package var min: Double?
  /// The greatest good value; nil for none.
  package var max: Double?
  /// What the value is compared with.
  package var strategy = Strategy.threshold
  /// Which side is bad, for `PREVIOUS`.
  package var deviation = Deviation.either
  /// How far the value may be on the bad side of the one before, as a share of it in a million.
  package var tolerancePartsPerMillion = 0
  /// How many become one.
  package var aggregate = Aggregate.mean
  /// How many samples all clusters together must have; fewer: Inconclusive.
  package var minSamples = 0
  /// Between two measurements, in seconds, at least 1.
  package var interval = 60
  /// How many measurements may fail before the metric has Failed.
  package var failureLimit = 0
  /// How many may be inconclusive before the rollout waits for a person.
  package var inconclusiveLimit = 10
  /// Whether no data at all passes.
  package var skipOnNoData = false

  /// Makes a metric with the defaults of every other field.
  package init(name: String) { self.name = name }
}
