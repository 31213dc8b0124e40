// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel

/// The clusters of the hub and the groups of every workspace.
package struct Inventory: Sendable {
  /// All clusters, sorted by the bytes of their names; sets of clusters are sets of positions in here.
  package let clusters: [Cluster]
  /// The labels of all clusters.
  package let labels: LabelIndex
  private let workspaces: [String: Workspace]
  private let positions: [String: Int]

  /// Builds the inventory from things in the order of their files.
  ///
  /// A cluster's name is unique in the hub, because it names a ref; a group's in its workspace. The second
  /// of a name is reported and left out.
  package init(clusters: [Cluster], groups: [ClusterGroup], findings: inout Findings) {
    self.clusters = Inventory.unique(clusters, findings: &findings)
    labels = LabelIndex(self.clusters.map(\.labels))
    positions = Dictionary(
      self.clusters.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    var members: [String: BitSet] = [:]
    for (position, cluster) in self.clusters.enumerated() {
      members[cluster.workspace, default: BitSet(count: self.clusters.count)].insert(position)
    }
    let groupsByWorkspace = Inventory.groups(groups, findings: &findings)
    var workspaces: [String: Workspace] = [:]
    for name in Set(members.keys).union(groupsByWorkspace.keys) {
      workspaces[name] = Workspace(
        name: name, clusters: members[name] ?? BitSet(count: self.clusters.count),
        groups: groupsByWorkspace[name] ?? [], labels: labels)
    }
    self.workspaces = workspaces
  }

  /// The position of the cluster with a name, or nil.
  package func position(of name: String) -> Int? { positions[name] }

  /// A workspace; one that nothing is in is empty.
  package func workspace(_ name: String) -> Workspace {
    workspaces[name]
      ?? Workspace(name: name, clusters: BitSet(count: clusters.count), groups: [], labels: labels)
  }

  /// The names of the workspaces that have a cluster, sorted by bytes.
  package var workspaceNames: [String] {
    workspaces.filter { !$0.value.clusters.isEmpty }.keys
      .sorted { $0.precedesInBytes($1) }
  }

  private static func unique(_ clusters: [Cluster], findings: inout Findings) -> [Cluster] {
    var first: [String: Int] = [:]
    var kept: [Cluster] = []
    for cluster in clusters {
      if let known = first[cluster.name] {
        let other = kept[known]
        let place =
          other.workspace == cluster.workspace
          ? "" : " in workspace \(Wording.quoted(other.workspace))"
        findings.error(
          "same-name", "there are two clusters \(Wording.quoted(cluster.name))",
          at: cluster.metadata.name.span,
          notes: [Finding.Note("the first is here\(place)", at: other.metadata.name.span)],
          hints: ["the name of a cluster is unique in the whole hub, in all workspaces"])
        continue
      }
      first[cluster.name] = kept.count
      kept.append(cluster)
    }
    return kept.sorted { $0.name.precedesInBytes($1.name) }
  }

  private static func groups(
    _ groups: [ClusterGroup], findings: inout Findings
  ) -> [String: [ClusterGroup]] {
    var result: [String: [ClusterGroup]] = [:]
    for group in groups {
      if let other = result[group.workspace]?.first(where: { $0.name == group.name }) {
        findings.error(
          "same-name", "there are two cluster groups \(Wording.quoted(group.name))",
          at: group.metadata.name.span,
          notes: [Finding.Note("the first is here", at: other.metadata.name.span)])
        continue
      }
      result[group.workspace, default: []].append(group)
    }
    return result
  }
}

/// The clusters and groups that a GitRepo of one namespace sees.
package struct Workspace: Sendable {
  /// A group and the clusters in it.
  package struct Group: Sendable {
    /// The group.
    package let group: ClusterGroup
    /// The positions of its clusters.
    package let members: BitSet
  }

  /// The name.
  package let name: String
  /// The positions of its clusters.
  package let clusters: BitSet
  /// Its groups, sorted by the bytes of their names.
  package let groups: [Group]
  /// The clusters that are in no group.
  package let ungrouped: BitSet

  init(name: String, clusters: BitSet, groups: [ClusterGroup], labels: LabelIndex) {
    self.name = name
    self.clusters = clusters
    self.groups =
      groups
      .sorted { $0.name.precedesInBytes($1.name) }
      .map { group in
        let members = group.selector.map { labels.matching($0).intersection(clusters) }
        return Group(group: group, members: members ?? BitSet(count: labels.count))
      }
    ungrouped = self.groups.reduce(into: clusters) { $0.subtract($1.members) }
  }

  /// The groups that a cluster is in.
  package func groups(of position: Int) -> [ClusterGroup] {
    groups.filter { $0.members.contains(position) }.map(\.group)
  }
}
