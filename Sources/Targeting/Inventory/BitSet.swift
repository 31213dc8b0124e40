// SPDX-License-Identifier: Apache-2.0

/// A set of small whole numbers: positions in a list of clusters.
package struct BitSet: Sendable, Hashable {
  /// 64 positions a word; sets over the same list have equally many words.
  private var words: [UInt64]

  /// The empty set over `count` positions.
  package init(count: Int) {
    words = [UInt64](repeating: 0, count: (Swift.max(0, count) + 63) / 64)
  }

  /// The set of all `count` positions.
  package static func all(count: Int) -> BitSet {
    var set = BitSet(count: count)
    for index in set.words.indices { set.words[index] = .max }
    let rest = Swift.max(0, count) % 64
    if rest > 0, !set.words.isEmpty { set.words[set.words.count - 1] = (1 << UInt64(rest)) - 1 }
    return set
  }

  /// Puts in a position; one outside of the list is left out.
  package mutating func insert(_ position: Int) {
    guard position >= 0, position / 64 < words.count else { return }
    words[position / 64] |= 1 << UInt64(position % 64)
  }

  /// Whether a position is in the set.
  package func contains(_ position: Int) -> Bool {
    guard position >= 0, position / 64 < words.count else { return false }
    return words[position / 64] & (1 << UInt64(position % 64)) != 0
  }

  /// How many positions are in the set.
  package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Whether no position is in the set.
  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// Keeps what is in both.
  package mutating func formIntersection(_ other: BitSet) {
    for index in words.indices {
      words[index] &= index < other.words.count ? other.words[index] : 0
    }
  }

  /// Adds what is in the other.
  package mutating func formUnion(_ other: BitSet) {
    for index in words.indices where index < other.words.count {
      words[index] |= other.words[index]
    }
  }

  /// Takes away what is in the other.
  package mutating func subtract(_ other: BitSet) {
    for index in words.indices where index < other.words.count {
      words[index] &= ~other.words[index]
    }
  }

  /// What is in both.
  package func intersection(_ other: BitSet) -> BitSet {
    var result = self
    result.formIntersection(other)
    return result
  }

  /// What is in one of them.
  package func union(_ other: BitSet) -> BitSet {
    var result = self
    result.formUnion(other)
    return result
  }

  /// What is in this and not in the other.
  package func subtracting(_ other: BitSet) -> BitSet {
    var result = self
    result.subtract(other)
    return result
  }
}

extension BitSet: Sequence {
  /// Gives the positions, smallest first.
  package struct Iterator: IteratorProtocol {
    private let words: [UInt64]
    private var index = 0
    private var rest: UInt64

    init(_ words: [UInt64]) {
      self.words = words
      rest = words.first ?? 0
    }

    package mutating func next() -> Int? {
      while rest == 0 {
        index += 1
        guard index < words.count else { return nil }
        rest = words[index]
      }
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      return index * 64 + bit
    }
  }

  package func makeIterator() -> Iterator { Iterator(words) }
}
