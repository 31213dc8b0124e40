// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A moment in UTC, as seconds since 1970 and nanoseconds.
package struct Timestamp: Sendable, Hashable, Comparable {
  /// Whole seconds since 1970-01-01T00:00:00Z; negative before.
  package let seconds: Int64
  /// 0 to 999,999,999 more.
  package let nanoseconds: Int32

  /// Makes a moment.
  package init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// The machine's time; it may be wrong and may jump.
  package static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }

  /// The moment as `2026-11-21T12:00:00Z`, whole seconds.
  package var rfc3339: String {
    let (days, second) = Self.floorDivide(seconds, 86_400)
    let (year, month, day) = Self.civil(days)
    var text: [UInt8] = []
    text.reserveCapacity(20)
    func digits(_ value: Int64, _ width: Int) {
      let digits = Array(String(value).utf8)
      for _ in digits.count..<max(width, digits.count) { text.append(UInt8(ascii: "0")) }
      text.append(contentsOf: digits)
    }
    if year < 0 { text.append(UInt8(ascii: "-")) }
    digits(abs(year), 4)
    text.append(UInt8(ascii: "-"))
    digits(month, 2)
    text.append(UInt8(ascii: "-"))
    digits(day, 2)
    text.append(UInt8(ascii: "T"))
    digits(second / 3600, 2)
    text.append(UInt8(ascii: ":"))
    digits(second / 60 % 60, 2)
    text.append(UInt8(ascii: ":"))
    digits(second % 60, 2)
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads RFC 3339: `2026-11-21T12:00:00Z`, with a fraction, with an offset `+01:00`; nil for
  /// anything else. A leap second (`:60`) is the second after.
  package init?(rfc3339 text: some StringProtocol) {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int64? {
      guard start + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[start..<(start + count)] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      return value
    }
    func has(_ index: Int, _ allowed: String) -> Bool {
      index < bytes.count && allowed.utf8.contains(bytes[index])
    }
    guard let year = number(0, 4), has(4, "-"), let month = number(5, 2), has(7, "-"),
      let day = number(8, 2), has(10, "Tt"), let hour = number(11, 2), has(13, ":"),
      let minute = number(14, 2), has(16, ":"), let second = number(17, 2),
      (1...12).contains(month), (1...Self.length(year, month)).contains(day), hour < 24,
      minute < 60, second <= 60
    else { return nil }
    var index = 19
    var nanoseconds: Int32 = 0
    if has(index, ".") {
      index += 1
      var unit: Int32 = 100_000_000
      let start = index
      while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
        nanoseconds += Int32(bytes[index] - 0x30) * unit
        unit /= 10
        index += 1
      }
      guard index > start else { return nil }
    }
    var offset: Int64 = 0
    if has(index, "Zz") {
      index += 1
    } else {
      guard has(index, "+-"), let hours = number(index + 1, 2), has(index + 3, ":"),
        let minutes = number(index + 4, 2), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 3600 + minutes * 60) * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
      index += 6
    }
    guard index == bytes.count else { return nil }
    let days = Self.days(year, month, day)
    self.init(
      seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset,
      nanoseconds: nanoseconds)
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
    let rest = value % by
    return rest < 0 ? (value / by - 1, rest + by) : (value / by, rest)
  }

  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that
  // the leap day is the last of its year; 146,097 days are 400 years.
  private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
    let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let (era, yearOfEra) = floorDivide(month <= 2 ? year - 1 : year, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func length(_ year: Int64, _ month: Int64) -> Int64 {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// Time that only goes forward, for measuring and deadlines; it means nothing between boots.
package enum MonotonicClock {
  /// Nanoseconds since an unknown moment.
  package static func nanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Milliseconds since an unknown moment.
  package static func milliseconds() -> Int64 { nanoseconds() / 1_000_000 }
}
