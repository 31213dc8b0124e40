// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import SliceFormat

/// What this program put on a cluster, bundle by bundle: the only things that it may take away again.
package struct Inventory: Sendable, Hashable {
  /// What is recorded of one bundle.
  package struct Bundle: Sendable, Hashable {
    /// The bundle's name.
    package let name: String
    /// The tree that was applied last; nil before the first time that all of it was.
    package var tree: ObjectID?
    /// Whether the objects stay when the bundle goes.
    package var keepsResources: Bool
    /// Whether definitions of custom resources go with the bundle, and with them every resource of
    /// theirs on the cluster (Fleet's `deleteCRDResources`).
    package var deletesDefinitions: Bool
    /// The objects, by key, without repetitions.
    package private(set) var objects: [ObjectReference]

    /// Makes a record.
    package init(
      name: String, tree: ObjectID?, keepsResources: Bool, deletesDefinitions: Bool,
      objects: some Sequence<ObjectReference>
    ) {
      self.name = name
      self.tree = tree
      self.keepsResources = keepsResources
      self.deletesDefinitions = deletesDefinitions
      self.objects = Set(objects).sorted()
    }
  }

  /// The cluster's name in the fleet; empty when nothing is recorded yet.
  package var cluster: String
  /// The bundles, by name.
  package private(set) var bundles: [Bundle]

  /// Makes an inventory.
  package init(cluster: String, bundles: [Bundle] = []) {
    self.cluster = cluster
    self.bundles = bundles.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Whether nothing is owned.
  package var isEmpty: Bool { bundles.isEmpty }

  /// How many objects are owned.
  package var objectCount: Int { bundles.reduce(0) { $0 + $1.objects.count } }

  /// The record of a bundle, or nil.
  package subscript(_ name: String) -> Bundle? { bundles.first { $0.name == name } }
}
