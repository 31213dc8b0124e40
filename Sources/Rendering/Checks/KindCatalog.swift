// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// What is done about an object of a kind that nothing known defines.
package enum UnknownKindPolicy: String, Sendable, Hashable, CaseIterable {
  case refuse, warn, allow
}

/// The kinds that the hub knows: those of Kubernetes, and those that the fleet's own
/// CustomResourceDefinitions define.
package struct KindCatalog: Sendable {
  private var custom: [String: CustomKind] = [:]
  private var kindsOfGroup: [String: Set<String>] = [:]

  /// Makes a catalog of Kubernetes' own kinds.
  package init() {}

  /// Adds a kind that the fleet defines. Where two definitions name one kind, each adds its versions.
  package mutating func define(_ kind: CustomKind) {
    let key = "\(kind.kind).\(kind.group)"
    custom[key] = custom[key]?.joined(with: kind) ?? kind
    kindsOfGroup[kind.group, default: []].insert(kind.kind)
  }

  /// The definition of a kind in the fleet.
  package func definition(group: String, kind: String) -> CustomKind? {
    custom["\(kind).\(group)"]
  }

  /// Whether a group is Kubernetes' own, so that no CustomResourceDefinition may add to it.
  func isBuiltIn(group: String) -> Bool { !BuiltInAPIs.apis(inGroup: group).isEmpty }

  /// The kind that was probably meant, in the same group if there is one.
  func nearestKind(to kind: String, inGroup group: String) -> String? {
    let near = Set(BuiltInAPIs.apis(inGroup: group).map(\.kind)).union(kindsOfGroup[group] ?? [])
    return Suggestion.nearest(to: kind, among: near)
      ?? Suggestion.nearest(to: kind, among: BuiltInAPIs.kinds)
  }

  /// The group that was probably meant and that has the kind.
  func nearestGroup(to group: String, having kind: String) -> String? {
    let groups = Set(BuiltInAPIs.apis(ofKind: kind).map { ObjectAPI($0).group })
      .union(custom.values.filter { $0.kind == kind }.map(\.group))
    if let near = Suggestion.nearest(to: group, among: groups) { return near }
    // A kind of one group only: whatever was written, that is the one.
    return groups.count == 1 ? groups.first : nil
  }
}

extension ObjectAPI {
  init(_ api: BuiltInAPI) {
    self.init(apiVersion: api.apiVersion, kind: api.kind, apiVersionSpan: nil, kindSpan: nil)
  }
}

extension CustomKind {
  fileprivate func joined(with other: CustomKind) -> CustomKind {
    let known = Set(versions.filter(\.isServed).map(\.name))
    let added = other.versions.filter { $0.isServed && !known.contains($0.name) }
    let addedNames = Set(added.map(\.name))
    return CustomKind(
      group: group, kind: kind,
      versions: versions.filter { !addedNames.contains($0.name) } + added, span: span)
  }

  fileprivate init(group: String, kind: String, versions: [Version], span: SourceSpan?) {
    self.group = group
    self.kind = kind
    self.versions = versions
    self.span = span
  }
}
