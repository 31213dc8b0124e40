// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Extensions
import NotifyFormat
import Posix

/// One delivery of an outbox, under its lock.
///
/// A receiver gets one message at a time, and after an attempt that failed no other in this delivery: one that hangs
/// takes one of the places and leaves the others free.
final class OutboxDelivery {
  /// The messages to one receiver about one rollout.
  private struct Queue {
    let receiver: String
    /// In reverse order: the next one is the last.
    var entries: [OutboxEntry]
  }

  private let outbox: Outbox
  private let receivers: [String: NotificationReceiver]?
  private let now: Timestamp
  private let deadline: Int64
  private let program: (String) -> NotifyProgram?
  private var queues: [Queue] = []
  private var running: [Int: NotifyProgram] = [:]
  /// Receivers that a program is talking to, or that are not to be talked to any more now.
  private var closed = Set<String>()
  private var strikes: [String: Int] = [:]
  private var report: Outbox.Report
  private var failure: HubError?
  private var lines: [String] = []

  init(
    _ outbox: Outbox, _ entries: [OutboxEntry], receivers: [NotificationReceiver]?, now: Timestamp,
    budgetSeconds: Int, program: @escaping (String) -> NotifyProgram?, report: Outbox.Report
  ) {
    self.outbox = outbox
    self.receivers = receivers.map { list in
      Dictionary(list.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
    self.now = now
    self.program = program
    self.report = report
    deadline = MonotonicClock.milliseconds() + Int64(clamping: min(budgetSeconds, 86_400)) * 1000
    var places: [[String]: Int] = [:]
    for entry in entries.reversed() {
      let key = [entry.name.receiver, entry.message.rollout]
      if let place = places[key] {
        queues[place].entries.append(entry)
      } else {
        places[key] = queues.count
        queues.append(Queue(receiver: entry.name.receiver, entries: [entry]))
      }
    }
    for queue in queues {
      guard let head = queue.entries.last else { continue }
      strikes[queue.receiver] = max(strikes[queue.receiver] ?? 0, head.attempts)
      if head.holdsReceiver, head.next > now { closed.insert(queue.receiver) }
    }
  }

  /// Delivers until nothing is due any more.
  func run(_ log: (String) -> Void) throws(HubError) -> Outbox.Report {
    ChildPool(width: Outbox.width).run(next: next, ended: { self.ended($0, $1) })
    for line in lines { log(line) }
    if let failure { throw failure }
    report.left = queues.reduce(0) { $0 + $1.entries.count }
    if report.delivered > 0 {
      try HubError.wrap { try Files.synchronizeFolder(outbox.folder) }
    }
    return report
  }

  private func next() -> ChildPool.Next {
    while failure == nil, MonotonicClock.milliseconds() < deadline, let place = pick() {
      guard var entry = queues[place].entries.last else { continue }
      if let receivers {
        guard let receiver = receivers[entry.name.receiver] else {
          bury(place, "the policy has no receiver '\(entry.name.receiver)' any more")
          continue
        }
        entry.program = receiver.program
        entry.message.settings = receiver.settings
      }
      guard let program = program(entry.program) else {
        let name = ExtensionProgram.notifyPrefix + entry.program
        postpone(place, "the program '\(name)' is not installed on the hub", retryAfter: nil)
        continue
      }
      running[place] = program
      closed.insert(entry.name.receiver)
      return .job(place, program.job(entry.message))
    }
    return .later
  }

  /// The queue whose first message is to be tried: those of receivers that have failed least come first, then the
  /// oldest message.
  private func pick() -> Int? {
    var best: (place: Int, strikes: Int, attempts: Int, file: String)?
    for (place, queue) in queues.enumerated() where !closed.contains(queue.receiver) {
      guard let head = queue.entries.last, head.next <= now else { continue }
      let candidate = (
        place: place, strikes: strikes[queue.receiver] ?? 0, attempts: head.attempts,
        file: head.name.file
      )
      if let best,
        (best.strikes, best.attempts, best.file)
          <= (candidate.strikes, candidate.attempts, candidate.file)
      {
        continue
      }
      best = candidate
    }
    return best?.place
  }

  private func ended(_ place: Int, _ result: Result<ChildResult, PosixError>) {
    guard let program = running.removeValue(forKey: place) else { return }
    closed.remove(queues[place].receiver)
    switch program.verdict(result) {
    case .delivered:
      guard let entry = queues[place].entries.popLast() else { return }
      report.delivered += 1
      strikes[entry.name.receiver] = 0
      if entry.attempts > 0 {
        lines.append(
          "told \(Wording.quoted(entry.name.receiver)) of '\(about(entry))' after "
            + Wording.count(entry.attempts + 1, "attempt"))
      }
      attempt { () throws(PosixError) in
        try Files.remove("\(outbox.folder)/\(entry.name.file)")
      }
    case .again(let reason, let retryAfter): postpone(place, reason, retryAfter: retryAfter)
    case .refused(let reason): bury(place, reason)
    }
  }

  private func postpone(_ place: Int, _ reason: String, retryAfter: Int?) {
    guard var entry = queues[place].entries.last else { return }
    closed.insert(entry.name.receiver)
    entry.attempts += 1
    entry.reason = reason
    if now.seconds - entry.since.seconds >= Outbox.patienceDays * 86_400 {
      queues[place].entries[queues[place].entries.count - 1] = entry
      bury(place, "not delivered in \(Outbox.patienceDays) days: \(reason)")
      return
    }
    let pause = retryAfter.map { max(Int64($0), 1) } ?? OutboxPause.seconds(entry)
    entry.next = Timestamp(seconds: now.seconds + pause)
    entry.holdsReceiver = retryAfter != nil
    queues[place].entries[queues[place].entries.count - 1] = entry
    report.postponed += 1
    if entry.attempts == 1 {
      lines.append(
        "warning: \(Wording.quoted(entry.name.receiver)) was not told of '\(about(entry))', "
          + "tried again: \(reason)")
    }
    write(entry)
  }

  /// Gives a message up.
  private func bury(_ place: Int, _ reason: String) {
    guard var entry = queues[place].entries.popLast() else { return }
    entry.reason = reason
    entry.deadSince = now
    report.dead += 1
    lines.append(
      "warning: \(Wording.quoted(entry.name.receiver)) is never told of '\(about(entry))': \(reason)"
    )
    // Written first and moved then: killed in between, the next delivery moves it.
    write(entry)
    let file = entry.name.file
    attempt { () throws(PosixError) in
      try Files.rename("\(outbox.folder)/\(file)", to: "\(outbox.deadFolder)/\(file)")
    }
  }

  private func about(_ entry: OutboxEntry) -> String {
    "\(Wording.bare(entry.message.rollout)) \(Wording.bare(entry.message.kind))"
  }

  private func write(_ entry: OutboxEntry) {
    attempt { () throws(PosixError) in
      try Files.writeAtomically(
        "\(outbox.folder)/\(entry.name.file)", entry.bytes, mode: 0o640)
    }
  }

  private func attempt(_ body: () throws(PosixError) -> Void) {
    do throws(PosixError) {
      try body()
    } catch {
      // The disk is full, or the folder is gone: what else was delivered could not be noted either.
      if failure == nil { failure = HubError(error.description) }
    }
  }
}

extension Outbox.Report {
  /// One line about what was done; empty when nothing was.
  package var summary: String {
    var parts: [String] = []
    if delivered > 0 { parts.append("delivered \(Wording.count(delivered, "message"))") }
    if dead > 0 { parts.append("gave up \(Wording.count(dead, "message"))") }
    if !parts.isEmpty, left > 0 { parts.append("\(Wording.number(left)) wait") }
    return parts.joined(separator: ", ")
  }
}
