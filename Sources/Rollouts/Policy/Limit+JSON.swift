// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import JSONTree

extension Limit {
  /// The limit as people write it: `5`, `12.5%`.
  package var text: String {
    switch self {
    case .count(let number): String(number)
    case .share(let parts): Wording.percent(partsPerMillion: parts)
    }
  }

  /// A number, or a percentage as text.
  package var json: JSONValue {
    switch self {
    case .count(let number): .integer(Int64(number))
    case .share: .string(text)
    }
  }

  /// Reads a number that is not negative, or a percentage with at most four digits behind the point.
  package init?(json: JSONValue) {
    switch json {
    case .integer(let number):
      guard let number = Int(exactly: number), number >= 0 else { return nil }
      self = .count(number)
    case .string(let text):
      guard text.utf8.last == UInt8(ascii: "%") else { return nil }
      let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
      guard (1...2).contains(parts.count), let whole = Limit.digits(parts[0], most: 4) else {
        return nil
      }
      var fraction = 0
      if parts.count == 2 {
        guard let digits = Limit.digits(parts[1], most: 4) else { return nil }
        fraction = (parts[1].utf8.count..<4).reduce(digits) { value, _ in value * 10 }
      }
      self = .share(partsPerMillion: whole * 10_000 + fraction)
    default: return nil
    }
  }

  private static func digits(_ text: Substring, most: Int) -> Int? {
    guard (1...most).contains(text.utf8.count), text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      return nil
    }
    return Int(text)
  }
}
