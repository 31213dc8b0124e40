// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Random numbers that can be had again: the seed is that of `FLEET_SEED`, else a new one.
///
/// A test shows the generator in its expectation, so that a failure tells the seed.
package struct SeededRandom: RandomNumberGenerator, CustomStringConvertible {
  /// The seed.
  package let seed: UInt64
  private var state: UInt64

  /// Makes a generator.
  package init() { self.init(seed: Self.wantedSeed ?? UInt64.random(in: 1...999_999)) }

  /// Makes a generator that always gives the same numbers.
  package init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// What `FLEET_SEED` says.
  package static var wantedSeed: UInt64? {
    getenv("FLEET_SEED").flatMap { UInt64(String(cString: $0)) }
  }

  /// How to have the same numbers again.
  package var description: String { "FLEET_SEED=\(seed)" }

  /// The next number: SplitMix64.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// A number from 0 to `bound - 1`.
  package mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next() % UInt64(max(1, bound)))
  }
}
