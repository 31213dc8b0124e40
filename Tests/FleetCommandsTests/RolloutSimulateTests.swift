// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Testing

@Suite("rollout simulate")
struct RolloutSimulateTests {
  @Test("what would be released is simulated, before and after a first push")
  func simulate() throws {
    let fleet = try FleetFixture(Samples.staged)
    fleet.run("rollout", "simulate", "--runs", "20", "--offline", "0")
    try fleet.makeHub()
    try fleet.release(secondsAgo: 7200)
    for cluster in try fleet.released("pos") { try fleet.applied(cluster) }
    try fleet.settle(secondsAgo: 7100)
    fleet.run("rollout", "simulate")
    fleet.run("rollout", "simulate", "--bundle", "tools")
    fleet.run(
      "rollout", "simulate", "apps/pos/", "--runs", "20", "--failing", "10%", "--offline", "0%",
      "--delay", "2m", "--approval", "1h")
    fleet.run("rollout", "simulate", "--bundle", "pos", "--runs", "2", "-o", "json")
    fleet.run("rollout", "simulate", "--replay", "pos-1", "--bundle", "pos", "--runs", "5")
    fleet.run("rollout", "simulate", "--replay", "pos-3")
    fleet.run("rollout", "simulate", "--bundle", "poss")
    fleet.run("rollout", "simulate", "apps/nothing")
    fleet.run("rollout", "simulate", "--offline", "101%")
    fleet.run("rollout", "simulate", "--runs", "0")
    fleet.run("rollout", "simulate", "--at", "tomorrow")
    Golden.check(fleet.transcript, "commands/rollout-simulate.txt")
  }

  @Test("what a paused cluster has missed is not taken for the change")
  func paused() throws {
    var files = Samples.staged
    files["clusters/paused.yaml"] = """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: Cluster
      metadata: {name: store-13, labels: {env: prod}}
      spec: {paused: true}

      """
    let fleet = try FleetFixture(files)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 7200)
    for cluster in try fleet.released("pos") { try fleet.applied(cluster) }
    try fleet.settle(secondsAgo: 7100)
    fleet.run("rollout", "simulate", "--bundle", "tools", "--runs", "2", "--offline", "0")
    Golden.check(fleet.transcript, "commands/rollout-simulate-paused.txt")
  }

  @Test("schedules and freezes are obeyed from the time of the push on")
  func windows() throws {
    let fleet = try FleetFixture(Samples.staged)
    try fleet.write(
      """
      kind: Schedule
      apiVersion: fleet.cattle.io/v1alpha1
      metadata:
        name: nights
        namespace: fleet-default
      spec:
        schedule: "0 0 2 * * *"
        duration: 2h
        location: UTC
        targets:
          clusters:
          - clusterSelector: {}
      """, to: "policy/nights.yaml")
    fleet.run(
      "rollout", "simulate", "--runs", "5", "--offline", "0", "--at", "2026-12-04T18:00Z")
    fleet.run(
      "rollout", "simulate", "--runs", "1", "--offline", "0", "--at", "2026-12-05T02:10Z")
    Golden.check(fleet.transcript, "commands/rollout-simulate-windows.txt")
  }
}
