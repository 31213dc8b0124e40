// SPDX-License-Identifier: Apache-2.0

/// The rule in the last line of a zone file: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// Source: POSIX, `TZ`, with the extensions of RFC 8536 and 9636: hours up to 167, and negative ones.
struct PosixZone: Sendable, Hashable {
  /// A day of every year, and the time of it on the clock before the change, in seconds.
  struct Change: Sendable, Hashable {
    enum Day: Sendable, Hashable {
      /// `Jn`: 1 to 365; 29 February is never counted.
      case julian(Int)
      /// `n`: 0 to 365, with 29 February.
      case ordinal(Int)
      /// `Mm.w.d`: day `d` (0 Sunday) of week `w` (5 the last) of month `m`.
      case weekday(month: Int, week: Int, day: Int)
    }

    var day: Day
    var time: Int
  }

  private let standard: Int
  private let summer: (offset: Int, start: Change, end: Change)?

  static func == (left: Self, right: Self) -> Bool {
    left.standard == right.standard && left.summer?.offset == right.summer?.offset
      && left.summer?.start == right.summer?.start && left.summer?.end == right.summer?.end
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(standard)
    hasher.combine(summer?.offset)
  }

  /// Reads a rule; nil for anything else.
  init?(_ text: some Sequence<UInt8>) {
    var reader = Reader(bytes: Array(text))
    guard reader.name(), let west = reader.time(hours: 24) else { return nil }
    standard = -west
    if reader.isAtEnd {
      summer = nil
      return
    }
    guard reader.name() else { return nil }
    var offset = -west + 3_600
    if !reader.isAt(",") {
      guard let other = reader.time(hours: 24) else { return nil }
      offset = -other
    }
    guard reader.take(","), let start = reader.change(), reader.take(","),
      let end = reader.change(), reader.isAtEnd
    else { return nil }
    summer = (offset, start, end)
  }

  /// How far the clock is ahead of UTC, in seconds.
  func offset(at moment: Int64) -> Int {
    guard let summer else { return standard }
    let year = CivilTime(seconds: moment + Int64(standard)).year
    let start = summer.start.local(in: year) - Int64(standard)
    let end = summer.end.local(in: year) - Int64(summer.offset)
    let isSummer =
      start < end ? start <= moment && moment < end : !(end <= moment && moment < start)
    return isSummer ? summer.offset : standard
  }
}

extension PosixZone.Change {
  /// When the clock on the wall shows it, as seconds since its 1970.
  func local(in year: Int) -> Int64 {
    let days: Int
    switch day {
    case .julian(let number):
      let leap = CivilTime.isLeap(year) && number >= 60 ? 1 : 0
      days = CivilTime.days(year, 1, 1) + number - 1 + leap
    case .ordinal(let number):
      days = CivilTime.days(year, 1, 1) + number
    case .weekday(let month, let week, let day):
      let first = (day - CivilTime.weekday(year, month, 1) + 7) % 7 + 1
      let length = CivilTime.length(year, month)
      var date = first + (week - 1) * 7
      if date > length { date -= 7 }
      days = CivilTime.days(year, month, date)
    }
    return Int64(days) * 86_400 + Int64(time)
  }
}

private struct Reader {
  let bytes: [UInt8]
  var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index == bytes.count }

  func isAt(_ character: Character) -> Bool {
    index < bytes.count && bytes[index] == character.asciiValue
  }

  mutating func take(_ character: Character) -> Bool {
    guard isAt(character) else { return false }
    index += 1
    return true
  }

  /// `CET` or `<+03>`.
  mutating func name() -> Bool {
    let start = index
    if take("<") {
      while index < bytes.count, !isAt(">") { index += 1 }
      return take(">") && index - start > 2
    }
    while index < bytes.count, (bytes[index] | 0x20) >= 0x61, (bytes[index] | 0x20) <= 0x7a {
      index += 1
    }
    return index - start >= 3
  }

  /// `-1`, `5:30`, `-2:03:58`, in seconds.
  mutating func time(hours limit: Int) -> Int? {
    let isNegative = isAt("-")
    if isNegative || isAt("+") { index += 1 }
    guard let hours = number(), hours <= limit else { return nil }
    var seconds = hours * 3_600
    for unit in [60, 1] where take(":") {
      guard let part = number(), part < 60 else { return nil }
      seconds += part * unit
    }
    return isNegative ? -seconds : seconds
  }

  mutating func change() -> PosixZone.Change? {
    let day: PosixZone.Change.Day
    if take("J") {
      guard let number = number(), (1...365).contains(number) else { return nil }
      day = .julian(number)
    } else if take("M") {
      guard let month = number(), take("."), let week = number(), take("."), let weekday = number(),
        (1...12).contains(month), (1...5).contains(week), weekday <= 6
      else { return nil }
      day = .weekday(month: month, week: week, day: weekday)
    } else {
      guard let number = number(), number <= 365 else { return nil }
      day = .ordinal(number)
    }
    guard take("/") else { return PosixZone.Change(day: day, time: 7_200) }
    return time(hours: 167).map { PosixZone.Change(day: day, time: $0) }
  }

  private mutating func number() -> Int? {
    let start = index
    var value = 0
    while index < bytes.count, (0x30...0x39).contains(bytes[index]), index - start < 4 {
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    return index > start ? value : nil
  }
}
