// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Testing

@Suite("accepted pushes")
struct AcceptedPushTests {
  @Test("a first push is compiled, published, and told in full")
  func firstPush() throws {
    let fixture = try HubFixture(SampleFleet.shops)
    try fixture.clone.commit("first fleet")
    let push = try fixture.clone.push()
    Golden.check(push.text, "push/first.txt")
    Golden.check(push.report, "push/first-report.txt")
    Golden.check(try fixture.publishedText(), "push/first-hub.txt")
    #expect(push.isAccepted)
    #expect(try fixture.fsck() == [])
    // The first look at the statuses writes an empty digest; after it there is nothing to do.
    #expect(try fixture.tick() == ["observed new statuses"])
    let before = try fixture.fingerprint()
    #expect(try fixture.tick() == [])
    #expect(try fixture.fingerprint().changes(since: before) == [])
  }

  /// A change to the small fleet, by the name of its golden files.
  struct Change: Sendable, CustomTestStringConvertible {
    let id: String
    var options: [String] = []
    let make: @Sendable (FleetClone) throws -> Void
    var testDescription: String { id }
  }

  @Test(
    "a change is told with its blast radius and published to the clusters that it is for",
    arguments: [
      Change(id: "change-all") {
        try $0.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
      },
      Change(id: "change-one") {
        try $0.edit("clusters/store-0003.yaml", "region: us", "region: us\n    till: new")
        try $0.write("apps/till/fleet.yaml", "name: till\nnamespace: retail\n")
        try $0.write("apps/till/app.yaml", SampleFleet.configMap("till", ["model": "x2"]))
        try $0.write(
          "apps/till/fleet.yaml",
          """
          name: till
          namespace: retail
          targetCustomizations:
            - name: all-but-new
              clusterSelector:
                matchExpressions:
                  - key: till
                    operator: DoesNotExist
              doNotDeploy: true

          """)
      },
      Change(id: "readme-only") { try $0.write("README.md", "# Shops\n") },
      Change(id: "new-cluster") {
        try $0.write(
          "clusters/store-0004.yaml",
          SampleFleet.cluster("store-0004", labels: ["env": "store", "region": "us"]))
      },
      Change(id: "removed-cluster-keep", options: ["fleet.allow-removed=1"]) {
        try $0.remove("clusters/store-0002.yaml")
      },
      Change(
        id: "removed-cluster-remove",
        options: [
          "fleet.allow-removed=1", "fleet.allow-delete=Namespace:1",
          "fleet.allow-delete=PersistentVolumeClaim:1",
        ]
      ) {
        try $0.edit(
          "clusters/store-0002.yaml", "    region: eu\n",
          "    region: eu\nspec:\n  whenRemoved: remove\n")
        try $0.commit("say what happens when the shop closes")
        _ = try $0.push()
        try $0.remove("clusters/store-0002.yaml")
      },
      Change(id: "renamed-cluster", options: ["fleet.allow-removed=1"]) {
        try $0.git("mv", "clusters/lab-1.yaml", "clusters/lab-2.yaml")
        try $0.edit("clusters/lab-2.yaml", "name: lab-1", "name: lab-2")
      },
      Change(id: "two-workspaces") {
        try $0.write([
          "acme/cluster.yaml": SampleFleet.cluster(
            "acme-1", labels: ["env": "store"], workspace: "acme"),
          "acme/gitrepo.yaml": SampleFleet.gitRepo("shop", path: "acme-apps", workspace: "acme"),
          "acme-apps/app.yaml": SampleFleet.configMap("acme", ["currency": "USD"]),
          "acme/group.yaml": SampleFleet.group(
            "stores", label: "env", value: "store", workspace: "acme"),
        ])
      },
      Change(id: "object-moves", options: []) {
        try $0.git("mv", "apps/pos/data.yaml", "apps/base/data.yaml")
        try $0.edit(
          "apps/base/data.yaml", "  name: sales\n", "  name: sales\n  namespace: retail\n")
        try $0.edit("gitrepos/shop.yaml", "  targets:", "  targets:")
      },
    ])
  func change(_ change: Change) throws {
    let fixture = try HubFixture.pushed()
    try change.make(fixture.clone)
    try fixture.clone.commit("change: \(change.id)")
    let before = try fixture.sliceRefs()
    let push = try fixture.clone.push(options: change.options)
    #expect(push.isAccepted)
    let log = try fixture.git(
      "fleet.git", "log", "-1", "--format=%an <%ae>%n%B", "refs/fleet/state")
    Golden.check(
      "\(push.text)\n# refs/fleet/state\n\(GitFixture.namingIDs(in: log))\n"
        + (try fixture.changedSlices(since: before)), "push/\(change.id).txt")
    #expect(try fixture.fsck() == [])
  }

  @Test("a cluster that comes back loses its tombstone and gets its slice")
  func comingBack() throws {
    let fixture = try HubFixture.pushed()
    let slice = try fixture.git("slices.git", "rev-parse", "refs/slices/lab-1^{tree}")
    let text = String(
      decoding: TestFiles.read(fixture.clone.path + "/clusters/lab-1.yaml") ?? [], as: UTF8.self)
    try fixture.clone.remove("clusters/lab-1.yaml")
    try fixture.clone.commit("close the lab")
    #expect(try fixture.clone.push(options: ["fleet.allow-removed=1"]).isAccepted)
    #expect(
      try fixture.git("slices.git", "show", "refs/slices/lab-1:tombstone.json")
        == #"{"format":1,"action":"keep"}"#)
    try fixture.clone.write("clusters/lab-1.yaml", text)
    try fixture.clone.commit("open the lab again")
    let push = try fixture.clone.push()
    #expect(push.isAccepted)
    #expect(try fixture.git("slices.git", "rev-parse", "refs/slices/lab-1^{tree}") == slice)
    #expect(
      try fixture.git("fleet.git", "ls-tree", "-r", "--name-only", "refs/fleet/state", "removed")
        == "")
  }
}
