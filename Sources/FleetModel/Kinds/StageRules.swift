// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// What one stage may say for itself, and a strategy for all of its stages; nil where nothing is written.
package struct StageRules: Sendable, Hashable {
  /// Something that has to be done before a stage starts or after its clusters have succeeded.
  package enum Task: Sendable, Hashable {
    /// A person approves.
    case approval
    /// So many seconds pass.
    case timedWait(seconds: Int)
  }

  /// How many clusters may be on their way at a time.
  package var maxConcurrency: Located<Quantity>?
  /// How many clusters of the stage may be unavailable.
  package var maxUnavailable: Located<Quantity>?
  /// How many clusters may fail.
  package var maxFailures: Located<Quantity>?
  /// How long a cluster has to stay Ready, in seconds.
  package var minSuccessTime: Located<Int>?
  /// How long a cluster may take, in seconds.
  package var progressDeadline: Located<Int>?
  /// How a cluster without contact counts: one of ``disconnectedWords``.
  package var whenDisconnected: String?
  /// How many clusters must have contact.
  package var minReachable: Located<Quantity>?
  /// Whether no cluster may fail or be missing.
  package var isMandatory: Bool?
  /// What has to be done first.
  package var before: [Task]?
  /// What has to be done at the end.
  package var after: [Task]?
  /// The metrics that it is judged by.
  package var analysis: RolloutAnalysis?

  /// The words of `whenDisconnected` (Avassa's).
  package static let disconnectedWords = [
    "treat-as-normal", "treat-as-expected", "treat-as-error",
  ]

  /// Rules that say nothing.
  package init() {}

  /// These rules, and where they say nothing the others.
  package func over(_ others: StageRules) -> StageRules {
    var rules = self
    rules.maxConcurrency = maxConcurrency ?? others.maxConcurrency
    rules.maxUnavailable = maxUnavailable ?? others.maxUnavailable
    rules.maxFailures = maxFailures ?? others.maxFailures
    rules.minSuccessTime = minSuccessTime ?? others.minSuccessTime
    rules.progressDeadline = progressDeadline ?? others.progressDeadline
    rules.whenDisconnected = whenDisconnected ?? others.whenDisconnected
    rules.minReachable = minReachable ?? others.minReachable
    rules.isMandatory = isMandatory ?? others.isMandatory
    rules.before = before ?? others.before
    rules.after = after ?? others.after
    rules.analysis = analysis ?? others.analysis
    return rules
  }
}

/// The metrics of a stage, and what holds for all of them.
package struct RolloutAnalysis: Sendable, Hashable {
  /// A metric; nil where nothing is written.
  package struct Metric: Sendable, Hashable {
    /// The name in the reports.
    package var name: Located<String>
    /// What the site asks, in the language of its provider.
    package var query: String?
    /// The gate program that is asked: `prometheus` for `fleet-gate-prometheus`.
    package var provider: String?
    /// What tells of how many requests or probes the number is made.
    package var samplesQuery: String?
    /// The least and the greatest good value.
    package var min: Double?
    package var max: Double?
    /// `THRESHOLD` or `PREVIOUS`.
    package var strategy: String?
    /// Which side of the value before is bad: `LOW`, `HIGH`, `EITHER`.
    package var deviation: String?
    /// How far on the bad side it may be, as a share in a million.
    package var tolerancePartsPerMillion: Int?
    /// How the values of many clusters become one.
    package var aggregate: String?
    /// How many samples there must be.
    package var minSamples: Int?
    /// Between two measurements, in seconds.
    package var interval: Int?
    /// How many measurements may fail.
    package var failureLimit: Int?
    /// How many may be inconclusive.
    package var inconclusiveLimit: Int?
    /// Whether no data passes.
    package var skipOnNoData: Bool?
  }

  /// Between two measurements, in seconds.
  package var interval: Int?
  /// How many samples there must be.
  package var minSamples: Int?
  /// How the values of many clusters become one.
  package var aggregate: String?
  /// The metrics, in the order of the file; no name twice.
  package var metrics: [Metric] = []

  /// The words of `strategy` and of `deviation` (PipeCD's).
  package static let strategies = ["THRESHOLD", "PREVIOUS"]
  package static let deviations = ["LOW", "HIGH", "EITHER"]
}
