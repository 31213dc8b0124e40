// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Rendering
import SliceFormat
import Targeting

/// Finds objects that two bundles bring to one cluster: they would overwrite each other for ever.
enum SliceConflicts {
  private struct Claim: Hashable {
    let bundle: Int
    let variant: Int
  }

  private struct Place: Hashable {
    let identity: ObjectIdentity
    /// The namespace where the site decides, so that equal names in two namespaces are no conflict.
    let siteNamespace: String
  }

  static func check(
    _ bundles: [CompiledBundle], inventory: Inventory, scopes: ScopeCatalog,
    findings: inout Findings
  ) {
    let claims = contested(bundles, scopes)
    for (place, claim) in claims {
      guard let (first, second, clusters) = overlap(claim, bundles, inventory) else { continue }
      let identity = place.identity
      guard let here = origin(of: identity, second, bundles),
        let there = origin(of: identity, first, bundles)
      else { continue }
      findings.error(
        "duplicate-object",
        "\(identity.display) is brought to \(Wording.list(clusters)) by two bundles", at: here,
        notes: [
          there.note("bundle \(Wording.quoted(bundles[first.bundle].source.name)) has it")
        ],
        hints: ["leave it to one bundle, or let their targets not overlap"])
    }
  }

  /// The places that two bundles bring something to, with the variants that do.
  ///
  /// Those are few, and most variants of a bundle have the same objects: so first the bundles of each
  /// place are found, and then the variants of those that matter.
  private static func contested(
    _ bundles: [CompiledBundle], _ scopes: ScopeCatalog
  ) -> [Place: [Claim]] {
    var owners: [Place: Int] = [:]
    var shared = Set<Place>()
    for (index, bundle) in bundles.enumerated() {
      var last: CompiledBundle.Variant?
      for variant in bundle.variants {
        if let last, last.objects == variant.objects,
          last.descriptor.namespace == variant.descriptor.namespace
        {
          continue
        }
        last = variant
        for identity in variant.objects {
          let place = place(of: identity, variant, scopes)
          if owners[place, default: index] != index { shared.insert(place) }
          owners[place] = index
        }
      }
    }
    var claims: [Place: [Claim]] = [:]
    if shared.isEmpty { return claims }
    for (index, bundle) in bundles.enumerated() {
      for (number, variant) in bundle.variants.enumerated() {
        for identity in variant.objects {
          let place = place(of: identity, variant, scopes)
          guard shared.contains(place) else { continue }
          claims[place, default: []].append(Claim(bundle: index, variant: number))
        }
      }
    }
    return claims
  }

  private static func place(
    of identity: ObjectIdentity, _ variant: CompiledBundle.Variant, _ scopes: ScopeCatalog
  ) -> Place {
    let isOpen =
      identity.namespace.isEmpty
      && scopes.scope(group: identity.group, kind: identity.kind) == nil
    return Place(identity: identity, siteNamespace: isOpen ? variant.descriptor.namespace : "")
  }

  private static func overlap(
    _ claims: [Claim], _ bundles: [CompiledBundle], _ inventory: Inventory
  ) -> (first: Claim, second: Claim, clusters: [String])? {
    var found: (first: Claim, second: Claim, clusters: [String])?
    for position in inventory.clusters.indices {
      let here = claims.filter { bundles[$0.bundle].assignment[position] == $0.variant }
      guard here.count > 1 else { continue }
      let name = inventory.clusters[position].name
      if found == nil {
        found = (here[0], here[1], [name])
      } else {
        found?.clusters.append(name)
      }
    }
    return found
  }

  private static func origin(
    of identity: ObjectIdentity, _ claim: Claim, _ bundles: [CompiledBundle]
  ) -> ManifestPlace? {
    let variant = bundles[claim.bundle].variants[claim.variant]
    return variant.objects.firstIndex(of: identity).map { variant.places[$0] }
  }
}
