// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// A number of clusters or a share of them: `5`, `10%`, `12.5%`.
package enum Quantity: Sendable, Hashable {
  /// So many; never negative.
  case count(Int)
  /// So many in a million, so that `12.5%` is exact.
  case share(partsPerMillion: Int)

  /// Reads a percentage, or a number that was written as text; nil when it is neither or negative.
  package init?(parsing text: String) {
    if let number = Int(text), number >= 0, text.utf8.count <= 9 {
      self = .count(number)
      return
    }
    guard text.utf8.last == UInt8(ascii: "%") else { return nil }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = Quantity.digits(parts[0]), whole <= 1000 else {
      return nil
    }
    var parts4 = 0
    if parts.count == 2 {
      guard parts[1].utf8.count <= 4, let fraction = Quantity.digits(parts[1]) else { return nil }
      parts4 = (parts[1].utf8.count..<4).reduce(fraction) { value, _ in value * 10 }
    }
    self = .share(partsPerMillion: whole * 10_000 + parts4)
  }

  /// Reads a limit that Fleet wrote as text: a number above 0, or a percentage; nil for what Fleet refuses.
  ///
  /// Rule: `limit` of `internal/cmd/controller/target/status.go`. `"0"` is an error there while `0` is
  /// none; a negative percentage counts as none.
  package init?(fleet text: String) {
    if text.utf8.last == UInt8(ascii: "%"), text.utf8.first == UInt8(ascii: "-"),
      Quantity(parsing: String(text.dropFirst())) != nil
    {
      self = .share(partsPerMillion: 0)
      return
    }
    guard let read = Quantity(parsing: text), read != .count(0) else { return nil }
    self = read
  }

  /// How many that is of `total`: a share is rounded down.
  package func resolved(of total: Int) -> Int {
    switch self {
    case .count(let number): return number
    case .share(let parts):
      let (product, overflow) = max(0, total).multipliedReportingOverflow(by: parts)
      return overflow ? Int.max : product / 1_000_000
    }
  }

  /// The quantity as people write it: `5`, `12.5%`.
  package var text: String {
    switch self {
    case .count(let number): String(number)
    case .share(let parts): Wording.percent(partsPerMillion: parts)
    }
  }

  private static func digits(_ text: Substring) -> Int? {
    guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
    else {
      return nil
    }
    return Int(text)
  }
}
