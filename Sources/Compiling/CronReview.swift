// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Rollouts

/// Looks at the cron expression of a `Schedule`: one that cannot be obeyed would close its clusters for ever.
enum CronReview {
  /// The moment from which windows are looked at, 1 January 2026: a push is judged alike at any time.
  private static let start: Int64 = 1_767_225_600
  /// How many windows are compared with the next one.
  private static let windows = 60

  /// What is wrong with it.
  static func findings(_ schedule: Schedule) -> [Finding] {
    let cron: CronExpression
    do throws(CronError) {
      cron = try CronExpression(schedule.cron.value)
    } catch {
      return [
        Finding(
          .error, "bad-cron",
          "\(Wording.quoted(schedule.cron.value)) is no cron expression: \(error.reason)",
          at: schedule.cron.span,
          hints: [
            "seconds, minutes, hours, day, month, weekday: '0 0 22 * * *' is every day at 22:00"
          ])
      ]
    }
    guard var opens = cron.next(after: start, in: .utc) else {
      return [
        Finding(
          .error, "bad-cron",
          "the schedule \(Wording.quoted(schedule.metadata.name.value)) never opens",
          at: schedule.cron.span, hints: ["its clusters would never get a change again"])
      ]
    }
    for _ in 0..<windows {
      guard let next = cron.next(after: opens, in: .utc) else { break }
      if next - opens <= Int64(schedule.duration.value) {
        // Fleet refuses such a schedule, too.
        return [
          Finding(
            .error, "bad-duration",
            "the windows of schedule \(Wording.quoted(schedule.metadata.name.value)) run into each other: "
              + "one opens every \(next - opens)s",
            at: schedule.duration.span,
            hints: ["a duration is shorter than the time until the next window opens"])
        ]
      }
      opens = next
    }
    return []
  }
}
