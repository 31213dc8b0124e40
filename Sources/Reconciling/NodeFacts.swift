// SPDX-License-Identifier: Apache-2.0

package import JSONTree
package import SliceFormat

/// What a cluster's server and nodes tell about it: what seldom changes, so no free memory and no loads.
package enum NodeFacts {
  /// One node, as far as facts need it.
  package struct Node: Sendable {
    /// `status.nodeInfo`
    package var info: JSONValue
    /// `status.capacity`
    package var capacity: JSONValue
    /// `metadata.labels`
    package var labels: [String: String]

    /// Makes a node.
    package init(info: JSONValue, capacity: JSONValue, labels: [String: String]) {
      self.info = info
      self.capacity = capacity
      self.labels = labels
    }
  }

  /// The labels of hardware and place that are facts when all nodes share them: whole keys, and beginnings.
  private static let hardware = ["node.kubernetes.io/instance-type"]
  private static let hardwarePrefixes = [
    "feature.node.kubernetes.io/", "topology.kubernetes.io/", "nvidia.com/", "amd.com/",
  ]

  /// The facts, in the order of their names.
  ///
  /// - Parameters:
  ///   - version: what the server answers to `/version`; nil when it did not.
  ///   - nodes: the nodes; nil when nobody could look.
  package static func facts(version: JSONValue?, nodes: [Node]?) -> [SiteFact] {
    var facts: [SiteFact] = []
    let git = version?["gitVersion"]?.string.map { $0.hasPrefix("v") ? String($0.dropFirst()) : $0 }
    if let git {
      facts.append(SiteFact("kubernetesVersion", git))
      if let minor = minor(git) { facts.append(SiteFact("kubernetesMinor", minor)) }
    }
    if let kind = distribution(git, nodes) { facts.append(SiteFact("distribution", kind)) }
    guard let nodes else { return SiteFact.bounded(facts).facts }
    facts.append(SiteFact("nodes", "\(nodes.count)"))
    if let word = common(nodes, "architecture") { facts.append(SiteFact("architecture", word)) }
    if let word = common(nodes, "operatingSystem") { facts.append(SiteFact("os", word)) }
    if let cores = sum(nodes, "cpu") { facts.append(SiteFact("cpu", whole(cores))) }
    if let bytes = sum(nodes, "memory") {
      facts.append(SiteFact("memory", whole(bytes / 1_073_741_824)))
    }
    return SiteFact.bounded(facts + shared(nodes)).facts
  }

  /// `1.31` of `1.31.4+k3s1`; nil for what is no version.
  private static func minor(_ version: String) -> String? {
    let parts = version.split(separator: ".", omittingEmptySubsequences: false).prefix(2)
    guard parts.count == 2, let minor = parts.last?.prefix(while: \.isNumber), !minor.isEmpty,
      let major = parts.first, major.allSatisfy(\.isNumber), !major.isEmpty
    else { return nil }
    return "\(major).\(minor)"
  }

  /// Which Kubernetes it is, by the suffix of its version or by labels of its nodes; `vanilla` for none that
  /// is known, and nil when nobody could look at the nodes.
  private static func distribution(_ version: String?, _ nodes: [Node]?) -> String? {
    let suffixes = [
      ("+k3s", "k3s"), ("+rke2", "rke2"), ("+k0s", "k0s"), ("-eks-", "eks"), ("-gke.", "gke"),
    ]
    if let known = suffixes.first(where: { version?.contains($0.0) ?? false }) { return known.1 }
    guard let nodes, !nodes.isEmpty, version != nil else { return nil }
    let labels = [
      ("kubernetes.azure.com/cluster", "aks"), ("node.openshift.io/os_id", "openshift"),
      ("microk8s.io/cluster", "microk8s"),
    ]
    for (label, name) in labels where nodes.contains(where: { $0.labels[label] != nil }) {
      return name
    }
    return "vanilla"
  }

  /// What all nodes say of themselves; `mixed` when they differ, nil when none says it.
  private static func common(_ nodes: [Node], _ member: String) -> String? {
    let words = Set(nodes.compactMap { $0.info[member]?.string }.filter { !$0.isEmpty })
    return words.count > 1 ? "mixed" : words.first
  }

  /// The amount of all nodes together; nil when none says it.
  private static func sum(_ nodes: [Node], _ resource: String) -> Double? {
    let amounts = nodes.compactMap { $0.capacity[resource]?.string }
      .compactMap { Quantity($0)?.amount }
    return amounts.isEmpty ? nil : amounts.reduce(0, +)
  }

  /// The whole part of a number that is not absurd.
  private static func whole(_ number: Double) -> String {
    Int64(exactly: number.rounded(.down)).map { "\($0)" } ?? "0"
  }

  /// The labels of hardware that all nodes have with the same value.
  private static func shared(_ nodes: [Node]) -> [SiteFact] {
    guard let first = nodes.first else { return [] }
    let common = first.labels.filter { key, value in
      (hardware.contains(key) || hardwarePrefixes.contains { key.hasPrefix($0) })
        && nodes.allSatisfy { $0.labels[key] == value }
    }
    return common.map { SiteFact($0.key, $0.value) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
