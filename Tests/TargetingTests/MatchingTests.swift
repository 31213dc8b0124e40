// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Targeting
import Testing

@Suite("matching")
struct MatchingTests {
  struct TargetCase: CustomTestStringConvertible, Sendable {
    let id: String
    let customizations: [TargetEntry]
    let labels: [String: String]
    let mode: FleetYAML.CustomizationMode
    let expected: [String]
    var testDescription: String { id }
  }

  static let edge = TargetEntry.entry("edge", selector: ["edge": "true"])
  static let extra = TargetEntry.entry("extra", selector: ["extra": "true"])
  static let all = TargetEntry.entry("all", selector: [:])
  static let stopper = TargetEntry.entry("stopper", selector: ["edge": "true"], no: true)

  @Test(
    "customizations match by position, in order",
    arguments: [
      TargetCase(
        id: "T01", customizations: [edge], labels: [:], mode: .allMatches, expected: []),
      TargetCase(
        id: "T02", customizations: [edge, extra], labels: ["edge": "true"], mode: .allMatches,
        expected: ["edge"]),
      TargetCase(
        id: "T03", customizations: [edge, extra], labels: ["edge": "true", "extra": "true"],
        mode: .allMatches, expected: ["edge", "extra"]),
      TargetCase(
        id: "T04", customizations: [extra, edge], labels: ["edge": "true", "extra": "true"],
        mode: .allMatches, expected: ["extra", "edge"]),
      TargetCase(
        id: "T05", customizations: [edge, all], labels: ["edge": "true"], mode: .allMatches,
        expected: ["edge", "all"]),
      TargetCase(
        id: "T06", customizations: [edge, stopper], labels: ["edge": "true"], mode: .allMatches,
        expected: ["edge", "stopper"]),
      TargetCase(
        id: "T07", customizations: [edge, extra], labels: ["edge": "true", "extra": "true"],
        mode: .firstMatch, expected: ["edge"]),
    ])
  func customizations(_ example: TargetCase) throws {
    var world = World(clusters: [("local", example.labels)])
    let bundle = BundleTargets(
      example.customizations, repo: [.entry("gitrepo", selector: [:], origin: .gitRepo)],
      mode: example.mode)
    let matcher = TargetMatcher(bundle, in: world.inventory())
    #expect(matcher.customizations(for: 0).map { bundle.targets[$0].name } == example.expected)
  }

  @Test(
    "T08: a GitRepo target with the name of a customization is none",
    arguments: [FleetYAML.CustomizationMode.firstMatch, .allMatches])
  func sameName(mode: FleetYAML.CustomizationMode) {
    var world = World(clusters: [("cluster1", ["env": "prod"])])
    let production = TargetEntry.entry("production", selector: ["env": "prod"])
    let matcher = TargetMatcher(
      BundleTargets([production], repo: [production], mode: mode), in: world.inventory())
    #expect(matcher.decision(for: 0) == .deployed(target: 1, customizations: [0]))
  }

  @Test(
    "a cluster is named by its resource name or its display name",
    arguments: [
      ("K01", "c-m-12345", "c-m-12345", nil, true),
      ("K02", "my-cluster", "c-m-12345", "my-cluster", true),
      ("K03", "my-cluster", "c-m-12345", "other-cluster", false),
      ("K04", "c-m-12345", "c-m-12345", "my-cluster", true),
      ("K05", "my-cluster", "c-m-12345", nil, false),
      ("K06", "specific-name-1", "c-12345", "specific-name-1", true),
      ("K07", nil, "any-cluster", nil, false),
    ] as [(String, String?, String, String?, Bool)])
  func clusterName(
    id: String, criterion: String?, name: String, displayName: String?, expected: Bool
  ) {
    let labels = displayName.map { [TargetCriteria.displayNameLabel: $0] } ?? [:]
    var world = World(clusters: [(name, labels)])
    let inventory = world.inventory()
    let entry = TargetEntry.entry("x", cluster: criterion)
    #expect(
      entry.criteria.matches(cluster: inventory.clusters[0], groups: []) == expected)
    let matcher = TargetMatcher(BundleTargets(name: "b", targets: [entry]), in: inventory)
    #expect(matcher.deployed.contains(0) == expected)
  }

  @Test("a criterion of a group and a criterion of labels both have to hold")
  func both() {
    var world = World(
      clusters: [("a", ["env": "test", "x": "1"]), ("b", ["env": "test"])],
      groups: [("g", "env=test")])
    let entry = TargetEntry.entry("x", selector: ["x": "1"], group: "g")
    let matcher = TargetMatcher(BundleTargets(name: "b", targets: [entry]), in: world.inventory())
    #expect(Array(matcher.deployed) == [0])
  }

  @Test("a target and the allow list have to agree on one group")
  func oneGroup() {
    var world = World(
      clusters: [("a", ["x": "1", "y": "1"]), ("b", ["x": "1"])],
      groups: [("gx", "x=1"), ("gy", "y=1")])
    let bundle = BundleTargets(
      name: "b", targets: [.entry("t", group: "gx")],
      restrictions: [TargetEntry.entry("r", group: "gy").criteria])
    let inventory = world.inventory()
    let matcher = TargetMatcher(bundle, in: inventory)
    #expect(matcher.deployed.isEmpty)
    #expect(
      matcher.explain(0, in: inventory)?.text == """
        bundle 'b' on cluster 'a': not targeted
        targets, the first that matches counts:
          no   't': no target of the GitRepo allows the cluster

        """)
  }

  @Test("without a group, a group selector sees a group without labels")
  func ungrouped() {
    var world = World(clusters: [("a", ["x": "1"]), ("b", [:])], groups: [("g", "x=1")])
    let inventory = world.inventory()
    let any = TargetMatcher(
      BundleTargets(name: "b", targets: [.entry("t", groupSelector: [:])]), in: inventory)
    #expect(Array(any.deployed) == [0, 1])
    let some = TargetMatcher(
      BundleTargets(name: "b", targets: [.entry("t", groupSelector: ["k": "v"])]), in: inventory)
    #expect(some.deployed.isEmpty)
  }

  @Test("a bundle sees the clusters and groups of its workspace only")
  func workspaces() {
    var world = World(clusters: [("a", ["x": "1"])])
    world.file(
      "clusters/b.yaml",
      "{apiVersion: fleet/v1, kind: Cluster, metadata: {name: b, namespace: other, labels: {x: '1'}}}"
    )
    let inventory = world.inventory()
    let bundle = BundleTargets(
      name: "b", workspace: "other", targets: [.entry("t", selector: [:])])
    let matcher = TargetMatcher(bundle, in: inventory)
    #expect(matcher.deployed.map { inventory.clusters[$0].name } == ["b"])
    #expect(
      matcher.explain(0, in: inventory)?.text == """
        bundle 'b' on cluster 'a': not targeted
        the cluster is in workspace 'fleet-default', the bundle in 'other'

        """)
  }

  @Test("two clusters of one name are refused, in other workspaces too")
  func sameClusterName() {
    var world = World(clusters: [("a", [:])])
    world.file(
      "clusters/z.yaml",
      "apiVersion: fleet/v1\nkind: Cluster\nmetadata: {name: a, namespace: other}\n")
    let inventory = world.inventory()
    #expect(inventory.clusters.map(\.workspace) == ["fleet-default"])
    #expect(
      world.text == """
        error: clusters/z.yaml:3:18: there are two clusters 'a'
           3 | metadata: {name: a, namespace: other}
             |                  ^
        note: clusters/a.yaml:1:56: the first is here in workspace
              'fleet-default'
        hint: the name of a cluster is unique in the whole hub, in all
              workspaces

        """)
  }
}
