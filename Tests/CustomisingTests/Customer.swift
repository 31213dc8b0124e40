// SPDX-License-Identifier: Apache-2.0

import Customising
import Diagnostics
import FleetModel
import YAMLTree

/// A `fleet.yaml` and clusters as a test writes them, and the values that come of them.
struct Customer {
  private(set) var findings = Findings()
  private(set) var problems = ValuesProblems()
  private var sources: [String: [UInt8]] = [:]
  private(set) var helm: HelmValues?
  private(set) var clusters: [ClusterFacts] = []

  /// Reads a `fleet.yaml` and a file with clusters; `knowsFiles` is false where no excerpt can be shown.
  init(_ fleetYAML: String, clusters: String, knowsFiles: Bool = true) {
    let path = "apps/web/fleet.yaml"
    sources[path] = Array(fleetYAML.utf8)
    sources["clusters.yaml"] = Array(clusters.utf8)
    var documents = FleetDocuments()
    let roots = YAMLParser.parse(
      Array(clusters.utf8), path: "clusters.yaml", findings: &findings
    ).map(\.root)
    documents.add(roots, path: "clusters.yaml", findings: &findings)
    self.clusters = documents.clusters.map { ClusterFacts($0) }
    guard
      let root = YAMLParser.parse(Array(fleetYAML.utf8), path: path, findings: &findings).first?
        .root
    else { return }
    let options = FleetYAML(root, path: path, findings: &findings).options
    let sources = sources
    helm = HelmValues(
      options.helm ?? HelmOptions(), source: { knowsFiles ? sources[$0] : nil },
      findings: &findings)
  }

  /// The values of the cluster at a position, as text.
  mutating func values(_ position: Int = 0) -> String? {
    helm?.values(for: clusters[position], problems: &problems)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The values of all clusters, and what is said about them.
  mutating func everything() -> (values: [String?], text: String) {
    let values = clusters.indices.map { position in self.values(position) }
    return (values, text)
  }

  /// Everything that is said, as people read it.
  var text: String {
    var all = findings
    problems.report(into: &all)
    let renderer = FindingRenderer { sources[$0] }
    return all.sorted.map { renderer.text([$0]) }.joined()
  }

  /// A cluster with labels and no more.
  static func cluster(_ name: String, _ labels: String) -> String {
    "---\n{apiVersion: fleet/v1, kind: Cluster, metadata: {name: \(name), labels: {\(labels)}}}\n"
  }
}
