// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

/// The guard of a site against a slice that takes away what no budget of the hub has judged.
package enum RemovalGuard {
  /// What may go.
  package enum Allowance: Sendable, Hashable {
    /// Whatever the slice lacks.
    case everything
    /// What the hub counted.
    case tally(RemovalTally)
  }

  /// How much may go besides.
  package enum Limit: Sendable, Hashable {
    /// A quarter, and at least 5 objects: a cluster with three objects has no quarter.
    case standard
    /// So many objects.
    case count(Int)
    /// So many of a hundred.
    case share(Int)

    func resolved(of total: Int) -> Int {
      switch self {
      case .standard: max(5, total / 4)
      case .count(let count): count
      case .share(let percent):
        total / 100 * percent + total % 100 * percent / 100
      }
    }
  }

  /// What a slice would remove, where that is too much.
  package struct Excess: Sendable, Hashable {
    /// Objects that would go.
    package let removed: Int
    /// Those of them that the hub has not allowed.
    package let unallowed: Int
    /// Objects that are recorded.
    package let total: Int
    /// How many may go without being allowed.
    package let limit: Int

    /// What is wrong, to follow the name of the slice.
    package var message: String {
      let share = "takes away \(removed) of \(Self.objects(total))"
      let allowed = removed - unallowed
      return "\(share), of which the hub has allowed \(allowed == 0 ? "none" : "\(allowed)")"
        + (limit == 0 ? ", and leaves nothing" : "; \(limit) may go without")
    }

    private static func objects(_ count: Int) -> String {
      count == 1 ? "1 object" : "\(count) objects"
    }
  }

  /// What is recorded of a slice when all of it is applied, as far as that is known without rendering charts.
  package static func record(_ slice: DesiredSlice, cluster: String) -> Inventory {
    Inventory(
      cluster: cluster,
      bundles: slice.bundles.map { bundle in
        Inventory.Bundle(
          name: bundle.name, tree: bundle.tree, keepsResources: bundle.keepsResources,
          deletesDefinitions: bundle.deletesDefinitions,
          objects: bundle.references { _ in false })
      })
  }

  /// Holds a slice against what is recorded; nil when it may be applied.
  ///
  /// Bundles that go are held against the number of bundles that the hub took away, the largest first: nobody but
  /// the site knows what a chart has given. What a chart gives that stays is not known here and not judged. A bundle
  /// of which no object is known counts as one.
  package static func excess(
    _ slice: DesiredSlice, over recorded: Inventory, allowance: Allowance, limit: Limit
  ) -> Excess? {
    guard case .tally(let allowed) = allowance else { return nil }
    let plan = ApplyPlan(cluster: recorded.cluster, slice: slice, recorded: recorded)
    var byBundle: [String: Int] = [:]
    for removal in plan.removals where !removal.isMoved {
      byBundle[removal.bundle, default: 0] += 1
    }
    var gone: [Int] = []
    var fromStaying = 0
    var total = 0
    for bundle in recorded.bundles {
      let weight = bundle.objects.isEmpty ? 1 : byBundle[bundle.name] ?? 0
      total += max(1, bundle.objects.count)
      if let successor = slice[bundle.name] {
        if successor.chart == nil, !bundle.objects.isEmpty { fromStaying += weight }
      } else if !bundle.keepsResources, weight > 0 {
        gone.append(weight)
      }
    }
    gone.sort(by: >)
    let unallowed =
      gone.dropFirst(allowed.bundles).reduce(0, +) + max(0, fromStaying - allowed.objects)
    let bound = slice.bundles.isEmpty ? 0 : limit.resolved(of: total)
    guard unallowed > bound else { return nil }
    return Excess(
      removed: gone.reduce(0, +) + fromStaying, unallowed: unallowed, total: total, limit: bound)
  }
}

/// What a target remembers of the slice that was applied last, for a site that loses its state folder.
package struct RemovalMark: Sendable, Hashable {
  /// The epoch of that slice.
  package let epoch: Int64
  /// What the hub had taken away until then.
  package let tally: RemovalTally

  /// Makes a mark.
  package init(epoch: Int64, tally: RemovalTally) {
    self.epoch = epoch
    self.tally = tally
  }
}
