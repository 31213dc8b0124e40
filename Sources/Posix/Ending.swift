// SPDX-License-Identifier: Apache-2.0

import Glibc

/// When and how a child is ended, and how it did end.
struct Ending {
  private static let grace: Int64 = 2000

  private let process: pid_t
  private let group: Bool
  private let timeoutSeconds: Int?
  private var deadline: Int64?
  private var reason: ChildResult.Status?
  private(set) var isKilled = false
  private var pause: Int32 = 1

  init(process: pid_t, group: Bool, timeoutSeconds: Int?) {
    self.process = process
    self.group = group
    self.timeoutSeconds = timeoutSeconds
    if let timeoutSeconds {
      let span = Int64(min(max(timeoutSeconds, 0), 1 << 32)) * 1000
      deadline = MonotonicClock.milliseconds() + span
    }
  }

  /// Milliseconds until something has to be done, -1 for never; does what is due.
  mutating func untilNextStep() -> Int32 {
    guard let deadline, !isKilled else { return isKilled ? 0 : -1 }
    let left = deadline - MonotonicClock.milliseconds()
    if left > 0 { return Int32(clamping: left) }
    if reason == nil {
      // First the polite signal: Git removes its lock files on it.
      reason = .timedOut(seconds: timeoutSeconds ?? 0)
      self.deadline = MonotonicClock.milliseconds() + Self.grace
      send(SIGTERM)
      return Int32(Self.grace)
    }
    kill(because: reason)
    return 0
  }

  mutating func kill(because reason: ChildResult.Status?) {
    if self.reason == nil { self.reason = reason }
    isKilled = true
    send(SIGKILL)
  }

  private func send(_ signal: Int32) {
    // The child has not been reaped yet, so the number can't belong to somebody else.
    _ = Glibc.kill(group ? -process : process, signal)
  }

  /// Milliseconds until it is worth a look whether a child that has closed its streams has ended; -1 when
  /// nothing but its end can happen.
  mutating func untilNextLook(alone: Bool) -> Int32 {
    let due = untilNextStep()
    if due < 0 || isKilled { return alone ? -1 : pause }
    return min(pause, due)
  }

  /// How the child ended; nil when it has not.
  mutating func reap(_ name: String, blocking: Bool) throws(PosixError) -> ChildResult.Status? {
    var status: Int32 = 0
    let result = retrying { waitpid(process, &status, blocking ? 0 : WNOHANG) }
    if result < 0 { throw .last("wait for", name) }
    guard result == process else {
      // The looks get rarer.
      pause = min(pause * 2, 50)
      return nil
    }
    if let reason { return reason }
    let signal = status & 0x7f
    return signal == 0 ? .exit(Int(status >> 8 & 0xff)) : .signal(Int(signal))
  }

  /// Ends and reaps a child whose end interests nobody.
  func abandon() {
    send(SIGKILL)
    var status: Int32 = 0
    _ = retrying { waitpid(process, &status, 0) }
  }
}
