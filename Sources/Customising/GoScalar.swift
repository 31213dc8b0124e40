// SPDX-License-Identifier: Apache-2.0

import YAMLTree

/// How go.yaml.in/yaml/v2 (in `sigs.k8s.io/yaml` v1.6, which Fleet uses) writes a text.
///
/// Rules: `encode.go` (stringv), `emitterc.go` (analyze_scalar, select_scalar_style) of v2.4.
struct GoScalar {
  /// The styles of the emitter; folded blocks are never chosen.
  enum Style { case plain, singleQuoted, doubleQuoted, literal }

  private(set) var hasBreaks = false
  private var isPlainAllowed = true
  private var isSingleQuotedAllowed = true
  private var isBlockAllowed = true
  private let isEmpty: Bool
  private let wanted: Style

  /// Looks at a text.
  init(_ text: String) {
    let bytes = Array(text.utf8)
    isEmpty = bytes.isEmpty
    if bytes.contains(0x0a) {
      wanted = .literal
    } else if GoScalar.isOtherThanText(text, bytes) {
      wanted = .doubleQuoted
    } else {
      wanted = .plain
    }
    analyse(bytes)
  }

  /// The style of a value, or of a key before `:`.
  func style(isSimpleKey: Bool) -> Style {
    var style = wanted
    if isSimpleKey, hasBreaks { style = .doubleQuoted }
    if style == .plain, !isPlainAllowed || isEmpty && isSimpleKey { style = .singleQuoted }
    if style == .singleQuoted, !isSingleQuotedAllowed { style = .doubleQuoted }
    if style == .literal, !isBlockAllowed || isSimpleKey { style = .doubleQuoted }
    return style
  }

  private mutating func analyse(_ bytes: [UInt8]) {
    guard let first = bytes.first, let last = bytes.last else {
      isBlockAllowed = false
      return
    }
    var hasIndicator = bytes.starts(with: "---".utf8) || bytes.starts(with: "...".utf8)
    var isSpecial = false
    var (breakThenSpace, spaceThenBreak) = (false, false)
    var (previousSpace, previousBreak, followsBlank) = (false, false, true)
    for (index, byte) in bytes.enumerated() {
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0x20
      let isFollowedByBlank = next == 0x20 || next == 0x09
      if index == 0 {
        if "#,[]{}&*!|>'\"%@`".utf8.contains(byte) { hasIndicator = true }
        if "?:-".utf8.contains(byte), isFollowedByBlank { hasIndicator = true }
      } else if byte == UInt8(ascii: ":"), isFollowedByBlank {
        hasIndicator = true
      } else if byte == UInt8(ascii: "#"), followsBlank {
        hasIndicator = true
      }
      if !GoScalar.isPrintable(bytes, index) { isSpecial = true }
      let (isSpace, isBreak) = (byte == 0x20, byte == 0x0a)
      if isSpace, previousBreak { breakThenSpace = true }
      if isBreak, previousSpace { spaceThenBreak = true }
      hasBreaks = hasBreaks || isBreak
      (previousSpace, previousBreak) = (isSpace, isBreak)
      followsBlank = isSpace || isBreak || byte == 0x09
    }
    let isEdge: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0a }
    if isEdge(first) || isEdge(last) || hasBreaks || hasIndicator { isPlainAllowed = false }
    if last == 0x20 { isBlockAllowed = false }
    if breakThenSpace { isSingleQuotedAllowed = false }
    if spaceThenBreak || isSpecial {
      isPlainAllowed = false
      isSingleQuotedAllowed = false
      isBlockAllowed = false
    }
  }

  /// Whether the emitter writes a character as it is; those of four bytes, tabs and the line breaks of
  /// Unicode it does not.
  static func isPrintable(_ bytes: [UInt8], _ index: Int) -> Bool {
    let byte = bytes[index]
    let next = index + 1 < bytes.count ? bytes[index + 1] : 0
    let third = index + 2 < bytes.count ? bytes[index + 2] : 0
    switch byte {
    case 0x0a, 0x20...0x7e, 0xee: return true
    // What follows the first byte of a character has been judged with it.
    case 0x80...0xbf: return true
    case 0xc2: return next >= 0xa0
    case 0xe2 where next == 0x80 && (third == 0xa8 || third == 0xa9): return false
    case 0xc3..<0xed: return true
    case 0xed: return next < 0xa0
    case 0xef: return !(next == 0xbb && third == 0xbf) && !(next == 0xbf && third >= 0xbe)
    default: return false
    }
  }

  /// Whether the text, written plain, would be read as something else.
  private static func isOtherThanText(_ text: String, _ bytes: [UInt8]) -> Bool {
    ScalarResolver.resolve(text) != .string || isTime(bytes) || isBase60(bytes)
  }

  /// The pattern `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`.
  private static func isBase60(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    guard let first = rest.first, isDigit(first) else { return false }
    let isDigitOrBlank: (UInt8) -> Bool = { isDigit($0) || $0 == UInt8(ascii: "_") }
    rest = rest.drop(while: isDigitOrBlank)
    guard rest.first == UInt8(ascii: ":") else { return false }
    if let point = rest.firstIndex(of: UInt8(ascii: ".")) {
      guard rest[rest.index(after: point)...].allSatisfy(isDigitOrBlank) else { return false }
      rest = rest[..<point]
    }
    return rest.dropFirst().split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .allSatisfy { part in
        guard let head = part.first, part.allSatisfy(isDigit) else { return false }
        return part.count == 1 || part.count == 2 && head <= UInt8(ascii: "5")
      }
  }

  /// The times that the reader knows: `2006-1-2`, `2006-1-2 15:4:5.9`, `2006-1-2T15:4:5.9Z07:00`.
  private static func isTime(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    guard bytes.count >= 8, let year = number(&rest, digits: 4...4), take(&rest, "-"),
      let month = number(&rest, digits: 1...2), take(&rest, "-"),
      let day = number(&rest, digits: 1...2), (1...12).contains(month), day >= 1,
      day <= days(of: month, in: year)
    else { return false }
    if rest.isEmpty { return true }
    let needsZone: Bool
    if take(&rest, "T") || take(&rest, "t") {
      needsZone = true
    } else if take(&rest, " ") {
      needsZone = false
    } else {
      return false
    }
    guard let hour = number(&rest, digits: 1...2), hour < 24, take(&rest, ":"),
      let minute = number(&rest, digits: 1...2), minute < 60, take(&rest, ":"),
      let second = number(&rest, digits: 1...2), second < 60
    else { return false }
    if let point = rest.first, point == UInt8(ascii: ".") || point == UInt8(ascii: ",") {
      let digits = rest.dropFirst().prefix(while: isDigit).count
      if digits == 0 { return false }
      rest = rest.dropFirst(1 + digits)
    }
    guard needsZone else { return rest.isEmpty }
    if take(&rest, "Z") { return rest.isEmpty }
    guard take(&rest, "+") || take(&rest, "-"), let zoneHour = number(&rest, digits: 2...2),
      take(&rest, ":"), let zoneMinute = number(&rest, digits: 2...2)
    else { return false }
    return rest.isEmpty && zoneHour <= 24 && zoneMinute < 60
  }

  private static func days(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func number(_ rest: inout ArraySlice<UInt8>, digits: ClosedRange<Int>) -> Int? {
    let found = rest.prefix(digits.upperBound).prefix(while: isDigit)
    guard found.count >= digits.lowerBound else { return nil }
    rest = rest.dropFirst(found.count)
    return found.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  private static func take(_ rest: inout ArraySlice<UInt8>, _ letter: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: letter) else { return false }
    rest.removeFirst()
    return true
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
