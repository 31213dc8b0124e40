// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

/// What one run does to a cluster, decided from what is wanted and what is recorded, and from nothing
/// else: no clock, no cluster.
///
/// The order that makes a kill at any point harmless: write `intent`, apply the phases, prune, write
/// `outcome`. Whatever exists on the cluster is in the recorded inventory at every moment.
///
/// A slice without bundles empties the cluster. It was judged by the hub's budgets, so it is obeyed;
/// `emptiesCluster` lets the caller say so, and is where a second guard at the site has its place.
package struct ApplyPlan: Sendable {
  /// Something recorded that no bundle wants in that place any more.
  ///
  /// A definition of custom resources is left alone, unless its bundle says otherwise: with it would go
  /// every resource of its kind, whoever made it.
  package struct Removal: Sendable, Hashable {
    /// The bundle that it is recorded under.
    package let bundle: String
    /// The object.
    package let reference: ObjectReference
    /// The object is wanted by another bundle now: it stays on the cluster and only what belongs to the
    /// old bundle (its file in a folder of manifests) goes.
    package let isMoved: Bool
    /// The same name is wanted in another assumed namespace: if the object turns out to belong to the
    /// cluster, both are one and it stays.
    package let sparesClusterScope: Bool
    /// Whether the bundle itself is still wanted.
    package let isBundleWanted: Bool
  }

  /// A bundle's object that another bundle has already.
  package struct Collision: Sendable, Hashable {
    /// The bundle that does not get the object.
    package let bundle: String
    /// The object.
    package let identity: ObjectIdentity
    /// The bundle that has it.
    package let owner: String
  }

  /// To be recorded before anything is applied: all that was owned and all that will be.
  package let intent: Inventory
  /// The objects in groups: every object of one is applied before the next begins.
  package let phases: [[DesiredObject]]
  /// What goes, in the order of going.
  package let removals: [Removal]
  /// Objects that two bundles claim; the first bundle by name has them.
  package let collisions: [Collision]
  /// Whether nothing is wanted where something is recorded.
  package let emptiesCluster: Bool
  private let slice: DesiredSlice
  private let recorded: Inventory
  private let refused: Set<RefusedObject>

  private struct RefusedObject: Hashable {
    let bundle: String
    let identity: ObjectIdentity
  }

  /// Decides.
  ///
  /// `obstacles` are objects that the target will not take (a file of somebody else's is in the way):
  /// they are neither recorded nor applied.
  package init(
    cluster: String, slice: DesiredSlice, recorded: Inventory,
    obstacles: [DesiredObject] = []
  ) {
    var refused = Set(obstacles.map { RefusedObject(bundle: $0.bundle, identity: $0.identity) })
    var owners: [ObjectIdentity: String] = [:]
    var collisions: [Collision] = []
    var wanted: [DesiredObject] = []
    var assumedNames = Set<ObjectIdentity>()
    for bundle in slice.bundles {
      for object in bundle.objects {
        let mark = RefusedObject(bundle: bundle.name, identity: object.identity)
        if let owner = owners[object.identity] {
          collisions.append(
            Collision(bundle: bundle.name, identity: object.identity, owner: owner))
          refused.insert(mark)
          continue
        }
        owners[object.identity] = bundle.name
        if object.reference.isNamespaceAssumed {
          assumedNames.insert(object.identity.inNamespace(""))
        }
        if !refused.contains(mark) { wanted.append(object) }
      }
    }
    wanted.sort { KindOrder.precedes($0.identity, $1.identity) }
    let foundation = wanted.filter { KindOrder.isFoundation($0.identity) }
    let rest = wanted.filter { !KindOrder.isFoundation($0.identity) }
    phases = [foundation, rest].filter { !$0.isEmpty }

    removals = Self.removals(
      slice: slice, recorded: recorded, owners: owners, assumedNames: assumedNames)
    self.collisions = collisions
    self.slice = slice
    self.recorded = recorded
    self.refused = refused
    emptiesCluster = slice.bundles.isEmpty && !recorded.isEmpty
    intent = Self.union(
      cluster: cluster, slice: slice, recorded: recorded,
      isRefused: { refused.contains(RefusedObject(bundle: $0, identity: $1)) })
  }

  /// To be recorded at the end.
  ///
  /// `failed` are the bundles of which something could not be applied: they keep what they had, so that
  /// nothing is taken away before its successor is there. `remaining` are the removals that did not
  /// happen and must be tried again.
  package func outcome(failed: Set<String>, remaining: [Removal]) -> Inventory {
    var bundles: [Inventory.Bundle] = []
    for bundle in slice.bundles {
      let owned = bundle.objects.filter { !isRefused($0) }.map(\.reference)
      let leftOver = remaining.filter { $0.bundle == bundle.name }.map(\.reference)
      bundles.append(
        Inventory.Bundle(
          name: bundle.name,
          tree: failed.contains(bundle.name) ? recorded[bundle.name]?.tree : bundle.tree,
          keepsResources: bundle.keepsResources, deletesDefinitions: bundle.deletesDefinitions,
          objects: owned + leftOver))
    }
    let wanted = Set(slice.bundles.map(\.name))
    for bundle in recorded.bundles where !wanted.contains(bundle.name) {
      let leftOver = remaining.filter { $0.bundle == bundle.name }.map(\.reference)
      if leftOver.isEmpty { continue }
      bundles.append(
        Inventory.Bundle(
          name: bundle.name, tree: bundle.tree, keepsResources: bundle.keepsResources,
          deletesDefinitions: bundle.deletesDefinitions, objects: leftOver))
    }
    return Inventory(cluster: intent.cluster, bundles: bundles)
  }

  private static func removals(
    slice: DesiredSlice, recorded: Inventory, owners: [ObjectIdentity: String],
    assumedNames: Set<ObjectIdentity>
  ) -> [Removal] {
    var removals: [Removal] = []
    let wanted = Dictionary(
      slice.bundles.map { ($0.name, Set($0.objects.map(\.reference))) }, uniquingKeysWith: { $1 })
    for bundle in recorded.bundles {
      let own = wanted[bundle.name]
      for reference in bundle.objects {
        let owner = owners[reference.identity]
        if owner == bundle.name, own?.contains(reference) == true { continue }
        if owner == nil {
          if own == nil, bundle.keepsResources { continue }
          if KindOrder.isDefinition(reference.identity), !bundle.deletesDefinitions { continue }
        }
        removals.append(
          Removal(
            bundle: bundle.name, reference: reference, isMoved: owner != nil,
            sparesClusterScope: reference.isNamespaceAssumed
              && assumedNames.contains(reference.identity.inNamespace("")),
            isBundleWanted: own != nil))
      }
    }
    return removals.sorted {
      $0.reference.identity == $1.reference.identity
        ? $0.bundle.utf8.lexicographicallyPrecedes($1.bundle.utf8)
        : KindOrder.precedes($1.reference.identity, $0.reference.identity)
    }
  }

  private func isRefused(_ object: DesiredObject) -> Bool {
    refused.contains(RefusedObject(bundle: object.bundle, identity: object.identity))
  }

  private static func union(
    cluster: String, slice: DesiredSlice, recorded: Inventory,
    isRefused: (String, ObjectIdentity) -> Bool
  ) -> Inventory {
    var bundles: [Inventory.Bundle] = []
    let wanted = Set(slice.bundles.map(\.name))
    for bundle in slice.bundles {
      let before = recorded[bundle.name]
      bundles.append(
        Inventory.Bundle(
          name: bundle.name, tree: before?.tree, keepsResources: bundle.keepsResources,
          deletesDefinitions: bundle.deletesDefinitions,
          objects: bundle.objects.filter { !isRefused(bundle.name, $0.identity) }.map(\.reference)
            + (before?.objects ?? [])))
    }
    bundles += recorded.bundles.filter { !wanted.contains($0.name) }
    return Inventory(cluster: cluster, bundles: bundles)
  }
}
