// SPDX-License-Identifier: Apache-2.0

import Extensions
import FleetTestSupport
import HubService
import JSONTree
import NotifyFormat
import Posix

/// An outbox in a scratch folder, with a program that writes down what it is told.
final class OutboxFixture {
  let scratch: ScratchFolder
  let hub: HubLayout
  let outbox: Outbox
  var lines: [String] = []
  /// 2026-11-21T12:00:00Z.
  static let start = Timestamp(seconds: 1_795_262_400)

  /// Commits have ids of 40 digits; these are their own number.
  static func commit(_ release: Int) -> String {
    let digits = String(release)
    return String(repeating: "0", count: 40 - digits.utf8.count) + digits
  }

  init() throws {
    scratch = try ScratchFolder("outbox")
    hub = HubLayout(root: scratch.path + "/hub")
    outbox = Outbox(hub: hub)
    // NAME-WHO is a file that says how WHO answers: an exit code, and what is written to standard output.
    try program(
      "log",
      """
      message=$(cat)
      id=$(printf %s "$message" | sed 's/.*"id":"0*\\([^"]*\\)".*/\\1/')
      who=$(printf %s "$message" | sed 's/.*"who":"\\([^"]*\\)".*/\\1/')
      if [ -e '\(scratch.path)/down-'"$who" ]; then
        echo "$who $id failed" >>'\(scratch.path)/log'
        . '\(scratch.path)/down-'"$who"
      fi
      echo "$who $id" >>'\(scratch.path)/log'
      """)
  }

  /// Installs a shell script as `fleet-notify-NAME` of the hub.
  func program(_ name: String, _ script: String) throws {
    let path = try scratch.write("#!/bin/sh\n\(script)\n", to: "hub/notifiers/fleet-notify-\(name)")
    _ = try Child.run(["chmod", "755", path])
  }

  /// Lets the receiver answer by this script; nil: as it should.
  func down(_ who: String, _ script: String?) throws {
    let path = scratch.path + "/down-" + who
    if let script { try scratch.write(script, to: "down-" + who) } else { try Files.remove(path) }
  }

  static func receiver(_ name: String, program: String = "log") -> NotificationReceiver {
    NotificationReceiver(
      name: name, program: program, settings: .object(["who": .string(name)]))
  }

  static func item(
    _ release: Int, _ number: Int = 0, rollout: String = "pos-17", kind: String = "stage-passed"
  ) -> Outbox.Item {
    Outbox.Item(
      release: release, number: number,
      message: NotifyMessage(
        id: "\(commit(release))-\(number)", rollout: rollout, kind: kind, severity: "info",
        text: "text", bundles: ["pos"], stage: "canary", time: "2026-11-21T12:00:00Z",
        source: commit(1), principal: "", numbers: [], settings: .object([JSONMember]())))
  }

  /// Puts items into the outbox; the cursor moves to the last one's commit.
  @discardableResult
  func enqueue(
    _ items: [Outbox.Item], to receivers: [NotificationReceiver], upTo release: Int? = nil,
    now: Timestamp = start
  ) throws -> Int {
    let last = release ?? items.map(\.release).max() ?? 0
    return try outbox.enqueue(
      items, to: receivers, upTo: Outbox.Cursor(commit: Self.commit(last), release: last), now: now)
  }

  /// Delivers. A child that another test starts has this process's lock until it runs its program, so the lock may seem
  /// taken for a moment.
  func deliver(
    at now: Timestamp = start, budgetSeconds: Int = 60, receivers: [NotificationReceiver]? = nil,
    program: ((String) -> NotifyProgram?)? = nil
  ) throws -> Outbox.Report {
    var report = Outbox.Report()
    try Waiting.until("the outbox's lock") {
      report = try outbox.deliver(
        now: now, budgetSeconds: budgetSeconds, receivers: receivers, program: program
      ) { lines.append($0) }
      return !report.isBusy
    }
    return report
  }

  /// What the program was told, `RECEIVER COMMIT-NUMBER` each.
  var log: [String] {
    String(decoding: TestFiles.read(scratch.path + "/log") ?? [], as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  /// The names in a folder of the hub, without folders and the lock.
  func files(_ folder: String = "outbox") throws -> [String] {
    try Files.entries(in: "\(hub.root)/\(folder)").filter { $0.kind == .file }.map(\.text)
      .filter { $0 != "lock" }
  }
}

extension Timestamp {
  static func + (left: Timestamp, seconds: Int64) -> Timestamp {
    Timestamp(seconds: left.seconds + seconds)
  }
}
