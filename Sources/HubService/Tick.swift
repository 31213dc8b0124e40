// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Posix

/// The hub's cron job: finishes what a push began, reads the statuses.
package enum Tick {
  /// Runs once. Writes a line for each thing that it did, nothing when there was nothing to do.
  ///
  /// When another job holds the lock it leaves at once: that one does the same work.
  package static func run(hub: HubLayout, log: (String) -> Void) throws(HubError) {
    guard hub.isComplete else {
      throw HubError(
        "there is no hub at '\(hub.root)'", hint: "make one: kubectl fleet init --hub \(hub.root)")
    }
    let now = Timestamp.now()
    try HubLock.hold(hub, waitingSeconds: 0) { () throws(HubError) in
      let outcome = try Settlement(hub: hub, progress: Progress { _ in }).run(now: now)
      for leftover in outcome.removedLeftovers {
        log("removed '\(leftover)', left by a killed job")
      }
      if let problem = outcome.problem { log("warning: \(problem)") }
      if let state = outcome.state, outcome.isNewRelease || outcome.publishedClusters > 0 {
        log(
          "release \(state.release) is published to "
            + Wording.count(outcome.publishedClusters, "cluster"))
      }
      if try Observation(hub: hub).update(now: now) { log("observed new statuses") }
    }
  }
}
