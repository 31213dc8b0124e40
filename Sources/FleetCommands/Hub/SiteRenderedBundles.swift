// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import SliceFormat

/// Finds the bundles that the sites render, in what is released. Slices and deployments that clusters
/// share are looked at once.
struct SiteRenderedBundles {
  /// A bundle of a slice.
  struct Bundle: Hashable {
    /// The name.
    let name: String
    /// The tree of its deployment.
    let tree: ObjectID
  }

  private let store: Repository
  private var slices: [ObjectID: [Bundle]] = [:]
  private var deployments: [ObjectID: Bool] = [:]

  /// Looks in a repository with the hub's objects.
  init(_ store: Repository) {
    self.store = store
  }

  /// Those of a slice, in the order of their names.
  mutating func bundles(of slice: ObjectID) throws(CommandError) -> [Bundle] {
    if let known = slices[slice] { return known }
    var found: [Bundle] = []
    for entry in try failing({ try store.tree(slice) }) where entry.mode == .directory {
      // What is shipped to be rendered is in a folder of its own.
      let isShipped: Bool
      if let known = deployments[entry.id] {
        isShipped = known
      } else {
        isShipped = try failing { try store.tree(entry.id) }
          .contains { $0.name == SliceLayout.chartFolder }
        deployments[entry.id] = isShipped
      }
      if isShipped {
        found.append(Bundle(name: String(decoding: entry.name, as: UTF8.self), tree: entry.id))
      }
    }
    slices[slice] = found
    return found
  }
}
