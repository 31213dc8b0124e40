// SPDX-License-Identifier: Apache-2.0

import Posix

/// Works off what pushes of statuses leave to do: one runner at a time, one step for all that has come.
///
/// A push leaves the mark `status-dirty` when its ref has moved, and starts a runner when nobody holds
/// `runner-lock`. The runner takes the mark away, waits a moment for more, and does a step; so whatever has
/// come before the step began is seen by it, and what comes later leaves a new mark. The mark is looked for
/// again *after* the lock was given back: a push that still found the lock held has left its mark before.
package struct StatusTrigger: Sendable {
  /// How long is waited for more before the first step, in milliseconds.
  package var gathering = 1000
  /// The most that lies between two steps: it doubles as long as statuses keep coming, so that a burst of
  /// minutes costs a few steps and not one a second.
  package var longestGathering = 5000
  /// How long a runner that finds the lock held tries again: pushes that look whether it is held hold it
  /// for a moment too.
  private static let patienceMilliseconds: Int64 = 200

  /// Makes one with the usual times.
  package init() {}

  /// Runs steps until nothing is left to do, or leaves at once when another runner does that.
  ///
  /// A step that fails leaves the mark, for the next push or tick, and ends the runner.
  /// - Returns: how many steps were done.
  @discardableResult
  package func run(_ hub: HubLayout, step: () throws(HubError) -> Void) throws(HubError) -> Int {
    var steps = 0
    repeat {
      guard let lock = try acquire(hub) else { return steps }
      // The lock goes with the value, also when a step throws.
      try work(hub, &steps, step)
      lock.release()
    } while Files.exists(hub.statusMark)
    return steps
  }

  private func work(
    _ hub: HubLayout, _ steps: inout Int, _ step: () throws(HubError) -> Void
  ) throws(HubError) {
    guard try take(hub) else { return }
    var wait = gathering
    var ready = MonotonicClock.milliseconds() + Int64(wait)
    while true {
      MonotonicClock.pause(milliseconds: Int(ready - MonotonicClock.milliseconds()))
      // What has come while it waited is seen by this step, too.
      _ = try take(hub)
      do throws(HubError) {
        try step()
      } catch {
        try HubError.wrap { try Files.append(hub.statusMark, [10]) }
        throw error
      }
      steps += 1
      wait = min(wait * 2, longestGathering)
      ready = MonotonicClock.milliseconds() + Int64(wait)
      // A steady trickle would else start a runner for each push, which knows nothing of the one before.
      while try !take(hub) {
        if MonotonicClock.milliseconds() >= ready { return }
        MonotonicClock.pause(milliseconds: 20)
      }
    }
  }

  private func take(_ hub: HubLayout) throws(HubError) -> Bool {
    try HubError.wrap { try Files.remove(hub.statusMark) }
  }

  private func acquire(_ hub: HubLayout) throws(HubError) -> FileLock? {
    let start = MonotonicClock.milliseconds()
    while true {
      do throws(PosixError) {
        if let lock = try FileLock.tryAcquire(hub.runnerLock) { return lock }
      } catch {
        throw HubError(error.description)
      }
      if MonotonicClock.milliseconds() - start >= Self.patienceMilliseconds { return nil }
      MonotonicClock.pause(milliseconds: 5)
    }
  }
}

/// What `fleet-hub run-pending` does: it is started by pushes of statuses, and ends when nothing is left.
package enum Runner {
  /// How long a step waits for another job of the hub, in milliseconds.
  private static let patienceMilliseconds: Int64 = 300_000

  /// Runs until nothing is left to do.
  /// - Returns: how many steps were done.
  @discardableResult
  package static func run(hub: HubLayout, log: (String) -> Void) throws(HubError) -> Int {
    try StatusTrigger().run(hub) { () throws(HubError) in
      let start = MonotonicClock.milliseconds()
      while true {
        do throws(HubError) {
          return try Tick.run(hub: hub, delivers: false, log: log)
        } catch {
          // The job that holds the lock may have looked at the statuses before this one came.
          guard error.isTemporary,
            MonotonicClock.milliseconds() - start < patienceMilliseconds
          else { throw error }
          MonotonicClock.pause(milliseconds: 50)
        }
      }
    }
  }
}
