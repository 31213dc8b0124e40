// SPDX-License-Identifier: Apache-2.0

/// A set of characters in a regular expression.
struct ScalarSet {
  var ranges: [ClosedRange<UInt32>] = []
  var isNegated = false
  var foldsCase = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var isIn = has(scalar.value)
    if foldsCase, !isIn {
      isIn = has(Scalars.lower(scalar).value) || has(Scalars.upper(scalar).value)
    }
    return isIn != isNegated
  }

  private func has(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } }

  /// The ranges of everything else.
  var inverted: [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
      next = max(next, range.upperBound + 1)
    }
    return next <= 0x10ffff ? result + [next...0x10ffff] : result
  }
}

/// A part of a regular expression.
indirect enum Pattern {
  /// A place that takes no characters.
  enum Place { case textStart, textEnd, lineStart, lineEnd, wordEdge, noWordEdge }

  case empty
  case set(ScalarSet)
  case place(Place)
  case group(Pattern, Int)
  case sequence([Pattern])
  case choice([Pattern])
  case loop(Pattern, least: Int, most: Int?, isLazy: Bool)
}
