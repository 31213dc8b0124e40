// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc

extension SeededRandom {
  /// True once in so many times.
  mutating func once(in times: Int) -> Bool { below(times) == 0 }

  /// One of some values.
  mutating func one<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// The seed and number of runs: `FLEET_SEED`, else a new one; `FLEET_RUNS`, else `runs`.
  static func settings(runs: Int) -> (seed: UInt64, runs: Int) {
    let count = getenv("FLEET_RUNS").flatMap { Int(String(cString: $0)) }
    return (wantedSeed ?? UInt64.random(in: 1...999_999_999), count ?? runs)
  }
}
