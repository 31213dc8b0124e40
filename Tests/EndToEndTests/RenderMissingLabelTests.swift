// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

@Suite("one cluster of 2,500 without a label", .enabled(if: Renderers.areInstalled))
struct RenderMissingLabelTests {
  /// 2,500 shops in four regions in one file; one of them has lost its region.
  private static let fleet: [String: String] = {
    var clusters: [String] = []
    for number in 1...2500 {
      let digits = String(number)
      let name = "store-" + String(repeating: "0", count: 4 - digits.count) + digits
      var labels = ["env": "store"]
      if number != 17 { labels["region"] = ["north", "south", "east", "west"][number % 4] }
      clusters.append(SampleFleet.cluster(name, labels: labels))
    }
    return [
      "clusters/all.yaml": clusters.joined(separator: "---\n"),
      "groups/stores.yaml": SampleFleet.group("stores", label: "env", value: "store"),
      "gitrepos/shop.yaml": """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: GitRepo
      metadata:
        name: shop
      spec:
        paths: [apps/*]
        targets:
          - clusterGroup: stores

      """,
      "apps/base/fleet.yaml": "name: base\n",
      "apps/base/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: retail\n",
    ]
  }()

  @Test("is told alone, the other 2,499 are planned, and plan says the same as the push")
  func missing() throws {
    let fixture = try HubFixture.pushed(Self.fleet)
    try fixture.clone.write(RenderedBundles.till)
    try fixture.clone.commit("a till for everybody")
    let before = try fixture.fingerprint()
    let push = try fixture.clone.push()
    #expect(push.isRefused)
    Golden.check(push.said, "render/missing-label.txt")
    #expect(try fixture.changesBesidesCache(since: before) == [])
    Golden.check(
      try fixture.run(["kubectl-fleet", "plan"]), "render/missing-label-plan.txt")
    // Four regions, so four renderings, which the push has left in the cache.
    let standIn = try HelmStandIn()
    try fixture.clone.edit(
      "apps/till/fleet.yaml", "${ .ClusterLabels.region }",
      "${ get .ClusterLabels `region` | default `north` }")
    try fixture.clone.commit("north where nobody knows")
    let again = try fixture.clone.push(variables: standIn.variables)
    #expect(again.isAccepted)
    Golden.check(again.said, "render/missing-label-fixed.txt")
    #expect(!(try standIn.starts().contains("template")))
  }
}
