// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Testing

@Suite("budgets of a push")
struct BudgetPushTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    /// The option that lets the change pass.
    let options: [String]
    let make: @Sendable (FleetClone) throws -> Void
    var testDescription: String { id }
  }

  @Test(
    "what goes over the budget is refused with the option that would allow it, and passes with it",
    arguments: [
      Case(id: "claim-deleted", options: ["fleet.allow-delete=PersistentVolumeClaim:3"]) {
        try $0.remove("apps/pos/data.yaml")
      },
      Case(
        id: "bundles-deleted",
        options: ["fleet.allow-delete=Namespace:4", "fleet.allow-delete=PersistentVolumeClaim:3"]
      ) {
        try $0.remove("apps/pos", "apps/base")
        try $0.write("apps/till/app.yaml", SampleFleet.configMap("till", ["a": "b"]))
      },
      Case(id: "cluster-removed", options: ["fleet.allow-removed=1"]) {
        try $0.remove("clusters/store-0003.yaml")
      },
      Case(id: "share-changed", options: ["fleet.allow-changed=3"]) {
        try $0.edit(
          "policy/budget.yaml", "  clustersRemoved: 0",
          "  clustersRemoved: 0\n  clustersChanged: 50%")
        try $0.commit("at most half of the fleet in one push")
        _ = try $0.push()
        try $0.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
      },
      Case(id: "loosened-and-used", options: ["fleet.allow-removed=1"]) {
        try $0.edit("policy/budget.yaml", "clustersRemoved: 0", "clustersRemoved: 9")
        try $0.remove("clusters/store-0003.yaml")
      },
      Case(id: "budget-removed-and-used", options: ["fleet.allow-removed=1"]) {
        try $0.remove("policy/budget.yaml", "clusters/store-0003.yaml")
      },
    ])
  func overBudget(_ entry: Case) throws {
    let fixture = try HubFixture.pushed()
    try entry.make(fixture.clone)
    try fixture.clone.commit("change: \(entry.id)")
    let before = try fixture.fingerprint()
    let refused = try fixture.clone.push(principal: "ada")
    #expect(refused.isRefused)
    #expect(try fixture.fingerprint().changes(since: before) == [])
    let accepted = try fixture.clone.push(options: entry.options + ["ci.skip"], principal: "ada")
    #expect(accepted.isAccepted)
    let state = try fixture.git(
      "fleet.git", "log", "-1", "--format=%an <%ae> %cn <%ce>%n%B", "refs/fleet/state")
    Golden.check(
      "\(refused.text)\n# with \(entry.options.joined(separator: " "))\n\(accepted.text)\n# refs/fleet/state\n"
        + GitFixture.namingIDs(in: state), "budget/\(entry.id).txt")
  }

  @Test("an override of a push is gone with it")
  func overrideOnce() throws {
    let fixture = try HubFixture.pushed()
    try fixture.clone.remove("clusters/store-0003.yaml")
    try fixture.clone.commit("close a shop")
    #expect(try fixture.clone.push(options: ["fleet.allow-removed=1"]).isAccepted)
    try fixture.clone.remove("clusters/store-0002.yaml")
    try fixture.clone.commit("close another one")
    #expect(try fixture.clone.push().isRefused)
  }

  @Test("a first push is judged by the built-in limits and has no share to keep")
  func firstPush() throws {
    let budget =
      "apiVersion: fleet/v1\nkind: Budget\nmetadata:\n  name: b\nspec:\n  clustersChanged: 0\n"
    let fixture = try HubFixture(SampleFleet.shops.merging(["policy/budget.yaml": budget]) { $1 })
    try fixture.clone.commit("first fleet")
    #expect(try fixture.clone.push().isAccepted)
    try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
    try fixture.clone.commit("not even one")
    #expect(try fixture.clone.push().isRefused)
  }
}
