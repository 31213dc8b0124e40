// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Posix
import Rendering
import Rollouts

/// The hub's cron job: finishes what a push began, reads the statuses.
package enum Tick {
  /// Seconds that messages to receivers may take.
  private static let deliverySeconds = 40

  /// Runs once. Writes a line for each thing that it did, nothing when there was nothing to do.
  ///
  /// When another job holds the lock it leaves at once: that one does the same work.
  ///
  /// - Parameter delivers: whether messages are delivered here, after the lock was given back; else a process of their
  ///   own does it, because a receiver that hangs must not delay who called.
  package static func run(
    hub: HubLayout, delivers: Bool = true, log: (String) -> Void
  ) throws(HubError) {
    guard hub.isComplete else {
      throw HubError(
        "there is no hub at '\(hub.root)'", hint: "make one: kubectl fleet init --hub \(hub.root)")
    }
    let now = Timestamp.now()
    try HubLock.hold(hub, waitingSeconds: 0) { () throws(HubError) in
      let outcome = try Settlement(hub: hub, progress: Progress { _ in })
        .run(now: now, observes: true)
      tell(outcome, log)
      try takeFacts(hub, now: now, log)
      try forgetRenderings(hub, now: now, log)
    }
    if delivers {
      let report = try Outbox(hub: hub)
        .deliver(now: now, budgetSeconds: deliverySeconds, log: log)
      if report.delivered > 0 {
        log("delivered \(Wording.count(report.delivered, "message"))")
      }
    } else {
      Messenger.start(hub)
    }
  }

  /// Takes up what sites have reported of their clusters. What goes wrong with it stops nothing else.
  private static func takeFacts(
    _ hub: HubLayout, now: Timestamp, _ log: (String) -> Void
  ) throws(HubError) {
    let progress = Progress { _ in }
    let result: FactsUptake.Result
    do throws(HubError) {
      result = try FactsUptake(hub: hub, now: now, progress: progress).run(.routine)
    } catch {
      log("warning: reported facts are not taken up: \(error.description)")
      return
    }
    switch result {
    case .nothing, .early, .preview: return
    case .refused(let change):
      log(
        "warning: facts of \(Wording.list(change.clusters)) wait, what they change is refused; "
          + "see: fleet-hub facts --hub \(hub.root)")
    case .adopted(let change, let isPlanChanged):
      log("took up facts of \(Wording.list(change.clusters))")
      if isPlanChanged {
        tell(try Settlement(hub: hub, progress: progress).run(now: now), log)
      }
    }
  }

  private static func tell(_ outcome: Settlement.Outcome, _ log: (String) -> Void) {
    for leftover in outcome.removedLeftovers {
      log("removed '\(leftover)', left by a killed job")
    }
    if let problem = outcome.problem { log("warning: \(problem)") }
    for warning in outcome.warnings { log("warning: \(warning)") }
    for event in outcome.events {
      log(RolloutMessages.sentence(event))
    }
    if let state = outcome.state, outcome.isNewRelease || outcome.publishedClusters > 0 {
      log(
        "release \(state.release) is published to "
          + Wording.count(outcome.publishedClusters, "cluster"))
    }
    if outcome.hasObserved { log("observed new statuses") }
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
        .removeUnused(
          olderThan: Timestamp(seconds: now.seconds - keptSeconds),
          halvesOlderThan: Timestamp(seconds: now.seconds - sweepSeconds))
      try Files.append(mark, [10])
      if removed > 0 { log("forgot \(Wording.count(removed, "unused rendering"))") }
    }
  }
}
