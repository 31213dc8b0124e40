// SPDX-License-Identifier: Apache-2.0

/// Between which numbers a value is good: the range of the policy and, for `PREVIOUS`, the value before.
struct MetricBounds {
  /// The least and the greatest good value; nil for none.
  var low: Double?
  var high: Double?
  /// The value before that gives the bound; nil where the policy's own number does.
  var lowBaseline: Double?
  var highBaseline: Double?
  /// Which side is bad where there are no bounds.
  private var deviation: MetricPolicy.Deviation

  /// The bounds of a policy.
  init(_ policy: MetricPolicy, baseline: Double?) {
    low = policy.min
    high = policy.max
    deviation = policy.deviation
    guard policy.strategy == .previous, let baseline, baseline.isFinite else { return }
    let share = Double(max(0, policy.tolerancePartsPerMillion)) / 1_000_000
    let tolerance = abs(baseline) * share
    if policy.deviation != .high, low.map({ baseline - tolerance > $0 }) ?? true {
      low = baseline - tolerance
      lowBaseline = baseline
    }
    if policy.deviation != .low, high.map({ baseline + tolerance < $0 }) ?? true {
      high = baseline + tolerance
      highBaseline = baseline
    }
  }

  /// Whether there is any bound.
  var areAny: Bool { low != nil || high != nil }

  /// Whether a value is good.
  func contains(_ value: Double) -> Bool {
    !(low.map { value < $0 } ?? false) && !(high.map { value > $0 } ?? false)
  }

  /// How far a value is on the wrong side; less than 0 is good.
  func badness(_ value: Double) -> Double {
    switch (low, high) {
    case (let low?, let high?): return max(low - value, value - high)
    case (let low?, nil): return low - value
    case (nil, let high?): return value - high
    case (nil, nil): return deviation == .low ? -value : value
    }
  }
}
