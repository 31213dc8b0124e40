// SPDX-License-Identifier: Apache-2.0

import SliceFormat

/// Which namespaces go with bundles that are gone, and which bundles want what on a namespace.
struct NamespaceUse {
  let slice: DesiredSlice
  let recorded: Inventory
  let reserved: Set<String>

  /// The namespaces that nobody uses any more, by name.
  ///
  /// Kubernetes' own stay, and one that any other bundle uses: as its namespace, by an object in it, or
  /// by shipping it.
  var removals: [ApplyPlan.NamespaceRemoval] {
    let wanted = Set(slice.bundles.map(\.name))
    var removals: [ApplyPlan.NamespaceRemoval] = []
    for bundle in recorded.bundles where !wanted.contains(bundle.name) && !bundle.keepsResources {
      guard let namespace = bundle.doomedNamespace, !isReserved(namespace), !isUsed(namespace)
      else {
        continue
      }
      removals.append(
        ApplyPlan.NamespaceRemoval(
          bundle: bundle.name, namespace: namespace, account: bundle.account))
    }
    return removals.sorted { $0.namespace.utf8.lexicographicallyPrecedes($1.namespace.utf8) }
  }

  private func isReserved(_ namespace: String) -> Bool {
    namespace == "default" || namespace.hasPrefix("kube-") || reserved.contains(namespace)
  }

  private func isUsed(_ namespace: String) -> Bool {
    let isIn = { (reference: ObjectReference) in
      reference.identity.namespace == namespace
        || (reference.identity.kind == "Namespace" && reference.identity.group.isEmpty
          && reference.identity.name == namespace)
    }
    return slice.bundles.contains { bundle in
      bundle.namespace == namespace || bundle.references { _ in false }.contains(where: isIn)
        || (recorded[bundle.name]?.objects.contains(where: isIn) ?? false)
    }
      || recorded.bundles.contains { bundle in
        bundle.keepsResources && slice[bundle.name] == nil && bundle.objects.contains(where: isIn)
      }
  }
}

/// What has to stand on namespaces, as whom.
package typealias NamespaceWishes = [Inventory.NamespaceClaim: NamespaceSettings]

extension DesiredSlice {
  /// What has to stand on namespaces: the bundles of a namespace share it.
  ///
  /// Bundles of one account are united; of a key that several give the first bundle by name has the
  /// value, for all accounts, so that no two take turns. `touched` are the bundles that had their turn: of
  /// the others counts what is recorded.
  package func namespaceWishes(touched: Set<String>, recorded: Inventory) -> NamespaceWishes {
    NamespaceUse.unite(
      bundles.map { bundle in
        if touched.contains(bundle.name) {
          return (bundle.descriptor.serviceAccount, bundle.namespaceSettings)
        }
        let before = recorded[bundle.name]
        return (before?.account ?? "", before?.namespaceSettings)
      })
  }
}

extension Inventory {
  /// What stands on namespaces after the run that was recorded.
  package var namespaceWishes: NamespaceWishes {
    NamespaceUse.unite(bundles.map { ($0.account, $0.namespaceSettings) })
  }
}

extension NamespaceUse {
  static func unite(
    _ wishes: [(account: String, settings: NamespaceSettings?)]
  ) -> NamespaceWishes {
    var united: NamespaceWishes = [:]
    var values: [String: NamespaceSettings] = [:]
    for (account, settings) in wishes {
      guard let settings, !settings.isEmpty else { continue }
      let claim = Inventory.NamespaceClaim(namespace: settings.namespace, account: account)
      var all = values[settings.namespace] ?? NamespaceSettings(namespace: settings.namespace)
      all.labels.merge(settings.labels) { first, _ in first }
      all.annotations.merge(settings.annotations) { first, _ in first }
      values[settings.namespace] = all
      var own = united[claim] ?? NamespaceSettings(namespace: settings.namespace)
      for key in settings.labels.keys { own.labels[key] = all.labels[key] }
      for key in settings.annotations.keys { own.annotations[key] = all.annotations[key] }
      united[claim] = own
    }
    return united
  }
}
