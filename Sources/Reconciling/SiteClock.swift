// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// A moment of a machine whose clock may be wrong: with it is told how much time has passed, whatever the
/// clock was set to meanwhile.
package struct SiteClock: Sendable, Hashable {
  /// What tells this boot of the machine from others; empty where nothing does.
  package var boot: String
  /// Seconds of a clock that only goes forward, since an unknown moment of this boot.
  package var steady: Int64
  /// Seconds since 1970, as far as the machine knows.
  package var wall: Int64

  /// Makes a moment.
  package init(boot: String, steady: Int64, wall: Int64) {
    self.boot = boot
    self.steady = steady
    self.wall = wall
  }

  /// The most that counts between two moments of different boots, in seconds: nobody knows there how far
  /// the clock has jumped.
  package static let unsureLimit: Int64 = 600

  /// The seconds that have passed for certain since an earlier moment; never negative.
  package func seconds(since earlier: SiteClock) -> Int64 {
    let isSameBoot = !boot.isEmpty && boot == earlier.boot
    let (passed, overflows) =
      isSameBoot
      ? steady.subtractingReportingOverflow(earlier.steady)
      : wall.subtractingReportingOverflow(earlier.wall)
    if overflows { return 0 }
    return isSameBoot ? max(0, passed) : min(max(0, passed), Self.unsureLimit)
  }

  /// The moment as a file has it.
  var json: JSONValue {
    .object([
      "boot": .string(boot), "steady": .integer(steady), "wall": .integer(wall),
    ])
  }

  init?(_ json: JSONValue) {
    guard let boot = json["boot"]?.string, let steady = json["steady"]?.integer,
      let wall = json["wall"]?.integer
    else { return nil }
    self.init(boot: boot, steady: steady, wall: wall)
  }
}
