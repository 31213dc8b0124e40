// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import JSONTree
import Posix
import SliceFormat
import Testing

@Suite("facts at the desk")
struct FactsDeskTests {
  /// Shops with a variant for ARM, of which one may change at a time.
  private static let files = Samples.shops.merging([
    "policy/hub.yaml": """
    apiVersion: fleet/v1
    kind: Hub
    metadata: {name: hub}
    spec:
      facts: {allow: [architecture, "gpu/*"], interval: 0s}

    """,
    "policy/budget.yaml": """
    apiVersion: fleet/v1
    kind: Budget
    metadata: {name: budget}
    spec: {clustersChanged: 1}

    """,
    "apps/pos/fleet.yaml": """
    defaultNamespace: retail
    targetCustomizations:
      - name: arm
        clusterSelector: {matchLabels: {facts.kubectl-fleet.io/architecture: arm64}}
        yaml: {overlays: [arm]}

    """,
    "apps/pos/overlays/arm/pos.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: pos}
    data: {currency: eur, image: arm64}

    """,
  ]) { $1 }

  private static func take(_ fleet: FleetFixture) throws -> FactsUptake.Result {
    try FactsUptake(hub: fleet.hub, now: FleetFixture.now, progress: Progress { _ in })
      .run(.routine)
  }

  private static func report(
    _ fleet: FleetFixture, _ clusters: [String], _ facts: [SiteFact], secondsAgo: Int64
  ) throws {
    for cluster in clusters {
      try fleet.report(
        cluster, release: 1, [("shop-apps-pos", .ready, "")], secondsAgo: secondsAgo,
        facts: facts)
    }
    try fleet.observe(secondsAgo: secondsAgo)
  }

  @Test("commands say what is reported and not declared, and what waits")
  func commands() throws {
    let fleet = try FleetFixture(Self.files)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 7200)
    fleet.run("explain", "shop-apps-pos", "store-1")
    fleet.run("check")
    try Self.report(
      fleet, ["store-1"], [SiteFact("architecture", "arm64"), SiteFact("gpu/model", "A2")],
      secondsAgo: 300)
    guard case .adopted(_, isPlanChanged: true) = try Self.take(fleet) else {
      Issue.record("the facts are not taken up")
      return
    }
    fleet.run("explain", "shop-apps-pos", "store-1")
    fleet.run("explain", "shop-apps-pos", "store-2")
    fleet.run("get", "clusters", "-o", "wide", "-l", "env=prod")
    fleet.run("get", "clusters", "-l", "facts.kubectl-fleet.io/gpu_model=A2", "-o", "yaml")
    fleet.run("render", "apps/pos", "--cluster", "store-1")
    fleet.run("check")
    try Self.report(
      fleet, ["store-2", "store-3"], [SiteFact("architecture", "arm64")], secondsAgo: 40)
    guard case .refused = try Self.take(fleet) else {
      Issue.record("the facts are not refused")
      return
    }
    fleet.run("status")
    fleet.run("status", "-l", "facts.kubectl-fleet.io/architecture=arm64", "-o", "name")
    Golden.check(fleet.transcript, "commands/facts.txt")
  }

  @Test("an edit of drift is judged with the facts that count")
  func drift() throws {
    let fleet = try FleetFixture(Self.files)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 7200)
    try Self.report(fleet, ["store-1"], [SiteFact("architecture", "arm64")], secondsAgo: 300)
    guard case .adopted = try Self.take(fleet) else {
      Issue.record("the facts are not taken up")
      return
    }
    let changed = StatusDrift(
      object: "ConfigMap~retail~pos", change: .changed,
      operations: [
        StatusDrift.Operation(path: "/data/image", value: .string("mine"), wanted: .string("arm64"))
      ])
    try fleet.report(
      "store-1", release: 2, [("shop-apps-pos", .modified, "")],
      drift: ["shop-apps-pos": [changed]], secondsAgo: 30)
    try fleet.observe(secondsAgo: 20)
    fleet.run("drift", "--ignore")
    Golden.check(fleet.transcript, "commands/facts-drift.txt")
  }

  @Test("what a hub elsewhere knows comes along with its status")
  func elsewhere() throws {
    let fleet = try FleetFixture(Self.files)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 7200)
    try Self.report(fleet, ["store-1"], [SiteFact("architecture", "arm64")], secondsAgo: 300)
    _ = try Self.take(fleet)
    try Self.report(
      fleet, ["store-2", "store-3"], [SiteFact("architecture", "arm64")], secondsAgo: 40)
    _ = try Self.take(fleet)
    let local = fleet.run("status")
    let explained = fleet.run("explain", "shop-apps-pos", "store-1")
    try fleet.write(
      "#!/bin/sh\nwhile [ $# -gt 1 ]; do shift; done\nexec sh -c \"$1\"\n", to: "../ssh")
    let url = [
      "GIT_SSH_COMMAND": "sh '\(fleet.folder)/ssh'", "FLEET_HUB": "server:\(fleet.hub.root)",
    ]
    let before = fleet.run("explain", "shop-apps-pos", "store-1", adding: url)
    #expect(before.text.contains("no fact that sites report is known here"), "\(before.text)")
    #expect(fleet.run("status", adding: url) == local)
    #expect(fleet.run("explain", "shop-apps-pos", "store-1", adding: url) == explained)
    #expect(
      try fleet.git("for-each-ref", "--format=%(refname)", "refs/fleet-hub")
        == "refs/fleet-hub/facts\nrefs/fleet-hub/facts-waiting\nrefs/fleet-hub/observed\n"
        + "refs/fleet-hub/plan\nrefs/fleet-hub/state")
    // What was taken up waits here no more either.
    let result = try FactsUptake(
      hub: fleet.hub, now: FleetFixture.now, progress: Progress { _ in }
    ).run(.accept(["fleet.allow-changed=2"]))
    guard case .adopted = result else {
      Issue.record("the facts are not taken up: \(result)")
      return
    }
    #expect(fleet.run("status", adding: url).text.contains("wait") == false)
  }
}
