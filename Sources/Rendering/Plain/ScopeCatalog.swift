// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

/// Which kinds live in namespaces and which belong to the whole cluster.
///
/// The hub talks to no API server, so it knows the built-in kinds, and the custom ones whose
/// CustomResourceDefinition is in the fleet. For any other kind the scope is left to the site.
package struct ScopeCatalog: Sendable {
  /// Where objects of a kind live.
  package typealias Scope = BuiltInKinds.Scope

  private var custom: [String: Scope] = [:]

  /// Makes a catalog that knows the built-in kinds.
  package init() {}

  /// Adds a kind that a CustomResourceDefinition in the fleet defines.
  package mutating func define(group: String, kind: String, scope: Scope) {
    custom["\(kind).\(group)"] = scope
  }

  /// The scope of a kind, or nil when the hub cannot know it.
  package func scope(group: String, kind: String) -> Scope? {
    if let scope = custom["\(kind).\(group)"] { return scope }
    return BuiltInKinds.scope(group: group, kind: kind)
  }
}
