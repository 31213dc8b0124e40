// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

/// What a change does to the objects of one cluster.
///
/// Clusters with equal effects are shown as one line.
package struct Effect: Sendable, Hashable {
  /// Whether the cluster itself comes, goes or stays.
  package enum Membership: Sendable, Hashable {
    case stays
    case joins
    /// The cluster leaves the inventory; its site keeps or removes what runs there.
    case leaves(removes: Bool)
  }

  /// Whether the cluster comes, goes or stays.
  package let membership: Membership
  /// Objects that are not there yet.
  package let created: [ObjectIdentity]
  /// Objects whose manifest changes.
  package let changed: [ObjectIdentity]
  /// Objects that will be deleted.
  package let deleted: [ObjectIdentity]
  /// Objects that stay on the cluster though no slice names them any more (`keepResources`).
  package let kept: [ObjectIdentity]
  /// Bundles of which only the options change, not an object.
  package let optionsOnly: [String]
  /// Bundles that change and that the site renders, so that the hub cannot know their objects.
  package let renderedAtSite: [String]
  /// Bundles that change and whose Helm hooks run for it.
  package let runsHooks: [String]

  /// Makes an effect; every list is brought into order.
  package init(
    membership: Membership, created: [ObjectIdentity] = [], changed: [ObjectIdentity] = [],
    deleted: [ObjectIdentity] = [], kept: [ObjectIdentity] = [], optionsOnly: [String] = [],
    renderedAtSite: [String] = [], runsHooks: [String] = []
  ) {
    self.membership = membership
    self.created = created.sorted()
    self.changed = changed.sorted()
    self.deleted = deleted.sorted()
    self.kept = kept.sorted()
    self.optionsOnly = optionsOnly.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    self.renderedAtSite = renderedAtSite.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    self.runsHooks = runsHooks.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether nothing at all happens to the objects.
  package var touchesNoObject: Bool { created.isEmpty && changed.isEmpty && deleted.isEmpty }
}
