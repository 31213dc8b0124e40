// SPDX-License-Identifier: Apache-2.0

@preconcurrency import Glibc
import HubService
import Posix
import Rollouts

/// What it costs to know the state of a fleet: printed as `WHAT WALL-MS CPU-MS`.
enum DigestCost {
  static func print(hub root: String) -> Int32 {
    let hub = HubLayout(root: root)
    do {
      let now = Timestamp.now()
      let observing = try measure("open") { try Observing(hub: hub) }
      var digest = try measure("look") { try observing.look(now: now) }
      Swift.print("new-statuses", digest.newStatuses)
      try measure("write") { try observing.write(digest, now: now) }
      digest = try measure("look-again") { try observing.look(now: now) }
      measure("observations") { _ = digest.observations() }
      return 0
    } catch {
      fputs("fleet-bench: \(error)\n", stderr)
      return 1
    }
  }

  @discardableResult
  private static func measure<Result, Failure: Error>(
    _ what: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let wall = Measurement.now()
    let cpu = Measurement.cpu()
    let result = try body()
    Swift.print(
      what, Measurement.tenths(Measurement.now() - wall),
      Measurement.tenths(Measurement.cpu() - cpu))
    return result
  }
}
