// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// Whether two values say the same to a Kubernetes server, which writes some of them in its own way.
enum DriftValue {
  /// Whether a manifest's value is what is there: quantities by their amount (`1000m` is `1`), numbers and
  /// texts of the same digits, what is empty or zero as what is missing. Members that the manifest does not
  /// name are the server's and leave an object the same.
  static func isSame(_ wanted: JSONValue, _ live: JSONValue?) -> Bool {
    guard let live, live != .null else { return isNothing(wanted) }
    switch (wanted, live) {
    case (.object(let members), .object):
      return members.allSatisfy { isSame($0.value, live[$0.name]) }
    case (.array(let items), .array(let present)):
      return items.count == present.count && zip(items, present).allSatisfy { isSame($0, $1) }
    case (.null, _): return true
    case (.bool(let left), .bool(let right)): return left == right
    default: return isSameScalar(wanted, live)
    }
  }

  /// The same for what somebody owns as a whole: members that the manifest does not name are a difference.
  static func isSameWhole(_ wanted: JSONValue, _ live: JSONValue?) -> Bool {
    if case .object(let members) = wanted, let present = live?.members {
      let names = Set(members.map(\.name))
      guard present.allSatisfy({ names.contains($0.name) || isNothing($0.value) }) else {
        return false
      }
    }
    return isSame(wanted, live)
  }

  /// Whether a value says no more than its absence: what Go's `omitempty` leaves out.
  static func isNothing(_ value: JSONValue) -> Bool {
    switch value {
    case .null: true
    case .bool(let flag): !flag
    case .integer(let number): number == 0
    case .real(let number): number == 0
    case .string(let text): text.isEmpty
    case .array(let items): items.isEmpty
    case .object(let members): members.allSatisfy { isNothing($0.value) }
    }
  }

  private static func isSameScalar(_ left: JSONValue, _ right: JSONValue) -> Bool {
    if left == right { return true }
    guard let first = text(left), let second = text(right) else { return false }
    if first == second { return true }
    guard let one = Quantity(first), let other = Quantity(second) else { return false }
    return one == other
  }

  /// A number or text as it would be written; nil for anything else.
  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .real(let number): "\(number)"
    default: nil
    }
  }
}

/// An amount as Kubernetes writes it: `100m`, `1.5Gi`, `2e3`.
///
/// Source: k8s.io/apimachinery `resource.Quantity`. Held as number × 2^a × 5^b where neither 2 nor 5
/// divides the number, so that equal amounts are equal values; nil for what has more than 18 digits.
struct Quantity: Hashable {
  private let number: Int64
  private let twos: Int
  private let fives: Int

  init?(_ text: String) {
    var rest = text.utf8[...]
    var isNegative = false
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest = rest.dropFirst()
    }
    var number: Int64 = 0
    var tens = 0
    var digits = 0
    var isFraction = false
    while let byte = rest.first {
      if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        digits += 1
        guard digits <= 18 else { return nil }
        number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        if isFraction { tens -= 1 }
      } else {
        break
      }
      rest = rest.dropFirst()
    }
    guard digits > 0, let suffix = Self.suffix(String(decoding: rest, as: UTF8.self)) else {
      return nil
    }
    var (twos, fives) = (suffix.twos + suffix.tens + tens, suffix.tens + tens)
    while number != 0, number % 2 == 0 {
      number /= 2
      twos += 1
    }
    while number != 0, number % 5 == 0 {
      number /= 5
      fives += 1
    }
    self.number = isNegative ? -number : number
    self.twos = number == 0 ? 0 : twos
    self.fives = number == 0 ? 0 : fives
  }

  private static func suffix(_ text: String) -> (twos: Int, tens: Int)? {
    switch text {
    case "": return (0, 0)
    case "n": return (0, -9)
    case "u": return (0, -6)
    case "m": return (0, -3)
    case "k": return (0, 3)
    case "M": return (0, 6)
    case "G": return (0, 9)
    case "T": return (0, 12)
    case "P": return (0, 15)
    case "E": return (0, 18)
    case "Ki": return (10, 0)
    case "Mi": return (20, 0)
    case "Gi": return (30, 0)
    case "Ti": return (40, 0)
    case "Pi": return (50, 0)
    case "Ei": return (60, 0)
    default:
      guard let first = text.utf8.first, first == UInt8(ascii: "e") || first == UInt8(ascii: "E"),
        let exponent = Int(text.dropFirst()), abs(exponent) <= 100
      else { return nil }
      return (0, exponent)
    }
  }
}

extension Quantity {
  /// The amount as a number, near enough to count cores and bytes.
  var amount: Double {
    var result = Double(number)
    for _ in 0..<abs(twos) { result = twos > 0 ? result * 2 : result / 2 }
    for _ in 0..<abs(fives) { result = fives > 0 ? result * 5 : result / 5 }
    return result
  }
}
