// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// What one cluster says of a metric.
package struct MetricSample: Sendable, Hashable {
  /// The cluster.
  package var cluster: String
  /// The number; nil, not a number and infinite: the site could not measure.
  package var value: Double?
  /// Of how many requests or probes it is made; less than 0 is 0.
  package var samples: Int

  /// Makes a sample.
  package init(cluster: String, value: Double?, samples: Int) {
    self.cluster = cluster
    self.value = value
    self.samples = samples
  }
}

/// What one measurement over the clusters of a stage has come to.
package struct MetricJudgement: Sendable, Hashable {
  /// Successful, Failed, Inconclusive, or Error when every report was one; never Pending.
  package var phase: MetricPhase
  /// The aggregated value; nil where there is none.
  package var value: Double?
  /// The samples of all clusters, and how many clusters have a number.
  package var samples: Int
  package var clusters: Int
  /// The cluster whose value is the worst, empty when there is none, and its value.
  package var worst: String
  package var worstValue: Double?
  /// One line for a person, with numbers.
  package var text: String
}

/// Judges a metric over the clusters of a stage.
///
/// Reports without a number are left out; when there are no others the measurement is an Error, which counts as
/// inconclusive. Without any report it is Inconclusive too, or Successful with `skipOnNoData`. `PREVIOUS` without a value
/// from before the rollout asks for the range alone, and is treated like no data where there is none.
package enum MetricAnalysis {
  /// Judges one measurement.
  package static func judge(
    _ policy: MetricPolicy, samples reports: [MetricSample], baseline: Double? = nil
  ) -> MetricJudgement {
    let bounds = MetricBounds(policy, baseline: baseline)
    var judgement = MetricJudgement(
      phase: .inconclusive, value: nil, samples: 0, clusters: 0, worst: "", worstValue: nil,
      text: "")
    let numbers = usable(reports)
    judgement.clusters = numbers.count
    judgement.samples = total(numbers)
    let name = Wording.bare(policy.name)
    if numbers.isEmpty {
      if !reports.isEmpty {
        judgement.phase = .error
        let count = Wording.count(reports.count, "cluster")
        judgement.text =
          "\(name) cannot be measured: \(count) \(reports.count == 1 ? "reports" : "report") no number"
      } else if policy.skipOnNoData {
        judgement.phase = .successful
        judgement.text = "\(name) is skipped: no cluster has reported it since its release"
      } else {
        judgement.text = "\(name) is inconclusive: no cluster has reported it since its release"
      }
      return judgement
    }
    guard let worst = worst(of: numbers, bounds) else { return judgement }
    judgement.worst = worst.cluster
    judgement.worstValue = worst.value
    judgement.value = aggregate(numbers, policy, worst: worst.value)
    if judgement.samples < policy.minSamples {
      judgement.text =
        "\(name) is inconclusive: \(Wording.count(judgement.samples, "sample")) of "
        + "\(Wording.number(policy.minSamples)) that are needed"
      return judgement
    }
    if !bounds.areAny, policy.strategy == .previous {
      judgement.phase = policy.skipOnNoData ? .successful : .inconclusive
      judgement.text =
        "\(name) \(policy.skipOnNoData ? "is skipped" : "is inconclusive"): there is no value from "
        + "before the rollout"
      return judgement
    }
    guard let value = judgement.value else { return judgement }
    judgement.phase = bounds.contains(value) ? .successful : .failed
    judgement.text = MetricWording.text(judgement, value: value, policy, bounds)
    return judgement
  }

  /// The value before the rollout, aggregated in the same way; nil when no cluster has a number.
  package static func baseline(_ policy: MetricPolicy, samples reports: [MetricSample]) -> Double? {
    let numbers = usable(reports)
    guard policy.aggregate == .worstCluster, policy.min == nil, policy.max == nil else {
      return aggregate(
        numbers, policy, worst: worst(of: numbers, MetricBounds(policy, baseline: nil))?.value)
    }
    // Without a range the side that is bad says which cluster was the worst; with two bad sides none was.
    switch policy.deviation {
    case .high: return numbers.map(\.value).max()
    case .low: return numbers.map(\.value).min()
    case .either: return mean(numbers)
    }
  }

  /// A report with a number.
  private struct Number {
    var cluster: String
    var value: Double
    var weight: Int
  }

  private static func usable(_ reports: [MetricSample]) -> [Number] {
    reports.compactMap { report in
      guard let value = report.value, value.isFinite else { return nil }
      return Number(cluster: report.cluster, value: value, weight: max(0, report.samples))
    }
  }

  private static func total(_ numbers: [Number]) -> Int {
    numbers.reduce(0) { sum, number in
      let (result, overflows) = sum.addingReportingOverflow(number.weight)
      return overflows ? .max : result
    }
  }

  private static func aggregate(
    _ numbers: [Number], _ policy: MetricPolicy, worst: Double?
  ) -> Double? {
    switch policy.aggregate {
    case .worstCluster: return worst
    case .mean: return mean(numbers)
    case .percentile(let share):
      guard !numbers.isEmpty else { return nil }
      let sorted = numbers.map(\.value).sorted()
      // Nearest rank: the smallest value that so many per cent of the clusters do not exceed.
      let clamped = min(max(share, 1), 100)
      let rank = (clamped * sorted.count + 99) / 100
      return sorted[min(max(rank, 1), sorted.count) - 1]
    }
  }

  /// The mean weighted by samples; unweighted where no cluster has any.
  private static func mean(_ numbers: [Number]) -> Double? {
    guard !numbers.isEmpty else { return nil }
    let total = numbers.reduce(0.0) { $0 + Double($1.weight) }
    // Running means do not overflow where the sum of large values would.
    var mean = 0.0
    if total > 0 {
      for number in numbers { mean += number.value * (Double(number.weight) / total) }
    } else {
      for number in numbers { mean += number.value / Double(numbers.count) }
    }
    return mean.isFinite ? mean : nil
  }

  /// The number furthest on the wrong side; of equals the first cluster by name.
  private static func worst(of numbers: [Number], _ bounds: MetricBounds) -> Number? {
    var result: Number?
    for number in numbers {
      guard let best = result else {
        result = number
        continue
      }
      let (left, right) = (bounds.badness(number.value), bounds.badness(best.value))
      if left > right || (left == right && number.cluster.precedesInBytes(best.cluster)) {
        result = number
      }
    }
    return result
  }
}
