// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix
import Testing

@Suite("pushes at the same time, and clients that die")
struct ConcurrencyTests {
  /// A push in the background, of which the hub's side may live longer than the client.
  private final class Push {
    private let make: () throws -> BackgroundProcess
    private let mark: String
    private var client: BackgroundProcess?

    /// - Parameter detached: gives the hub's side a session of its own, as sshd does.
    init(
      _ fixture: HubFixture, _ clone: FleetClone, name: String, detached: Bool = false,
      principal: String? = nil
    ) throws {
      let mark = "\(fixture.scratch.path)/\(name).pid"
      self.mark = mark
      let script = try fixture.scratch.write(
        "#!/bin/sh\necho $$ >'\(mark)'\nexec git-receive-pack \"$@\"\n", to: "\(name).sh")
      chmod(script, 0o755)
      let output = "\(fixture.scratch.path)/\(name).out"
      make = {
        try BackgroundProcess(
          [
            "git", "push", "--receive-pack=\(detached ? "setsid " : "")'\(script)'", "origin",
            "main",
          ],
          in: clone.path,
          variables: GitFixture.environment(principal.map { ["FLEET_PRINCIPAL": $0] } ?? [:]),
          output: output)
      }
    }

    func start() throws { client = try make() }

    /// Kills the client, and what is in its process group; tells how it ended.
    @discardableResult
    func kill() throws -> Int {
      client?.kill()
      return try client?.wait() ?? 0
    }

    private var text: String { client?.text ?? "" }

    /// Waits until the hook says that it waits for the lock.
    func untilItWaits() throws {
      try Waiting.until("the hook to wait: \(text)") {
        text.contains("waiting for another push or hub job to finish")
      }
    }

    /// Waits until the hub's side is gone.
    func untilTheHubIsDone() throws {
      try Waiting.until("the hub's side to end") {
        guard let bytes = TestFiles.read(mark), bytes.last == 10 else {
          return client?.hasEnded ?? true
        }
        let id = String(decoding: bytes.dropLast(), as: UTF8.self)
        guard let stat = TestFiles.read("/proc/\(id)/stat") else { return true }
        // Its new parent may leave a zombie.
        return String(decoding: stat, as: UTF8.self).contains(") Z ")
      }
    }

    func result(hiding scratch: String) throws -> PushResult {
      let code = try client?.wait() ?? 0
      return PushResult(status: .exit(code), output: text, hiding: scratch)
    }
  }

  @Test("a push waits for the one before it, and is told to pull when main has moved")
  func waiting() throws {
    let fixture = try HubFixture.pushed()
    let other = try fixture.clone("other")
    try other.write("README.md", "# Shops\n")
    try other.commit("a page")
    try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
    try fixture.clone.commit("version 1.1")

    // The test is the first push: it holds the lock, and moves main as Git does after pre-receive.
    let push = try Push(fixture, other, name: "push")
    try fixture.whileLocked {
      try push.start()
      try push.untilItWaits()
      try fixture.clone.git(
        "push", "-q", "--receive-pack=git -c core.hooksPath=/nonexistent receive-pack", "origin",
        "main")
    }
    let result = try push.result(hiding: fixture.scratch.path)
    #expect(result.isRefused)
    #expect(
      result.text == """
        waiting for another push or hub job to finish …
        error: somebody else has pushed in the meantime
        hint: git pull --rebase, then push again

        error: push refused; nothing was changed

        """)
    #expect(
      try fixture.tick() == ["release 2 is published to 3 clusters", "observed new statuses"])
    try fixture.expectSettled()

    try other.git("pull", "-q", "--rebase", "origin", "main")
    let again = try other.push()
    #expect(again.isAccepted)
    #expect(
      again.text == """
        blast radius: nothing changes on any cluster
        success: release 3 is recorded, no cluster has to change

        """)
  }

  @Test("of two pushes that race one wins, the other is refused, and the hub is whole")
  func racing() throws {
    let fixture = try HubFixture.pushed()
    let other = try fixture.clone("other")
    try other.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.2")
    try other.commit("version 1.2")
    try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
    try fixture.clone.commit("version 1.1")
    let pushes = [
      try Push(fixture, fixture.clone, name: "first"), try Push(fixture, other, name: "second"),
    ]
    try fixture.whileLocked {
      for push in pushes { try push.start() }
      for push in pushes { try push.untilItWaits() }
    }
    let results = try pushes.map { try $0.result(hiding: fixture.scratch.path) }
    #expect(results.count { $0.isAccepted } == 1)
    #expect(results.count { $0.isRefused } == 1)
    try fixture.tick()
    try fixture.expectSettled()
    #expect(
      try fixture.ref("refs/heads/main") == (results[0].isAccepted ? fixture.clone : other).head)
  }

  @Test("a push that is killed with all its processes while it waits has not happened")
  func killedWhole() throws {
    let fixture = try HubFixture.pushed()
    let before = try fixture.fingerprint()
    try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
    try fixture.clone.commit("version 1.1")
    let push = try Push(fixture, fixture.clone, name: "push")
    try fixture.whileLocked {
      try push.start()
      try push.untilItWaits()
      #expect(try push.kill() == 128 + 9)
    }
    // What Git had received stays behind in a folder of its own, which no repository looks into.
    let changes = try fixture.fingerprint().changes(since: before)
    #expect(changes.filter { !$0.hasPrefix("+ fleet.git/objects/tmp_objdir-incoming-") } == [])
    #expect(try fixture.clone.push().isAccepted)
  }

  @Test(
    "the client is gone in the middle of a compile: a tick, or the next push, goes on from there",
    arguments: [true, false])
  func clientGone(withTick: Bool) throws {
    let fixture = try HubFixture.pushed()
    let other = try fixture.clone("other")
    try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
    try fixture.clone.commit("version 1.1")
    let push = try Push(fixture, fixture.clone, name: "push", detached: true, principal: "ada")
    try fixture.whileLocked {
      try push.start()
      try push.untilItWaits()
      try push.kill()
    }
    try push.untilTheHubIsDone()
    // Git goes on without its client: main has moved, and nobody was left to publish it.
    #expect(try fixture.ref("refs/heads/main") == fixture.clone.head)
    #expect(
      try fixture.git("fleet.git", "log", "-1", "--format=%s", "refs/fleet/state")
        == "release 1: first fleet")
    if withTick {
      #expect(
        try fixture.tick() == ["release 2 is published to 3 clusters", "observed new statuses"])
      try fixture.expectSettled()
    }
    try other.git("pull", "-q", "--rebase", "origin", "main")
    try other.edit("apps/pos/config.yaml", "EUR", "USD")
    try other.commit("dollars")
    let next = try other.push(principal: "bob")
    #expect(next.isAccepted)
    #expect(
      next.text == """
        blast radius: 3 of 4 clusters change
          groups: stores 3 of 3
          objects: ConfigMap 3 changed
          3 clusters, store-0001, store-0002 and store-0003: changes ConfigMap
            retail/settings
        success: release 3 is published, 3 clusters get it at the next run

        """)
    try fixture.expectSettled()
    #expect(
      try fixture.git(
        "fleet.git", "log", "--format=%s%n%(trailers:key=Pushed-By)", "refs/fleet/state")
          == """
          release 3: dollars
          Pushed-By: bob

          release 2: version 1.1
          Pushed-By: ada

          release 1: first fleet

          """)
  }

  @Test("a client that is killed at any moment leaves a hub that a tick makes whole")
  func clientKilledAtRandom() throws {
    var random = SeededRandom()
    print("killed clients: \(random)")
    let fixture = try HubFixture.pushed()
    var longest: Int64 = 300
    for round in 1...8 {
      try fixture.clone.git("fetch", "-q", "origin")
      try fixture.clone.git("reset", "-q", "--hard", "origin/main")
      try fixture.clone.write(
        "apps/pos/config.yaml", SampleFleet.configMap("settings", ["round": "r\(round)"]))
      try fixture.clone.commit("round \(round)")
      let start = MonotonicClock.milliseconds()
      let push = try Push(fixture, fixture.clone, name: "push-\(round)", detached: true)
      try push.start()
      usleep(UInt32.random(in: 0...UInt32(longest * 1200), using: &random))
      try push.kill()
      try push.untilTheHubIsDone()
      longest = max(longest, MonotonicClock.milliseconds() - start)
      try fixture.tick()
      try fixture.expectSettled("round \(round), \(random)")
    }
  }
}
