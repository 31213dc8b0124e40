// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import SliceFormat
import Testing

@Suite("rollout status and history")
struct RolloutStatusTests {
  /// A rollout that waits for approval after its second stage: one store has failed.
  private func waiting() throws -> FleetFixture {
    let fleet = try FleetFixture(Samples.staged)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 7200)
    for cluster in try fleet.released("pos") { try fleet.applied(cluster) }
    try fleet.settle(secondsAgo: 7100)
    try fleet.settle(secondsAgo: 5300)
    var isFirst = true
    for cluster in try fleet.released("pos") {
      if isFirst {
        try fleet.applied(
          cluster, state: .errApplied, message: "ConfigMap pos: the server said no",
          successRate: 99.8)
      } else {
        try fleet.applied(cluster, successRate: 99.8)
      }
      isFirst = false
    }
    try fleet.settle(secondsAgo: 5200)
    try fleet.settle(secondsAgo: 5100)
    try fleet.settle(secondsAgo: 4800)
    try fleet.settle(secondsAgo: 4700)
    return fleet
  }

  @Test("status shows the stages, what is waited for, the metrics and who has failed")
  func status() throws {
    let fleet = try waiting()
    fleet.run("rollout", "status")
    fleet.run("rollout", "status", "pos")
    fleet.run("rollout", "status", "pos-1", "-o", "json")
    fleet.run("rollout", "status", "-o", "name")
    fleet.run("rollout", "status", "pos-11")
    fleet.run("rollout", "status", "tools")
    fleet.run("rollout", "status", "--watch", "-o", "json")
    Golden.check(fleet.transcript, "commands/rollout-status.txt")
  }

  @Test("the clusters that are waited for are named, where no other has ever reported")
  func wide() throws {
    let fleet = try FleetFixture(Samples.staged)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 300)
    try fleet.settle(secondsAgo: 240)
    fleet.run("rollout", "status")
    fleet.run("rollout", "status", "-o", "wide")
    fleet.run("rollout", "status", "-o", "wide", "--no-headers")
    fleet.run("status")
    Golden.check(fleet.transcript, "commands/rollout-waiting.txt")
  }

  @Test("a rollout that waits for the end of a freeze says so")
  func frozen() throws {
    var files = Samples.staged
    files["policy/freeze.yaml"] = """
      apiVersion: fleet/v1
      kind: Freeze
      metadata: {name: winter}
      spec: {from: 2027-01-01, until: 2027-01-18T06:00, location: UTC}

      """
    let fleet = try FleetFixture(files)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 300)
    fleet.run("rollout", "status")
    Golden.check(fleet.transcript, "commands/rollout-frozen.txt")
  }

  @Test("history shows every decision with who and why")
  func history() throws {
    let fleet = try waiting()
    fleet.run("rollout", "history")
    fleet.run("rollout", "history", "-n", "1", "-o", "json")
    fleet.run("rollout", "history", "--bundle", "pos", "-n", "2", "--no-headers")
    fleet.run("rollout", "history", "-o", "name")
    fleet.run("rollout", "history", "--rollout", "pos-2")
    fleet.run("rollout", "history", "--bundle", "tool")
    fleet.run("rollout", "history", "--rollout", "pos-1", "--bundle", "tools")
    fleet.run("rollout", "history", "-n", "0")
    Golden.check(
      GitFixture.namingIDs(in: fleet.transcript), "commands/rollout-history.txt")
  }

  @Test("a fleet without rollouts says so, and every order does")
  func none() throws {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.makeHub()
    fleet.run("rollout", "status")
    try fleet.release(secondsAgo: 60)
    fleet.run("rollout", "status")
    fleet.run("rollout", "status", "--watch")
    for verb in ["pause", "resume", "approve", "promote", "abort", "undo", "retry"] {
      fleet.run("rollout", verb)
    }
    fleet.run("rollout", "pause", "pos-1")
    fleet.run("rollout", "history")
    fleet.run("rollout", "pause", "-m", String(repeating: "x", count: 501))
    Golden.check(fleet.transcript, "commands/rollout-none.txt")
  }
}
