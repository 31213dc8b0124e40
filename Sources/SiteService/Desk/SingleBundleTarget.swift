// SPDX-License-Identifier: Apache-2.0

import ClusterAccess
import Reconciling

/// A cluster in which one bundle is worked with: the others keep what they have, and their record.
///
/// The slice has that bundle and those others that are recorded and still in the fleet. Bundles that are recorded
/// and not in the slice are hidden, so that nothing of theirs is taken away.
struct SingleBundleTarget: ClusterTarget {
  private let target: KubectlTarget
  private let bundle: String
  private let visible: Set<String>

  /// Makes the target for a slice.
  init(_ target: KubectlTarget, bundle: String, slice: DesiredSlice) {
    self.target = target
    self.bundle = bundle
    visible = Set(slice.bundles.map(\.name))
  }

  func survey(_ objects: [DesiredObject]) throws(TargetError) -> Survey {
    let survey = try target.survey(objects)
    return Survey(inventory: survey.inventory.map { visible(of: $0) }, live: survey.live)
  }

  /// What is shown of a record.
  func visible(of recorded: Inventory) -> Inventory {
    let shown = recorded.bundles.filter { visible.contains($0.name) }
    let hidden = recorded.bundles.filter { !visible.contains($0.name) }
    var seen = Inventory(
      cluster: recorded.cluster, bundles: shown,
      namespaceClaims: Self.claims(recorded, without: hidden, but: shown))
    seen.corrections = recorded.corrections
    seen.refused = recorded.refused
    return seen
  }

  func writeInventory(_ inventory: Inventory) throws(TargetError) {
    let recorded = try target.survey([]).inventory ?? Inventory(cluster: inventory.cluster)
    let hidden = recorded.bundles.filter { !visible.contains($0.name) }
    let shown = recorded.bundles.filter { visible.contains($0.name) }
    let claims = Set(recorded.namespaceClaims)
      .subtracting(Self.claims(recorded, without: hidden, but: shown))
    var whole = Inventory(
      cluster: inventory.cluster, bundles: inventory.bundles + hidden,
      namespaceClaims: inventory.namespaceClaims + claims)
    whole.corrections = inventory.corrections
    whole.refused = inventory.refused
    try target.writeInventory(whole)
  }

  /// The claims that are not of hidden bundles alone.
  private static func claims(
    _ recorded: Inventory, without hidden: [Inventory.Bundle], but shown: [Inventory.Bundle]
  ) -> [Inventory.NamespaceClaim] {
    func own(_ bundles: [Inventory.Bundle]) -> Set<Inventory.NamespaceClaim> {
      Set(
        bundles.compactMap { bundle in
          bundle.namespaceSettings.map {
            Inventory.NamespaceClaim(namespace: $0.namespace, account: bundle.account)
          }
        })
    }
    let others = own(hidden).subtracting(own(shown))
    return recorded.namespaceClaims.filter { !others.contains($0) }
  }

  func objection(to other: DesiredBundle) -> String? {
    other.name == bundle ? target.objection(to: other) : "is left as it is"
  }

  // MARK: the cluster's own

  func obstacles(
    to slice: DesiredSlice, recorded: Inventory
  ) throws(TargetError) -> [Obstacle] { try target.obstacles(to: slice, recorded: recorded) }

  func apply(
    _ phases: [[DesiredObject]], isRepeated: Bool, forces: Bool
  ) throws(TargetError) -> [ObjectResult] {
    try target.apply(phases, isRepeated: isRepeated, forces: forces)
  }

  func look(at objects: [DesiredObject]) throws(TargetError) -> LiveObjects? {
    try target.look(at: objects)
  }

  func remove(_ removals: [ApplyPlan.Removal]) throws(TargetError) -> RemovalResults {
    try target.remove(removals)
  }

  var reservedNamespaces: Set<String> { target.reservedNamespaces }

  func set(
    _ wishes: NamespaceWishes, creates: Set<String>
  ) throws(TargetError) -> [Inventory.NamespaceClaim: String] {
    try target.set(wishes, creates: creates)
  }

  func remove(
    _ namespaces: [ApplyPlan.NamespaceRemoval]
  ) throws(TargetError) -> [ApplyPlan.NamespaceRemoval: String] { try target.remove(namespaces) }

  func run(_ hooks: [PlannedHook]) throws(TargetError) -> String? { try target.run(hooks) }
}
