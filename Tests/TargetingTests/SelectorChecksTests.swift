// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Targeting
import Testing

@Suite("selectors that can match nothing")
struct SelectorChecksTests {
  static let gitRepo = """
    apiVersion: fleet/v1
    kind: GitRepo
    metadata: {name: edge}
    spec:
      paths: [apps]
      targets:
        - name: key
          clusterSelector:
            matchLabels: { regoin: eu-west }
        - name: value
          clusterSelector: {matchLabels: {region: eu-wset}}
        - name: in
          clusterSelector:
            matchExpressions:
              - key: region
                operator: In
                values: [eu-west, nowhere]
              - {key: gone, operator: DoesNotExist}
              - {key: region, operator: NotIn, values: [nowhere]}
        - name: group
          clusterGroup: shop
        - name: cluster
          clusterName: store-00
        - name: group labels
          clusterGroupSelector: {matchLabels: {kind: shop}}
        - name: combination
          clusterSelector: {matchLabels: {region: us, only: "0"}}
        - name: accepted
          clusterSelector: {matchLabels: {future: x}}
          optional: true
    """

  private static func world(_ text: String = gitRepo) -> World {
    var world = World(
      clusters: (0..<2500).map { number in
        var labels = number < 2480 ? ["region": number < 1500 ? "eu-west" : "us"] : [:]
        labels["only"] = number == 0 ? "0" : nil
        return ("s\(number)", labels)
      }, groups: [("shops", "region=us")])
    world.file("gitrepos/pos.yaml", text)
    return world
  }

  @Test("every criterion that cannot match is told at its own place, with what was meant")
  func gitRepo() {
    var world = SelectorChecksTests.world()
    var checks = SelectorChecks(world.inventory())
    for gitRepo in world.documents.gitRepos { checks.check(gitRepo) }
    #expect(
      world.text(of: checks.findings) == """
        error: gitrepos/pos.yaml:9:24: no cluster has the label key 'regoin'
           9 |         matchLabels: { regoin: eu-west }
             |                        ^^^^^^
        hint: did you mean 'region'? (set on 2,480 of 2,500 clusters)
        error: gitrepos/pos.yaml:11:47: no cluster has the label 'region' with
               the value 'eu-wset'
          11 |       clusterSelector: {matchLabels: {region: eu-wset}}
             |                                               ^^^^^^^
        hint: did you mean 'eu-west'? (set on 1,500 of 2,500 clusters)
        warning: gitrepos/pos.yaml:17:31: no cluster has the label 'region' with
                 the value 'nowhere'
          17 |             values: [eu-west, nowhere]
             |                               ^^^^^^^
        hint: the values in use are 'eu-west' and 'us'
        error: gitrepos/pos.yaml:21:21: no cluster group in workspace
               'fleet-default' is named 'shop'
          21 |       clusterGroup: shop
             |                     ^^^^
        hint: did you mean 'shops'?
        error: gitrepos/pos.yaml:23:20: no cluster in workspace 'fleet-default'
               is named 'store-00'
          23 |       clusterName: store-00
             |                    ^^^^^^^^
        error: gitrepos/pos.yaml:25:44: no cluster group has the label key
               'kind'
          25 |       clusterGroupSelector: {matchLabels: {kind: shop}}
             |                                            ^^^^
        hint: no cluster group has any label
        warning: gitrepos/pos.yaml:26:7: the target 'combination' matches no
                 cluster: none meets all its criteria
          26 |     - name: combination
             |       ^^^^^^^^^^^^^^^^^

        """)
  }

  @Test("what was written before the push only warns")
  func unchanged() {
    var world = SelectorChecksTests.world()
    let inventory = world.inventory()
    let old = SelectorIdentity.all(in: world.documents.gitRepos[0])
    #expect(
      old.prefix(3).map { "\($0.path) \($0.owner): \($0.text)" } == [
        "gitrepos/pos.yaml GitRepo fleet-default/edge: clusterSelector regoin=eu-west",
        "gitrepos/pos.yaml GitRepo fleet-default/edge: clusterSelector region=eu-wset",
        "gitrepos/pos.yaml GitRepo fleet-default/edge: clusterSelector "
          + "!gone,region in (eu-west,nowhere),region!=nowhere",
      ])
    let known = Set(old)
    var checks = SelectorChecks(inventory) { !known.contains($0) }
    checks.check(world.documents.gitRepos[0])
    #expect(!checks.findings.hasErrors)
    #expect(checks.findings.all.count == 7)
    var some = SelectorChecks(inventory) { $0.text == "clusterGroup shop" }
    some.check(world.documents.gitRepos[0])
    #expect(some.findings.all.filter { $0.severity == .error }.map(\.code) == ["unknown-group"])
  }

  @Test("customizations and groups are checked too")
  func others() {
    var world = World(clusters: [("a", ["region": "eu"])])
    world.file(
      "groups/g.yaml",
      """
      apiVersion: fleet/v1
      kind: ClusterGroup
      metadata: {name: g}
      spec:
        selector: {matchExpressions: [{key: zone, operator: Exists}]}
      ---
      apiVersion: fleet/v1
      kind: ClusterGroup
      metadata: {name: later}
      spec: {optional: true, selector: {matchLabels: {zone: x}}}
      """)
    let options = world.options(
      "targetCustomizations:\n  - {clusterSelector: {matchLabels: {region: us}}}\n")
    var checks = SelectorChecks(world.inventory())
    for group in world.documents.groups { checks.check(group) }
    checks.check(options, of: "pos", workspace: "fleet-default")
    #expect(
      world.text(of: checks.findings) == """
        error: apps/pos/fleet.yaml:2:46: no cluster has the label 'region' with
               the value 'us'
           2 |   - {clusterSelector: {matchLabels: {region: us}}}
             |                                              ^^
        hint: the values in use are 'eu'
        error: groups/g.yaml:5:39: no cluster has the label key 'zone'
           5 |   selector: {matchExpressions: [{key: zone, operator: Exists}]}
             |                                       ^^^^
        hint: the label keys in use are 'region'

        """)
  }

  @Test("a cluster of another workspace is not seen")
  func otherWorkspace() {
    var world = World(clusters: [("a", [:])])
    world.file(
      "c.yaml", "apiVersion: fleet/v1\nkind: Cluster\nmetadata: {name: ship, namespace: ships}\n")
    world.file(
      "g.yaml",
      """
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: one}
      spec: {paths: [a], targets: [{clusterName: ship}]}
      ---
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: two, namespace: shps}
      spec: {paths: [a], targets: [{clusterSelector: {}}]}
      ---
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: three}
      spec: {paths: [a]}
      """)
    var checks = SelectorChecks(world.inventory())
    for gitRepo in world.documents.gitRepos { checks.check(gitRepo) }
    #expect(
      world.text(of: checks.findings) == """
        error: g.yaml:4:44: no cluster in workspace 'fleet-default' is named
               'ship'
           4 | spec: {paths: [a], targets: [{clusterName: ship}]}
             |                                            ^^^^
        note: c.yaml:3:18: it is in workspace 'ships'
        error: g.yaml:8:34: the workspace 'shps' has no cluster
           8 | metadata: {name: two, namespace: shps}
             |                                  ^^^^
        hint: did you mean 'ships'?
        error: g.yaml:13:18: no cluster group in workspace 'fleet-default' is
               named 'default'
          13 | metadata: {name: three}
             |                  ^^^^^
        hint: write 'targets', without them the cluster group 'default' is meant

        """)
  }

  @Test("a hub without any cluster is one that is being set up")
  func emptyHub() {
    var world = World()
    world.file(
      "g.yaml",
      "{apiVersion: fleet/v1, kind: GitRepo, metadata: {name: x}, spec: {paths: [a]}}\n")
    var checks = SelectorChecks(world.inventory())
    checks.check(world.documents.gitRepos[0])
    #expect(checks.findings.all.map(\.severity) == [.warning])
    #expect(checks.findings.all.map(\.message) == ["the workspace 'fleet-default' has no cluster"])
  }
}
