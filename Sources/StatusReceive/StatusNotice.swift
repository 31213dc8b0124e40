// SPDX-License-Identifier: Apache-2.0

import Posix

/// What `fleet-status-receive post-receive` does, the post-receive hook of `status.git`: it leaves a mark
/// that a status has come, and sees to it that somebody looks.
///
/// Thousands of sites may push within a minute, so the hook does no hub work. One runner,
/// `fleet-hub run-pending`, gathers what comes and works it off; the hook starts it only when none is at
/// work, and does not wait for it. Nothing that goes wrong here fails the push: the hub's cron looks too.
///
/// The files are those of `HubLayout`; the runner's half of the rule that no mark is lost is in `StatusTrigger`.
enum StatusNotice {
  /// Variables of the push that are not the runner's: it works for the whole hub.
  private static let foreign = ["FLEET_CLUSTER", "FLEET_PRINCIPAL", "REMOTE_USER"]

  /// Runs in the folder of `status.git`, where git starts hooks.
  static func leave() throws(PosixError) {
    let hub = Files.split(try Files.realPath(".")).folder
    try mark("\(hub)/status-dirty")
    // The mark is there before this look: a runner that still has the lock looks for marks after it has
    // given the lock back.
    if try FileLock.isHeld("\(hub)/runner-lock") { return }
    var environment = Environment.all.filter { name, _ in
      !name.hasPrefix("GIT_") && !foreign.contains(name)
    }
    // Found beside this program, wherever the hook has found that.
    let folder = Files.split(try Files.readLink("/proc/self/exe")).folder
    if environment["PATH"] == nil { environment["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
    try Child.startDetached(
      ["\(folder)/fleet-hub", "run-pending", "--hub", hub], environment: environment)
  }

  private static func mark(_ path: String) throws(PosixError) {
    do throws(PosixError) {
      try Files.writeNew(path, [])
    } catch {
      // Another push has left it, and nobody has looked since.
      if error.code != PosixError.alreadyThere { throw error }
    }
  }
}
