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

  /// The same for budgets of failures, ours and not Fleet's: a share is rounded down to none, as 1 % of two canaries is not
  /// half of them.
  func budget(of count: Int) -> Int {
    guard case .share(let partsPerMillion) = self, count > 0 else { return resolved(of: count) }
    let (product, overflows) = count.multipliedReportingOverflow(
      by: min(max(partsPerMillion, 0), 1_000_000))
    return overflows ? count : product / 1_000_000
  }

  /// The same for how many may move at a time: at least 1, so that 0 does not mean never.
  func step(of count: Int) -> Int { max(1, resolved(of: count)) }
}
