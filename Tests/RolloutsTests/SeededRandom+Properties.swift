// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Random numbers that can be had again: SplitMix64.
struct PropertyRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// A number from 0 to `bound - 1`.
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next() % UInt64(max(1, bound)))
  }

  /// True once in so many times.
  mutating func once(in times: Int) -> Bool { below(times) == 0 }

  /// One of some values.
  mutating func one<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// The seed and number of runs: `FLEET_SEED`, else a new one; `FLEET_RUNS`, else `runs`.
  static func settings(runs: Int) -> (seed: UInt64, runs: Int) {
    let seed = getenv("FLEET_SEED").flatMap { UInt64(String(cString: $0)) }
    let count = getenv("FLEET_RUNS").flatMap { Int(String(cString: $0)) }
    return (seed ?? UInt64.random(in: 1...999_999_999), count ?? runs)
  }
}
