// SPDX-License-Identifier: Apache-2.0

/// When a time zone had and will have which offset from UTC.
package struct ZoneRules: Sendable, Hashable {
  /// The moments at which the offset changes, rising, and the offset from each on, in seconds.
  private let transitions: [Int64]
  private let offsets: [Int]
  /// The offset before the first of them.
  private let first: Int
  /// What goes on for ever after the last of them; nil: nothing changes any more.
  private let rule: PosixZone?

  /// Coordinated universal time.
  package static let utc = ZoneRules(transitions: [], offsets: [], first: 0, rule: nil)

  init(transitions: [Int64], offsets: [Int], first: Int, rule: PosixZone?) {
    self.transitions = transitions
    self.offsets = offsets
    self.first = first
    self.rule = rule
  }

  /// How far the clock on the wall is ahead of UTC at a moment, in seconds.
  package func offset(at moment: Int64) -> Int {
    guard let last = transitions.last else { return rule?.offset(at: moment) ?? first }
    if moment >= last, let rule { return rule.offset(at: moment) }
    var (low, high) = (0, transitions.count)
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= moment { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? first : offsets[low - 1]
  }

  /// What the clock on the wall shows, as seconds since its 1970.
  func local(at moment: Int64) -> Int64 { moment + Int64(offset(at: moment)) }

  /// When the clock on the wall shows something.
  ///
  /// What it shows twice, when it is set back, counts the first time only. What it never shows, when it is set
  /// forward, counts as the moment at which it is. So later times are never earlier moments.
  func moment(ofLocal local: Int64) -> Int64 {
    // Offsets of around that time: no zone is further than 15 hours from UTC, or skips more than a day.
    var candidates: Set<Int> = []
    for quarter in Int64(-6)...6 { candidates.insert(offset(at: local + quarter * 21_600)) }
    let hits = candidates.map { local - Int64($0) }.filter { self.local(at: $0) == local }
    if let hit = hits.min() { return hit }
    // The clock jumps over it: look for the first moment that shows more.
    var (low, high) = (local - 172_800, local + 172_800)
    while low < high {
      let middle = low + (high - low) / 2
      if self.local(at: middle) > local { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
