// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import FleetTestSupport
import SliceFormat
import Testing

@Suite("facts as labels") struct FactTests {
  @Test(
    "values are made legal",
    arguments: [
      ("arm64", "arm64"), ("", ""), ("1.31.4+k3s1", "1.31.4-k3s1"),
      ("R 640 (rev. 2)", "R-640--rev.-2"),
      ("--a--", "a"), ("größe", "gr--e"), ("+++", nil), ("_._", nil),
      (String(repeating: "a", count: 70), String(repeating: "a", count: 63)),
      (String(repeating: "a", count: 62) + "+b", String(repeating: "a", count: 62)),
    ] as [(String, String?)])
  func values(_ value: String, _ label: String?) {
    #expect(FactLabel.value(value) == label)
    if let label { #expect(KubernetesName.problem(labelValue: label) == nil) }
  }

  @Test(
    "names become keys under the reserved prefix",
    arguments: [
      ("architecture", "facts.kubectl-fleet.io/architecture"),
      ("nvidia.com/gpu.product", "facts.kubectl-fleet.io/nvidia.com_gpu.product"),
      ("feature.node.kubernetes.io/" + String(repeating: "a", count: 40), nil),
    ] as [(String, String?)])
  func keys(_ name: String, _ key: String?) {
    #expect(FactLabel.key(name) == key)
    if let key { #expect(KubernetesName.problem(labelKey: key) == nil) }
  }

  @Test("of two facts with one key the first counts")
  func sameKey() {
    let labels = FactLabel.labels([SiteFact("a/b", "1"), SiteFact("a_b", "2"), SiteFact("c", "+")])
    #expect(labels.entries.map { "\($0.key)=\($0.value)" } == ["facts.kubectl-fleet.io/a_b=1"])
  }

  private static func hub(_ facts: String) -> String {
    "{apiVersion: fleet/v1, kind: Hub, metadata: {name: hub}, spec: {facts: \(facts)}}\n"
  }

  @Test(
    "the Hub names single facts and beginnings",
    arguments: [
      ("{allow: [nodes]}", ["nodes"]), ("{allow: [\"a/*\"]}", ["a/b"]),
      ("{allow: [\"*\"]}", ["a/b", "node", "nodes"]), ("{allow: []}", []), ("{}", []),
      ("{allow: [\"node*\"]}", ["node", "nodes"]),
    ])
  func rules(_ text: String, _ allowed: [String]) {
    var reading = Reading()
    reading.file("policy/hub.yaml", Self.hub(text))
    #expect(reading.text == "")
    let rules = reading.documents.hub.facts
    #expect(["a/b", "node", "nodes"].filter { rules.allows($0) } == allowed)
    #expect(rules.interval == 600)
  }

  @Test("names that no fact can have are told with their place")
  func badRules() {
    Golden.check(
      Reading.complaints(about: Self.hub("{allow: [\"a/*/b\", nodes, \"/*\"], interval: 5m}")),
      "facts/bad-rules.txt")
  }

  @Test("a declared label under the reserved prefix is an error at its key")
  func reserved() {
    Golden.check(
      Reading.complaints(
        about: """
          apiVersion: fleet/v1
          kind: Cluster
          metadata:
            name: s
            labels:
              env: store
              facts.kubectl-fleet.io/os: linux

          """), "facts/reserved.txt")
  }

  @Test("clusters get the facts that the Hub allows, and nobody else's")
  func applied() {
    var reading = Reading()
    reading.file("policy/hub.yaml", Self.hub("{allow: [os, \"gpu/*\"]}"))
    for name in ["s1", "s2"] {
      reading.file(
        "clusters/\(name).yaml",
        "{apiVersion: fleet/v1, kind: Cluster, metadata: {name: \(name), labels: {env: e}}}\n")
    }
    var facts = ReportedFacts()
    facts["s1"] = [SiteFact("os", "linux"), SiteFact("gpu/a", "1"), SiteFact("nodes", "3")]
    facts["gone"] = [SiteFact("os", "linux")]
    let clusters = reading.documents.with(facts).clusters
    #expect(
      clusters.map { $0.labels.entries.map { "\($0.key)=\($0.value)" } } == [
        ["env=e", "facts.kubectl-fleet.io/gpu_a=1", "facts.kubectl-fleet.io/os=linux"], ["env=e"],
      ])
    #expect(clusters.map(\.facts.entries.count) == [2, 0])
    // Declared labels stay what they are.
    #expect(clusters.map(\.metadata.labels.entries.count) == [1, 1])
    var other = facts
    other["s2"] = [SiteFact("os", "windows")]
    other["gone"] = []
    #expect(other.difference(from: facts) == ["gone", "s2"])
  }
}
