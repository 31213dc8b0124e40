// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Targeting
import Testing

/// Cases E01–E12: who gets a bundle, and whose options.
@Suite("targeting from end to end")
struct EndToEndTargetingTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let id: String
    var customizations: [TargetEntry] = []
    var repo: [TargetEntry]
    var restricted = true
    /// Cluster and the namespace of its options, which stands for the value in Fleet's test.
    let expected: [String]
    var testDescription: String { id }
  }

  private static func group(_ name: String, _ value: String? = nil, no: Bool = false) -> TargetEntry
  {
    .entry("\(name)-\(value ?? "")", group: name, no: no, namespace: value)
  }

  @Test(
    "the first target selects, the first customization gives the options",
    arguments: [
      Case(id: "E01", repo: [group("all")], expected: ["one -", "three -", "two -"]),
      Case(id: "E02", repo: [.entry("one", cluster: "one")], expected: ["one -"]),
      Case(
        id: "E03", customizations: [group("all", "3")], repo: [group("all", "1")],
        expected: ["one 3", "three 3", "two 3"]),
      Case(
        id: "E04", customizations: [group("one", "1"), group("two", "2")],
        repo: [group("all", "4")],
        expected: ["one 1", "three 4", "two 2"]),
      Case(
        id: "E05", customizations: [group("one", "1"), group("all", "4")],
        repo: [group("all", "5")],
        expected: ["one 1", "three 4", "two 4"]),
      Case(
        id: "E06", customizations: [group("all", "2")], repo: [group("one", "1")],
        expected: ["one 2"]),
      Case(
        id: "E07", repo: [group("all")], restricted: false,
        expected: ["one -", "three -", "two -"]),
      Case(
        id: "E08", customizations: [group("all", no: true)], repo: [group("all")], expected: []),
      Case(
        id: "E09", customizations: [group("all", no: true)], repo: [group("one")], expected: []),
      Case(
        id: "E10", customizations: [group("two", no: true)], repo: [group("one")],
        expected: ["one -"]),
      Case(
        id: "E11", customizations: [group("all", "1"), group("one", no: true)],
        repo: [group("one")], expected: ["one 1"]),
      Case(
        id: "E12", customizations: [group("one", "1"), group("two", "2", no: true)],
        repo: [group("all", "4")], expected: ["one 1", "three 4"]),
      Case(
        id: "a target that says doNotDeploy stands before later targets",
        repo: [group("one", no: true), group("all")], expected: ["three -", "two -"]),
      Case(
        id: "without allow list no target is a customization",
        customizations: [group("one", "1")], repo: [group("two", "2")], restricted: false,
        expected: ["one 1", "two 2"]),
    ])
  func firstMatch(_ example: Case) throws {
    let inventory = EndToEndTargetingTests.inventory()
    let bundle =
      example.restricted
      ? BundleTargets(example.customizations, repo: example.repo)
      : BundleTargets(name: "pos", targets: example.customizations + example.repo)
    let matcher = TargetMatcher(bundle, in: inventory)
    let found = matcher.deployed.map { position in
      "\(inventory.clusters[position].name) "
        + (matcher.options(for: position)?.namespace?.value ?? "-")
    }
    #expect(found == example.expected)
  }

  @Test("AllMatches lays all customizations over the target, and any doNotDeploy wins")
  func allMatches() {
    let inventory = EndToEndTargetingTests.inventory()
    let bundle = BundleTargets(
      [
        EndToEndTargetingTests.group("all", "1"), EndToEndTargetingTests.group("one", "2"),
        EndToEndTargetingTests.group("two", no: true),
      ],
      repo: [EndToEndTargetingTests.group("all", "0")], mode: .allMatches)
    let matcher = TargetMatcher(bundle, in: inventory)
    #expect(
      (0..<3).map { matcher.decision(for: $0) } == [
        .deployed(target: 3, customizations: [0, 1]), .deployed(target: 3, customizations: [0]),
        .skipped(target: 3, by: 2),
      ])
    #expect((0..<3).map { matcher.options(for: $0)?.namespace?.value } == ["2", "1", nil])
  }

  private static func inventory() -> Inventory {
    var world = World(
      clusters: ["one", "two", "three"].map { ($0, ["cluster": $0, "env": "test"]) },
      groups: [
        ("one", "cluster=one"), ("two", "cluster=two"), ("three", "cluster=three"),
        ("all", "env=test"),
      ])
    return world.inventory()
  }

  @Test("a bundle is put together from fleet.yaml and its GitRepo")
  func assembly() throws {
    var world = World(clusters: [("one", ["a": "b"])])
    world.file(
      "g.yaml",
      """
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: edge}
      spec:
        paths: [apps]
        targetNamespace: forced
        keepResources: true
        targets: [{name: repo, clusterSelector: {}}]
      """)
    let made = world.bundle(
      "pos",
      """
      namespace: own
      targets: [{name: plain, clusterName: one}]
      targetCustomizations: [{clusterSelector: {}, namespace: custom}]
      """)
    let bundle = try #require(made)
    #expect(bundle.targets.map(\.name) == ["plain", "target001", "repo"])
    #expect(bundle.customizationCount == 2)
    let matcher = TargetMatcher(bundle, in: world.inventory())
    #expect(matcher.options(for: 0)?.namespace?.value == "forced")
    #expect(matcher.options(for: 0)?.keepsResources == true)

    let madeOver = world.bundle("pos", "overrideTargets: [{name: mine, clusterName: one}]")
    let override = try #require(madeOver)
    #expect(override.targets.map(\.name) == ["mine"])
    #expect(override.restrictions.count == 1)
    let madeEmpty = world.bundle("pos", "overrideTargets: []")
    let nothing = try #require(madeEmpty)
    #expect(nothing.targets.map(\.name) == ["default"])
    #expect(nothing.restrictions.isEmpty)
  }

  @Test("a cluster has the options of its own customizations and of no other")
  func ownCustomizations() throws {
    var world = World(clusters: [("one", ["tier": "high"]), ("two", ["tier": "low"])])
    world.file(
      "gitrepos/g.yaml",
      """
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: g}
      spec:
        paths: [apps]
        deleteNamespace: true
        serviceAccount: deployer
        targets: [{name: repo, clusterSelector: {}}]
      """)
    let made = world.bundle(
      "pos",
      """
      namespaceLabels: {all: "1"}
      targetCustomizationMode: AllMatches
      targetCustomizations:
        - {clusterSelector: {matchLabels: {tier: high}}, namespaceLabels: {high: "1"}}
        - {clusterSelector: {matchLabels: {tier: high}}, deleteNamespace: false, serviceAccount: "-"}
      """)
    let matcher = TargetMatcher(try #require(made), in: world.inventory())
    let (one, two) = (try #require(matcher.options(for: 0)), try #require(matcher.options(for: 1)))
    #expect(one.namespaceLabels.entries.map(\.key) == ["all", "high"])
    #expect(two.namespaceLabels.entries.map(\.key) == ["all"])
    #expect(one.deletesNamespace == false && two.deletesNamespace)
    #expect(one.serviceAccount == nil && two.serviceAccount?.value == "deployer")
  }
}
