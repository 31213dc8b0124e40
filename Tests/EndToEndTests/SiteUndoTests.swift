// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import JSONTree
import Posix
import Testing

/// From `git push` to a site that goes back by itself, and on to the hub that takes the change back everywhere.
@Suite("a site that goes back, and the hub", .enabled(if: GateServer.isPossible), .serialized)
struct SiteUndoTests {
  /// Two shops under a policy with a canary and a gate.
  static var files: [String: String] {
    var files = [
      "gitrepos/shop.yaml": SampleFleet.toStores,
      "apps/pos/fleet.yaml": """
      name: pos
      namespace: retail
      rollout:
        stages:
          - name: canary
            clusterSelector: {matchLabels: {ring: canary}}
          - name: all
        minSuccessTime: 1s
        analysis:
          interval: 1s
          metrics:
            - name: success-rate
              query: rate
              samplesQuery: count
              minSamples: 20
              thresholdRange: {min: 99}

      """,
      "apps/pos/config.yaml": SampleFleet.configMap("settings", ["version": "1"]),
    ]
    for (name, ring) in [("store-01", "canary"), ("store-02", "rest")] {
      files["clusters/\(name).yaml"] = SampleFleet.cluster(
        name, labels: ["env": "store", "ring": ring])
    }
    return files
  }

  /// Runs the built fleet-sync of a shop; the exit code.
  static func sync(_ cluster: String, _ fixture: HubFixture, _ server: GateServer) throws -> Int {
    let path = fixture.scratch.path
    var variables = GitFixture.environment()
    variables["FLEET_PROMETHEUS"] = server.url
    let result = try Child.run(
      [
        try HubFixture.program("fleet-sync"), "--cluster", cluster, "--hub", fixture.hub.root,
        "--state", "\(path)/state-\(cluster)", "--target", "dir:\(path)/target-\(cluster)",
      ], environment: variables, timeoutSeconds: 120)
    guard case .exit(let code) = result.status else { return -1 }
    return code
  }

  /// Lets the hub act, when what status pushes have started is over.
  static func tick(_ fixture: HubFixture) throws {
    try fixture.untilStatusesAreSeen()
    try fixture.tick()
  }

  /// The version that a shop runs.
  static func version(_ cluster: String, _ fixture: HubFixture) throws -> String {
    let path = "\(fixture.scratch.path)/target-\(cluster)/pos/ConfigMap~retail~settings.yaml"
    let text = String(decoding: TestFiles.read(path) ?? [], as: UTF8.self)
    return text.split(separator: "\n").first { $0.contains("version:") }
      .map { $0.filter(\.isNumber) } ?? "none"
  }

  /// What the hub has decided, the last first.
  static func decisions(_ fixture: HubFixture) throws -> [String] {
    try fixture.git("fleet.git", "log", "--format=%s", "refs/fleet/state")
      .split(separator: "\n").map(String.init)
  }

  /// A hub whose canary `store-01` got version 2 and has gone back by itself, which the hub took for a reason to roll
  /// back; neither shop has heard of that yet.
  static func rolledBack(_ server: GateServer) throws -> HubFixture {
    try server.answer(["rate": .vector("99.9"), "count": .vector("100")])
    let fixture = try HubFixture(Self.files)
    try fixture.clone.commit("first fleet")
    #expect(try fixture.clone.push().isAccepted)
    try Waiting.until("the first version to be complete", seconds: 120) {
      for shop in ["store-01", "store-02"] { _ = try Self.sync(shop, fixture, server) }
      try Self.tick(fixture)
      return try decisions(fixture).first?.contains("complete") == true
    }
    #expect(try Self.version("store-01", fixture) == "1")
    #expect(try Self.version("store-02", fixture) == "1")

    try fixture.clone.write([
      "apps/pos/config.yaml": SampleFleet.configMap("settings", ["version": "2"])
    ])
    try fixture.clone.commit("pos 2")
    #expect(try fixture.clone.push().isAccepted)
    try Self.tick(fixture)
    #expect(try Self.sync("store-01", fixture, server) == 0)
    #expect(try Self.version("store-01", fixture) == "2")
    // Before the hub hears a number of it, the site knows.
    try server.answer(["rate": .vector("12"), "count": .vector("100")])
    let start = MonotonicClock.milliseconds()
    try Waiting.until("an interval to be over") { MonotonicClock.milliseconds() - start >= 1100 }
    #expect(try Self.sync("store-01", fixture, server) == 1)
    #expect(try Self.version("store-01", fixture) == "1")
    try Waiting.until("the hub to take it back") {
      try Self.tick(fixture)
      return try decisions(fixture).contains { $0.contains("rolled back") }
    }
    return fixture
  }

  /// What a shop refuses.
  static func refused(_ cluster: String, _ fixture: HubFixture) throws -> [JSONValue]? {
    let path = "\(fixture.scratch.path)/state-\(cluster)/site.json"
    return JSONParser.parse(try Files.read(path, limit: 1 << 20))?["refused"]?.items
  }

  @Test("the canary goes back alone, the hub rolls back, and nobody else ever has the bad version")
  func reverted() throws {
    let server = try GateServer()
    let fixture = try Self.rolledBack(server)
    let history = try fixture.git("fleet.git", "log", "-5", "--format=%s%n%b", "refs/fleet/state")
    #expect(
      history.contains(
        "store-01 (Failed: went back: success-rate 12 is under 99 (100 samples); refused"),
      "\(history)")
    for shop in ["store-01", "store-02"] {
      #expect(try Self.sync(shop, fixture, server) == 0)
      #expect(try Self.version(shop, fixture) == "1")
    }
    // The hub tells the version that the site went back to: nothing is refused any more.
    #expect(try Self.refused("store-01", fixture) == [])
    #expect(try fixture.fsck() == [])
  }

  @Test("a site that was away from before the rollback until after 'retry' tries the version again")
  func retried() throws {
    let server = try GateServer()
    let fixture = try Self.rolledBack(server)
    #expect(try Self.refused("store-01", fixture)?.count == 1)
    let rollout = try fixture.git(
      "fleet.git", "log", "-1", "--grep=rolled back",
      "--format=%(trailers:key=Rollout,valueonly,separator=)", "refs/fleet/state")
    let order = try fixture.run(["kubectl-fleet", "rollout", "retry", rollout])
    #expect(
      order.hasPrefix("\(rollout): tried again: what was held of 'pos' may be released again\n"),
      "\(order)")
    try Waiting.until("the canary to be told the version again") {
      try Self.tick(fixture)
      return try fixture.git("slices.git", "log", "-1", "--format=%B", "refs/slices/store-01")
        .contains("Retry: pos 1.")
    }
    try server.answer(["rate": .vector("99.9"), "count": .vector("100")])
    #expect(try Self.sync("store-01", fixture, server) == 0)
    #expect(try Self.version("store-01", fixture) == "2")
    #expect(try Self.refused("store-01", fixture) == [])
    try Waiting.until("the version to be complete", seconds: 120) {
      for shop in ["store-01", "store-02"] { _ = try Self.sync(shop, fixture, server) }
      try Self.tick(fixture)
      return try Self.decisions(fixture).first?.contains("complete") == true
    }
    #expect(try Self.version("store-02", fixture) == "2")
    try fixture.expectSettled()
  }
}
