// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import Glibc
import HubService
import JSONTree
import Posix
import Rollouts
import SliceFormat
import Testing

/// The four waves of an edge retail fleet on 2,500 simulated clusters: 3 % offline, links that flap, clocks that
/// drift. An hour of the schedule takes two seconds.
@Suite("four waves over 2,500 clusters", .serialized)
struct FourWaveTests {
  static let count = 2500

  static func name(_ number: Int) -> String {
    "store-" + String(repeating: "0", count: 4 - String(number).utf8.count) + "\(number)"
  }

  static func files() -> [String: String] {
    var files = [
      "gitrepos/shop.yaml": SampleFleet.toStores,
      "policy/four-waves.yaml": """
      apiVersion: fleet/v1
      kind: RolloutPolicy
      metadata:
        name: four-waves
      spec:
        stages:
          - {name: canary, clusters: 1%, minSuccessTime: 1s}
          - {name: early, clusters: 10%, minSuccessTime: 4s}
          - {name: regional, clusters: 50%, minSuccessTime: 8s}
          - {name: full, clusters: 100%}
        maxFailures: 1%
        disconnectedAfter: 6s
        analysis:
          interval: 1s
          minSamples: 20
          metrics:
            - {name: success-rate, thresholdRange: {min: 99}}
            - {name: error-rate, thresholdRange: {max: 1}}
            - {name: p99-latency, thresholdRange: {max: 500}, aggregate: p95}

      """,
      "policy/notifications.yaml": """
      apiVersion: fleet/v1
      kind: Notification
      metadata:
        name: ops
      spec:
        program: slack
        settings:
          urlFile: URLFILE
      ---
      apiVersion: fleet/v1
      kind: Notification
      metadata:
        name: on-call
      spec:
        program: pagerduty
        settings:
          url: PAGERDUTY
          routingKeyFile: KEYFILE

      """,
      "apps/pos/fleet.yaml": "name: pos\nnamespace: retail\n",
      "apps/pos/config.yaml": SampleFleet.configMap("settings", ["version": "1"]),
    ]
    var clusters = ""
    for number in 1...count {
      clusters += "---\n" + SampleFleet.cluster(name(number), labels: ["env": "store"])
    }
    files["clusters/all.yaml"] = clusters
    return files
  }

  /// A site's luck, the same in each run: 0 to 999 by its name.
  static func luck(_ cluster: String, _ salt: String) -> Int {
    let digest = SHA1.hash(Array((cluster + salt).utf8))
    return (Int(digest[0]) << 8 | Int(digest[1])) % 1000
  }

  static func behaviour() -> SimulatedSites.Behaviour {
    var behaviour = SimulatedSites.Behaviour()
    behaviour.isOnline = { cluster, time in
      let luck = luck(cluster, "offline")
      if luck < 30 { return false }
      // Every tenth link is gone for two seconds out of seven.
      return luck >= 130 || (Int(time) + luck) % 7 >= 2
    }
    behaviour.delay = { 0.1 + Double(luck($0, "delay")) / 1000 }
    behaviour.drift = { Int64(luck($0, "drift") - 500) * 10 }
    behaviour.metrics = { cluster, _ in
      [
        StatusMetric(name: "success-rate", value: 99.8, samples: 400),
        StatusMetric(name: "error-rate", value: 0.2, samples: 400),
        StatusMetric(
          name: "p99-latency", value: 180 + Double(luck(cluster, "p99")) / 10, samples: 400),
      ]
    }
    return behaviour
  }

  /// A hub with receivers that are a local server.
  struct Bench {
    let fixture: HubFixture
    let server: NotifyServer
    let old: Set<ObjectID>
    let sites: SimulatedSites
  }

  /// Version 1 everywhere, without stages; then the policy is switched on.
  static func bench(_ behaviour: SimulatedSites.Behaviour) throws -> Bench {
    let server = try NotifyServer()
    let fixture = try HubFixture()
    let root = fixture.scratch.path
    try Files.writeAtomically("\(root)/url", Array("\(server.url)/slack\n".utf8), mode: 0o600)
    try Files.writeAtomically(
      "\(root)/key", Array("0123456789abcdef0123456789abcdef\n".utf8), mode: 0o600)
    try Files.makeDirectories(fixture.hub.root + "/notifiers")
    for name in ["fleet-notify-slack", "fleet-notify-pagerduty"] {
      #expect(symlink(try HubFixture.program(name), "\(fixture.hub.root)/notifiers/\(name)") == 0)
    }
    var files = files()
    files["policy/notifications.yaml"] = files["policy/notifications.yaml"]?
      .replacing("URLFILE", with: "\(root)/url").replacing("KEYFILE", with: "\(root)/key")
      .replacing("PAGERDUTY", with: "\(server.url)/v2/enqueue")
    try fixture.clone.write(files)
    try fixture.clone.commit("version 1")
    let push = try fixture.clone.push()
    #expect(push.isAccepted, "\(push.text)")
    let sites = try SimulatedSites(fixture.hub, behaviour)
    for round in 0..<4 { try sites.step(time: Double(round) - 100) }
    _ = try fixture.tick()
    return Bench(
      fixture: fixture, server: server, old: Set(sites.served.compactMap { $0.trees["pos"] }),
      sites: sites)
  }

  /// Pushes version 2 under the policy.
  static func release(_ bench: Bench) throws {
    try bench.fixture.clone.write([
      "apps/pos/fleet.yaml": "name: pos\nnamespace: retail\nrollout: {policy: four-waves}\n",
      "apps/pos/config.yaml": SampleFleet.configMap("settings", ["version": "2"]),
    ])
    try bench.fixture.clone.commit("version 2")
    let push = try bench.fixture.clone.push()
    #expect(push.isAccepted, "\(push.text)")
  }

  /// Lets sites and hub act until the rollout has ended; tells the log, and the longest tick that decided something.
  static func run(
    _ bench: Bench, seconds: Int64, until isOver: ([String]) -> Bool
  ) throws -> (log: [String], slowest: Int64) {
    let start = MonotonicClock.milliseconds()
    var log: [String] = []
    var slowest: Int64 = 0
    while MonotonicClock.milliseconds() - start < seconds * 1000, !isOver(log) {
      try bench.sites.step(time: Double(MonotonicClock.milliseconds() - start) / 1000)
      let begin = MonotonicClock.milliseconds()
      let lines = try bench.fixture.tick().filter { $0.hasPrefix("pos-") }
      if lines.contains(where: { $0.contains("rolling back") }) {
        slowest = max(slowest, MonotonicClock.milliseconds() - begin)
      }
      log += lines
      MonotonicClock.pause(milliseconds: 100)
    }
    return (log, slowest)
  }

  @Test("the waves go out one after the other, and who was offline gets it when it is back")
  func completes() throws {
    let bench = try Self.bench(Self.behaviour())
    try Self.release(bench)
    let (log, _) = try Self.run(bench, seconds: 240) { $0.contains { $0.contains("complete") } }
    let passed = log.filter { $0.contains(" passed") }
    #expect(passed.count == 4, "\(log)")
    let last = try #require(log.first { $0.contains("complete") }, "\(log)")
    #expect(last.contains("of 2,500 clusters succeeded"), "\(last)")
    let offline = (1...Self.count).map(Self.name).filter { Self.luck($0, "offline") < 30 }
    #expect(log.contains { $0.contains("stragglers") }, "\(log)")
    #expect(offline.allSatisfy { bench.sites.trees(of: $0).isEmpty })
    #expect(try bench.fixture.fsck() == [])
  }

  @Test("a fault that shows in wave 2 goes back everywhere; no cluster of wave 3 ever had it")
  func rollsBack() throws {
    let old = ServedTrees()
    var behaviour = Self.behaviour()
    let usual = behaviour.metrics
    // Many shops with the new version are too much for what they all ask.
    let served = ServedClusters()
    behaviour.metrics = { cluster, trees in
      guard let tree = trees["pos"], !old.contains(tree), served.count(with: cluster) > 100 else {
        return usual(cluster, trees)
      }
      return usual(cluster, trees).map { metric in
        var metric = metric
        if metric.name == "p99-latency" { metric.value = 1400 }
        return metric
      }
    }
    old.learn = { true }
    let bench = try Self.bench(behaviour)
    old.learn = { false }
    try Self.release(bench)
    let (log, milliseconds) = try Self.run(bench, seconds: 240) {
      $0.contains { $0.contains("rolled back") }
    }
    #expect(log.contains { $0.contains("rolled back") }, "\(log)")
    let bad = Set(bench.sites.served.compactMap { $0.trees["pos"] }).subtracting(bench.old)
    let touched = bench.sites.clusters(thatServed: bad, of: "pos")
    #expect(touched.count <= 250 && touched.count > 100, "\(touched.count)")
    #expect(milliseconds < 20_000, "a debug build on a busy machine; \(milliseconds) ms")
    for cluster in touched where behaviour.isOnline(cluster, 0) {
      #expect(bench.sites.trees(of: cluster)["pos"].map { bench.old.contains($0) } == true)
    }
    try Self.expectMessages(bench)
    #expect(try bench.fixture.fsck() == [])
  }

  /// What Slack and PagerDuty have received.
  static func expectMessages(_ bench: Bench) throws {
    try Waiting.until("the messages") { bench.server.requests("/v2/enqueue").count >= 2 }
    let actions = bench.server.requests("/v2/enqueue").map { $0.json["event_action"]?.string ?? "" }
    #expect(actions.first == "trigger" && actions.contains("acknowledge"), "\(actions)")
    let keys = Set(bench.server.requests("/v2/enqueue").map { $0.json["dedup_key"]?.string ?? "" })
    #expect(keys.count == 1, "\(keys)")
    let texts = bench.server.requests("/slack").map { $0.json["text"]?.string ?? "" }
    #expect(texts.contains { $0.contains("rolled back") }, "\(texts)")
  }
}

/// The clusters that have asked.
private final class ServedClusters: @unchecked Sendable {
  private var clusters: Set<String> = []

  func count(with cluster: String) -> Int {
    clusters.insert(cluster)
    return clusters.count
  }
}
