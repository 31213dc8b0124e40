// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import JSONTree
import NotifyFormat
import Posix
import Rollouts
import Testing

@Suite("The outbox")
struct OutboxTests {
  private typealias Fixture = OutboxFixture

  @Test("every event of a rollout is one that people can be told")
  func kinds() {
    let known = Set(NotifyEvent.allCases.map(\.rawValue))
    #expect(RolloutEvent.Kind.allCases.map(\.rawValue).filter { !known.contains($0) } == [])
  }

  @Test("names of files sort as the events have happened, and read back")
  func names() throws {
    var names: [String] = []
    for (release, number) in [(9, 0), (9, 2), (9, 10), (10, 0), (123_456, 9999)] {
      let name = try #require(
        OutboxName(release: release, number: number, id: "abc-\(number)", receiver: "ops"))
      #expect(OutboxName(file: name.file) == name)
      names.append(name.file)
    }
    #expect(names.first == "000000000009.0000-abc-0~ops.json")
    #expect(names == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  @Test(
    "other names are none of the outbox",
    arguments: [
      "cursor", "x.json", "000000000009.0000-abc~ops", "000000000009.0000-abc~OPS.json",
      "000000000009.0000-~ops.json", "000000000009.0000-abc~ops~b.json",
      "+00000000009.0000-abc~ops.json", "000000000009_0000-abc~ops.json",
      "000000000009.0000-a/b~ops.json", "9.0-abc~ops.json", "~.json", ".json",
      "00000000000é.0000-abc~ops.json",
    ])
  func otherNames(_ file: String) {
    #expect(OutboxName(file: file) == nil)
  }

  @Test("a message is one file for each receiver that wants it")
  func files() throws {
    let fixture = try Fixture()
    var quiet = Fixture.receiver("quiet")
    quiet.events = ["complete"]
    let written = try fixture.enqueue(
      [Fixture.item(7, 0), Fixture.item(7, 1, kind: "complete"), Fixture.item(8)],
      to: [Fixture.receiver("ops"), quiet])
    #expect(written == 4)
    let id = Fixture.commit(7)
    #expect(
      try fixture.files() == [
        "000000000007.0000-\(id)-0~ops.json", "000000000007.0001-\(id)-1~ops.json",
        "000000000007.0001-\(id)-1~quiet.json",
        "000000000008.0000-\(Fixture.commit(8))-0~ops.json", "cursor",
      ])
    let text = TestFiles.read("\(fixture.outbox.folder)/000000000007.0000-\(id)-0~ops.json") ?? []
    #expect(
      String(decoding: text, as: UTF8.self) == """
        {
          "format": 1,
          "program": "log",
          "since": "2026-11-21T12:00:00Z",
          "attempts": 0,
          "next": "2026-11-21T12:00:00Z",
          "holdsReceiver": false,
          "reason": "",
          "message": {
            "format": 1,
            "id": "\(id)-0",
            "rollout": "pos-17",
            "kind": "stage-passed",
            "severity": "info",
            "title": "pos-17: stage 'canary' has passed",
            "text": "text",
            "bundles": [
              "pos"
            ],
            "bundleCount": 1,
            "stage": "canary",
            "time": "2026-11-21T12:00:00Z",
            "source": "\(Fixture.commit(1))",
            "principal": "",
            "numbers": {},
            "hub": "",
            "commands": [
              "kubectl fleet rollout status pos-17"
            ],
            "settings": {
              "who": "ops"
            }
          }
        }

        """)
    #expect(try fixture.outbox.cursor() == Outbox.Cursor(commit: Fixture.commit(8), release: 8))
    #expect(
      try fixture.outbox.pending().map { "\($0.name.receiver) \($0.name.release)" } == [
        "ops 7", "ops 7", "quiet 7", "ops 8",
      ])
  }

  @Test("an outbox that nobody has used is empty")
  func unused() throws {
    let fixture = try Fixture()
    #expect(try fixture.deliver() == Outbox.Report())
    #expect(try fixture.outbox.pending() == [])
    #expect(try fixture.outbox.dead().isEmpty)
    #expect(try fixture.outbox.cursor() == nil)
  }

  @Test("messages are delivered in their order and are gone then")
  func delivery() throws {
    let fixture = try Fixture()
    try fixture.enqueue(
      [
        Fixture.item(2), Fixture.item(1), Fixture.item(10), Fixture.item(9, 10), Fixture.item(9, 9),
      ],
      to: [Fixture.receiver("ops")])
    var expected = Outbox.Report()
    expected.delivered = 5
    #expect(try fixture.deliver() == expected)
    #expect(expected.summary == "delivered 5 messages")
    #expect(fixture.log == ["ops 1-0", "ops 2-0", "ops 9-9", "ops 9-10", "ops 10-0"])
    #expect(try fixture.files() == ["cursor"])
    #expect(fixture.lines == [])
  }

  @Test(
    "what was put here and not committed to by the cursor is not sent, and not sent twice later")
  func crashBeforeCursor() throws {
    let fixture = try Fixture()
    let receivers = [Fixture.receiver("ops")]
    try fixture.enqueue([Fixture.item(1)], to: receivers)
    let cursor = fixture.outbox.folder + "/cursor"
    let before = try #require(TestFiles.read(cursor))
    try fixture.enqueue([Fixture.item(2), Fixture.item(3)], to: receivers)
    // As if the process had been killed before it moved the cursor.
    TestFiles.write(before, to: cursor)
    #expect(try fixture.deliver().delivered == 1)
    #expect(fixture.log == ["ops 1-0"])
    #expect(try fixture.enqueue([Fixture.item(2), Fixture.item(3)], to: receivers) == 0)
    #expect(try fixture.deliver().delivered == 2)
    #expect(fixture.log == ["ops 1-0", "ops 2-0", "ops 3-0"])
  }

  @Test("what was delivered does not come back")
  func noReturn() throws {
    let fixture = try Fixture()
    let receivers = [Fixture.receiver("ops")]
    try fixture.enqueue([Fixture.item(1), Fixture.item(2)], to: receivers)
    #expect(try fixture.deliver().delivered == 2)
    #expect(try fixture.enqueue([Fixture.item(1), Fixture.item(2)], to: receivers) == 0)
    #expect(
      try fixture.enqueue([Fixture.item(1), Fixture.item(2), Fixture.item(3)], to: receivers) == 1)
    #expect(try fixture.deliver().delivered == 1)
    #expect(fixture.log == ["ops 1-0", "ops 2-0", "ops 3-0"])
  }

  @Test("a cursor that cannot be read is an error that says what to do")
  func badCursor() throws {
    let fixture = try Fixture()
    try fixture.scratch.write("{", to: "hub/outbox/cursor")
    let error = #expect(throws: HubError.self) { try fixture.deliver() }
    #expect(
      error?.description == "'\(fixture.outbox.folder)/cursor' cannot be understood")
    #expect(error?.hint == "remove it: messages about the past are not sent then")
  }

  @Test("damaged files are put aside, with a word about it")
  func damaged() throws {
    let fixture = try Fixture()
    try fixture.enqueue([Fixture.item(1), Fixture.item(2)], to: [Fixture.receiver("ops")])
    let name = try #require(try fixture.files().first)
    try fixture.scratch.write("{\"format\":1", to: "hub/outbox/\(name)")
    try fixture.scratch.write("hello", to: "hub/outbox/notes.json")
    let report = try fixture.deliver()
    #expect(report.delivered == 1)
    #expect(report.dead == 2)
    #expect(report.summary == "delivered 1 message, gave up 2 messages")
    #expect(fixture.log == ["ops 2-0"])
    let folder = fixture.outbox.folder
    #expect(
      fixture.lines == [
        "warning: '\(folder)/dead/\(name)' is damaged and cannot be delivered",
        "warning: '\(folder)/dead/notes.json' is damaged and cannot be delivered",
      ])
    #expect(try fixture.outbox.dead().map(\.file) == [name, "notes.json"])
    #expect(try fixture.outbox.dead().allSatisfy { $0.entry == nil })
    #expect(try !fixture.outbox.revive(name, now: Fixture.start))
  }

  @Test("what is refused for good is put aside with the reason, and what follows goes on")
  func refused() throws {
    let fixture = try Fixture()
    try fixture.enqueue([Fixture.item(1), Fixture.item(2)], to: [Fixture.receiver("ops")])
    try fixture.down("ops", "[ $id = 1-0 ] && { echo no such channel >&2; exit 1; }")
    let report = try fixture.deliver()
    #expect(report.delivered == 1)
    #expect(report.dead == 1)
    #expect(
      fixture.lines == [
        "warning: 'ops' is never told of 'pos-17 stage-passed': no such channel"
      ])
    let dead = try #require(try fixture.outbox.dead().first?.entry)
    #expect(dead.reason == "no such channel")
    #expect(dead.deadSince == Fixture.start)

    try fixture.down("ops", nil)
    #expect(try fixture.outbox.revive(dead.name.file, now: Fixture.start + 60))
    #expect(try fixture.outbox.dead().isEmpty)
    #expect(try fixture.deliver(at: Fixture.start + 60).delivered == 1)
    #expect(fixture.log.last == "ops 1-0")
    #expect(try !fixture.outbox.revive(dead.name.file, now: Fixture.start))
    #expect(try !fixture.outbox.revive("../cursor", now: Fixture.start))
  }

  @Test("a giving up that was interrupted is finished")
  func halfDead() throws {
    let fixture = try Fixture()
    try fixture.enqueue([Fixture.item(1)], to: [Fixture.receiver("ops")])
    try fixture.down("ops", "exit 1")
    #expect(try fixture.deliver().dead == 1)
    let file = try #require(try fixture.outbox.dead().first?.file)
    // As if the process had been killed before it moved the file.
    try Files.rename(
      "\(fixture.outbox.folder)/dead/\(file)", to: "\(fixture.outbox.folder)/\(file)")
    #expect(try fixture.deliver() == Outbox.Report())
    #expect(try fixture.outbox.dead().map(\.file) == [file])
    #expect(fixture.log == ["ops 1-0 failed"])
  }

  @Test("the settings of now count, and a receiver that is gone is told nothing")
  func receiversOfNow() throws {
    let fixture = try Fixture()
    try fixture.enqueue(
      [Fixture.item(1)], to: [Fixture.receiver("ops"), Fixture.receiver("gone")])
    var changed = Fixture.receiver("ops")
    changed.settings = .object(["who": .string("new")])
    let report = try fixture.deliver(receivers: [changed])
    #expect(report.delivered == 1)
    #expect(report.dead == 1)
    #expect(fixture.log == ["new 1-0"])
    #expect(
      fixture.lines == [
        "warning: 'gone' is never told of 'pos-17 stage-passed': the policy has no receiver 'gone' any more"
      ])
  }

  @Test("what was given up is forgotten after 90 days, halves of files after one")
  func sweep() throws {
    let fixture = try Fixture()
    try fixture.scratch.write("x", to: "hub/outbox/dead/old.json")
    try fixture.scratch.write("x", to: "hub/outbox/.half.AbCdEf")
    let now = Timestamp(seconds: Timestamp.now().seconds)
    _ = try fixture.deliver(at: now + 86_000)
    #expect(try fixture.files() == [".half.AbCdEf"])
    _ = try fixture.deliver(at: now + 87_000)
    #expect(try fixture.files() == [])
    _ = try fixture.deliver(at: now + 89 * 86_400)
    #expect(try fixture.outbox.dead().map(\.file) == ["old.json"])
    _ = try fixture.deliver(at: now + 91 * 86_400)
    #expect(try fixture.outbox.dead().map(\.file) == [])
  }
}
