// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import GitStore
import HubService
import Posix
import SliceFormat
import Testing

/// A small fleet under a policy with stages, through the installed hooks; the sites are simulated.
@Suite("rollouts through the hooks")
struct RolloutFlowTests {
  /// Ten shops, one of them the canary.
  static func files(_ strategy: String) -> [String: String] {
    var files = [
      "gitrepos/shop.yaml": SampleFleet.toStores,
      "apps/pos/fleet.yaml": "name: pos\nnamespace: retail\nrollout:\n" + strategy,
      "apps/pos/config.yaml": SampleFleet.configMap("settings", ["version": "1"]),
    ]
    for number in 1...10 {
      let name = "store-" + (number < 10 ? "0" : "") + "\(number)"
      files["clusters/\(name).yaml"] = SampleFleet.cluster(
        name, labels: ["env": "store", "ring": number == 1 ? "canary" : "rest"])
    }
    return files
  }

  static let stages = """
      stages:
        - name: canary
          clusterSelector: {matchLabels: {ring: canary}}
        - name: half
          clusters: 50%
        - name: all
          clusters: 100%

    """

  /// Pushes a first version and lets all sites have it.
  static func settled(_ strategy: String) throws -> (HubFixture, SimulatedSites.Behaviour) {
    let fixture = try HubFixture(files(strategy))
    try fixture.clone.commit("first fleet")
    #expect(try fixture.clone.push().isAccepted)
    return (fixture, SimulatedSites.Behaviour())
  }

  /// Lets sites and hub act in turn until nothing happens any more.
  static func run(_ fixture: HubFixture, _ sites: SimulatedSites, rounds: Int = 40) throws
    -> [String]
  {
    var log: [String] = []
    for round in 0..<rounds {
      try sites.step(time: Double(round))
      let lines = try fixture.tick()
      log += lines.filter { !$0.hasPrefix("observed") && !$0.hasPrefix("release") }
    }
    return log
  }

  @Test("a first install and a change go stage by stage, and the history says so")
  func complete() throws {
    let (fixture, behaviour) = try Self.settled(Self.stages)
    let sites = try SimulatedSites(fixture.hub, behaviour)
    var log = try Self.run(fixture, sites)
    try fixture.clone.write([
      "apps/pos/config.yaml": SampleFleet.configMap("settings", ["version": "2"])
    ])
    try fixture.clone.commit("pos 2")
    let push = try fixture.clone.push()
    #expect(push.isAccepted)
    log += ["---"] + (try Self.run(fixture, sites))
    Golden.check(push.text, "rollout/push-change.txt")
    Golden.check(log.joined(separator: "\n") + "\n", "rollout/flow-complete.txt")
    let history = try fixture.git(
      "fleet.git", "log", "--reverse", "--format=%s%n%n%b", "refs/fleet/state")
    Golden.check(Self.plain(history), "rollout/history-complete.txt")
    let trees = Set(
      (1...10).map { sites.trees(of: "store-" + ($0 < 10 ? "0" : "") + "\($0)")["pos"] })
    #expect(trees.count == 1)
    #expect(try fixture.fsck() == [])
  }

  @Test(
    "a version that fails on the canary is rolled back, nobody else ever had it, and it is held")
  func rolledBack() throws {
    var (fixture, behaviour) = try Self.settled(Self.stages)
    let good = ServedTrees()
    behaviour.health = { _, _, tree in good.contains(tree) ? .ready : .errApplied }
    let sites = try SimulatedSites(fixture.hub, behaviour)
    good.learn = { true }
    _ = try Self.run(fixture, sites)
    good.learn = { false }
    let before = good.trees
    try fixture.clone.edit(
      "apps/pos/fleet.yaml", "rollout:\n", "rollout:\n  failedAfter: 1s\n")
    try fixture.clone.write([
      "apps/pos/config.yaml": SampleFleet.configMap("settings", ["version": "2"])
    ])
    try fixture.clone.commit("pos 2, broken")
    #expect(try fixture.clone.push().isAccepted)
    var log: [String] = []
    for _ in 0..<6 {
      log += try Self.run(fixture, sites, rounds: 3)
      MonotonicClock.pause(milliseconds: 500)
    }
    Golden.check(log.joined(separator: "\n") + "\n", "rollout/flow-rolled-back.txt")
    let bad = Set(sites.served.compactMap { $0.trees["pos"] }).subtracting(before)
    #expect(sites.clusters(thatServed: bad, of: "pos") == ["store-01"])
    #expect(sites.trees(of: "store-01")["pos"].map { before.contains($0) } == true)
    // A push that has nothing to do with it does not bring the bad version back.
    try fixture.clone.write("README.md", "# Shops\n")
    try fixture.clone.commit("readme")
    #expect(try fixture.clone.push().isAccepted)
    let later = try Self.run(fixture, sites, rounds: 5)
    #expect(!later.contains { $0.contains("started") }, "\(later)")
    #expect(sites.clusters(thatServed: bad, of: "pos") == ["store-01"])
    #expect(try fixture.fsck() == [])
  }

  @Test("a cluster that was paused gets what it missed with the push that lets it go on")
  func unpaused() throws {
    let (fixture, behaviour) = try Self.settled(Self.stages)
    let sites = try SimulatedSites(fixture.hub, behaviour)
    _ = try Self.run(fixture, sites)
    let old = try #require(sites.trees(of: "store-05")["pos"])
    try fixture.clone.edit(
      "clusters/store-05.yaml", "metadata:\n", "spec:\n  paused: true\nmetadata:\n")
    try fixture.clone.write([
      "apps/pos/config.yaml": SampleFleet.configMap("settings", ["version": "2"])
    ])
    try fixture.clone.commit("pos 2, not on store-05")
    #expect(try fixture.clone.push().isAccepted)
    _ = try Self.run(fixture, sites)
    let new = try #require(sites.trees(of: "store-06")["pos"])
    #expect(new != old)
    #expect(sites.trees(of: "store-05")["pos"] == old)
    try fixture.clone.edit("clusters/store-05.yaml", "spec:\n  paused: true\n", "")
    try fixture.clone.commit("store-05 goes on")
    #expect(try fixture.clone.push().isAccepted)
    _ = try Self.run(fixture, sites)
    #expect(sites.trees(of: "store-05")["pos"] == new)
  }

  /// Ids and times differ from run to run.
  static func plain(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      for key in ["Source: ", "Plan: "] where line.hasPrefix(key) { return key + "…" }
      return String(line)
    }.joined(separator: "\n")
  }
}

/// The trees that are well: those that were seen while it learns.
final class ServedTrees: @unchecked Sendable {
  var trees: Set<ObjectID> = []
  var learn: () -> Bool = { false }

  func contains(_ tree: ObjectID) -> Bool {
    if learn() { trees.insert(tree) }
    return trees.contains(tree)
  }
}
