// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Posix
import Rendering

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
      for warning in outcome.warnings { log("warning: \(warning)") }
      if let state = outcome.state, outcome.isNewRelease || outcome.publishedClusters > 0 {
        log(
          "release \(state.release) is published to "
            + Wording.count(outcome.publishedClusters, "cluster"))
      }
      if try Observation(hub: hub).update(now: now) { log("observed new statuses") }
      try forgetRenderings(hub, now: now, log)
    }
  }

  /// How long a rendering is kept that no push has asked for, in seconds.
  private static let keptSeconds: Int64 = 30 * 24 * 3600
  /// How often the cache is gone through, in seconds.
  private static let sweepSeconds: Int64 = 24 * 3600

  /// Once a day, drops from the cache what was not used for 30 days.
  private static func forgetRenderings(
    _ hub: HubLayout, now: Timestamp, _ log: (String) -> Void
  ) throws(HubError) {
    guard Files.isDirectory(hub.renderCache) else { return }
    let mark = hub.renderCache + "/swept"
    try HubError.wrap {
      if let last = try Files.attributes(mark)?.modified,
        now.seconds - last.seconds < sweepSeconds
      {
        return
      }
      let removed = try RenderCache(folder: hub.renderCache)
        .removeUnused(olderThan: Timestamp(seconds: now.seconds - keptSeconds))
      try Files.writeAtomically(mark, [])
      if removed > 0 { log("forgot \(Wording.count(removed, "unused rendering"))") }
    }
  }
}
