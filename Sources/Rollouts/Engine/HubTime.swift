// SPDX-License-Identifier: Apache-2.0

/// Arithmetic with the hub's clock that does not overflow on any number of a policy or a report.
package enum HubTime {
  /// The time so many seconds later.
  static func after(_ time: Int64, seconds: Int) -> Int64 {
    let (sum, overflows) = time.addingReportingOverflow(Int64(clamping: max(0, seconds)))
    return overflows ? .max : sum
  }

  /// Whether so many seconds have passed since a time.
  static func has(_ seconds: Int, passedSince time: Int64, at now: Int64) -> Bool {
    now >= after(time, seconds: seconds)
  }

  /// So many seconds as people write them: `30m`, `1h30m`, `2d`.
  package static func text(seconds: Int) -> String {
    guard seconds > 0 else { return "0s" }
    var rest = seconds
    var result = ""
    // Days stand for whole days alone: 26h is clearer than 1d2h.
    if rest % 86_400 == 0 { return "\(rest / 86_400)d" }
    for (unit, name) in [(3600, "h"), (60, "m"), (1, "s")] where rest >= unit {
      result += "\(rest / unit)\(name)"
      rest %= unit
    }
    return result
  }
}
