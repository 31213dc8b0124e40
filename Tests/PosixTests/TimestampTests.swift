// SPDX-License-Identifier: Apache-2.0

import Posix
import Testing

@Suite("timestamps")
struct TimestampTests {
  @Test(
    "a moment is written as UTC and read back",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
      (951_782_400, "2000-02-29T00:00:00Z"), (1_795_262_400, "2026-11-21T12:00:00Z"),
      (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
      (-62_167_219_200, "0000-01-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ] as [(Int64, String)])
  func roundTrip(seconds: Int64, text: String) {
    #expect(Timestamp(seconds: seconds).rfc3339 == text)
    #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds))
  }

  @Test("every day of eight hundred years is the day after the one before")
  func calendar() throws {
    let first = try #require(Timestamp(rfc3339: "1600-01-01T00:00:00Z"))
    for day in 0..<(2 * 146_097) {
      let moment = Timestamp(seconds: first.seconds + Int64(day) * 86_400)
      #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
    }
    #expect(
      Timestamp(seconds: first.seconds + 2 * 146_097 * 86_400).rfc3339.hasPrefix("2400-01-01"))
  }

  @Test(
    "fractions, offsets and leap seconds are understood",
    arguments: [
      ("1970-01-01T00:00:00.5Z", 0, 500_000_000), ("1970-01-01t01:00:00+01:00", 0, 0),
      ("1969-12-31T22:30:00-01:30", 0, 0), ("1970-01-01T00:00:00.1234567899z", 0, 123_456_789),
      ("2016-12-31T23:59:60Z", 1_483_228_800, 0),
    ] as [(String, Int64, Int32)])
  func variants(text: String, seconds: Int64, nanoseconds: Int32) {
    #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
  }

  @Test(
    "what is no moment is refused",
    arguments: [
      "", "2026-11-21", "2026-11-21 12:00:00Z", "2026-11-21T12:00:00", "2026-13-01T00:00:00Z",
      "2026-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T12:00:00.Z",
      "2026-11-21T12:00:00Zx", "2026-11-21T12:00:00+1:00", "+026-11-21T12:00:00Z",
    ])
  func refused(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test("extreme numbers are written without a trap")
  func extremes() {
    #expect(Timestamp(seconds: .max).rfc3339 == "292277026596-12-04T15:30:07Z")
    #expect(Timestamp(seconds: .min).rfc3339 == "-292277022657-01-27T08:29:52Z")
  }
}
