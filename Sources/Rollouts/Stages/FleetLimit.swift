// SPDX-License-Identifier: Apache-2.0

/// A number as Fleet's files write one (`intstr.IntOrString`): `5` or `"10%"`.
package enum FleetNumber: Sendable, Hashable {
  /// A number of YAML.
  case number(Int)
  /// A text of YAML.
  case text(String)
}

/// Why Fleet takes no limit from a value; `description` is Fleet's own sentence.
package enum FleetLimitError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A text that is neither a number over 0 nor a percentage.
  case notANumber(String)
  /// What stands before the `%` is no number.
  case notAPercentage(String)

  package var description: String {
    switch self {
    case .notANumber(let text):
      "invalid maxUnavailable, must be int or percentage (ending with %): \(text)"
    case .notAPercentage(let text):
      "failed to parse \(text): strconv.ParseFloat: parsing \"\(text.dropLast())\": invalid syntax"
    }
  }
}

/// Fleet's rule for every number that is a count or a share of a set.
///
/// Source: `limit` in Fleet's `target/status.go`. A text that is a number over 0 is not cut to the set, a
/// share is at least 1, and a set of nothing has the limit 1: all of that is Fleet's.
package enum FleetLimit {
  /// The limit of a set of `count`: the first value that is there, else all of it.
  package static func resolve(
    _ count: Int, _ values: FleetNumber?...
  ) throws(FleetLimitError) -> Int {
    if count <= 0 { return 1 }
    for case .some(let value) in values {
      switch value {
      case .number(let number): return min(max(number, 0), count)
      case .text(let text): return try resolve(count, text: text)
      }
    }
    return count
  }

  /// The same for values that were read before: the first that is there, else all of it. Never negative.
  package static func resolve(_ count: Int, _ values: Limit?...) -> Int {
    (values.compactMap { $0 }.first ?? .all).resolved(of: count)
  }

  /// How many a share of a set is, rounded down; at most all of it, none of a negative share.
  package static func part(_ partsPerMillion: Int, of count: Int) -> Int {
    let share = min(max(partsPerMillion, 0), 1_000_000)
    let count = max(count, 0)
    // In two pieces, so that no product is larger than 10¹² or than the count itself.
    return count / 1_000_000 * share + count % 1_000_000 * share / 1_000_000
  }

  private static func resolve(_ count: Int, text: String) throws(FleetLimitError) -> Int {
    if let number = wholeNumber(text), number > 0 { return number }
    guard text.utf8.last == UInt8(ascii: "%") else { throw .notANumber(text) }
    guard let percent = decimal(text.dropLast()) else { throw .notAPercentage(text) }
    if percent <= 0 { return 1 }
    // As Fleet: the product is cut, then divided.
    let product = Double(count) * percent
    guard product < Double(count) * 100 else { return count }
    return max(1, Int(product) / 100)
  }

  /// Go's `Atoi`, which takes a number that is too large for the largest.
  private static func wholeNumber(_ text: String) -> Int? {
    let digits =
      text.utf8.first.map { $0 == 0x2b || $0 == 0x2d } == true
      ? text.utf8.dropFirst() : text.utf8[...]
    guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
    return Int(text) ?? (text.utf8.first == 0x2d ? Int.min : Int.max)
  }

  /// A decimal number with sign, fraction and exponent; hexadecimal ones, `inf` and `nan` are no shares.
  private static func decimal(_ text: Substring) -> Double? {
    var rest = text.utf8[...]
    if let first = rest.first, first == 0x2b || first == 0x2d { rest = rest.dropFirst() }
    let whole = rest.prefix(while: isDigit).count
    rest = rest.dropFirst(whole)
    var fraction = 0
    if rest.first == UInt8(ascii: ".") {
      fraction = rest.dropFirst().prefix(while: isDigit).count
      rest = rest.dropFirst(fraction + 1)
    }
    guard whole + fraction > 0 else { return nil }
    if let first = rest.first, first == UInt8(ascii: "e") || first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if let sign = rest.first, sign == 0x2b || sign == 0x2d { rest = rest.dropFirst() }
      guard !rest.isEmpty, rest.allSatisfy(isDigit) else { return nil }
      rest = rest.dropFirst(rest.count)
    }
    guard rest.isEmpty, let value = Double(String(text)), value.isFinite else { return nil }
    return value
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
