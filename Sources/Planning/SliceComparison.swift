// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import SliceFormat

/// Compares slices by tree ids and tells what each change does to the objects.
///
/// Equal ids are never opened. What two bundle trees differ in is worked out once per distinct pair,
/// so the cost is one lookup per cluster and a few tree reads per distinct change.
package struct SliceComparison<OldReader: ObjectReader, NewReader: ObjectReader> {
  private struct Pair: Hashable {
    let old: ObjectID?
    let new: ObjectID?
  }

  private struct BundleDelta {
    var created: [ObjectIdentity] = []
    var changed: [ObjectIdentity] = []
    var deleted: [ObjectIdentity] = []
    var kept: [ObjectIdentity] = []
    var isRenderedAtSite = false
    var hasHooks = false
  }

  private let oldReader: OldReader
  private let newReader: NewReader
  private var bundleDeltas: [Pair: BundleDelta] = [:]
  private var effects: [Pair: Effect] = [:]

  /// Makes a comparison of slices of an old and a new plan.
  package init(old: OldReader, new: NewReader) {
    oldReader = old
    newReader = new
  }

  /// What happens on a cluster that stays and whose slice changes from one tree to the other.
  package mutating func effect(
    from old: ObjectID, to new: ObjectID
  ) throws(ObjectAccessError) -> Effect {
    try effect(Pair(old: old, new: new), membership: .stays)
  }

  /// What happens on a cluster that joins with this slice.
  package mutating func effect(joiningWith new: ObjectID) throws(ObjectAccessError) -> Effect {
    try effect(Pair(old: nil, new: new), membership: .joins)
  }

  /// What happens on a cluster that leaves the inventory.
  ///
  /// The site of a cluster that leaves deletes nothing unless the tombstone says `remove`.
  package mutating func effect(
    leaving old: ObjectID, removes: Bool
  ) throws(ObjectAccessError) -> Effect {
    let base = try effect(Pair(old: old, new: nil), membership: .leaves(removes: removes))
    if removes {
      return Effect(
        membership: .leaves(removes: true), deleted: base.deleted, kept: base.kept)
    }
    return Effect(membership: .leaves(removes: false), kept: base.deleted + base.kept)
  }

  private mutating func effect(
    _ pair: Pair, membership: Effect.Membership
  ) throws(ObjectAccessError) -> Effect {
    if let known = effects[pair] { return known }
    let old = try bundles(pair.old, oldReader)
    let new = try bundles(pair.new, newReader)
    var total = BundleDelta()
    var optionsOnly: [String] = []
    var renderedAtSite: [String] = []
    var runsHooks: [String] = []
    for name in Set(old.keys).union(new.keys) {
      let bundlePair = Pair(old: old[name], new: new[name])
      if bundlePair.old == bundlePair.new { continue }
      let delta = try delta(bundlePair)
      total.created += delta.created
      total.changed += delta.changed
      total.deleted += delta.deleted
      total.kept += delta.kept
      if delta.hasHooks { runsHooks.append(name) }
      if delta.isRenderedAtSite {
        renderedAtSite.append(name)
      } else if bundlePair.old != nil, bundlePair.new != nil, delta.created.isEmpty,
        delta.changed.isEmpty, delta.deleted.isEmpty
      {
        optionsOnly.append(name)
      }
    }
    // An object that goes from one bundle to another changes its owner, it is not deleted.
    let created = Set(total.created)
    let moved = created.intersection(total.deleted + total.kept)
    let result = Effect(
      membership: membership,
      created: total.created.filter { !moved.contains($0) },
      changed: total.changed + moved,
      deleted: total.deleted.filter { !moved.contains($0) },
      kept: total.kept.filter { !moved.contains($0) },
      optionsOnly: optionsOnly, renderedAtSite: renderedAtSite, runsHooks: runsHooks)
    effects[pair] = result
    return result
  }

  private func bundles(
    _ slice: ObjectID?, _ reader: some ObjectReader
  ) throws(ObjectAccessError) -> [String: ObjectID] {
    guard let slice else { return [:] }
    var result: [String: ObjectID] = [:]
    for entry in try reader.tree(slice) where entry.mode == .directory {
      result[String(decoding: entry.name, as: UTF8.self)] = entry.id
    }
    return result
  }

  private mutating func delta(_ pair: Pair) throws(ObjectAccessError) -> BundleDelta {
    if let known = bundleDeltas[pair] { return known }
    let old = try objects(pair.old, oldReader)
    let new = try objects(pair.new, newReader)
    var result = BundleDelta()
    for (identity, blob) in new {
      guard let before = old[identity] else {
        result.created.append(identity)
        continue
      }
      if before != blob { result.changed.append(identity) }
    }
    let gone = old.keys.filter { new[$0] == nil }
    if let tree = pair.old, !gone.isEmpty {
      let descriptor = try descriptor(of: tree)
      let keepsAll = pair.new == nil && descriptor?.keepResources ?? false
      let keepsDefinitions = !(descriptor?.deletesDefinitions ?? false)
      for identity in gone {
        if keepsAll || (keepsDefinitions && identity.isDefinition) {
          result.kept.append(identity)
        } else {
          result.deleted.append(identity)
        }
      }
    }
    if let new = pair.new {
      let names = Set(try newReader.tree(new).map(\.name))
      if names.contains(SliceLayout.chartFolder) {
        // Which objects the chart will give only the site can know, and so which of the old ones go.
        result = BundleDelta()
        result.isRenderedAtSite = true
      }
      result.hasHooks = names.contains(SliceLayout.hooksFolder)
    }
    bundleDeltas[pair] = result
    return result
  }

  private func objects(
    _ bundle: ObjectID?, _ reader: some ObjectReader
  ) throws(ObjectAccessError) -> [ObjectIdentity: ObjectID] {
    guard let bundle else { return [:] }
    var result: [ObjectIdentity: ObjectID] = [:]
    for entry in try BundleTree.objects(of: bundle, reader: reader) {
      guard let identity = ObjectIdentity(fileName: entry.name) else {
        throw .malformed(bundle)
      }
      result[identity] = entry.id
    }
    return result
  }

  private func descriptor(of bundle: ObjectID) throws(ObjectAccessError) -> BundleDescriptor? {
    guard
      let entry = try oldReader.tree(bundle).first(where: {
        $0.name == SliceLayout.descriptorFile
      })
    else { return nil }
    return BundleDescriptor(json: try oldReader.blob(entry.id, limit: SliceLayout.descriptorLimit))
  }
}

extension ObjectIdentity {
  /// Whether the object defines a kind; the site keeps it unless the bundle says otherwise (Fleet:
  /// `deleteCRDResources`), because all resources of the kind would go with it.
  fileprivate var isDefinition: Bool {
    kind == "CustomResourceDefinition" && group == "apiextensions.k8s.io"
  }
}
