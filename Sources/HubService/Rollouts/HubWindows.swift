// SPDX-License-Identifier: Apache-2.0

import Rollouts

/// When clusters may be released, by the schedules and freezes of a plan.
struct HubWindows {
  /// What cannot be obeyed; its clusters are closed.
  private(set) var warnings: [String] = []

  init(_ rules: [ScheduleRule]) {}

  /// The clusters that nothing may be released to now.
  func closed(at now: Int64) -> [String] { [] }

  /// When that changes next; nil for never.
  func nextChange(after now: Int64) -> Int64? { nil }
}
