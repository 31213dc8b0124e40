// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// How measurements are said.
package enum MetricWording {
  /// `p99-latency 612 is over 500 (mean of 240 clusters, 51,200 samples; worst store-0113 with 1,410)`.
  static func text(
    _ judgement: MetricJudgement, value: Double, _ policy: MetricPolicy, _ bounds: MetricBounds
  ) -> String {
    let clusters = Wording.count(judgement.clusters, "cluster")
    let samples = Wording.count(judgement.samples, "sample")
    let worst = Wording.bare(judgement.worst)
    let worstValue = judgement.worstValue.map { number($0) } ?? ""
    let evidence =
      switch policy.aggregate {
      case .worstCluster: "\(worst), the worst of \(clusters), \(samples)"
      case .mean: "mean of \(clusters), \(samples); worst \(worst) with \(worstValue)"
      case .percentile(let share):
        "p\(share) of \(clusters), \(samples); worst \(worst) with \(worstValue)"
      }
    return "\(Wording.bare(policy.name)) \(verdict(value, bounds)) (\(evidence))"
  }

  /// `612 is over 500`, `612 is over 525 (500 before)`.
  private static func verdict(_ value: Double, _ bounds: MetricBounds) -> String {
    if let high = bounds.high, value > high {
      let (left, right) = pair(value, high)
      return "\(left) is over \(right)" + before(bounds.highBaseline, high)
    }
    if let low = bounds.low, value < low {
      let (left, right) = pair(value, low)
      return "\(left) is under \(right)" + before(bounds.lowBaseline, low)
    }
    return "\(number(value)) is good"
  }

  private static func before(_ baseline: Double?, _ bound: Double) -> String {
    guard let baseline else { return "" }
    return baseline == bound ? ", the value before" : ", \(number(baseline)) before"
  }

  /// Two numbers that differ, so that they look different too.
  private static func pair(_ left: Double, _ right: Double) -> (String, String) {
    let (first, second) = (number(left), number(right))
    return first == second ? (left.description, right.description) : (first, second)
  }

  /// A number with about four digits: `1,410`, `99.37`, `0.0125`.
  package static func number(_ value: Double) -> String {
    let size = abs(value)
    guard size < 1e15, size == 0 || size >= 0.0001 else { return value.description }
    let scale: Double =
      size >= 1000 ? 1 : size >= 100 ? 10 : size >= 10 ? 100 : size >= 1 ? 1000 : 10_000
    let scaled = (size * scale).rounded()
    let whole = Int(scaled / scale)
    let digits = Int(scale).description.utf8.count - 1
    var fraction = String(Int(scaled) - whole * Int(scale))
    fraction = String(repeating: "0", count: max(0, digits - fraction.utf8.count)) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + Wording.number(whole) + (digits == 0 || fraction.isEmpty ? "" : "." + fraction)
  }
}
