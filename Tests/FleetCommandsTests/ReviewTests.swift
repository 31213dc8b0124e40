// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

@Suite("check and plan")
struct ReviewTests {
  /// A repository whose `origin/main` is its first commit.
  private func pushed() throws -> FleetFixture {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.git("init", "--quiet", "--bare", "-b", "main", "../origin.git")
    try fleet.git("remote", "add", "origin", "../origin.git")
    try fleet.git("push", "--quiet", "-u", "origin", "main")
    return fleet
  }

  @Test("without an upstream everything is new")
  func firstPush() throws {
    let fleet = try FleetFixture(Samples.shops)
    fleet.run("check")
    fleet.run("plan")
    Golden.check(fleet.transcript, "commands/review-first.txt")
  }

  @Test("a change is compared with the hub's branch as last fetched")
  func change() throws {
    let fleet = try pushed()
    fleet.run("check")
    fleet.run("plan")
    try fleet.write(
      Samples.shops["apps/pos/pos.yaml", default: ""].replacing("eur", with: "usd"),
      to: "apps/pos/pos.yaml")
    fleet.note("the currency is changed and not committed")
    fleet.run("plan")
    fleet.run("plan", "-o", "json")
    fleet.run("plan", "--commit", "HEAD")
    fleet.run("plan", "--base", "HEAD")
    fleet.run("plan", "--base", "nothing-like-it")
    Golden.check(fleet.transcript, "commands/plan.txt")
  }

  @Test("how the change gets to the clusters is part of the plan")
  func rollouts() throws {
    let fleet = try FleetFixture(Samples.staged)
    fleet.run("plan")
    fleet.run("plan", "-o", "json")
    Golden.check(fleet.transcript, "commands/plan-rollouts.txt")
  }

  @Test("mistakes are shown with their lines, and end with exit code 1")
  func mistakes() throws {
    let fleet = try pushed()
    try fleet.write(
      Samples.shops["gitrepos/shop.yaml", default: ""]
        .replacing("clusterGroup: shops", with: "clusterGroup: shosp"),
      to: "gitrepos/shop.yaml")
    try fleet.write("defaultNamespaces: web\n", to: "apps/web/fleet.yaml")
    fleet.run("check")
    fleet.run("plan")
    fleet.run("check", "-o", "json")
    Golden.check(fleet.transcript, "commands/check-mistakes.txt")
  }

  @Test("warnings about unchanged files are shown by check and do not fail it")
  func warnings() throws {
    var files = Samples.shops
    files["apps/web/secret.yaml"] = """
      apiVersion: v1
      kind: Secret
      metadata: {name: web}
      stringData: {password: hunter2}

      """
    let fleet = try FleetFixture(files)
    try fleet.git("init", "--quiet", "--bare", "-b", "main", "../origin.git")
    try fleet.git("remote", "add", "origin", "../origin.git")
    try fleet.git("push", "--quiet", "-u", "origin", "main")
    try fleet.write(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n", to: "apps/web/more.yaml")
    fleet.run("check")
    fleet.run("plan")
    Golden.check(fleet.transcript, "commands/check-warnings.txt")
  }

  @Test("budgets are judged, and push options override them")
  func budgets() throws {
    let fleet = try pushed()
    try fleet.git("rm", "--quiet", "clusters/lab.yaml", "apps/web/web.yaml")
    try fleet.write(
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n", to: "apps/web/web.yaml")
    try fleet.commit("a namespace")
    try fleet.git("push", "--quiet")
    try fleet.git("rm", "--quiet", "apps/web/web.yaml")
    try fleet.write(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n", to: "apps/web/web.yaml")
    fleet.run("plan")
    fleet.run("plan", "--push-option", "fleet.allow-delete=Namespace:4")
    fleet.run("plan", "--push-option", "fleet.allow-everything")
    Golden.check(fleet.transcript, "commands/budgets.txt")
  }

  @Test("a remote of another name counts when the branch follows it")
  func otherRemote() throws {
    let fleet = try pushed()
    try fleet.git("remote", "rename", "origin", "hub")
    #expect(fleet.run("plan").text == "blast radius: nothing changes on any cluster\n")
  }

  @Test("a branch that lacks commits of the hub is told")
  func behind() throws {
    let fleet = try pushed()
    try fleet.write("hello\n", to: "README.md")
    try fleet.commit("second")
    try fleet.git("push", "--quiet")
    try fleet.git("reset", "--quiet", "--hard", "HEAD~1")
    fleet.run("check")
    fleet.run("check", "--commit", "origin/main")
    Golden.check(fleet.transcript, "commands/behind.txt")
  }

  @Test("a check program that only the hub has is a warning at the desk, one of a hub here is run")
  func checkPrograms() throws {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.makeHub()
    try fleet.write(
      """
      apiVersion: fleet/v1
      kind: Hub
      metadata: {name: hub}
      spec:
        checks: [{name: house-rules}]

      """, to: "policy/hub.yaml")
    #expect(
      fleet.run("check").text == """
        warning: policy/hub.yaml:5:19: the check 'fleet-check-house-rules' is
                 not installed here, only the hub will run it
           5 |   checks: [{name: house-rules}]
             |                   ^^^^^^^^^^^
        hint: put the program on your PATH, or its folder into FLEET_CHECKS_PATH

        ok: 5 clusters, 2 bundles, 8 files; 1 warning
        stderr| note: nothing was fetched from the hub yet, so everything counts as new

        """)
    let program = fleet.hub.checks + "/fleet-check-house-rules"
    let answer = #"{"format":1,"summary":"","findings":[]}"#
    try Files.makeDirectories(fleet.hub.checks)
    try Files.writeAtomically(
      program, Array("#!/bin/sh\ncat >/dev/null\necho '\(answer)'\n".utf8), mode: 0o755)
    #expect(
      fleet.run("check").output == "ok: 5 clusters, 2 bundles, 8 files; nothing is wrong\n")
  }
}
