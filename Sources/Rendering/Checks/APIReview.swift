// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// Finds objects that an API server would not take, or warns of, because of their apiVersion and kind.
///
/// What is wrong is said once for a type of object and a bundle, however many objects and clusters it is
/// about.
package struct APIReview: Sendable {
  /// Objects that go to some clusters: a way in which a bundle is rendered.
  package struct Usage: Sendable {
    /// What the objects are.
    package let objects: [ObjectAPI]
    /// Where they go.
    package let clusters: [ClusterAPIs]

    /// Makes a value.
    package init(objects: [ObjectAPI], clusters: [ClusterAPIs]) {
      self.objects = objects
      self.clusters = clusters
    }
  }

  /// All objects of one type in a bundle.
  struct TypeUse {
    let first: ObjectAPI
    /// How many places of the source say it.
    var places: Set<ObjectAPI>
    var clusters: [ClusterAPIs]
  }

  let catalog: KindCatalog
  let unknownKinds: UnknownKindPolicy

  /// Makes a review.
  package init(catalog: KindCatalog, unknownKinds: UnknownKindPolicy) {
    self.catalog = catalog
    self.unknownKinds = unknownKinds
  }

  /// What is wrong with the objects of one bundle, in the order in which people read it.
  package func check(_ usages: [Usage]) -> [Finding] {
    var types: [String: TypeUse] = [:]
    for usage in usages {
      var seen = Set<String>()
      for object in usage.objects {
        let key = "\(object.apiVersion) \(object.kind)"
        types[key, default: TypeUse(first: object, places: [], clusters: [])].places.insert(object)
        if seen.insert(key).inserted { types[key]?.clusters += usage.clusters }
      }
    }
    return types.byName.flatMap { findings($0.value) }
      .sorted(by: Finding.precedes)
  }

  private func findings(_ type: TypeUse) -> [Finding] {
    let api = type.first
    if let custom = catalog.definition(group: api.group, kind: api.kind) {
      return type.finding(of: custom).map { [$0] } ?? []
    }
    if let known = BuiltInAPIs.api(apiVersion: api.apiVersion, kind: api.kind) {
      return type.findings(of: known)
    }
    let others = type.clusters.filter { !$0.declares(api) }
    if others.isEmpty, !type.clusters.isEmpty { return [] }
    if catalog.isBuiltIn(group: api.group) || !api.group.utf8.contains(UInt8(ascii: ".")) {
      return [type.unknownBuiltIn(catalog, others)]
    }
    return unknownCustom(type, others).map { [$0] } ?? []
  }

  /// An object of a custom kind that nothing known defines.
  private func unknownCustom(_ type: TypeUse, _ others: [ClusterAPIs]) -> Finding? {
    guard unknownKinds != .allow else { return nil }
    let api = type.first
    var message =
      "nothing in the fleet defines the kind \(Wording.quoted(api.kind)) of "
      + Wording.quoted(api.apiVersion)
    var notes = type.notes
    if others.count < type.clusters.count, let one = others.first {
      message +=
        others.count == 1
        ? ", and cluster \(Wording.quoted(one.cluster)) does not declare it"
        : ", and \(others.count) of \(Wording.count(type.clusters.count, "cluster")) do not declare it"
      if others.count > 1 { notes.insert(TypeUse.note(naming: others), at: 0) }
    }
    var hints: [String] = []
    if let group = catalog.nearestGroup(to: api.group, having: api.kind) {
      hints.append("did you mean the group '\(group)'?")
    } else if let kind = catalog.nearestKind(to: api.kind, inGroup: api.group),
      catalog.definition(group: api.group, kind: kind) != nil
    {
      hints.append("did you mean '\(kind)'?")
    } else {
      hints.append("let a bundle ship its CustomResourceDefinition")
    }
    hints.append(
      "or declare it in the clusters: apiVersions: "
        + "[\(Wording.bare(api.apiVersion))/\(Wording.bare(api.kind))]")
    return api.finding(
      unknownKinds == .refuse ? .error : .warning, "unknown-kind", message, at: api.kindSpan,
      notes: notes, hints: hints)
  }
}
