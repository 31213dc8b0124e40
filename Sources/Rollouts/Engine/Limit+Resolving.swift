// SPDX-License-Identifier: Apache-2.0

extension Limit {
  /// How many of a set it is, by Fleet's rule: 1 of an empty set; a number is at most the set and 0 stays 0; a share is
  /// rounded down and is at least 1.
  ///
  /// Source: `limit` of Fleet's package `target`.
  func resolved(of count: Int) -> Int {
    guard count > 0 else { return 1 }
    switch self {
    case .count(let number): return min(max(number, 0), count)
    case .share(let partsPerMillion):
      let (product, overflows) = count.multipliedReportingOverflow(
        by: min(max(partsPerMillion, 0), 1_000_000))
      return overflows ? count : min(max(product / 1_000_000, 1), count)
    }
  }

  /// The same for budgets of failures, where a share of 0 is none: Fleet's rule would make it 1.
  func budget(of count: Int) -> Int {
    self == .share(partsPerMillion: 0) ? 0 : resolved(of: count)
  }

  /// The same for how many may move at a time: at least 1, so that 0 does not mean never.
  func step(of count: Int) -> Int { max(1, resolved(of: count)) }
}
