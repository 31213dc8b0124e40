// SPDX-License-Identifier: Apache-2.0

import Posix

/// Looks at reported facts for a person, and takes them up when they say so.
package enum FactsAdministration {
  /// What came of it.
  package struct Outcome: Sendable {
    /// What is reported, and what became of it.
    package var result: FactsUptake.Result
    /// The number of the release that came of it; nil when no cluster changes.
    package var release: Int?
  }

  /// Looks, or takes up: without waiting for the interval, judged by the budgets and these push options.
  package static func run(
    hub: HubLayout, mode: FactsUptake.Mode
  ) throws(HubError) -> Outcome {
    try HubLock.hold(hub, waitingSeconds: 60) { () throws(HubError) in
      let progress = Progress()
      let now = Timestamp.now()
      // What a push began, and what the sites said since, comes first.
      if mode != .look {
        _ = try Settlement(hub: hub, progress: progress).run(now: now, observes: true)
      }
      let uptake = try FactsUptake(hub: hub, now: now, progress: progress)
      var outcome = Outcome(result: try uptake.run(mode), release: nil)
      if case .adopted(_, isPlanChanged: true) = outcome.result {
        outcome.release = try Settlement(hub: hub, progress: progress).run(now: now).state?.release
      }
      return outcome
    }
  }
}
