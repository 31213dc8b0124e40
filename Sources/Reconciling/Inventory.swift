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
    /// The service account as which things are done; empty for the site's own.
    package var account: String
    /// The namespace that goes with the bundle (Fleet's `deleteNamespace`); nil when it stays.
    package var doomedNamespace: String?
    /// What the bundle wants on its namespace.
    package var namespaceSettings: NamespaceSettings?
    /// The objects, by key, without repetitions.
    package private(set) var objects: [ObjectReference]
    /// Whether another tree than `tree` was applied in part since: nobody knows then what is there without
    /// applying again.
    package var isMixed = false

    /// Makes a record.
    package init(
      name: String, tree: ObjectID?, keepsResources: Bool, deletesDefinitions: Bool,
      account: String = "", doomedNamespace: String? = nil,
      namespaceSettings: NamespaceSettings? = nil, objects: some Sequence<ObjectReference>
    ) {
      self.name = name
      self.tree = tree
      self.keepsResources = keepsResources
      self.deletesDefinitions = deletesDefinitions
      self.account = account
      self.doomedNamespace = doomedNamespace
      self.namespaceSettings = namespaceSettings
      self.objects = Set(objects).sorted()
    }
  }

  /// A namespace on which labels or annotations were set, and as whom: each account has a field manager
  /// of its own.
  package struct NamespaceClaim: Sendable, Hashable, Comparable {
    /// The namespace.
    package let namespace: String
    /// The service account; empty for the site's own.
    package let account: String

    /// Makes a claim.
    package init(namespace: String, account: String) {
      self.namespace = namespace
      self.account = account
    }

    package static func < (left: Self, right: Self) -> Bool {
      left.namespace == right.namespace
        ? left.account.utf8.lexicographicallyPrecedes(right.account.utf8)
        : left.namespace.utf8.lexicographicallyPrecedes(right.namespace.utf8)
    }
  }

  /// The cluster's name in the fleet; empty when nothing is recorded yet.
  package var cluster: String
  /// The bundles, by name.
  package private(set) var bundles: [Bundle]
  /// The namespaces that carry labels or annotations of ours, sorted, without repetitions.
  package private(set) var namespaceClaims: [NamespaceClaim]
  /// How often drift was undone. Counted so that the record is written after each time: what was applied
  /// later than the record was not applied by us.
  package var corrections: Int64 = 0
  /// The trees that the site went back from, by bundle: a site that lost its state folder knows them still.
  package var refused: [String: RefusedTree] = [:]
  /// What the hub had taken away from the slice that was applied last; nil where it did not count.
  package var mark: RemovalMark?

  /// Makes an inventory.
  package init(
    cluster: String, bundles: [Bundle] = [], namespaceClaims: some Sequence<NamespaceClaim> = []
  ) {
    self.cluster = cluster
    self.bundles = bundles.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    self.namespaceClaims = Set(namespaceClaims).sorted()
  }

  /// Whether nothing is owned.
  package var isEmpty: Bool { bundles.isEmpty && namespaceClaims.isEmpty }

  /// How many objects are owned.
  package var objectCount: Int { bundles.reduce(0) { $0 + $1.objects.count } }

  /// The record of a bundle, or nil.
  package subscript(_ name: String) -> Bundle? { bundles.first { $0.name == name } }
}
