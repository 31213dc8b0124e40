// SPDX-License-Identifier: Apache-2.0

import Posix

/// The right to do hub work: one job at a time, given back by the kernel when the process ends.
package enum HubLock {
  /// Runs a job under the lock, waiting for another one at most so many seconds.
  ///
  /// The pusher is told when there is another job. Throws a temporary error when the time is up.
  package static func hold<Result>(
    _ hub: HubLayout, waitingSeconds: Int, _ job: () throws(HubError) -> Result
  ) throws(HubError) -> Result {
    let lock: FileLock?
    do throws(PosixError) {
      lock = try FileLock.acquire(hub.lock, waitingSeconds: waitingSeconds) { waited in
        // Only who waits long is told; most jobs take less than a second.
        if waited >= 1000, waited % 10_000 < 100 {
          StandardStream.error.line("waiting for another push or hub job to finish …")
        }
      }
    } catch {
      throw HubError(error.description)
    }
    guard let lock else { throw HubError("another hub job still runs", isTemporary: true) }
    do throws(HubError) {
      let result = try job()
      lock.release()
      return result
    } catch {
      lock.release()
      throw error
    }
  }
}
