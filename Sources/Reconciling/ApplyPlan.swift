// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

/// What one run does to a cluster, decided from what is wanted and what is recorded, and from nothing
/// else: no clock, no cluster.
///
/// The order that makes a kill at any point harmless: write `intent`, apply the phases, prune, write
/// `outcome`. Whatever exists on the cluster is in the recorded inventory at every moment.
///
/// A slice without bundles empties the cluster. Whether it may was judged by the hub's budgets and by
/// `RemovalGuard` before; `emptiesCluster` lets the caller say so.
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
    /// The service account as which it goes; empty for the site's own.
    package let account: String
  }

  /// A namespace that goes with its bundle (Fleet's `deleteNamespace`).
  package struct NamespaceRemoval: Sendable, Hashable {
    /// The bundle that is gone.
    package let bundle: String
    /// The namespace.
    package let namespace: String
    /// The service account as which it goes; empty for the site's own.
    package let account: String
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
  /// Namespaces that go after the removals.
  package let namespaceRemovals: [NamespaceRemoval]
  /// Objects that two bundles claim; the first bundle by name has them, but what the hub rendered comes
  /// before what the site renders.
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
  /// they are neither recorded nor applied. `reserved` are namespaces that never go with a bundle.
  package init(
    cluster: String, slice: DesiredSlice, recorded: Inventory,
    obstacles: [DesiredObject] = [], reserved: Set<String> = []
  ) {
    var refused = Set(obstacles.map { RefusedObject(bundle: $0.bundle, identity: $0.identity) })
    var owners: [ObjectIdentity: String] = [:]
    var collisions: [Collision] = []
    var wanted: [DesiredObject] = []
    var assumedNames = Set<ObjectIdentity>()
    let isSiteMade = { (bundle: DesiredBundle) in bundle.descriptor.rendering != nil }
    for bundle in slice.bundles.filter({ !isSiteMade($0) }) + slice.bundles.filter(isSiteMade) {
      func claim(_ object: DesiredObject, asHook: Bool) {
        let mark = RefusedObject(bundle: bundle.name, identity: object.identity)
        if let owner = owners[object.identity], !asHook || owner != bundle.name {
          collisions.append(
            Collision(bundle: bundle.name, identity: object.identity, owner: owner))
          refused.insert(mark)
          return
        }
        owners[object.identity] = bundle.name
        if object.reference.isNamespaceAssumed {
          assumedNames.insert(object.identity.inNamespace(""))
        }
        if !asHook, !refused.contains(mark) { wanted.append(object) }
      }
      for object in bundle.objects { claim(object, asHook: false) }
      // One hook may stand in both phases.
      for hook in bundle.hooks { claim(hook.object, asHook: true) }
    }
    wanted.sort { KindOrder.precedes($0.identity, $1.identity) }
    let foundation = wanted.filter { KindOrder.isFoundation($0.identity) }
    let rest = wanted.filter { !KindOrder.isFoundation($0.identity) }
    phases = [foundation, rest].filter { !$0.isEmpty }

    removals = Self.removals(
      slice: slice, recorded: recorded, owners: owners, assumedNames: assumedNames)
    namespaceRemovals = NamespaceUse(slice: slice, recorded: recorded, reserved: reserved).removals
    self.collisions = collisions
    self.slice = slice
    self.recorded = recorded
    self.refused = refused
    emptiesCluster = slice.bundles.isEmpty && !recorded.isEmpty
    intent = Self.union(
      cluster: cluster, slice: slice, recorded: recorded,
      isRefused: { refused.contains(RefusedObject(bundle: $0, identity: $1)) })
  }

  /// The phases of some bundles alone.
  package func phases(of bundles: Set<String>) -> [[DesiredObject]] {
    phases.map { phase in phase.filter { bundles.contains($0.bundle) } }.filter { !$0.isEmpty }
  }

  /// What became of the parts of a run, for the record.
  package struct Ending: Sendable {
    /// The bundles of which something could not be applied: they keep what they had, so that nothing
    /// is taken away before its successor is there.
    package var failed: Set<String> = []
    /// Those of them that were not touched at all.
    package var untouched: Set<String> = []
    /// The removals that did not happen and must be tried again.
    package var remaining: [Removal] = []
    /// The same of namespaces.
    package var remainingNamespaces: [NamespaceRemoval] = []
    /// The namespaces that carry labels or annotations of ours now.
    package var namespaceClaims: [Inventory.NamespaceClaim] = []
    /// Whether drift was undone.
    package var hasCorrected = false

    /// An ending without trouble.
    package init() {}
  }

  /// To be recorded at the end.
  package func outcome(_ ending: Ending) -> Inventory {
    var bundles: [Inventory.Bundle] = []
    for bundle in slice.bundles {
      let before = recorded[bundle.name]
      let isNew = !ending.untouched.contains(bundle.name)
      let leftOver = ending.remaining.filter { $0.bundle == bundle.name }.map(\.reference)
      let isFailed = ending.failed.contains(bundle.name)
      var record = Inventory.Bundle(
        name: bundle.name, tree: isFailed ? before?.tree : bundle.tree,
        keepsResources: bundle.keepsResources, deletesDefinitions: bundle.deletesDefinitions,
        account: bundle.descriptor.serviceAccount,
        doomedNamespace: isNew ? bundle.doomedNamespace : before?.doomedNamespace,
        namespaceSettings: isNew ? bundle.recordedSettings : before?.namespaceSettings,
        objects: ownedReferences(bundle) + leftOver)
      if isFailed, let before, before.tree != nil {
        record.isMixed = before.isMixed || (isNew && before.tree != bundle.tree)
      }
      bundles.append(record)
    }
    let wanted = Set(slice.bundles.map(\.name))
    for bundle in recorded.bundles where !wanted.contains(bundle.name) {
      let leftOver = ending.remaining.filter { $0.bundle == bundle.name }.map(\.reference)
      let namespace = ending.remainingNamespaces.first { $0.bundle == bundle.name }?.namespace
      if leftOver.isEmpty, namespace == nil { continue }
      bundles.append(
        Inventory.Bundle(
          name: bundle.name, tree: bundle.tree, keepsResources: bundle.keepsResources,
          deletesDefinitions: bundle.deletesDefinitions, account: bundle.account,
          doomedNamespace: namespace, objects: leftOver))
    }
    var outcome = Inventory(
      cluster: intent.cluster, bundles: bundles, namespaceClaims: ending.namespaceClaims)
    outcome.corrections = recorded.corrections &+ (ending.hasCorrected ? 1 : 0)
    outcome.refused = slice.refused ?? recorded.refused
    outcome.mark = slice.mark ?? recorded.mark
    return outcome
  }

  private func ownedReferences(_ bundle: DesiredBundle) -> [ObjectReference] {
    bundle.references { refused.contains(RefusedObject(bundle: bundle.name, identity: $0)) }
  }

  private static func removals(
    slice: DesiredSlice, recorded: Inventory, owners: [ObjectIdentity: String],
    assumedNames: Set<ObjectIdentity>
  ) -> [Removal] {
    var removals: [Removal] = []
    let wanted = Dictionary(
      slice.bundles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    for bundle in recorded.bundles {
      let successor = wanted[bundle.name]
      let own = successor.map { Set($0.references { _ in false }) }
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
            isBundleWanted: own != nil,
            account: successor?.descriptor.serviceAccount ?? bundle.account))
      }
    }
    return removals.sorted {
      $0.reference.identity == $1.reference.identity
        ? $0.bundle.utf8.lexicographicallyPrecedes($1.bundle.utf8)
        : KindOrder.precedes($1.reference.identity, $0.reference.identity)
    }
  }

  private static func union(
    cluster: String, slice: DesiredSlice, recorded: Inventory,
    isRefused: (String, ObjectIdentity) -> Bool
  ) -> Inventory {
    var bundles: [Inventory.Bundle] = []
    let wanted = Set(slice.bundles.map(\.name))
    for bundle in slice.bundles {
      let before = recorded[bundle.name]
      var record = Inventory.Bundle(
        name: bundle.name, tree: before?.tree, keepsResources: bundle.keepsResources,
        deletesDefinitions: bundle.deletesDefinitions,
        account: bundle.descriptor.serviceAccount,
        doomedNamespace: before == nil ? bundle.doomedNamespace : before?.doomedNamespace,
        namespaceSettings: before?.namespaceSettings,
        objects: bundle.references { isRefused(bundle.name, $0) } + (before?.objects ?? []))
      record.isMixed = before?.isMixed ?? false
      bundles.append(record)
    }
    bundles += recorded.bundles.filter { !wanted.contains($0.name) }
    let claims = slice.bundles.filter { !$0.namespaceSettings.isEmpty }.map(\.namespaceClaim)
    var union = Inventory(
      cluster: cluster, bundles: bundles, namespaceClaims: claims + recorded.namespaceClaims)
    union.corrections = recorded.corrections
    union.refused = slice.refused ?? recorded.refused
    union.mark = slice.mark ?? recorded.mark
    return union
  }
}

extension DesiredBundle {
  /// The references of objects and hooks that are not refused.
  func references(_ isRefused: (ObjectIdentity) -> Bool) -> [ObjectReference] {
    (objects + hooks.map(\.object)).filter { !isRefused($0.identity) }.map(\.reference)
  }

  /// The namespace that goes with the bundle.
  var doomedNamespace: String? { descriptor.deletesNamespace ? namespace : nil }

  /// What is recorded of the namespace's settings; nil where there are none.
  var recordedSettings: NamespaceSettings? {
    namespaceSettings.isEmpty ? nil : namespaceSettings
  }

  /// The namespace, with the account that labels it.
  package var namespaceClaim: Inventory.NamespaceClaim {
    Inventory.NamespaceClaim(namespace: namespace, account: descriptor.serviceAccount)
  }
}
