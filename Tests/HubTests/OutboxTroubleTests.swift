// SPDX-License-Identifier: Apache-2.0

import Extensions
import FleetTestSupport
import HubService
import JSONTree
import NotifyFormat
import Posix
import Testing

@Suite("The outbox, when receivers are in trouble")
struct OutboxTroubleTests {
  private typealias Fixture = OutboxFixture

  @Test("a receiver that is down keeps its order, delays nobody else, and loses nothing")
  func down() throws {
    let fixture = try Fixture()
    try fixture.down("ops", "echo no route >&2; exit 75")
    try fixture.enqueue(
      [
        Fixture.item(1), Fixture.item(2, rollout: "web-2"), Fixture.item(3),
        Fixture.item(4, rollout: "web-2"),
      ], to: [Fixture.receiver("ops"), Fixture.receiver("page")])
    let report = try fixture.deliver()
    #expect(report.delivered == 4)
    #expect(report.postponed == 1)
    #expect(report.left == 4)
    #expect(report.summary == "delivered 4 messages, 4 wait")
    // One question is enough to know that it is down.
    #expect(fixture.log.filter { $0.hasPrefix("ops") } == ["ops 1-0 failed"])
    #expect(
      fixture.log.filter { $0.hasPrefix("page") } == [
        "page 1-0", "page 2-0", "page 3-0", "page 4-0",
      ])
    #expect(
      fixture.lines == [
        "warning: 'ops' was not told of 'pos-17 stage-passed', tried again: no route"
      ])
    // The other rollout is tried next; the later event of the first waits for the earlier one.
    #expect(try fixture.deliver(at: Fixture.start + 1).postponed == 1)
    #expect(try fixture.deliver(at: Fixture.start + 2).postponed == 0)
    #expect(
      fixture.log.filter { $0.hasPrefix("ops") } == ["ops 1-0 failed", "ops 2-0 failed"])

    try fixture.down("ops", nil)
    #expect(try fixture.deliver(at: Fixture.start + 600).delivered == 4)
    let told = fixture.log.filter { $0.hasPrefix("ops") && !$0.hasSuffix("failed") }
    #expect(told.filter { ["ops 1-0", "ops 3-0"].contains($0) } == ["ops 1-0", "ops 3-0"])
    #expect(told.filter { ["ops 2-0", "ops 4-0"].contains($0) } == ["ops 2-0", "ops 4-0"])
    #expect(told.count == 4)
    #expect(try fixture.files() == ["cursor"])
    #expect(
      fixture.lines.suffix(2) == [
        "told 'ops' of 'pos-17 stage-passed' after 2 attempts",
        "told 'ops' of 'web-2 stage-passed' after 2 attempts",
      ])
  }

  @Test("pauses double up to an hour, and are the same whenever they are worked out")
  func pauses() throws {
    func pauses() throws -> [Int64] {
      let fixture = try Fixture()
      try fixture.down("ops", "exit 75")
      try fixture.enqueue([Fixture.item(1)], to: [Fixture.receiver("ops")])
      var now = Fixture.start
      var pauses: [Int64] = []
      for attempt in 1...12 {
        #expect(try fixture.deliver(at: now).postponed == 1)
        let entry = try #require(try fixture.outbox.pending().first)
        #expect(entry.attempts == attempt)
        #expect(entry.reason == "the program ended with exit code 75")
        pauses.append(entry.next.seconds - now.seconds)
        #expect(try fixture.deliver(at: Timestamp(seconds: entry.next.seconds - 1)).postponed == 0)
        now = entry.next
      }
      #expect(fixture.log.count == 12)
      return pauses
    }
    let first = try pauses()
    #expect(try pauses() == first)
    for (pause, standard) in zip(
      first, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600] as [Int64])
    {
      #expect(pause * 10 >= standard * 8 && pause * 10 <= standard * 12)
    }
    #expect(Set(first.suffix(5)).count > 1, "all pauses have the same chance in them")
  }

  @Test("a receiver that says when has all its messages wait until then")
  func retryAfter() throws {
    let fixture = try Fixture()
    try fixture.down("ops", "echo '{\"retryAfter\":300}'; exit 75")
    try fixture.enqueue(
      [Fixture.item(1), Fixture.item(2, rollout: "web-2")], to: [Fixture.receiver("ops")])
    #expect(try fixture.deliver().postponed == 1)
    try fixture.down("ops", nil)
    #expect(try fixture.deliver(at: Fixture.start + 299) == report(left: 2))
    #expect(try fixture.deliver(at: Fixture.start + 300).delivered == 2)
  }

  private func report(left: Int) -> Outbox.Report {
    var report = Outbox.Report()
    report.left = left
    return report
  }

  @Test("after a week a message is given up, with the last reason; until then it is not")
  func week() throws {
    let fixture = try Fixture()
    try fixture.down("ops", "echo no route >&2; exit 75")
    let week: Int64 = 7 * 86_400
    try fixture.enqueue([Fixture.item(1)], to: [Fixture.receiver("ops")])
    try fixture.enqueue(
      [Fixture.item(2)], to: [Fixture.receiver("ops")], now: Fixture.start + 3600)
    #expect(try fixture.deliver(at: Fixture.start + (week - 1)).dead == 0)
    #expect(try fixture.deliver(at: Fixture.start + (week + 60)).dead == 1)
    let dead = try #require(try fixture.outbox.dead().first?.entry)
    #expect(dead.name.release == 1)
    #expect(dead.reason == "not delivered in 7 days: no route")
    #expect(
      fixture.lines.last
        == "warning: 'ops' is never told of 'pos-17 stage-passed': not delivered in 7 days: no route"
    )
    try fixture.down("ops", nil)
    #expect(try fixture.deliver(at: Fixture.start + (week + 120)).delivered == 1)
    #expect(fixture.log.last == "ops 2-0")
  }

  @Test("a program that is missing is waited for")
  func missing() throws {
    let fixture = try Fixture()
    try fixture.enqueue([Fixture.item(1)], to: [Fixture.receiver("ops", program: "later")])
    #expect(try fixture.deliver().postponed == 1)
    #expect(
      fixture.lines == [
        "warning: 'ops' was not told of 'pos-17 stage-passed', tried again: the program 'fleet-notify-later' is not installed on the hub"
      ])
    try fixture.program("later", "exit 0")
    #expect(try fixture.deliver(at: Fixture.start + 60).delivered == 1)
  }

  @Test("a receiver that hangs takes one place; others are told everything meanwhile")
  func hanging() throws {
    let fixture = try Fixture()
    // Ends well only when the other receiver has got its last message while this one was being told its first.
    try fixture.down(
      "slow",
      """
      for _ in $(seq 250); do
        grep -q '^fast 6-0$' '\(fixture.scratch.path)/log' && break
        sleep 0.1
      done
      grep -q '^fast 6-0$' '\(fixture.scratch.path)/log' || exit 75
      """)
    try fixture.enqueue(
      (1...6).map { Fixture.item($0) }, to: [Fixture.receiver("slow"), Fixture.receiver("fast")])
    let report = try fixture.deliver()
    #expect(report.delivered == 12)
    #expect(report.postponed == 0)
    #expect(fixture.log.filter { $0.hasPrefix("fast") }.count == 6)
  }

  @Test("without time nothing is begun, and while another delivery runs nothing is done")
  func noTime() throws {
    let fixture = try Fixture()
    try fixture.enqueue([Fixture.item(1)], to: [Fixture.receiver("ops")])
    #expect(try fixture.deliver(budgetSeconds: 0) == report(left: 1))
    guard let lock = try FileLock.tryAcquire(fixture.outbox.folder + "/lock") else {
      Issue.record("the lock is taken")
      return
    }
    let busy = try fixture.outbox.deliver(now: Fixture.start, budgetSeconds: 60) { _ in }
    #expect(busy.isBusy)
    #expect(fixture.log == [])
    lock.release()
    #expect(try fixture.deliver().delivered == 1)
  }

  @Test(
    "killed in the middle of a delivery: nothing is lost, at most the running message comes twice")
  func killed() throws {
    let fixture = try Fixture()
    let probe = try HubFixture.program("outbox-probe")
    let hangs = fixture.scratch.path + "/hangs"
    try fixture.enqueue((1...8).map { Fixture.item($0) }, to: [Fixture.receiver("ops")])
    for place in 1...8 where place % 2 == 0 {
      // The receiver has the message, and the program hangs before it can say so.
      try fixture.down(
        "ops",
        """
        if [ $id = \(place)-0 ]; then
          echo "$who $id" >>'\(fixture.scratch.path)/log'
          touch '\(hangs)'
          while [ -e '\(hangs)' ]; do sleep 0.05; done
          exit 0
        fi
        """
      )
      let process = try BackgroundProcess(
        [probe, fixture.hub.root, "\(Fixture.start.seconds)"], in: "/",
        variables: ["PATH": Environment.get("PATH") ?? ""], output: fixture.scratch.path + "/out")
      try Waiting.until("the program to hang") {
        TestFiles.read(hangs) != nil
      }
      process.kill()
      #expect(try process.wait() == 137)
      try Files.remove(hangs)
      try fixture.down("ops", nil)
    }
    #expect(try fixture.deliver().left == 0)
    let told = fixture.log.filter { !$0.hasSuffix("failed") }
    #expect(
      told == [
        "ops 1-0", "ops 2-0", "ops 2-0", "ops 3-0", "ops 4-0", "ops 4-0", "ops 5-0", "ops 6-0",
        "ops 6-0", "ops 7-0", "ops 8-0", "ops 8-0",
      ])
    #expect(try fixture.files() == ["cursor"])
  }

  @Test(
    "a real receiver that goes down and comes back gets everything, in order",
    .enabled(if: NotifyServer.isPossible))
  func realReceiver() throws {
    let fixture = try Fixture()
    let server = try NotifyServer()
    let path = try HubFixture.program("fleet-notify-webhook")
    let program = NotifyProgram(
      ExtensionProgram(name: "fleet-notify-webhook", path: path), variables: [:])
    func receiver(_ name: String) -> NotificationReceiver {
      NotificationReceiver(
        name: name, program: "webhook",
        settings: .object(["url": .string("\(server.url)/\(name)")]))
    }
    func deliver(_ now: Timestamp) throws -> Outbox.Report {
      try fixture.deliver(at: now, program: { _ in program })
    }
    let receivers = [receiver("a"), receiver("b")]
    try server.answer(["/b": .init(503, headers: ["Retry-After": "90"], body: "in repair")])
    try fixture.enqueue([Fixture.item(1), Fixture.item(2)], to: receivers)
    #expect(try deliver(Fixture.start).delivered == 2)
    #expect(
      try fixture.outbox.pending().first?.reason
        == "fleet-notify-webhook: the webhook answered 503: in repair")

    try server.stop()
    try fixture.enqueue([Fixture.item(3)], to: receivers)
    #expect(try deliver(Fixture.start + 30).delivered == 0)
    #expect(try deliver(Fixture.start + 100).delivered == 0)
    try server.start()
    try server.answer(["/a": .init(drops: true)])
    #expect(try deliver(Fixture.start + 600).delivered == 3)
    try server.answer([:])
    #expect(try deliver(Fixture.start + 1200).delivered == 1)
    #expect(try fixture.files() == ["cursor"])

    func ids(_ path: String) -> [String] {
      server.requests(path).filter { $0.status == 200 }
        .map { String(($0.headers["x-fleet-event-id"] ?? "").drop { $0 == "0" }) }
    }
    #expect(ids("/a") == ["1-0", "2-0", "3-0"])
    #expect(ids("/b") == ["1-0", "2-0", "3-0"])
  }
}
