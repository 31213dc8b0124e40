// SPDX-License-Identifier: Apache-2.0

import Rollouts
import Testing

/// The moments are those of go-quartz's own tests: `count` steps from 1 January 2024, 12:00 UTC, on.
struct CronCase: Sendable, CustomTestStringConvertible {
  let text: String
  let count: Int
  let want: String

  var testDescription: String { text }

  init(_ text: String, _ count: Int, _ want: String) {
    self.text = text
    self.count = count
    self.want = want
  }
}

@Suite("Cron expressions")
struct CronTests {
  /// 2024-01-01T12:00:00Z.
  private static let start: Int64 = 1_704_110_400

  static let fields = [
    CronCase("10/20 15 14 5-10 * ? *", 50, "2024-03-09 14:15:30"),
    CronCase("10 5,7,9 14-16 * * ? *", 50, "2024-01-06 15:07:10"),
    CronCase("0 5,7,9 14/2 ? * WED,Sat *", 50, "2024-01-13 16:07:00"),
    CronCase("* * * * * ? *", 50, "2024-01-01 12:00:50"),
    CronCase("0 0 14/2 ? * mon/3 *", 50, "2024-02-01 22:00:00"),
    CronCase("0 5-9 14/2 ? * 3-5 *", 50, "2024-01-03 22:09:00"),
    CronCase("*/3 */51 */12 */2 */4 ? *", 50, "2024-01-03 00:00:30"),
    CronCase("*/15 * * ? * 1-7", 50, "2024-01-01 12:12:30"),
    CronCase("10,20 10,20 10,20 10,20 6,12 ?", 50, "2025-12-10 10:10:20"),
    CronCase("10,20 10,20 10,20 ? 6,12 3,6", 50, "2024-06-25 10:10:20"),
    CronCase("0 0 0 ? 4,6 SAT,MON", 50, "2026-06-22 00:00:00"),
    CronCase("0 0 0 29 2 ?", 50, "2228-02-29 00:00:00"),
    CronCase("0 0 0 1 5 ? 2023/2", 50, "2123-05-01 00:00:00"),
    CronCase("0 0 0-2,5,7-9,21-22 * * *", 50, "2024-01-07 02:00:00"),
    CronCase("0 0 0 ? * SUN,TUE-WED,Fri-Sat", 50, "2024-03-10 00:00:00"),
    CronCase("0 0 5-11/2 * * *", 50, "2024-01-14 07:00:00"),
    CronCase("0 0 1,5-11/3 * * *", 50, "2024-01-14 05:00:00"),
  ]

  static let special = [
    CronCase("@yearly", 100, "2124-01-01 00:00:00"),
    CronCase("@monthly", 100, "2032-05-01 00:00:00"),
    CronCase("@weekly", 100, "2025-11-30 00:00:00"),
    CronCase("@daily", 100, "2024-04-10 00:00:00"),
    CronCase(" @hourly ", 100, "2024-01-05 16:00:00"),
  ]

  static let days = [
    CronCase("0 15 10 L * ?", 15, "2025-03-31 10:15:00"),
    CronCase("0 15 10 L-5 * ?", 15, "2025-03-26 10:15:00"),
    CronCase("0 15 12 L-25 * ?", 15, "2025-03-06 12:15:00"),
    CronCase("0 15 10 15W * ?", 15, "2025-03-14 10:15:00"),
    CronCase("0 15 10 1W 1/2 ?", 15, "2026-07-01 10:15:00"),
    CronCase("0 15 10 31W * ?", 15, "2025-03-31 10:15:00"),
    CronCase("0 15 10 LW * ?", 15, "2025-03-31 10:15:00"),
    CronCase("0 0 12 L-30 * ?", 15, "2026-03-01 12:00:00"),
    CronCase("0 15 10 ? * L", 10, "2024-10-26 10:15:00"),
    CronCase("0 15 10 ? * 5L", 10, "2024-10-31 10:15:00"),
    CronCase("0 15 10 ? * THUL", 10, "2024-10-31 10:15:00"),
    CronCase("0 15 10 ? * 2#1", 10, "2024-11-04 10:15:00"),
    CronCase("0 15 12 ? * 2#1", 10, "2024-10-07 12:15:00"),
    CronCase("0 15 10 ? * MON#1", 10, "2024-11-04 10:15:00"),
    CronCase("0 15 10 ? * 3#5", 10, "2026-03-31 10:15:00"),
    CronCase("0 15 10 ? * Tue#5", 10, "2026-03-31 10:15:00"),
    CronCase("0 15 10 ? * sat#5", 10, "2026-05-30 10:15:00"),
  ]

  @Test("an expression fires when go-quartz's does", arguments: fields + special + days)
  func fires(row: CronCase) throws {
    let cron = try CronExpression(row.text)
    var moment = Self.start
    for _ in 0..<row.count {
      moment = try #require(cron.next(after: moment, in: .utc))
    }
    #expect(ZoneTests.text(moment, 0) == row.want)
  }

  @Test(
    "what never comes again is not waited for",
    arguments: ["0 0 0 1 1 ? 2023", "0 0 0 31 2 ?", "0 0 0 L-31 * ?"])
  func expired(text: String) throws {
    #expect(try CronExpression(text).next(after: Self.start, in: .utc) == nil)
  }

  @Test(
    "what is no expression is refused with go-quartz's sentence",
    arguments: [
      ("0 0 0 * *", "invalid expression length"), ("", "invalid expression length"),
      ("0 0 0 * * * * *", "invalid expression length"),
      ("0 0 0 5 * MON", "day field set twice"),
      ("X * * * * *", "unknown literal X"), ("* X * * * *", "unknown literal X"),
      ("60 * * * * *", "invalid numeric field 60"), ("* * 24 * * *", "invalid numeric field 24"),
      ("* * * 32 * ?", "invalid numeric field 32"), ("* * * * 13 *", "invalid numeric field 13"),
      ("* * * ? * 8", "invalid numeric field 8"), ("1,60 * * * * *", "invalid numeric field 60"),
      ("5-70 * * * * *", "invalid range field 5-70"), ("5-1 * * * * *", "fill range values"),
      ("1-2-3 * * * * *", "invalid range field 1-2-3"), ("-5 * * * * *", "unknown literal "),
      ("*/0 * * * * *", "invalid step field */0"), ("1/2/3 * * * * *", "invalid step field 1/2/3"),
      ("* * */24 * * *", "invalid step field */24"),
      ("9-1/2 * * * * *", "fill step values"), ("* * * L-32 * ?", "invalid last field L-32"),
      ("* * * 32W * ?", "invalid weekday field 32W"), ("* * * ? * 8L", "invalid last field 8L"),
      ("* * * ? * 2#6", "invalid hash field 2#6"), ("* * * ? * 9#1", "invalid hash field 9#1"),
      ("* * * 1,L * ?", "unknown literal L"), ("* * * * * * 1969", "invalid numeric field 1969"),
    ])
  func refuses(text: String, reason: String) {
    let error = #expect(throws: CronError.self) { try CronExpression(text) }
    #expect(error?.description == "parse cron expression: \(reason)")
  }
}
