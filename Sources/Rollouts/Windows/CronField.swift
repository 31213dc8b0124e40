// SPDX-License-Identifier: Apache-2.0

/// Why a text is no cron expression; `description` is go-quartz's sentence, which Fleet shows.
package struct CronError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  package let reason: String

  package var description: String { "parse cron expression: \(reason)" }
}

/// One field of a cron expression: the numbers that it allows; none for any.
struct CronField: Sendable, Hashable {
  /// What a field may hold.
  struct Range {
    let lower: Int
    let upper: Int
    /// The words of the numbers from `lower` on.
    var names: [String] = []
  }

  static let seconds = Range(lower: 0, upper: 59)
  static let hours = Range(lower: 0, upper: 23)
  static let days = Range(lower: 1, upper: 31)
  static let months = Range(
    lower: 1, upper: 12,
    names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"])
  /// 1 is Sunday, as in Quartz.
  static let weekdays = Range(
    lower: 1, upper: 7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])
  static let years = Range(lower: 1970, upper: 3940)

  /// The numbers, rising; empty for any.
  let values: [Int]

  init(values: [Int]) { self.values = values }

  /// Reads a field: `*`, `?`, numbers, names, `a-b`, `a/n`, `*/n`, `a-b/n` and lists of them.
  init(_ text: String, _ range: Range) throws(CronError) {
    if text == "*" || text == "?" {
      values = []
      return
    }
    var found: Set<Int> = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      found.formUnion(try Self.item(String(item), range))
    }
    values = found.sorted()
  }

  func allows(_ value: Int) -> Bool { values.isEmpty || values.contains(value) }

  private static func item(_ text: String, _ range: Range) throws(CronError) -> [Int] {
    let step = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if step.count > 1 {
      guard step.count == 2, let count = Int(step[1]), (1...range.upper).contains(count) else {
        throw CronError(reason: "invalid step field \(text)")
      }
      let bounds =
        step[0] == "*"
        ? range.lower...range.upper
        : try Self.bounds(step[0], range, kind: "step", whole: text, open: true)
      return Array(stride(from: bounds.lowerBound, through: bounds.upperBound, by: count))
    }
    if text.utf8.contains(UInt8(ascii: "-")) {
      return Array(try bounds(text, range, kind: "range", whole: text, open: false))
    }
    let value = try number(text, range)
    guard (range.lower...range.upper).contains(value) else {
      throw CronError(reason: "invalid numeric field \(text)")
    }
    return [value]
  }

  private static func bounds(
    _ text: String, _ range: Range, kind: String, whole: String, open: Bool
  ) throws(CronError) -> ClosedRange<Int> {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 || (open && parts.count == 1) else {
      throw CronError(reason: "invalid \(kind) field \(whole)")
    }
    let from = try number(parts[0], range)
    let to = parts.count == 2 ? try number(parts[1], range) : range.upper
    let allowed = range.lower...range.upper
    guard allowed.contains(from), allowed.contains(to) else {
      throw CronError(reason: "invalid \(kind) field \(whole)")
    }
    guard from <= to else {
      throw CronError(reason: "fill \(kind) values")
    }
    return from...to
  }

  static func number(_ text: String, _ range: Range) throws(CronError) -> Int {
    if let number = Int(text) { return number }
    if let place = range.names.firstIndex(of: text.uppercased()) { return range.lower + place }
    throw CronError(reason: "unknown literal \(text)")
  }
}
