// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import SliceFormat
import Testing

@Suite("status and what is released")
struct StatusTests {
  /// Two releases, of which the second changes only store-3; one cluster is silent.
  private func observed() throws -> FleetFixture {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 7200)
    try fleet.write(
      Samples.shops["apps/pos/fleet.yaml", default: ""]
        .replacing("retail-us", with: "retail-usa"), to: "apps/pos/fleet.yaml")
    try fleet.commit("pos: another namespace in the US")
    try fleet.release(secondsAgo: 300)
    try fleet.report(
      "store-1", release: 1,
      [("shop-apps-pos", .ready, ""), ("shop-apps-web", .ready, "")], secondsAgo: 7000)
    try fleet.report(
      "store-2", release: 1,
      [
        ("shop-apps-pos", .errApplied, "ConfigMap retail/pos: the server said no"),
        ("shop-apps-web", .ready, ""),
      ], secondsAgo: 50)
    try fleet.report(
      "store-3", release: 1,
      [("shop-apps-pos", .ready, ""), ("shop-apps-web", .ready, "")], secondsAgo: 6000)
    try fleet.report("dev-1", release: 0, [], errors: ["kubectl is not installed"], secondsAgo: 90)
    try fleet.observe(secondsAgo: 40)
    return fleet
  }

  @Test("status counts who runs what is released, the worst first")
  func overview() throws {
    let fleet = try observed()
    fleet.run("status")
    fleet.run("status", "-o", "wide", "-l", "env=prod")
    fleet.run("status", "store-2", "store-3", "dev-1", "lab-1")
    fleet.run("status", "store-1", "-o", "yaml")
    fleet.run("status", "-o", "name", "-l", "env=dev")
    fleet.run("status", "store-4")
    Golden.check(fleet.transcript, "commands/status.txt")
  }

  @Test("a cluster that has gone back by itself does not have what is released")
  func goneBack() throws {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 300)
    try fleet.report(
      "store-1", release: 1,
      [
        ("shop-apps-pos", .ready, "went back: success-rate 12 is under 99 (100 samples)"),
        ("shop-apps-web", .ready, ""),
      ], secondsAgo: 70, reverted: ["shop-apps-pos"])
    for store in ["store-2", "store-3"] {
      try fleet.report(
        store, release: 1, [("shop-apps-pos", .ready, ""), ("shop-apps-web", .ready, "")],
        secondsAgo: 60)
    }
    try fleet.observe(secondsAgo: 50)
    fleet.run("status")
    fleet.run("status", "store-1")
    Golden.check(fleet.transcript, "commands/status-gone-back.txt")
  }

  @Test("a cluster that is well and says that something went wrong is shown by itself")
  func refusing() throws {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 300)
    let well: [(name: String, state: BundleState, message: String)] = [
      ("shop-apps-pos", .ready, ""), ("shop-apps-web", .ready, ""),
    ]
    try fleet.report("store-1", release: 1, well, secondsAgo: 70)
    try fleet.report(
      "store-2", release: 1, well,
      errors: ["release 2 of epoch 1 is refused: it takes away 9 of 9 objects"], secondsAgo: 50,
      state: .ready)
    try fleet.observe(secondsAgo: 40)
    fleet.run("status")
    Golden.check(fleet.transcript, "commands/status-errors.txt")
  }

  @Test("through a URL the same is read as from the folder")
  func url() throws {
    let fleet = try observed()
    let local = fleet.run("status")
    // A path with a host before it is ssh, which a program of the test stands in for.
    try fleet.write(
      "#!/bin/sh\nwhile [ $# -gt 1 ]; do shift; done\nexec sh -c \"$1\"\n", to: "../ssh")
    let remote = fleet.run(
      "status", "--hub", "server:\(fleet.hub.root)",
      adding: ["GIT_SSH_COMMAND": "sh '\(fleet.folder)/ssh'"])
    #expect(remote == local)
    #expect(local.code == 0)
    #expect(
      try fleet.git("for-each-ref", "--format=%(refname)", "refs/fleet-hub")
        == "refs/fleet-hub/observed\nrefs/fleet-hub/plan\nrefs/fleet-hub/state")
    #expect(
      fleet.run(
        "show", "store-3", "--released", "-b", "shop-apps-web", "--hub", "server:/nowhere",
        adding: ["GIT_SSH_COMMAND": "sh '\(fleet.folder)/ssh'"]
      ).text == """
        stderr| error: the hub 'server:/nowhere' cannot be read
        stderr| note: '/nowhere/fleet.git' does not appear to be a git repository
        stderr| note: Could not read from remote repository.
        stderr| note: Please make sure you have the correct access rights
        stderr| note: and the repository exists.
        exit code 75

        """)
  }

  @Test("show --released shows what the hub tells a cluster to run")
  func released() throws {
    let fleet = try observed()
    try fleet.write("broken: [", to: "apps/web/web.yaml")
    fleet.run("show", "store-3", "--released")
    fleet.run("show", "store-3", "--released", "--bundle", "shop-apps-web")
    fleet.run("show", "lab-1", "--released")
    fleet.run("show", "store-3", "--released", "--bundle", "web")
    fleet.run("show", "store-33", "--released")
    fleet.run("show", "store-3", "--released", "--commit", "HEAD")
    Golden.check(fleet.transcript, "commands/show-released.txt")
  }

  @Test("a hub without releases, without statuses, and no hub at all")
  func beginnings() throws {
    let fleet = try FleetFixture(Samples.shops)
    fleet.run("status")
    fleet.run("status", "--hub", "../nowhere")
    try fleet.makeHub()
    fleet.run("status")
    try fleet.release(secondsAgo: 1)
    fleet.run("status")
    fleet.run("status", "--hub", "../hub/fleet.git", "--no-headers")
    fleet.run("status", "-C", "..", adding: ["FLEET_HUB": fleet.hub.root])
    Golden.check(fleet.transcript, "commands/status-beginnings.txt")
  }
}
