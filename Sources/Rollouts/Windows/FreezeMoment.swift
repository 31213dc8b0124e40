// SPDX-License-Identifier: Apache-2.0

/// A moment as a `Freeze` has it: `2026-12-20`, `2026-12-20T22:00`, `2026-12-20T22:00:00`, the latter two also with an
/// offset `Z` or `+01:00`. Without one it is what the clock on the wall shows; a day is its beginning.
package enum FreezeMoment {
  /// Reads a moment, seconds since 1970; nil for anything else.
  package static func read(_ text: String, zone: ZoneRules) -> Int64? {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[start..<(start + count)] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    func has(_ index: Int, _ character: Character) -> Bool {
      index < bytes.count && bytes[index] == character.asciiValue
    }
    guard let year = number(0, 4), has(4, "-"), let month = number(5, 2), has(7, "-"),
      let day = number(8, 2), CivilTime.years.contains(year), (1...12).contains(month),
      (1...CivilTime.length(year, month)).contains(day)
    else { return nil }
    var time = CivilTime(year, month, day)
    if bytes.count == 10 { return zone.moment(ofLocal: time.seconds) }
    guard has(10, "T") || has(10, "t") || has(10, " "), let hour = number(11, 2), has(13, ":"),
      let minute = number(14, 2), hour < 24, minute < 60
    else { return nil }
    (time.hour, time.minute) = (hour, minute)
    var index = 16
    if has(16, ":") {
      guard let second = number(17, 2), second < 60 else { return nil }
      time.second = second
      index = 19
    }
    if index == bytes.count { return zone.moment(ofLocal: time.seconds) }
    if has(index, "Z") || has(index, "z") {
      return bytes.count == index + 1 ? time.seconds : nil
    }
    guard has(index, "+") || has(index, "-"), bytes.count == index + 6,
      let hours = number(index + 1, 2), has(index + 3, ":"), let minutes = number(index + 4, 2),
      hours < 24, minutes < 60
    else { return nil }
    let offset = Int64(hours * 3_600 + minutes * 60)
    return time.seconds + (has(index, "+") ? -offset : offset)
  }
}
