// SPDX-License-Identifier: Apache-2.0

/// The two fields of a cron expression that choose days.
enum CronDays: Sendable, Hashable {
  /// Days of the month; empty for every day.
  case days([Int])
  /// `L`, `L-3`: so many days before the last one.
  case beforeLast(Int)
  /// `15W`: the weekday nearest to a day, or to the last one of a shorter month.
  case nearestWeekday(Int)
  /// `LW`: the weekday nearest to the last day.
  case lastWeekday
  /// Days of the week, 0 for Sunday.
  case weekdays([Int])
  /// `6L`: the last one of the month.
  case lastOf(weekday: Int)
  /// `6#3`: the third one of the month.
  case nth(weekday: Int, Int)

  /// Reads the fields; one of them at least must be `*` or `?`.
  init(dayOfMonth: String, dayOfWeek: String) throws(CronError) {
    let isAnyDay = dayOfMonth == "*" || dayOfMonth == "?"
    let isAnyWeekday = dayOfWeek == "*" || dayOfWeek == "?"
    guard isAnyDay || isAnyWeekday else { throw CronError(reason: "day field set twice") }
    self = isAnyWeekday ? try Self.month(dayOfMonth) : try Self.week(dayOfWeek)
  }

  /// The days of a month, rising.
  func days(_ year: Int, _ month: Int) -> [Int] {
    let last = CivilTime.length(year, month)
    switch self {
    case .days(let days): return days.isEmpty ? Array(1...last) : days.filter { $0 <= last }
    case .beforeLast(let count): return count < last ? [last - count] : []
    case .nearestWeekday(let day): return [Self.nearest(year, month, min(day, last))]
    case .lastWeekday: return [Self.nearest(year, month, last)]
    case .weekdays(let weekdays):
      return (1...last).filter { weekdays.contains(CivilTime.weekday(year, month, $0)) }
    case .lastOf(let weekday):
      return Self.all(weekday, year, month).suffix(1)
    case .nth(let weekday, let number):
      let all = Self.all(weekday, year, month)
      return number <= all.count ? [all[number - 1]] : []
    }
  }

  private static func month(_ text: String) throws(CronError) -> CronDays {
    if text == "L" { return .beforeLast(0) }
    if text == "LW" { return .lastWeekday }
    if text.hasPrefix("L-"), let count = Int(text.dropFirst(2)), text.utf8.count <= 4 {
      guard (1...31).contains(count) else {
        throw CronError(reason: "invalid last field \(text)")
      }
      return .beforeLast(count)
    }
    if text.hasSuffix("W"), let day = Int(text.dropLast()) {
      guard (1...31).contains(day) else {
        throw CronError(reason: "invalid weekday field \(text)")
      }
      return .nearestWeekday(day)
    }
    return .days(try CronField(text, CronField.days).values)
  }

  private static func week(_ text: String) throws(CronError) -> CronDays {
    // As go-quartz: the last Saturday of the month, not every Saturday.
    if text == "L" { return .lastOf(weekday: 6) }
    if text.hasSuffix("L"), !text.utf8.contains(UInt8(ascii: ",")) {
      return .lastOf(weekday: try weekday(String(text.dropLast()), "last", text))
    }
    let parts = text.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 {
      let weekday = try weekday(parts[0], "hash", text)
      guard let number = Int(parts[1]), (1...5).contains(number) else {
        throw CronError(reason: "invalid hash field \(text)")
      }
      return .nth(weekday: weekday, number)
    }
    return .weekdays(try CronField(text, CronField.weekdays).values.map { $0 - 1 })
  }

  private static func weekday(
    _ text: String, _ kind: String, _ whole: String
  ) throws(CronError) -> Int {
    guard let number = try? CronField.number(text, CronField.weekdays), (1...7).contains(number)
    else { throw CronError(reason: "invalid \(kind) field \(whole)") }
    return number - 1
  }

  private static func all(_ weekday: Int, _ year: Int, _ month: Int) -> [Int] {
    (1...CivilTime.length(year, month)).filter {
      CivilTime.weekday(year, month, $0) == weekday
    }
  }

  /// The weekday nearest to a day, in the same month.
  private static func nearest(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let last = CivilTime.length(year, month)
    switch CivilTime.weekday(year, month, day) {
    case 6: return day > 1 ? day - 1 : day + 2
    case 0: return day < last ? day + 1 : day - 2
    default: return day
    }
  }
}
