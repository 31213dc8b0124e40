// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Targeting

/// Collects what is wrong with some clusters of bundles, so that each mistake is told once, with the
/// clusters that it is about, and not once for each of 2,500.
struct ClusterFailures {
  private struct Key: Hashable {
    let bundle: Int
    let finding: Finding
  }

  private var inputs: [Key: Set<Int>] = [:]
  /// In the order of finding.
  private var keys: [Key] = []

  /// Takes note of a finding about an input of a bundle.
  mutating func add(_ finding: Finding, bundle: Int, input: Int) {
    let key = Key(bundle: bundle, finding: finding)
    if inputs[key]?.insert(input) == nil {
      inputs[key] = [input]
      keys.append(key)
    }
  }

  /// The findings, with a note of the clusters where they are not about the whole bundle.
  func findings(_ bundles: [PlannedBundle], inventory: Inventory) -> [Finding] {
    keys.map { key in
      let planned = bundles[key.bundle]
      let wanted = inputs[key] ?? []
      var clusters: [String] = []
      var total = 0
      for (cluster, input) in planned.assignment.enumerated() {
        guard let input else { continue }
        total += 1
        if wanted.contains(input) { clusters.append(inventory.clusters[cluster].name) }
      }
      if clusters.isEmpty || clusters.count == total { return key.finding }
      let count = Wording.count(clusters.count, "cluster")
      return key.finding.adding(note: "for \(count): \(Wording.list(clusters))")
    }
  }
}
