// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Durations as people write them: Go's (`1h30m`, `90s`, `500ms`) and days (`2d`).
package enum DurationText {
  /// Why a text is no duration: what is wrong, and what to write.
  package struct Problem: Error, Sendable, Hashable {
    /// What is wrong with the text, to stand behind it: `is no duration`.
    package let text: String
    /// What to write instead.
    package let hint: String
  }

  /// The longest duration, in days.
  package static let mostDays = 3650

  private static let units: [(name: String, nanoseconds: Int)] = [
    ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000),
    ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
  ]
  private static let example = "write it like '30m', '1h30m', '90s' or '2d'"

  /// The seconds of a text; what is less than a second counts as one.
  package static func seconds(_ text: String) throws(Problem) -> Int {
    var rest = text[...]
    if rest.utf8.first == UInt8(ascii: "-") {
      throw Problem(text: "is less than nothing", hint: example)
    }
    if rest.utf8.first == UInt8(ascii: "+") { rest.removeFirst() }
    if rest == "0" { return 0 }
    guard !rest.isEmpty else { throw Problem(text: "is no duration", hint: example) }
    let most = mostDays * 86_400_000_000_000
    var total = 0
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isWholeNumber || $0 == ".") }
      rest = rest[number.endIndex...]
      let unit = rest.prefix { !($0.isASCII && ($0.isWholeNumber || $0 == ".")) }
      rest = rest[unit.endIndex...]
      let part = try nanoseconds(number, unit, of: text, most: most)
      // Both are at most `most`, which is far from the end of the numbers.
      total += part
      guard total <= most else { throw tooLong }
    }
    return (total + 999_999_999) / 1_000_000_000
  }

  private static var tooLong: Problem {
    Problem(text: "is longer than \(Wording.number(mostDays)) days", hint: example)
  }

  private static func nanoseconds(
    _ number: Substring, _ unit: Substring, of text: String, most: Int
  ) throws(Problem) -> Int {
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.contains(where: { !$0.isEmpty }) else {
      throw Problem(text: "is no duration", hint: example)
    }
    guard !unit.isEmpty else {
      let shown = PrintableText.escape(String(number))
      throw Problem(text: "has no unit", hint: "write '\(shown)s', '\(shown)m' or '\(shown)h'")
    }
    guard let scale = units.first(where: { $0.name == unit })?.nanoseconds else {
      throw Problem(
        text: "has the unknown unit \(Wording.quoted(String(unit)))",
        hint: "the units are d, h, m, s and ms: \(example)")
    }
    let whole = parts[0].isEmpty ? 0 : Int(parts[0])
    guard let whole, whole <= most / scale else { throw tooLong }
    var result = whole * scale
    var place = scale
    for digit in parts.count == 2 ? Array(parts[1].utf8.prefix(15)) : [] {
      place /= 10
      result += Int(digit - 0x30) * place
    }
    return result
  }
}
