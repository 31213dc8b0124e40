// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import HubService
import SliceFormat
import Testing

@Suite("listings of what is rendered")
struct RenderedListingTests {
  @Test("get says what bundles are made from, how often, and which the site renders")
  func bundles() throws {
    let fleet = try FleetFixture(Samples.rendered)
    fleet.run("get", "bundles")
    fleet.run("get", "bundles", "-o", "wide")
    fleet.run("get", "bundle", "db", "-o", "yaml")
    fleet.run("get", "bundle", "till", "-o", "json")
    Golden.check(fleet.transcript, "commands/rendered-get.txt")
  }

  @Test("target and explain tell renderings apart, and say which the site makes")
  func targets() throws {
    let fleet = try FleetFixture(Samples.rendered)
    for bundle in ["till", "lights", "web", "db"] { fleet.run("target", bundle) }
    fleet.run("target", "till", "-o", "json", "-l", "region=eu")
    fleet.run("target", "db", "-o", "yaml")
    for bundle in ["till", "lights", "web", "db"] { fleet.run("explain", bundle, "store-4") }
    Golden.check(fleet.transcript, "commands/rendered-target.txt")
  }

  @Test("show prints objects and hooks, and says what it cannot print")
  func manifests() throws {
    let fleet = try FleetFixture(Samples.rendered)
    fleet.run("show", "store-4")
    fleet.run("show", "store-4", "--bundle", "db")
    Golden.check(fleet.transcript, "commands/rendered-show.txt")
  }

  @Test("status and what is released say which bundles the sites render")
  func released() throws {
    let fleet = try FleetFixture(Samples.rendered)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 60)
    try fleet.report("store-1", release: 1, [("db", .ready, "")], secondsAgo: 30)
    try fleet.observe(secondsAgo: 20)
    fleet.run("status")
    fleet.run("status", "store-1", "store-2")
    fleet.run("show", "store-1", "--released", "--bundle", "db")
    let text = GitFixture.namingIDs(in: fleet.transcript)
    Golden.check(text, "commands/rendered-status.txt")
  }

  /// The fleet, pushed, with a fifth shop that lacks a label.
  private func lacking() throws -> FleetFixture {
    let fleet = try FleetFixture(Samples.rendered)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 60)
    try fleet.write(
      """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: Cluster
      metadata: {name: store-5, labels: {env: prod, region: eu}}

      """, to: "clusters/new.yaml")
    try fleet.git("rm", "--quiet", "-r", "apps/web")
    return fleet
  }

  @Test("a cluster that cannot be rendered is told apart, the others are listed and planned")
  func broken() throws {
    let fleet = try lacking()
    fleet.run("target", "till")
    fleet.run("target", "till", "-o", "name")
    fleet.run("explain", "till", "store-5")
    fleet.run("plan")
    Golden.check(fleet.transcript, "commands/rendered-broken.txt")
  }

  @Test("another helm than the hub's is one line")
  func otherHelm() throws {
    let fleet = try FleetFixture(Samples.rendered)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 60)
    #expect(fleet.run("plan").text == "blast radius: nothing changes on any cluster\n")
    let hub = "--git-dir=\(fleet.hub.fleet)"
    let message = try fleet.git(hub, "log", "-1", "--format=%B", HubLayout.Ref.plan)
    let helm = try #require(message.split(separator: "\n").first { $0.hasPrefix("Helm: ") })
    let tree = try fleet.git(hub, "rev-parse", "\(HubLayout.Ref.plan)^{tree}")
    let plan = try fleet.git(
      hub, "commit-tree", tree, "-m", message.replacing(helm, with: "Helm: v3.9.9"))
    try fleet.git(hub, "update-ref", HubLayout.Ref.plan, plan)
    let here = helm.dropFirst("Helm: ".count)
    let outcome = fleet.run("plan")
    #expect(
      outcome.errorOutput
        == "note: helm is \(here) here and v3.9.9 at the hub, so manifests may differ\n")
    #expect(outcome.code == 0)
  }

  @Test("of a hub elsewhere, its helm is known once something of it was fetched")
  func otherHelmElsewhere() throws {
    let fleet = try FleetFixture(Samples.rendered)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 60)
    try fleet.git("remote", "set-url", "origin", "server:\(fleet.hub.fleet)")
    try fleet.write(
      "#!/bin/sh\nwhile [ $# -gt 1 ]; do shift; done\nexec sh -c \"$1\"\n", to: "../ssh")
    fleet.run("status", adding: ["GIT_SSH_COMMAND": "sh '\(fleet.folder)/ssh'"])
    let fetched = try fleet.git("rev-parse", "refs/fleet-hub/plan")
    let plan = try fleet.git("--git-dir=\(fleet.hub.fleet)", "rev-parse", HubLayout.Ref.plan)
    #expect(fetched == plan)
    #expect(fleet.run("plan").errorOutput == "")
  }
}
