// SPDX-License-Identifier: Apache-2.0

package import FleetModel

extension TargetCriteria {
  /// Whether a cluster matches, looked at with one of its groups, or with none where it is in none.
  ///
  /// Rule: `target/matcher/clustermatcher.go` of Rancher Fleet. Without a group, `clusterGroupSelector`
  /// sees a group without labels.
  package func matches(cluster: Cluster, group: ClusterGroup?) -> Bool {
    if isEmpty { return false }
    return matchesCluster(cluster) && matchesGroup(group)
  }

  /// Whether a cluster matches with any of its groups.
  package func matches(cluster: Cluster, groups: [ClusterGroup]) -> Bool {
    if groups.isEmpty { return matches(cluster: cluster, group: nil) }
    return groups.contains { matches(cluster: cluster, group: $0) }
  }

  /// Whether the name and the labels of a cluster fit.
  func matchesCluster(_ cluster: Cluster) -> Bool {
    matchesName(of: cluster) && clusterSelector?.matches(cluster.labels) ?? true
  }

  /// Whether the name of a cluster, or its display name, is the one that is asked for.
  func matchesName(of cluster: Cluster) -> Bool {
    guard let wanted = clusterName?.value else { return true }
    return wanted == cluster.name || wanted == cluster.labels[TargetCriteria.displayNameLabel]
  }

  /// Whether a group fits.
  func matchesGroup(_ group: ClusterGroup?) -> Bool {
    if let wanted = clusterGroup?.value, wanted != group?.name { return false }
    return clusterGroupSelector?.matches(group?.labels ?? Labels()) ?? true
  }

  /// The clusters whose name and labels fit.
  func clusterSet(in inventory: Inventory, _ workspace: Workspace) -> BitSet {
    if isEmpty { return BitSet(count: inventory.clusters.count) }
    var set = workspace.clusters
    if let selector = clusterSelector { set.formIntersection(inventory.labels.matching(selector)) }
    if let name = clusterName?.value {
      var named = inventory.labels.having(TargetCriteria.displayNameLabel, name)
      if let position = inventory.position(of: name) { named.insert(position) }
      set.formIntersection(named)
    }
    return set
  }

  /// The clusters that match with any of their groups.
  package func matchingSet(in inventory: Inventory, _ workspace: Workspace) -> BitSet {
    let set = clusterSet(in: inventory, workspace)
    guard asksForGroup, !set.isEmpty else { return set }
    var grouped = BitSet(count: inventory.clusters.count)
    if matchesGroup(nil) { grouped.formUnion(workspace.ungrouped) }
    for entry in workspace.groups where matchesGroup(entry.group) {
      grouped.formUnion(entry.members)
    }
    return set.intersection(grouped)
  }
}
