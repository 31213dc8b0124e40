// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix
import Testing

@Suite("a damaged hub")
struct DamageTests {
  /// Makes a push with a small change and tells its text.
  private static func pushChange(_ fixture: HubFixture) throws -> PushResult {
    try fixture.clone.edit("apps/pos/config.yaml", "EUR", "USD")
    try fixture.clone.commit("dollars")
    return try fixture.clone.push()
  }

  private static let changeText = """
    blast radius: 3 of 4 clusters change
      groups: stores 3 of 3
      objects: ConfigMap 3 changed
      3 clusters, store-0001, store-0002 and store-0003: changes ConfigMap
        retail/settings
    success: release 2 is published, 3 clusters get it at the next run

    """

  /// Something that happened to a hub, and what a tick says of it.
  struct Damage: Sendable, CustomTestStringConvertible {
    let id: String
    let make: @Sendable (HubFixture) throws -> Void
    var testDescription: String { id }
  }

  private static let harmless: [Damage] = [
    Damage(id: "plan-ref-deleted") {
      try $0.git("fleet.git", "update-ref", "-d", "refs/fleet/plan")
    },
    Damage(id: "plan-ref-to-a-blob") {
      let blob = try $0.git("fleet.git", "rev-parse", "main:clusters/lab-1.yaml")
      try $0.scratch.write("\(blob)\n", to: "hub/fleet.git/refs/fleet/plan")
    },
    Damage(id: "plan-ref-to-a-source-commit") {
      try $0.git("fleet.git", "update-ref", "refs/fleet/plan", "main")
    },
    Damage(id: "accepted-lost") { try Files.removeTree($0.hub.accepted) },
    Damage(id: "accepted-garbage") {
      try $0.scratch.write("garbage", to: "hub/accepted/\(try $0.clone.head).json")
    },
    Damage(id: "mark-lost") { try Files.remove($0.hub.published) },
    Damage(id: "mark-garbage") {
      try $0.scratch.write("garbage\n", to: "hub/slices.git/fleet-published")
    },
    Damage(id: "descriptor-lost") { try Files.remove($0.hub.descriptor) },
    Damage(id: "lock-file-lost") { try Files.remove($0.hub.lock) },
    Damage(id: "stale-slices-lock") {
      try $0.scratch.write("", to: "hub/slices.git/packed-refs.lock")
    },
    Damage(id: "half-of-an-acceptance") {
      try $0.scratch.write("{", to: "hub/accepted/.\(try $0.clone.head).json.a1B2c3")
    },
    Damage(id: "half-of-a-record") {
      try $0.scratch.write("{", to: "hub/.renderers.json.a1B2c3")
    },
    Damage(id: "half-of-the-facts") {
      try $0.scratch.write("{", to: "hub/.facts.json.a1B2c3")
    },
    Damage(id: "half-of-an-order") {
      try $0.scratch.write("{", to: "hub/orders/.\(try $0.clone.head).json.a1B2c3")
    },
  ]

  @Test("the next push compares with the right plan and repairs what it finds", arguments: harmless)
  func push(_ damage: Damage) throws {
    let fixture = try HubFixture.pushed()
    try damage.make(fixture)
    let push = try Self.pushChange(fixture)
    // Where nobody knows any more what is published, everything is published again.
    let all = damage.id.hasPrefix("mark-")
    #expect(
      push.text
        == Self.changeText.replacing(
          "3 clusters get", with: all ? "4 clusters get" : "3 clusters get"))
    #expect(push.isAccepted)
    try fixture.expectSettled()
  }

  @Test("a tick repairs what it finds", arguments: harmless)
  func tick(_ damage: Damage) throws {
    let fixture = try HubFixture.pushed()
    let before = try fixture.sliceRefs()
    try damage.make(fixture)
    try fixture.tick()
    #expect(try fixture.sliceRefs() == before)
    try fixture.expectSettled()
    #expect(try fixture.tick() == [])
  }

  @Test(
    "a plan's ref that names nothing stops Git itself; a tick repairs it, and the push passes",
    arguments: [String(repeating: "0123456789", count: 4), "garbage", ""])
  func planRefBroken(_ content: String) throws {
    let fixture = try HubFixture.pushed()
    try fixture.tick()
    let plan = try fixture.ref("refs/fleet/plan")
    try fixture.scratch.write(content + "\n", to: "hub/fleet.git/refs/fleet/plan")
    #expect(try Self.pushChange(fixture).isRefused)
    let said = try fixture.tick()
    #expect(
      said
        == (content.count == 40
          ? [] : ["removed 'fleet.git/refs/fleet/plan', left by a killed job"]))
    #expect(try fixture.ref("refs/fleet/plan") == plan)
    #expect(try fixture.clone.push().text == Self.changeText)
    try fixture.expectSettled()
  }

  @Test("temporary files of killed jobs are removed when they are a day old, half marks at once")
  func temporaryFiles() throws {
    let fixture = try HubFixture.pushed()
    try fixture.tick()
    let before = try fixture.fingerprint()
    let places = [
      "fleet.git/objects/tmp_object_git2_", "fleet.git/objects/pack/tmp_pack_",
      "slices.git/objects/pack/tmp_idx_", "status.git/objects/tmp_obj_",
    ]
    for age in ["young", "old"] {
      for place in places { try fixture.scratch.write("half", to: "hub/\(place)\(age)") }
      try fixture.scratch.write(
        "PACK", to: "hub/fleet.git/objects/tmp_objdir-incoming-\(age)/pack/tmp_pack")
    }
    let old = places.map { "\($0)old" } + ["fleet.git/objects/tmp_objdir-incoming-old"]
    for path in old {
      _ = try Child.run(["touch", "-d", "25 hours ago", "\(fixture.hub.root)/\(path)"])
    }
    let halves = ["slices.git/.fleet-published.abcdef", "fleet.git/refs/fleet/state.lock"]
    for path in halves { try fixture.scratch.write("half", to: "hub/\(path)") }
    #expect(
      try fixture.tick().sorted()
        == (old + halves).map { "removed '\($0)', left by a killed job" }.sorted())
    let rest =
      places.map { "+ \($0)young" } + [
        "+ fleet.git/objects/tmp_objdir-incoming-young/pack/tmp_pack"
      ]
    #expect(try fixture.fingerprint().changes(since: before) == rest.sorted())
  }

  @Test("slices.git that was made anew, or from a backup, is filled again with the same slices")
  func slicesLost() throws {
    let fixture = try HubFixture.pushed()
    #expect(try Self.pushChange(fixture).isAccepted)
    try fixture.tick()
    let trees = try fixture.git("slices.git", "for-each-ref", "--format=%(refname) %(tree)")
    try Files.removeTree(fixture.hub.slices)
    try GitFixture.run(["init", "-q", "--bare", "-b", "main", fixture.hub.slices], in: "/")
    #expect(try fixture.tick() == ["release 2 is published to 4 clusters"])
    #expect(try fixture.git("slices.git", "for-each-ref", "--format=%(refname) %(tree)") == trees)
    try fixture.expectSettled()
  }

  @Test("a stale lock of main stops a push, a tick removes it, and the push passes")
  func mainLocked() throws {
    let fixture = try HubFixture.pushed()
    let lock = try fixture.scratch.write("", to: "hub/fleet.git/refs/heads/main.lock")
    let push = try Self.pushChange(fixture)
    #expect(push.isRefused)
    // A lock of this minute may be a living one's.
    #expect(try fixture.tick() == ["observed new statuses"])
    #expect(Files.exists(lock))
    var times = [timeval(), timeval()]
    gettimeofday(&times[0], nil)
    times[0].tv_sec -= 61
    times[1] = times[0]
    utimes(lock, times)
    #expect(
      try fixture.tick() == ["removed 'fleet.git/refs/heads/main.lock', left by a killed job"])
    let again = try fixture.clone.push()
    #expect(again.text == Self.changeText)
    try fixture.expectSettled()
  }

  /// A hub that cannot be used: what the pusher and the hub's cron read.
  private static let hopeless: [Damage] = [
    Damage(id: "slices-gone") { try Files.removeTree($0.hub.slices) },
    Damage(id: "state-ref-to-nothing") {
      try $0.scratch.write(
        String(repeating: "0123456789", count: 4) + "\n", to: "hub/fleet.git/refs/fleet/state")
    },
    Damage(id: "state-ref-to-a-source-commit") {
      try $0.git("fleet.git", "update-ref", "refs/fleet/state", "main")
    },
    Damage(id: "descriptor-garbage") { try $0.scratch.write("garbage\n", to: "hub/hub.json") },
    Damage(id: "packed-refs-garbage") {
      try $0.scratch.write("garbage\n", to: "hub/slices.git/packed-refs")
    },
    Damage(id: "accepted-is-a-file") {
      try Files.removeTree($0.hub.accepted)
      try $0.scratch.write("", to: "hub/accepted")
    },
    Damage(id: "lock-is-a-folder") {
      try Files.remove($0.hub.lock)
      mkdir($0.hub.lock, 0o755)
    },
    Damage(id: "programs-gone") {
      try $0.git("fleet.git", "config", "--unset-all", "fleet.libexec")
      try $0.git("fleet.git", "config", "fleet.libexec", "/nonexistent")
    },
    Damage(id: "loose-slice-ref") {
      let id = try $0.git("slices.git", "rev-parse", "refs/slices/store-0001")
      try $0.scratch.write("\(id)\n", to: "hub/slices.git/refs/slices/store-0001")
    },
  ]

  @Test("what cannot be mended is told to the pusher and to cron", arguments: hopeless)
  func fatal(_ damage: Damage) throws {
    let fixture = try HubFixture.pushed()
    try damage.make(fixture)
    let push = try Self.pushChange(fixture)
    var cron = ""
    do {
      cron = try fixture.tick().joined(separator: "\n")
    } catch let error as HubError {
      cron = "error: \(error.description)\n" + (error.hint.map { "hint: \($0)\n" } ?? "")
    }
    let scratch = fixture.scratch.path
    Golden.check(
      "\(push.text)\n\(push.report)\n# fleet-hub tick\n"
        + GitFixture.namingIDs(in: cron.replacing(scratch, with: "…")) + "\n",
      "damage/\(damage.id).txt")
    #expect(!push.text.contains("Fatal error"))
  }

  @Test(
    "a repository of another user is told to the pusher and to cron",
    .enabled(if: geteuid() == 0, "only root can give files away"))
  func anotherOwner() throws {
    let fixture = try HubFixture.pushed()
    try fixture.clone.edit("apps/pos/config.yaml", "EUR", "USD")
    try fixture.clone.commit("dollars")
    _ = try Child.run(["chown", "-R", "65534", fixture.hub.fleet])
    let push = try fixture.clone.push()
    #expect(!push.isAccepted)
    // Git refuses before any hook; what the hook would say, where Git is told to trust the folder:
    let hook = try Child.run(
      [HubFixture.program("fleet-pre-receive")],
      environment: GitFixture.environment(["GIT_DIR": "."]), directory: fixture.hub.fleet,
      input: .bytes(
        Array(
          "\(try fixture.clone.git("rev-parse", "HEAD~1")) \(try fixture.clone.head) refs/heads/main\n"
            .utf8)))
    var cron = ""
    do { try fixture.tick() } catch let error as HubError {
      cron = "error: \(error.description)\nhint: \(error.hint ?? "")\n"
    }
    let scratch = fixture.scratch.path
    Golden.check(
      "\(push.text)\(push.report)\n# fleet-pre-receive\n\(String(decoding: hook.errorOutput, as: UTF8.self))\n# fleet-hub tick\n\(cron)"
        .replacing(scratch, with: "…"), "damage/another-owner.txt")
    #expect(hook.status == .exit(70))
  }
}

extension String {
  /// The text with every occurrence of a piece replaced.
  func replacing(_ piece: String, with replacement: String) -> String {
    split(separator: piece, omittingEmptySubsequences: false).joined(separator: replacement)
  }
}
