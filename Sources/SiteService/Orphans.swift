// SPDX-License-Identifier: Apache-2.0

import Glibc
import Posix

/// What a killed run has left running: its children do not die with it. A kubectl that goes on applying the old
/// slice beside the one that applies the new would undo it.
///
/// Every run says so by a file that it removes in the end, and marks its children by a variable of the environment.
/// Only a run that finds the file of another looks through the processes; it holds the lock, so those with the
/// mark belong to nobody.
struct Orphans {
  private static let variable = "FLEET_SYNC_RUN"
  private static let patienceMilliseconds: Int64 = 3000

  private let file: String
  /// `NAME=VALUE`, as it stands in the environment of the children.
  private let mark: [UInt8]

  /// Prepares for a run in a state folder that is there and locked.
  init(_ folder: SiteFolder) throws(PosixError) {
    file = folder.path + "/running"
    mark = Array("\(Self.variable)=\(try Files.realPath(folder.path))".utf8)
  }

  /// Ends what the last run has left, tells how much that was, and marks this process.
  func begin() throws(PosixError) -> Int {
    let ended = Files.exists(file) ? end() : 0
    if !Files.exists(file) { try Files.writeNew(file, []) }
    let value = mark.dropFirst(Self.variable.utf8.count + 1).map { CChar(bitPattern: $0) } + [0]
    setenv(Self.variable, value, 1)
    return ended
  }

  /// Says that this run has left nothing.
  func finish() { _ = try? Files.remove(file) }

  private func end() -> Int {
    let found = marked()
    // First the polite signal: Git removes its lock files on it, Helm says in its record that it was stopped.
    for signal in [SIGTERM, SIGKILL] {
      let left = signal == SIGTERM ? found : marked()
      for process in left { kill(process, signal) }
      let start = MonotonicClock.milliseconds()
      while !marked().isEmpty, MonotonicClock.milliseconds() - start < Self.patienceMilliseconds {
        MonotonicClock.pause(milliseconds: 10)
      }
    }
    return found.count
  }

  /// The processes with the mark; those of other users cannot be read, and those that have ended have none.
  private func marked() -> [pid_t] {
    let own = getpid()
    return ((try? Files.entries(in: "/proc")) ?? []).compactMap { entry -> pid_t? in
      guard let process = pid_t(entry.text), process != own,
        let bytes = try? Files.read("/proc/\(process)/environ", limit: 4 << 20),
        bytes.split(separator: 0).contains(where: { $0.elementsEqual(mark) })
      else { return nil }
      return process
    }
  }
}
