// SPDX-License-Identifier: Apache-2.0

package import Extensions
package import NotifyFormat
package import Posix

extension Outbox {
  /// What a delivery has done.
  package struct Report: Sendable, Hashable {
    /// How many messages have reached their receivers.
    package var delivered = 0
    /// How many attempts are to be made again later.
    package var postponed = 0
    /// How many messages were given up, damaged files among them.
    package var dead = 0
    /// How many wait now.
    package var left = 0
    /// Whether another delivery runs: nothing was done then.
    package var isBusy = false

    /// Makes a report of nothing.
    package init() {}
  }

  /// How many programs run side by side.
  static let width = 4
  /// Seconds after which the half of a file that a killed process has left is removed.
  private static let halfSeconds: Int64 = 86_400

  /// Delivers what is due. Takes the outbox's own lock, and leaves at once when another delivery has it; the hub's
  /// lock must not be held, because a receiver may hang.
  ///
  /// Each receiver is told the events of a rollout in their order: a later one waits for an earlier one. A message is
  /// removed after it was delivered, so a process that is killed in between delivers it twice, and never not at all;
  /// its id is the same then.
  ///
  /// - Parameters:
  ///   - now: the hub's time.
  ///   - budgetSeconds: after so many seconds no program is started any more; one that runs may take 30 more.
  ///   - receivers: those of the policy now, whose settings count; a message to another one is given up. Nil: as they
  ///     were when the message was put here.
  ///   - program: finds the program that a receiver names; nil for the usual places.
  ///   - log: is told what the administrator should know: first failures, and what is given up.
  package func deliver(
    now: Timestamp, budgetSeconds: Int, receivers: [NotificationReceiver]? = nil,
    program: ((String) -> NotifyProgram?)? = nil, log: (String) -> Void
  ) throws(HubError) -> Report {
    var report = Report()
    guard Files.isDirectory(folder) else { return report }
    let lock: FileLock?
    do throws(PosixError) {
      try Files.makeDirectories(deadFolder)
      lock = try FileLock.tryAcquire(lockPath)
    } catch {
      throw HubError(error.description)
    }
    guard let lock else {
      report.isBusy = true
      return report
    }
    do throws(HubError) {
      try sweep(now: now)
      let entries = try sound(&report, log)
      let folders = programFolders
      let delivery = OutboxDelivery(
        self, entries, receivers: receivers, now: now, budgetSeconds: budgetSeconds,
        program: program ?? { name in
          ExtensionProgram.notifier(named: name, folders: folders).map { NotifyProgram($0) }
        }, report: report)
      report = try delivery.run(log)
    } catch {
      lock.release()
      throw error
    }
    lock.release()
    return report
  }

  /// The entries up to the cursor. Damaged files go to the dead ones, where a person can look at them.
  private func sound(
    _ report: inout Report, _ log: (String) -> Void
  ) throws(HubError) -> [OutboxEntry] {
    let limit = try cursor()?.release ?? -1
    var entries: [OutboxEntry] = []
    for (file, entry) in try list(folder) {
      if let entry, entry.deadSince == nil {
        if entry.name.release <= limit { entries.append(entry) }
        continue
      }
      try HubError.wrap { try Files.rename("\(folder)/\(file)", to: "\(deadFolder)/\(file)") }
      // An entry that says that it is dead was on its way when its process was killed.
      guard entry == nil else { continue }
      report.dead += 1
      log("warning: '\(deadFolder)/\(file)' is damaged and cannot be delivered")
    }
    return entries
  }

  /// Forgets what was given up long ago, and halves of files.
  private func sweep(now: Timestamp) throws(HubError) {
    try HubError.wrap {
      for (folder, age) in [(folder, Self.halfSeconds), (deadFolder, Self.deadDays * 86_400)] {
        for file in try Files.entries(in: folder)
        where file.kind == .file && (folder == deadFolder || file.text.hasPrefix(".")) {
          let path = "\(folder)/\(file.text)"
          guard let modified = try Files.attributes(path, followingLinks: false)?.modified.seconds,
            modified < now.seconds &- age
          else { continue }
          try Files.remove(path)
        }
      }
    }
  }
}
