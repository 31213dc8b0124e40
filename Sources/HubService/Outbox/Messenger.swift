// SPDX-License-Identifier: Apache-2.0

import Posix

/// Starts the delivery of messages as a process of its own, which nobody waits for.
enum Messenger {
  /// Starts one when there is something to deliver and nobody does. What goes wrong is left to the hub's cron.
  static func start(_ hub: HubLayout) {
    let outbox = Outbox(hub: hub)
    guard let isWaiting = try? outbox.hasPending(), isWaiting,
      let isBusy = try? FileLock.isHeld(outbox.lockPath), !isBusy,
      let program = try? Files.readLink("/proc/self/exe")
    else { return }
    // It is installed beside whatever this is.
    let folder = Files.split(program).folder
    var environment = Environment.all.filter { !$0.key.hasPrefix("GIT_") }
    if environment["PATH"] == nil { environment["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
    try? Child.startDetached(
      ["\(folder)/fleet-hub", "deliver", "--hub", hub.root], environment: environment)
  }
}

extension Outbox {
  /// Whether files wait, whatever is in them.
  func hasPending() throws(PosixError) -> Bool {
    guard Files.isDirectory(folder) else { return false }
    return try Files.entries(in: folder).contains { $0.kind == .file && $0.text.hasSuffix(".json") }
  }
}
