// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Targeting
import Testing

@Suite("explanations")
struct ExplanationTests {
  private func explain(_ options: String?, on cluster: String) throws -> String {
    var world = World(
      clusters: [
        ("store-1", ["environment": "edge", "tier": "retail", "traffic": "high"]),
        ("store-2", ["environment": "edge", "tier": "retail"]), ("hq", ["environment": "office"]),
      ], groups: [("shops", "tier=retail")])
    world.file(
      "gitrepos/edge.yaml",
      """
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: edge}
      spec:
        paths: [apps]
        targets:
          - name: canary
            clusterSelector:
              matchLabels: {environment: edge, wave: canary}
          - clusterSelector:
              matchExpressions: [{key: environment, operator: In, values: [edge, lab]}]
            clusterGroup: shops
          - name: rest
            clusterSelector: {matchLabels: {environment: edge}}
      """)
    let made = world.bundle("pos", options)
    let bundle = try #require(made)
    let inventory = world.inventory()
    #expect(world.text == "")
    let position = try #require(inventory.position(of: cluster))
    let matcher = TargetMatcher(bundle, in: inventory)
    return try #require(matcher.explain(position, in: inventory)).text
  }

  static let options = """
    targetCustomizations:
      - name: old
        clusterSelector: {matchExpressions: [{key: traffic, operator: DoesNotExist}]}
        clusterName: store-9
        optional: true
      - name: busy
        clusterSelector: {matchLabels: {traffic: high}}
        namespace: busy
      - name: hidden
        clusterName: store-2
        doNotDeploy: true
    """

  @Test("a deployed bundle tells every target up to the one that counts")
  func deployed() throws {
    #expect(
      try explain(ExplanationTests.options, on: "store-1") == """
        bundle 'pos' on cluster 'store-1': deployed
        targets of GitRepo 'edge', the first that matches counts:
          no   'canary': label 'wave' is missing
          yes  target 2
          -    'rest': not looked at
        customizations in apps/pos/fleet.yaml, the first that matches counts:
          no   'old': the cluster is not 'store-9'
          no   'old': label 'traffic' is there
          yes  'busy'
          -    'hidden': not looked at
        options: those of the bundle, with 'busy'

        """)
  }

  @Test("a bundle that is held back tells who says so")
  func skipped() throws {
    #expect(
      try explain(ExplanationTests.options, on: "store-2") == """
        bundle 'pos' on cluster 'store-2': not deployed, 'hidden' says 'doNotDeploy'
        targets of GitRepo 'edge', the first that matches counts:
          no   'canary': label 'wave' is missing
          yes  target 2
          -    'rest': not looked at
        customizations in apps/pos/fleet.yaml, the first that matches counts:
          no   'old': the cluster is not 'store-9'
          no   'busy': label 'traffic' is missing
          yes  'hidden': doNotDeploy

        """)
  }

  @Test("a bundle that is not targeted tells every reason")
  func notTargeted() throws {
    #expect(
      try explain(ExplanationTests.options, on: "hq") == """
        bundle 'pos' on cluster 'hq': not targeted
        targets of GitRepo 'edge', the first that matches counts:
          no   'canary': label 'environment' is 'office', not 'edge'
          no   'canary': label 'wave' is missing
          no   target 2: label 'environment' is 'office', not one of 'edge', 'lab'
          no   target 2: the cluster is not in cluster group 'shops'
          no   'rest': label 'environment' is 'office', not 'edge'

        """)
  }

  @Test("a bundle with its own targets names the file, and AllMatches all customizations")
  func allMatches() throws {
    let options = """
      targetCustomizationMode: AllMatches
      overrideTargets: [{name: mine, clusterSelector: {}}]
      targetCustomizations:
        - {name: one, clusterSelector: {}}
        - {name: two, clusterGroupSelector: {matchLabels: {a: b}}, optional: true}
        - {name: three, clusterName: store-1}
      """
    #expect(
      try explain(options, on: "store-1") == """
        bundle 'pos' on cluster 'store-1': deployed
        overrideTargets in apps/pos/fleet.yaml, the first that matches counts:
          yes  'mine'
        customizations in apps/pos/fleet.yaml, all that match count:
          yes  'one'
          no   'two': no cluster group of the cluster has 'a=b'
          yes  'three'
        options: those of the bundle, with 'one', then 'three'

        """)
  }

  @Test("without customizations nothing is customised")
  func plain() throws {
    #expect(
      try explain(nil, on: "store-2") == """
        bundle 'pos' on cluster 'store-2': deployed
        targets of GitRepo 'edge', the first that matches counts:
          no   'canary': label 'wave' is missing
          yes  target 2
          -    'rest': not looked at
        options: those of the bundle, nothing is customised

        """)
  }
}
