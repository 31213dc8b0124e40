// SPDX-License-Identifier: Apache-2.0

package import FleetModel

/// What becomes of a bundle on one cluster.
package enum TargetDecision: Sendable, Hashable {
  /// No target selects the cluster.
  case notTargeted
  /// A target selects it, but `doNotDeploy` of the target at this position says no.
  case skipped(target: Int, by: Int)
  /// The bundle goes there: the position of the target that selects it, and those of the customizations
  /// that count, in order.
  case deployed(target: Int, customizations: [Int])
}

/// Decides for every cluster of a workspace whether it gets a bundle, and with which options.
///
/// The algorithm is Rancher Fleet's (`target/builder.go`, `target/matcher/bundlematch.go`): the first
/// target that is no customization, matches, and passes the allow list with the same group selects the
/// cluster. Then the first customization that matches replaces that target's options (`FirstMatch`), or
/// all that match are merged over them (`AllMatches`). `doNotDeploy` of any of these takes the cluster out.
package struct TargetMatcher: Sendable {
  /// The bundle.
  package let bundle: BundleTargets
  /// The clusters that get the bundle.
  package let deployed: BitSet
  /// The clusters that a target selects and `doNotDeploy` takes out.
  package let skipped: BitSet
  private let selections: [(target: Int, clusters: BitSet)]
  private let customizations: [(target: Int, clusters: BitSet)]

  /// Matches a bundle with the clusters of its workspace.
  package init(_ bundle: BundleTargets, in inventory: Inventory) {
    self.bundle = bundle
    let workspace = inventory.workspace(bundle.workspace)
    let split = bundle.customizationCount
    selections = TargetMatcher.selections(bundle, from: split, inventory, workspace)
    var taken = BitSet(count: inventory.clusters.count)
    var customizations: [(Int, BitSet)] = []
    for position in 0..<split {
      var set = bundle.targets[position].criteria.matchingSet(in: inventory, workspace)
      if bundle.mode == .firstMatch {
        set.subtract(taken)
        taken.formUnion(set)
      }
      customizations.append((position, set))
    }
    self.customizations = customizations
    var selected = BitSet(count: inventory.clusters.count)
    var excluded = BitSet(count: inventory.clusters.count)
    for (target, clusters) in selections {
      selected.formUnion(clusters)
      if bundle.targets[target].doNotDeploy { excluded.formUnion(clusters) }
    }
    for (target, clusters) in customizations where bundle.targets[target].doNotDeploy {
      excluded.formUnion(clusters)
    }
    deployed = selected.subtracting(excluded)
    skipped = selected.intersection(excluded)
  }

  /// What becomes of the bundle on the cluster at a position of the inventory.
  package func decision(for cluster: Int) -> TargetDecision {
    guard let target = selections.first(where: { $0.clusters.contains(cluster) })?.target else {
      return .notTargeted
    }
    if bundle.targets[target].doNotDeploy { return .skipped(target: target, by: target) }
    let matching = customizations.filter { $0.clusters.contains(cluster) }.map(\.target)
    if let no = matching.first(where: { bundle.targets[$0].doNotDeploy }) {
      return .skipped(target: target, by: no)
    }
    return .deployed(target: target, customizations: matching)
  }

  /// The customizations that count for a cluster, whether or not a target selects it.
  package func customizations(for cluster: Int) -> [Int] {
    customizations.filter { $0.clusters.contains(cluster) }.map(\.target)
  }

  /// The options of the bundle on the cluster at a position; nil where it is not deployed.
  package func options(for cluster: Int) -> BundleOptions? {
    guard case .deployed(let target, let customizations) = decision(for: cluster) else {
      return nil
    }
    return options(target: target, customizations: customizations)
  }

  /// The options that a decision leads to; clusters with equal decisions have equal options.
  package func options(target: Int, customizations: [Int]) -> BundleOptions {
    var options = bundle.targets[target].options
    switch bundle.mode {
    case .firstMatch:
      if let first = customizations.first { options = bundle.targets[first].options }
    case .allMatches:
      for position in customizations {
        options = options.merged(with: bundle.targets[position].options)
      }
    }
    return bundle.options.merged(with: options)
  }

  /// Which clusters each target selects; a cluster counts for the first.
  private static func selections(
    _ bundle: BundleTargets, from split: Int, _ inventory: Inventory, _ workspace: Workspace
  ) -> [(target: Int, clusters: BitSet)] {
    let allowed = bundle.restrictions.map { restriction in
      (criteria: restriction, clusters: restriction.clusterSet(in: inventory, workspace))
    }
    let asksForGroup =
      bundle.restrictions.contains { $0.asksForGroup }
      || bundle.targets[split...].contains { $0.criteria.asksForGroup }
    var taken = BitSet(count: inventory.clusters.count)
    return bundle.targets.indices[split...].map { position in
      let criteria = bundle.targets[position].criteria
      let fitting = criteria.clusterSet(in: inventory, workspace)
      var selected = BitSet(count: inventory.clusters.count)
      // Target and allow list have to agree on one group, so groups are looked at one by one.
      let add: (BitSet, ClusterGroup?) -> Void = { members, group in
        guard !asksForGroup || criteria.matchesGroup(group) else { return }
        var permitted = members
        if !allowed.isEmpty {
          permitted = BitSet(count: inventory.clusters.count)
          for entry in allowed where !asksForGroup || entry.criteria.matchesGroup(group) {
            permitted.formUnion(entry.clusters)
          }
          permitted.formIntersection(members)
        }
        selected.formUnion(permitted)
      }
      if asksForGroup {
        add(workspace.ungrouped, nil)
        for entry in workspace.groups { add(entry.members, entry.group) }
      } else {
        add(workspace.clusters, nil)
      }
      selected.formIntersection(fitting)
      selected.subtract(taken)
      taken.formUnion(selected)
      return (position, selected)
    }
  }
}
