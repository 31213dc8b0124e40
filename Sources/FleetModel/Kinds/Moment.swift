// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// A moment as people write it: `2026-12-20`, `2026-12-20T22:00`, `2026-12-20T22:00:00+01:00`.
enum Moment {
  /// Reads a field; nil when it is no moment, which is reported.
  static func read(
    _ name: String, _ spec: FieldReader, findings: inout Findings
  ) -> Located<String>? {
    guard let written = spec.string(name) else { return nil }
    if let problem = problem(written.value) {
      findings.error(
        "bad-time", "\(Wording.quoted(written.value)) for '\(name)' \(problem)", at: written.span,
        hints: ["write it like 2026-12-20T22:00:00, with 'location' for the time zone"])
      return nil
    }
    return written
  }

  /// Whether one moment is before another; nil when only a time zone can tell.
  static func isOrdered(_ first: String, _ second: String) -> Bool? {
    // Two local times have the same zone, and their digits sort as they do.
    guard offset(first).isEmpty, offset(second).isEmpty else { return nil }
    return padded(first).utf8.lexicographicallyPrecedes(padded(second).utf8)
  }

  private static func padded(_ text: String) -> String {
    text + "0000-00-00T00:00:00".dropFirst(text.utf8.count)
  }

  private static func offset(_ text: String) -> Substring {
    let time = text.dropFirst("0000-00-00".utf8.count)
    return time.drop { $0 != "Z" && $0 != "+" && $0 != "-" }
  }

  private static func problem(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    let zone = Array(offset(text).utf8)
    let local = bytes.dropLast(zone.count)
    guard
      matches(local, "0000-00-00") || matches(local, "0000-00-00T00:00")
        || matches(local, "0000-00-00T00:00:00")
    else { return "is no date and no time" }
    guard
      zone.isEmpty || zone == [UInt8(ascii: "Z")] || matches(zone[...], "+00:00")
        || matches(zone[...], "-00:00")
    else { return "has no offset like '+01:00'" }
    guard zone.isEmpty || local.count > 10 else { return "has an offset and no time" }
    let numbers = String(decoding: local, as: UTF8.self)
      .split { $0 == "-" || $0 == "T" || $0 == ":" }.compactMap { Int($0) }
    guard numbers.count >= 3, (1...12).contains(numbers[1]), isDay(numbers) else {
      return "is no day of the calendar"
    }
    let time = numbers.dropFirst(3)
    guard time.first ?? 0 < 24, time.dropFirst().allSatisfy({ $0 < 60 }) else {
      return "is no time of the day"
    }
    return nil
  }

  private static func isDay(_ numbers: [Int]) -> Bool {
    let (year, month, day) = (numbers[0], numbers[1], numbers[2])
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  /// Whether a text has digits where the pattern has a `0`, and else the same.
  private static func matches(_ bytes: ArraySlice<UInt8>, _ pattern: String) -> Bool {
    bytes.count == pattern.utf8.count
      && zip(bytes, pattern.utf8).allSatisfy { byte, wanted in
        wanted == 0x30 ? (0x30...0x39).contains(byte) : byte == wanted
      }
  }
}

/// The name of a time zone, `Europe/Berlin`; whether it exists is known where the zones are.
enum TimeZoneName {
  static func read(_ spec: FieldReader, findings: inout Findings) -> Located<String>? {
    guard let name = spec.string("location") else { return nil }
    let isName = name.value.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0.utf8.first != UInt8(ascii: ".") && $0.utf8.allSatisfy(isAllowed)
    }
    guard isName, name.value.utf8.count <= 64 else {
      findings.error(
        "bad-zone", "\(Wording.quoted(name.value)) is no name of a time zone", at: name.span,
        hints: ["for example 'Europe/Berlin' or 'UTC'"])
      return nil
    }
    if !TimeZoneNames.contains(name.value) {
      findings.warning(
        "unknown-zone",
        "no time zone \(Wording.quoted(name.value)) is known; where the hub does not know it either, "
          + "nothing is released to these clusters",
        at: name.span,
        hints: TimeZoneNames.suggestion(for: name.value).map { ["did you mean '\($0)'?"] } ?? [])
    }
    return name
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "+"):
      true
    default: false
    }
  }
}
