// SPDX-License-Identifier: Apache-2.0

/// Spans of time as kubectl prints them in its column AGE: `45s`, `3m12s`, `5h`, `12d`.
enum Age {
  /// The text of so many seconds; none before the start counts as 0.
  ///
  /// Rule: `HumanDuration` of k8s.io/apimachinery.
  static func text(_ seconds: Int64) -> String {
    let seconds = max(0, seconds)
    let minutes = seconds / 60
    let hours = seconds / 3600
    let days = seconds / 86_400
    let years = days / 365
    return switch seconds {
    case ..<120: "\(seconds)s"
    case ..<600: "\(minutes)m" + part(seconds % 60, "s")
    case ..<10_800: "\(minutes)m"
    case ..<28_800: "\(hours)h" + part(minutes % 60, "m")
    case ..<172_800: "\(hours)h"
    case ..<691_200: "\(days)d" + part(hours % 24, "h")
    case ..<63_072_000: "\(days)d"
    case ..<252_288_000: "\(years)y" + part(days % 365, "d")
    default: "\(years)y"
    }
  }

  private static func part(_ value: Int64, _ unit: String) -> String {
    value == 0 ? "" : "\(value)\(unit)"
  }
}
