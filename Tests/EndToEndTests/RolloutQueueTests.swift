// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import NotifyFormat
import Posix
import SliceFormat
import Testing

/// `superseding: queue` through the installed hooks; the sites are simulated.
@Suite("rollouts that wait for each other, and what stays of those that have ended")
struct RolloutQueueTests {
  @Test("the status of a rollout that has ended says what became of each cluster")
  func ended() throws {
    let files = RolloutFlowTests.files(
      RolloutFlowTests.stages + "  maxFailures: 1\n  failedAfter: 1s\n")
    let fixture = try HubFixture.pushed(files)
    var behaviour = SimulatedSites.Behaviour()
    behaviour.health = { cluster, _, _ in cluster == "store-07" ? .errApplied : .ready }
    let sites = try SimulatedSites(fixture.hub, behaviour)
    var time = 0.0
    try Waiting.until("the end of the rollout", seconds: 120) {
      time += 1
      try sites.step(time: time)
      try fixture.tick()
      return try fixture.git("fleet.git", "log", "-1", "--format=%s", "refs/fleet/state")
        .contains("complete")
    }
    let status = try fixture.run(["kubectl-fleet", "rollout", "status", "pos-1", "-o", "wide"])
    #expect(status.contains("\n10 released, 9 succeeded, 1 failed, of 10 clusters\n"), "\(status)")
    let words = status.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(words.contains { $0.starts(with: ["store-07", "all", "Failed"]) }, "\(status)")
    #expect(!status.contains("Progressing"), "\(status)")
  }

  @Test(
    "the second waits for the first, the pusher is told, and each message has the commit of its rollout"
  )
  func queue() throws {
    var files = RolloutFlowTests.files(RolloutFlowTests.stages + "  superseding: queue\n")
    // A receiver that nobody delivers to keeps its messages.
    files["policy/notifications.yaml"] = """
      apiVersion: fleet/v1
      kind: Notification
      metadata: {name: ops}
      spec: {program: nowhere, events: [stage-started, stage-passed, released, complete]}

      """
    let fixture = try HubFixture.pushed(files)
    let sites = try SimulatedSites(fixture.hub, SimulatedSites.Behaviour())
    _ = try RolloutFlowTests.run(fixture, sites)
    var commits: [String] = []
    var told = ""
    for version in ["2", "3"] {
      try fixture.clone.write([
        "apps/pos/config.yaml": SampleFleet.configMap("settings", ["version": version])
      ])
      try fixture.clone.commit("pos \(version)")
      commits.append(try fixture.clone.head)
      let push = try fixture.clone.push()
      #expect(push.isAccepted)
      told = push.text
    }
    Golden.check(told, "rollout/push-queued.txt")
    let names = try fixture.git("fleet.git", "ls-tree", "--name-only", "refs/fleet/state:rollouts")
      .split(separator: "\n").map(String.init)
    #expect(names.count == 2)
    _ = try RolloutFlowTests.run(fixture, sites, rounds: 80)
    try fixture.expectSettled()
    // Their names are their numbers, so the first of the two is the smaller one.
    let sorted = names.sorted { $0.count != $1.count ? $0.count < $1.count : $0 < $1 }
    var sources: [String: Set<String>] = [:]
    for entry in try Outbox(hub: fixture.hub).pending() where entry.message.kind != "planned" {
      sources[entry.message.rollout, default: []].insert(entry.message.source)
    }
    for (name, commit) in zip(sorted, commits) {
      #expect(sources[name] == [commit], "\(name)")
      let end = try fixture.git(
        "fleet.git", "log", "-1", "--format=%s", "--grep=^\(name): complete", "refs/fleet/state")
      #expect(end == "\(name): complete")
    }
  }
}
