// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// A version as `semverCompare` reads it: a `v` may stand before it, minor and patch may be missing.
struct SemanticVersion {
  var numbers: [UInt64]
  var pre: [Substring]
  /// How many of the three numbers are written; an `x` or `*` ends them.
  var written: Int

  /// Reads a version; nil when it is none. Wildcards are for constraints.
  init?(_ text: Substring, allowsWildcards: Bool = false) {
    let body = text.hasPrefix("v") ? text.dropFirst() : text
    let plain = body.prefix { $0 != "+" }
    let core = plain.prefix { $0 != "-" }
    pre =
      plain.count > core.count
      ? plain.dropFirst(core.count + 1).split(separator: ".", omittingEmptySubsequences: false) : []
    numbers = []
    let parts = core.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 3, !pre.contains("") else { return nil }
    var isWild = false
    for part in parts {
      if allowsWildcards, part == "x" || part == "X" || part == "*" {
        isWild = true
      } else if let number = UInt64(part), !part.hasPrefix("+") {
        if !isWild { numbers.append(number) }
      } else {
        return nil
      }
    }
    written = numbers.count
    while numbers.count < 3 { numbers.append(0) }
  }

  var major: UInt64 { numbers[0] }
  var minor: UInt64 { numbers[1] }
  var patch: UInt64 { numbers[2] }

  /// Below 0, 0 or above 0, by the order of semantic versions.
  func compare(_ other: SemanticVersion) -> Int {
    for (left, right) in zip(numbers, other.numbers) where left != right {
      return left < right ? -1 : 1
    }
    if pre.isEmpty || other.pre.isEmpty {
      return pre.isEmpty == other.pre.isEmpty ? 0 : pre.isEmpty ? 1 : -1
    }
    for (left, right) in zip(pre, other.pre) where left != right {
      switch (UInt64(left), UInt64(right)) {
      case (let one?, let two?): if one != two { return one < two ? -1 : 1 }
      case (_?, nil): return -1
      case (nil, _?): return 1
      default: return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
      }
    }
    return pre.count == other.pre.count ? 0 : pre.count < other.pre.count ? -1 : 1
  }
}

/// Constraints such as `>=1.2, <2 || ~3.1`, with the rules of the library that Sprig uses.
enum VersionConstraint {
  static func run(_ call: Call) throws -> GoValue {
    let constraint = String(decoding: call.bytes(0), as: UTF8.self)
    let text = String(decoding: call.bytes(1), as: UTF8.self)
    guard let version = SemanticVersion(text[...]) else {
      throw Failure("\(Wording.quoted(text)) is not a semantic version")
    }
    var result = false
    var rest = constraint[...]
    while true {
      let end = rest.firstIndex(of: "|") ?? rest.endIndex
      if try all(rest[..<end], version, constraint) { result = true }
      if end == rest.endIndex { return .bool(result) }
      rest = rest[end...].dropFirst()
      guard rest.first == "|" else { throw wrong(constraint) }
      rest = rest.dropFirst()
    }
  }

  private static func wrong(_ text: String) -> Failure {
    Failure("\(Wording.quoted(text)) is not a constraint of versions")
  }

  /// Conditions that must all hold, joined by commas or blanks; `1 - 2` is a range.
  private static func all(
    _ text: Substring, _ version: SemanticVersion, _ whole: String
  ) throws -> Bool {
    var words: [Substring] = []
    for word in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      // An operator that stands alone belongs to the next word.
      if let last = words.last, last.allSatisfy({ "=!<>~^".contains($0) }) {
        words[words.count - 1] = last + word
      } else {
        words.append(word)
      }
    }
    guard !words.isEmpty else { throw wrong(whole) }
    var holds = true
    var index = 0
    while index < words.count {
      if index + 2 < words.count, words[index + 1] == "-" {
        let low = try check(">=" + words[index], version, whole)
        let high = try check("<=" + words[index + 2], version, whole)
        holds = low && high && holds
        index += 3
      } else {
        holds = try check(words[index], version, whole) && holds
        index += 1
      }
    }
    return holds
  }

  private static func check(
    _ text: Substring, _ version: SemanticVersion, _ whole: String
  ) throws -> Bool {
    let sign = text.prefix { "=!<>~^".contains($0) }
    guard let wanted = SemanticVersion(text.dropFirst(sign.count), allowsWildcards: true) else {
      throw wrong(whole)
    }
    // A release is wanted, unless the constraint itself names an early version.
    if !version.pre.isEmpty, wanted.pre.isEmpty, sign != "!=" { return false }
    let order = version.compare(wanted)
    let (isDirty, hasMinor) = (wanted.written < 3, wanted.written != 1)
    switch sign {
    case "", "=":
      return isDirty ? near(version, wanted, order) : order == 0
    case "!=":
      guard isDirty else { return order != 0 }
      return wanted.written > 0
        && (version.major != wanted.major || (hasMinor && version.minor != wanted.minor))
    case ">":
      if !isDirty || version.major != wanted.major { return order > 0 }
      return wanted.written == 2 && version.minor > wanted.minor
    case "<": return order < 0
    case ">=", "=>": return order >= 0
    case "<=", "=<":
      guard isDirty else { return order <= 0 }
      if version.major != wanted.major { return version.major < wanted.major }
      return !(hasMinor && version.minor > wanted.minor)
    case "~", "~>": return near(version, wanted, order)
    case "^":
      if order < 0 { return false }
      if wanted.major > 0 || wanted.written < 2 {
        return wanted.written == 0 || version.major == wanted.major
      }
      if version.major > 0 { return false }
      if wanted.minor > 0 || wanted.written == 2 { return version.minor == wanted.minor }
      return version.minor == 0 && version.patch == wanted.patch
    default: throw wrong(whole)
    }
  }

  /// `~`: the same minor version, or the same major one where no minor one is written.
  private static func near(_ version: SemanticVersion, _ wanted: SemanticVersion, _ order: Int)
    -> Bool
  {
    if order < 0 { return false }
    if wanted.written == 0 || (wanted.written == 3 && wanted.numbers == [0, 0, 0]) { return true }
    return version.major == wanted.major && (wanted.written == 1 || version.minor == wanted.minor)
  }
}
