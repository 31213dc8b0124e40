// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Rollouts
import Testing

@Suite("Windows")
struct WindowTests {
  /// 2026-01-05T00:00:00Z, a Monday.
  private let monday: Int64 = 1_767_571_200

  private func schedule(
    _ name: String, _ cron: String, hours: Int, _ clusters: [String], zone: String = ""
  ) -> ScheduleRule {
    ScheduleRule(
      kind: .schedule, name: name, cron: cron, duration: hours * 3_600, zone: zone,
      clusters: clusters)
  }

  private func freeze(
    _ name: String, _ from: String, _ until: String, _ clusters: [String]
  ) -> ScheduleRule {
    ScheduleRule(kind: .freeze, name: name, from: from, until: until, clusters: clusters)
  }

  private func windows(_ rules: ScheduleRule...) -> Windows {
    Windows(rules) { $0.isEmpty || $0 == "UTC" ? .utc : nil }
  }

  @Test("a cluster is open in any of its windows, and always when it has none")
  func schedules() {
    let windows = windows(
      schedule("nights", "0 0 22 * * ?", hours: 4, ["a", "b"]),
      schedule("noon", "0 0 12 * * MON", hours: 1, ["b"]))
    let hours: [(hour: Int64, closed: [String])] = [
      (0, []), (1, []), (2, ["a", "b"]), (11, ["a", "b"]), (12, ["a"]), (13, ["a", "b"]),
      (21, ["a", "b"]), (22, []), (36, ["a", "b"]),
    ]
    for (hour, closed) in hours {
      let now = monday + hour * 3_600
      #expect(windows.closed(at: now) == closed, "hour \(hour)")
      for cluster in ["a", "b", "c"] {
        #expect(windows.isClosed(cluster, now) == closed.contains(cluster), "hour \(hour)")
      }
    }
    #expect(windows.problems.isEmpty)
  }

  @Test("the last second of a window is open, the next one is closed")
  func edges() {
    let windows = windows(schedule("nights", "0 0 22 * * ?", hours: 2, ["a"]))
    let opens = monday + 22 * 3_600
    #expect(windows.isClosed("a", opens - 1))
    #expect(!windows.isClosed("a", opens))
    #expect(!windows.isClosed("a", opens + 7_199))
    #expect(windows.isClosed("a", opens + 7_200))
    #expect(windows.nextChange(after: opens - 1) == opens)
    #expect(windows.nextChange(after: opens) == opens + 7_200)
    #expect(windows.nextChange(after: opens + 7_200) == opens + 86_400)
  }

  @Test("a freeze closes in any case, from its first second to its last")
  func freezes() {
    let windows = windows(
      schedule("always", "0 0 0 * * ?", hours: 24, ["a"]),
      freeze("holidays", "2026-01-06", "2026-01-08T12:00", ["a", "c"]))
    let (from, until) = (monday + 86_400, monday + 3 * 86_400 + 43_200)
    #expect(windows.closed(at: from - 1) == [])
    #expect(windows.closed(at: from) == ["a", "c"])
    #expect(windows.closed(at: until - 1) == ["a", "c"])
    #expect(windows.closed(at: until) == [])
    #expect(windows.isClosed("c", from) && !windows.isClosed("b", from))
  }

  @Test("a freeze may come again and again")
  func recurringFreeze() {
    var rule = schedule("fridays", "0 0 12 ? * FRI", hours: 60, ["a"])
    rule.kind = .freeze
    let windows = windows(rule)
    #expect(!windows.isClosed("a", monday))
    #expect(windows.isClosed("a", monday + 5 * 86_400))
    #expect(windows.nextChange(after: monday) == monday + 4 * 86_400 + 43_200)
  }

  @Test("windows that touch are one; without an end in sight there is a moment to look again")
  func chains() {
    let hourly = windows(schedule("hourly", "0 0 8-11 * * ?", hours: 1, ["a"]))
    #expect(hourly.nextChange(after: monday + 8 * 3_600) == monday + 12 * 3_600)
    let always = windows(schedule("always", "0 0 * * * ?", hours: 1, ["a"]))
    #expect((always.nextChange(after: monday) ?? 0) > monday + 1_000 * 3_600)
    #expect(!always.isClosed("a", monday))
    let second = windows(schedule("second", "* * * * * ?", hours: 4, ["a"]))
    #expect(!second.isClosed("a", monday))
    #expect(second.nextChange(after: monday) ?? 0 > monday)
  }

  @Test("the next opening is the first moment at which one of the clusters is released")
  func opening() {
    let windows = windows(
      schedule("nights", "0 0 22 * * ?", hours: 4, ["a", "b"]),
      schedule("noon", "0 0 12 * * TUE", hours: 1, ["b"]),
      freeze("week", "2026-01-05", "2026-01-09T23:00", ["a"]),
      freeze("always", "2000-01-01", "2500-01-01", ["c"]))
    let hour: Int64 = 3_600
    // In the middle of Friday's night, when the freeze ends.
    #expect(windows.opening(for: ["a"], after: monday) == monday + (4 * 24 + 23) * hour)
    #expect(windows.opening(for: ["b"], after: monday + 3 * hour) == monday + 22 * hour)
    #expect(windows.opening(for: ["a", "b"], after: monday + 26 * hour) == monday + 36 * hour)
    #expect(windows.opening(for: ["c"], after: monday) == nil)
    #expect(windows.opening(for: [], after: monday) == nil)
  }

  @Test("without rules everything is open, for ever")
  func nothing() {
    #expect(windows().closed(at: monday) == [])
    #expect(windows().nextChange(after: monday) == nil)
    #expect(
      windows(freeze("past", "2020-01-01", "2020-01-02", ["a"])).nextChange(after: monday) == nil)
  }

  @Test(
    "moments are written in four ways",
    arguments: [
      ("2026-01-05", 0), ("2026-01-05T06:30", 23_400), ("2026-01-05T06:30:15", 23_415),
      ("2026-01-05T06:30:15Z", 23_415), ("2026-01-05T06:30:15+02:00", 16_215),
      ("2026-01-05T06:30-01:30", 28_800), ("2026-01-04T23:00:00-01:00", 0),
    ] as [(String, Int64)])
  func moments(text: String, offset: Int64) {
    let windows = windows(freeze("f", "2025-01-01", text, ["a"]))
    #expect(windows.nextChange(after: monday - 100_000) == monday + offset)
  }

  @Test("what can't be obeyed closes its clusters, and says why")
  func problems() {
    let windows = windows(
      schedule("a", "0 0 22 * *", hours: 1, ["a"]),
      schedule("b", "0 0 22 * * ?", hours: 0, ["b"]),
      schedule("c", "0 0 22 * * ?", hours: 1, ["c"], zone: "Mars/Crater"),
      freeze("d", "2026-01-05T25:00", "2026-01-06", ["d"]),
      freeze("e", "2026-01-06", "2026-01-06", ["e"]),
      freeze("f", "2026-02-30", "2026-03-01", ["f"]),
      freeze("g", "2026-01-01T00:00+1:00", "2026-03-01", ["g"]))
    #expect(
      windows.problems.map(\.description) == [
        "schedule 'a' has no cron expression: invalid expression length",
        "schedule 'b' has no duration between a second and a year",
        "schedule 'c' has a time zone that is not known here: 'Mars/Crater'",
        "freeze 'd' has no moments to begin and to end", "freeze 'e' ends before it begins",
        "freeze 'f' has no moments to begin and to end",
        "freeze 'g' has no moments to begin and to end",
      ])
    #expect(windows.closed(at: monday) == ["a", "b", "c", "d", "e", "f", "g"])
    #expect(windows.isClosed("a", monday))
  }

  @Test(
    "the next change is the first moment at which the answer may differ",
    .enabled(if: ZoneTests.hasZones))
  func nextChange() throws {
    var random = SeededRandom()
    let zone = try ZoneTests.zone("America/New_York")
    let rules = [
      schedule("nights", "0 30 1 * * ?", hours: 2, ["a"]),
      schedule("weekend", "0 0 0 ? * SAT", hours: 48, ["a", "b"]),
      freeze("changes", "2026-03-08T02:30", "2026-11-01T01:30", ["c"]),
    ]
    let windows = Windows(rules) { _ in zone }
    for _ in 0..<300 {
      let now = monday + Int64.random(in: 0..<31_536_000, using: &random)
      let next = try #require(windows.nextChange(after: now))
      let closed = windows.closed(at: now)
      #expect(next > now)
      for _ in 0..<10 {
        let between = Int64.random(in: now..<next, using: &random)
        #expect(windows.closed(at: between) == closed, "\(now), \(between), \(random)")
      }
    }
  }
}
