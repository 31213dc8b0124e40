// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import FleetTestSupport
import GitObjects
import Planning
import Rendering
import Targeting
import Testing

/// Cases E01–E12 of Fleet's authors once more, from the files to the value in the rendered chart: what
/// Fleet's tests give to the GitRepo's target stands in `helm.values` of the bundle.
@Suite("targets and values from end to end", .enabled(if: ChartServer.helm != nil))
struct CustomiseTargetsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    /// Group, and the value or `doNotDeploy`.
    var customizations: [(group: String, value: String?)] = []
    /// What the bundle says.
    var base: String?
    /// Which clusters the GitRepo is for.
    var repo = "clusterGroup: all"
    /// Cluster and value in the rendered chart.
    let expected: [String]
    var testDescription: String { id }
  }

  @Test(
    "the first customization gives the values of a cluster, the GitRepo's target the clusters",
    arguments: [
      Case(id: "E01", expected: ["one -", "two -", "three -"]),
      Case(id: "E02", repo: "clusterName: one", expected: ["one -"]),
      Case(
        id: "E03", customizations: [("all", "3")], base: "1",
        expected: ["one 3", "two 3", "three 3"]),
      Case(
        id: "E04", customizations: [("one", "1"), ("two", "2")], base: "4",
        expected: ["one 1", "two 2", "three 4"]),
      Case(
        id: "E05", customizations: [("one", "1"), ("all", "4")], base: "5",
        expected: ["one 1", "two 4", "three 4"]),
      Case(
        id: "E06", customizations: [("all", "2")], base: "1", repo: "clusterGroup: one",
        expected: ["one 2"]),
      Case(id: "E07", expected: ["one -", "two -", "three -"]),
      Case(id: "E08", customizations: [("all", nil)], expected: []),
      Case(
        id: "E09", customizations: [("all", nil)], repo: "clusterGroup: one", expected: []),
      Case(
        id: "E10", customizations: [("two", nil)], repo: "clusterGroup: one", expected: ["one -"]),
      Case(
        id: "E11", customizations: [("all", "1"), ("one", nil)], repo: "clusterGroup: one",
        expected: ["one 1"]),
      Case(
        id: "E12", customizations: [("one", "1"), ("two", nil)], base: "4",
        expected: ["one 1", "three 4"]),
    ])
  func values(_ example: Case) throws {
    let clusters = ["one", "two", "three"]
    var files = [
      "groups/all.yaml": SampleFleet.group("all", label: "env", value: "test"),
      "gitrepos/shop.yaml": """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: GitRepo
      metadata: {name: shop}
      spec:
        paths: [apps/*]
        targets: [{\(example.repo)}]

      """,
      "apps/pos/Chart.yaml": "apiVersion: v2\nname: pos\nversion: 1.0.0\n",
      "apps/pos/templates/a.yaml": """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: pos}
      data: {replicas: "{{ .Values.replicas | default "-" }}"}

      """,
    ]
    for name in clusters {
      files["clusters/\(name).yaml"] = SampleFleet.cluster(
        name, labels: ["cluster": name, "env": "test"])
      files["groups/\(name).yaml"] = SampleFleet.group(name, label: "cluster", value: name)
    }
    var options = "name: pos\n"
    if let base = example.base { options += "helm: {values: {replicas: \"\(base)\"}}\n" }
    options += "targetCustomizations:\n"
    for entry in example.customizations {
      let what = entry.value.map { "helm: {values: {replicas: \"\($0)\"}}" } ?? "doNotDeploy: true"
      options += "- {clusterGroup: \(entry.group), \(what)}\n"
    }
    files["apps/pos/fleet.yaml"] = options

    let world = World()
    let compilation = try world.compile(files)
    #expect(!compilation.findings.hasErrors, "\(text(compilation.findings.all))")
    let slices = try #require(compilation.slices)
    let found = try clusters.compactMap { name -> String? in
      let slice = try #require(try PlanTree.slice(of: name, in: slices, reader: world.store))
      if slice == .emptyTree { return nil }
      let lines = try world.text(of: slice).split(separator: "\n")
      let value = lines.first { $0.hasPrefix("  replicas: ") }?.dropFirst(12)
      return "\(name) \(value.map { $0.filter { $0 != "\"" } } ?? "?")"
    }
    #expect(found == example.expected)
  }
}
