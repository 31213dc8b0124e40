// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import GitObjects
import HubService
import Posix
import Testing

@Suite("pieces of the hub")
struct HubPiecesTests {
  private static let a = String(repeating: "a1", count: 20)
  private static let b = String(repeating: "b2", count: 20)
  private static let zero = String(repeating: "0", count: 40)

  struct Lines: Sendable, CustomTestStringConvertible {
    let id: String
    let input: String
    /// `old new name` of each update, `-` for none; nil when the input is no input of Git's.
    let updates: [String]?
    var testDescription: String { id }
  }

  @Test(
    "the lines that Git gives to hooks are read as githooks(5) says",
    arguments: [
      Lines(id: "none", input: "", updates: []),
      Lines(
        id: "change", input: "\(a) \(b) refs/heads/main\n", updates: ["\(a) \(b) refs/heads/main"]),
      Lines(
        id: "new", input: "\(zero) \(b) refs/heads/main\n", updates: ["- \(b) refs/heads/main"]),
      Lines(id: "deleted", input: "\(a) \(zero) refs/tags/v1\n", updates: ["\(a) - refs/tags/v1"]),
      Lines(
        id: "two", input: "\(a) \(b) refs/heads/main\n\(zero) \(a) refs/tags/v1\n",
        updates: ["\(a) \(b) refs/heads/main", "- \(a) refs/tags/v1"]),
      Lines(
        id: "no-line-break", input: "\(a) \(b) refs/heads/x", updates: ["\(a) \(b) refs/heads/x"]),
      Lines(
        id: "blank-in-name", input: "\(a) \(b) refs/heads/x y\n",
        updates: ["\(a) \(b) refs/heads/x y"]),
      Lines(id: "two-words", input: "\(a) \(b)\n", updates: nil),
      Lines(id: "short-id", input: "a1 \(b) refs/heads/main\n", updates: nil),
      Lines(
        id: "no-hex", input: "\(String(repeating: "x", count: 40)) \(b) refs/heads/main\n",
        updates: nil),
      Lines(id: "one-bad-line", input: "\(a) \(b) refs/heads/main\nx\n", updates: nil),
    ])
  func lines(_ entry: Lines) {
    let updates = RefUpdate.parse(Array(entry.input.utf8))
    #expect(
      updates?.map { "\($0.old?.hex ?? "-") \($0.new?.hex ?? "-") \($0.name)" } == entry.updates)
  }

  struct Rule: Sendable, CustomTestStringConvertible {
    let id: String
    let ref: String
    var old: String? = a
    var new: String? = b
    var isFastForward = true
    let decision: String
    var testDescription: String { id }
  }

  @Test(
    "which ref may move how",
    arguments: [
      Rule(id: "forward", ref: "refs/heads/live", decision: "compile"),
      Rule(
        id: "first", ref: "refs/heads/live", old: nil, isFastForward: false, decision: "compile"),
      Rule(id: "forced", ref: "refs/heads/live", isFastForward: false, decision: "forced-push"),
      Rule(id: "deleted", ref: "refs/heads/live", new: nil, decision: "branch-deletion"),
      Rule(id: "other-branch", ref: "refs/heads/main", isFastForward: false, decision: "pass"),
      Rule(id: "branch-like-it", ref: "refs/heads/live2", new: nil, decision: "pass"),
      Rule(id: "tag", ref: "refs/tags/v1", decision: "pass"),
      Rule(id: "plan", ref: "refs/fleet/plan", decision: "hub-ref"),
      Rule(id: "fleet-deleted", ref: "refs/fleet/state", new: nil, decision: "hub-ref"),
      Rule(id: "notes", ref: "refs/notes/commits", decision: "unknown-ref"),
      Rule(id: "heads-alone", ref: "refs/headsx/main", decision: "unknown-ref"),
      Rule(id: "HEAD", ref: "HEAD", decision: "unknown-ref"),
    ])
  func rules(_ rule: Rule) throws {
    let update = RefUpdate(
      old: rule.old.flatMap { ObjectID(hex: $0) }, new: rule.new.flatMap { ObjectID(hex: $0) },
      name: rule.ref)
    let decision = RefRules.decide(update, branch: "refs/heads/live") { rule.isFastForward }
    switch decision {
    case .compile: #expect(rule.decision == "compile")
    case .order: #expect(rule.decision == "order")
    case .pass: #expect(rule.decision == "pass")
    case .refuse(let finding):
      #expect(rule.decision == finding.code)
      #expect(finding.severity == .error)
    }
  }

  @Test("an acceptance is read as it was written, and what is no acceptance is none")
  func acceptance() throws {
    let scratch = try ScratchFolder()
    let hub = HubLayout(root: scratch.path)
    let source = try #require(ObjectID(hex: Self.a))
    let plan = try #require(ObjectID(hex: Self.b))
    let record = Acceptance(
      source: source, base: plan, plan: plan, principal: "ada \"x\"\n",
      overrides: ["fleet.allow-removed=1"],
      summary: "blast radius: ü\n")
    try record.write(to: hub)
    #expect(Acceptance.read(source, from: hub) == record)
    #expect(Acceptance.read(plan, from: hub) == nil)
    for text in ["", "{", "[]", "{\"format\":2}", String(repeating: "x", count: 3 << 20)] {
      try scratch.write(text, to: "accepted/\(source.hex).json")
      #expect(Acceptance.read(source, from: hub) == nil)
    }
  }

  @Test(
    "records are removed when they are settled, but not that of a push on top that Git still has to take"
  )
  func removal() throws {
    let scratch = try ScratchFolder()
    let hub = HubLayout(root: scratch.path)
    let ids = try (1...4).map { number in
      try #require(ObjectID(hex: String(repeating: "\(number)", count: 40)))
    }
    for (source, base) in [(ids[0], nil), (ids[1], ids[0]), (ids[2], ids[1]), (ids[3], ids[0])] {
      try Acceptance(
        source: source, base: base, plan: source, principal: nil, overrides: [], summary: ""
      ).write(to: hub)
    }
    try scratch.write("half", to: "accepted/.x.json.abcdef")
    try Acceptance.removeSettled(ids[1], in: hub)
    #expect(
      try Files.entries(in: hub.accepted).map(\.text) == [ids[1], ids[2]].map { "\($0.hex).json" })
  }

  @Test("a tick where there is no hub says how to make one")
  func noHub() throws {
    let scratch = try ScratchFolder()
    let error = #expect(throws: HubError.self) {
      try Tick.run(hub: HubLayout(root: scratch.path + "/nothing/")) { _ in }
    }
    #expect(error?.description == "there is no hub at '\(scratch.path)/nothing'")
    #expect(error?.hint == "make one: kubectl fleet init --hub \(scratch.path)/nothing")
  }

  @Test("a tick while another job runs leaves at once and says that it is a matter of time")
  func busy() throws {
    let fixture = try HubFixture()
    try fixture.whileLocked {
      let error = #expect(throws: HubError.self) {
        try Tick.run(hub: fixture.hub) { _ in }
      }
      #expect(error?.description == "another hub job still runs")
      #expect(error?.isTemporary == true)
    }
    #expect(try fixture.tick() == ["observed new statuses"])
  }

  @Test("a hub is made once, in a folder with any name, and Git reads its settings")
  func creation() throws {
    let scratch = try ScratchFolder()
    let root = scratch.path + "/a \"b\" \\c ü"
    _ = try HubCreation.create(root: root, branch: "live", libexec: "/usr/libexec/a \"b\" \\c")
    let hub = HubLayout(root: root)
    #expect(hub.isComplete)
    #expect(
      try GitFixture.run(["config", "fleet.libexec"], in: hub.fleet) == "/usr/libexec/a \"b\" \\c")
    #expect(try GitFixture.run(["symbolic-ref", "HEAD"], in: hub.fleet) == "refs/heads/live")
    for repository in [hub.fleet, hub.slices, hub.status] {
      #expect(try GitFixture.run(["fsck", "--strict", "--no-progress"], in: repository) == "")
      #expect(try GitFixture.run(["config", "http.getanyfile"], in: repository) == "false")
    }
    let error = #expect(throws: HubError.self) {
      try HubCreation.create(root: root, branch: "live", libexec: "/usr")
    }
    #expect(error?.description == "'\(hub.fleet)' is there already")
  }

  @Test("the name of a pusher may be anything, the audit log stays readable")
  func oddPrincipal() throws {
    let fixture = try HubFixture.pushed()
    try fixture.clone.commit("a change of nothing")
    let push = try fixture.clone.push(
      principal: "CN=Ada <ada@example.org>,O=\"Shops\"\nOverride: fake")
    #expect(push.isAccepted)
    #expect(try fixture.fsck() == [])
    #expect(
      try fixture.git(
        "fleet.git", "log", "-1", "--format=%(trailers:key=Override)%(trailers:key=Pushed-By)",
        "refs/fleet/state")
        == "Pushed-By: CN=Ada <ada@example.org>,O=\"Shops\" Override: fake\n")
  }
}
