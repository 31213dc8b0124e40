// SPDX-License-Identifier: Apache-2.0

/// When one schedule or freeze holds: again and again, or once.
enum Window: Sendable, Hashable {
  /// From every moment of a cron expression on, for so many seconds.
  case recurring(CronExpression, duration: Int, ZoneRules)
  /// From one moment until another.
  case once(from: Int64, until: Int64)

  /// How many windows that touch each other are looked through for their common end.
  private static let chainLimit = 1_000

  /// Whether it holds.
  func holds(at now: Int64) -> Bool {
    switch self {
    case .recurring(let cron, let duration, let zone):
      cron.next(after: now - Int64(duration), in: zone).map { $0 <= now } ?? false
    case .once(let from, let until): from <= now && now < until
    }
  }

  /// When that changes next; nil for never. Where windows follow each other without an end in sight it is a
  /// moment at which to look again.
  func nextChange(after now: Int64) -> Int64? {
    switch self {
    case .once(let from, let until):
      return now < from && from < until ? from : now >= from && now < until ? until : nil
    case .recurring(let cron, let duration, let zone):
      let duration = Int64(duration)
      guard var opens = cron.next(after: now - duration, in: zone) else { return nil }
      if opens > now { return opens }
      for _ in 0..<Self.chainLimit {
        guard let next = cron.next(after: opens, in: zone), next <= opens + duration else { break }
        opens = next
      }
      return opens + duration
    }
  }

  /// Reads a rule.
  init(_ rule: ScheduleRule, zone: ZoneRules) throws(WindowProblem) {
    if rule.cron.isEmpty {
      guard let from = FreezeMoment.read(rule.from, zone: zone),
        let until = FreezeMoment.read(rule.until, zone: zone)
      else { throw WindowProblem(rule, "has no moments to begin and to end") }
      guard from < until else { throw WindowProblem(rule, "ends before it begins") }
      self = .once(from: from, until: until)
      return
    }
    guard rule.duration > 0, rule.duration <= 366 * 86_400 else {
      throw WindowProblem(rule, "has no duration between a second and a year")
    }
    do {
      self = .recurring(try CronExpression(rule.cron), duration: rule.duration, zone)
    } catch {
      throw WindowProblem(rule, "has no cron expression: \(error.reason)")
    }
  }
}

/// Why a schedule or a freeze can't be obeyed.
package struct WindowProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The schedule or freeze, `schedule 'nights'`.
  package let rule: String
  /// What is wrong with it.
  package let reason: String

  package var description: String { "\(rule) \(reason)" }

  init(_ rule: ScheduleRule, _ reason: String) {
    self.rule = "\(rule.kind.rawValue) '\(rule.name)'"
    self.reason = reason
  }
}
