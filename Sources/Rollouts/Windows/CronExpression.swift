// SPDX-License-Identifier: Apache-2.0

/// A cron expression with seconds, as Fleet's `Schedule` has it: seconds, minutes, hours, day of the month, month,
/// day of the week, and a year that may be left out.
///
/// Source: `quartz/cron.go` of reugn/go-quartz 0.15, which Fleet uses. Stricter in one thing: numbers in lists must
/// be in range, too.
package struct CronExpression: Sendable, Hashable {
  private let seconds: CronField
  private let minutes: CronField
  private let hours: CronField
  private let days: CronDays
  private let months: CronField
  private let years: CronField

  /// Years without a match after which nothing is expected any more: the longest wait is for 29 February on a given
  /// day of the week, over a turn of century without a leap day.
  private static let horizon = 50

  /// Reads an expression, or one of `@yearly`, `@monthly`, `@weekly`, `@daily`, `@hourly`.
  package init(_ text: String) throws(CronError) {
    var tokens = Self.words(text)
    if let alias = Self.aliases.first(where: { [$0.name] == tokens }) {
      tokens = Self.words(alias.expression)
    }
    guard tokens.count == 6 || tokens.count == 7 else {
      throw CronError(reason: "invalid expression length")
    }
    let days = try CronDays(dayOfMonth: tokens[3], dayOfWeek: tokens[5])
    seconds = try CronField(tokens[0], CronField.seconds)
    minutes = try CronField(tokens[1], CronField.seconds)
    hours = try CronField(tokens[2], CronField.hours)
    months = try CronField(tokens[4], CronField.months)
    years = try CronField(tokens.count == 7 ? tokens[6] : "*", CronField.years)
    self.days = days
  }

  /// The first moment after another at which it fires; nil when there is none.
  ///
  /// The clock on the wall of the zone decides: a time that it shows twice fires the first time only, one that it
  /// jumps over fires when it jumps.
  package func next(after moment: Int64, in zone: ZoneRules) -> Int64? {
    var local = zone.local(at: moment)
    while true {
      guard let next = next(from: local) else { return nil }
      let fires = zone.moment(ofLocal: next)
      if fires > moment { return fires }
      local = next + 1
    }
  }

  /// The first time on the clock that matches, not before another.
  private func next(from local: Int64) -> Int64? {
    let start = CivilTime(seconds: local)
    let lastYear = min(
      years.values.isEmpty ? start.year + Self.horizon : CronField.years.upper,
      CivilTime.years.upperBound)
    guard start.year <= lastYear else { return nil }
    for year in start.year...lastYear where years.allows(year) {
      let firstMonth = year == start.year ? start.month : 1
      for month in firstMonth...12 where months.allows(month) {
        let isFirstMonth = year == start.year && month == start.month
        for day in days.days(year, month) where !isFirstMonth || day >= start.day {
          let isFirstDay = isFirstMonth && day == start.day
          if let time = time(from: isFirstDay ? start : CivilTime(year, month, day)) {
            return CivilTime(year, month, day).seconds + Int64(time)
          }
        }
      }
    }
    return nil
  }

  /// The first time of a day that matches, in seconds, not before that of `start`.
  private func time(from start: CivilTime) -> Int? {
    for hour in start.hour..<24 where hours.allows(hour) {
      for minute in (hour == start.hour ? start.minute : 0)..<60 where minutes.allows(minute) {
        let isFirst = hour == start.hour && minute == start.minute
        for second in (isFirst ? start.second : 0)..<60 where seconds.allows(second) {
          return hour * 3_600 + minute * 60 + second
        }
      }
    }
    return nil
  }

  private static let aliases: [(name: String, expression: String)] = [
    ("@yearly", "0 0 0 1 1 *"), ("@monthly", "0 0 0 1 * *"), ("@weekly", "0 0 0 * * 1"),
    ("@daily", "0 0 0 * * *"), ("@hourly", "0 0 * * * *"),
  ]

  private static func words(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\t" || $0.isNewline }.map(String.init)
  }
}
