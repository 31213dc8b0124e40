// SPDX-License-Identifier: Apache-2.0

import Customising
import Targeting

/// The facts of clusters, made when the first template asks for them: most fleets' bundles never do.
final class ClusterFactsCache {
  private let inventory: Inventory
  private var known: [ClusterFacts?]

  init(_ inventory: Inventory) {
    self.inventory = inventory
    known = [ClusterFacts?](repeating: nil, count: inventory.clusters.count)
  }

  /// The facts of the cluster at a place of the inventory.
  subscript(cluster: Int) -> ClusterFacts {
    if let facts = known[cluster] { return facts }
    let facts = ClusterFacts(inventory.clusters[cluster])
    known[cluster] = facts
    return facts
  }
}
