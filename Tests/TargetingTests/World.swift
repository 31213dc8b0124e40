// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Targeting
import YAMLTree

/// A fleet repository as a test writes it, and its inventory.
struct World {
  private(set) var findings = Findings()
  private(set) var documents = FleetDocuments()
  private var sources: [String: String] = [:]

  /// Clusters by name with their labels, and groups by name with `key=value` selectors.
  init(
    clusters: [(String, [String: String])] = [], groups: [(String, String)] = []
  ) {
    for (name, labels) in clusters {
      let pairs = Labels(labels).entries.map { "\($0.key): \"\($0.value)\"" }
      file(
        "clusters/\(name).yaml",
        "{apiVersion: fleet/v1, kind: Cluster, metadata: {name: \(name), "
          + "labels: {\(pairs.joined(separator: ", "))}}}\n")
    }
    for (name, selector) in groups {
      let parts = selector.split(separator: "=")
      file(
        "groups/\(name).yaml",
        "{apiVersion: fleet/v1, kind: ClusterGroup, metadata: {name: \(name)}, "
          + "spec: {selector: {matchLabels: {\(parts[0]): \(parts[1])}}}}\n")
    }
  }

  /// Reads a file outside of bundles.
  mutating func file(_ path: String, _ text: String) {
    sources[path] = text
    let parsed = YAMLParser.parse(Array(text.utf8), path: path, findings: &findings)
    documents.add(parsed.map(\.root), path: path, findings: &findings)
  }

  /// Reads the options of a bundle.
  mutating func options(_ text: String, _ path: String = "apps/pos/fleet.yaml") -> FleetYAML {
    sources[path] = text
    let parsed = YAMLParser.parse(Array(text.utf8), path: path, findings: &findings)
    guard let root = parsed.first?.root else { return FleetYAML() }
    return FleetYAML(root, path: path, findings: &findings)
  }

  /// The inventory of what has been read.
  mutating func inventory() -> Inventory {
    Inventory(clusters: documents.clusters, groups: documents.groups, findings: &findings)
  }

  /// A bundle of the first GitRepo with these options.
  mutating func bundle(_ name: String = "pos", _ options: String? = nil) -> BundleTargets? {
    let read = options.map { self.options($0) } ?? FleetYAML()
    return documents.gitRepos.first.map {
      BundleTargets(name: name, fleetYAML: read, gitRepo: $0)
    }
  }

  mutating func add(_ others: Findings) { findings.add(contentsOf: others.all) }

  /// Everything that is said, as people read it.
  var text: String { text(of: findings) }

  /// What a check says, as people read it.
  func text(of findings: Findings) -> String {
    let renderer = FindingRenderer { path in sources[path].map { Array($0.utf8) } }
    return findings.sorted.map { renderer.text([$0]) }.joined()
  }
}

extension TargetEntry {
  /// A short way to write an entry: the criteria and what it does.
  static func entry(
    _ name: String, selector: [String: String]? = nil, cluster: String? = nil, group: String? = nil,
    groupSelector: [String: String]? = nil, no: Bool = false, namespace: String? = nil,
    origin: TargetOrigin = .customization
  ) -> TargetEntry {
    let place = SourceSpan(path: "test", start: .start, end: .start)
    var options = BundleOptions()
    options.namespace = namespace.map { Located($0, at: place) }
    return TargetEntry(
      name: name,
      criteria: TargetCriteria(
        clusterName: cluster.map { Located($0, at: place) },
        clusterSelector: selector.map { LabelSelector(matchLabels: $0) },
        clusterGroup: group.map { Located($0, at: place) },
        clusterGroupSelector: groupSelector.map { LabelSelector(matchLabels: $0) }),
      doNotDeploy: no, options: options, origin: origin)
  }
}

extension BundleTargets {
  /// Customizations, and the targets of a GitRepo, which are the allow list too.
  init(
    _ customizations: [TargetEntry], repo: [TargetEntry],
    mode: FleetYAML.CustomizationMode = .firstMatch
  ) {
    self.init(
      name: "pos", targets: customizations + repo, restrictions: repo.map(\.criteria), mode: mode)
  }
}
