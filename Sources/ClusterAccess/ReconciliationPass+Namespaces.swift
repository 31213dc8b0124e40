// SPDX-License-Identifier: Apache-2.0

import Reconciling
import SliceFormat

/// What bundles want on their namespaces.
extension ReconciliationPass {
  /// Sets what the bundles of a turn want on their namespaces; tells failures by bundle.
  mutating func setNamespaces(
    of names: Set<String>
  ) throws(TargetError) -> [String: [String]] {
    let wishing = slice.bundles.filter {
      names.contains($0.name) && !$0.namespaceSettings.isEmpty
    }
    if wishing.isEmpty { return [:] }
    let claims = Set(wishing.map(\.namespaceClaim))
    let wishes = slice.namespaceWishes(touched: touched, recorded: recorded)
      .filter { claims.contains($0.key) }
    let creates = Set(wishing.filter(\.descriptor.createsNamespace).map(\.namespace))
    try record()
    let failed = try target.set(wishes, creates: creates)
    namespaceWishes.merge(wishes) { $1 }
    failedClaims.formUnion(failed.keys)
    var failures: [String: [String]] = [:]
    for bundle in wishing {
      if let reason = failed[bundle.namespaceClaim] {
        failures[bundle.name] = ["Namespace '\(bundle.namespace)': \(reason)"]
      }
    }
    return failures
  }

  /// Takes labels and annotations away that no bundle wants any more. Tells what still stands, and what
  /// could not be done.
  mutating func clearNamespaces(
    _ removed: Set<String>
  ) throws(TargetError) -> ([Inventory.NamespaceClaim], [String]) {
    let standing = slice.namespaceWishes(touched: touched, recorded: recorded)
    let gone = recorded.bundles.filter { slice[$0.name] == nil }
    var leftThere = Set<Inventory.NamespaceClaim>()
    for bundle in gone where bundle.keepsResources {
      guard let namespace = bundle.namespaceSettings?.namespace else { continue }
      leftThere.insert(Inventory.NamespaceClaim(namespace: namespace, account: bundle.account))
    }
    var due: NamespaceWishes = [:]
    for claim in Set(recorded.namespaceClaims + namespaceWishes.keys) {
      if removed.contains(claim.namespace) || failedClaims.contains(claim) { continue }
      if let wanted = standing[claim] {
        if namespaceWishes[claim] != wanted { due[claim] = wanted }
      } else if !leftThere.contains(claim) {
        due[claim] = NamespaceSettings(namespace: claim.namespace)
      }
    }
    if !due.isEmpty { try record() }
    let failed = due.isEmpty ? [:] : try target.set(due, creates: [])
    let failures = failed.sorted { $0.key < $1.key }.map {
      "what was set on Namespace '\($0.key.namespace)': \($0.value)"
    }
    return (Array(standing.keys) + failed.keys, failures)
  }
}
