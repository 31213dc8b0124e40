// SPDX-License-Identifier: Apache-2.0

import FleetModel
import SliceFormat
import Targeting

/// The registry mirrors of every cluster: its own first, then those of its groups by name.
struct FleetMirrors {
  private let sets: [[SiteRendering.Mirror]]
  /// By the cluster's place in the inventory; empty when no cluster has a mirror.
  private let places: [Int]

  init(_ inventory: Inventory) {
    let withGroups = Set(
      inventory.workspaceNames.filter { name in
        inventory.workspace(name).groups.contains { !$0.group.registryMirrors.isEmpty }
      })
    guard !withGroups.isEmpty || inventory.clusters.contains(where: { !$0.registryMirrors.isEmpty })
    else {
      sets = []
      places = []
      return
    }
    var sets: [[SiteRendering.Mirror]] = []
    var known: [[SiteRendering.Mirror]: Int] = [:]
    places = inventory.clusters.enumerated().map { position, cluster in
      var mirrors = cluster.registryMirrors
      if withGroups.contains(cluster.workspace) {
        for group in inventory.workspace(cluster.workspace).groups(of: position) {
          mirrors += group.registryMirrors
        }
      }
      let set = mirrors.map { SiteRendering.Mirror(from: $0.from.value, to: $0.to.value) }
      if let place = known[set] { return place }
      known[set] = sets.count
      sets.append(set)
      return sets.count - 1
    }
    self.sets = sets
  }

  /// The mirrors of the cluster at a place of the inventory.
  subscript(cluster: Int) -> [SiteRendering.Mirror] {
    places.indices.contains(cluster) ? sets[places[cluster]] : []
  }
}
