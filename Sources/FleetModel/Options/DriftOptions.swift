// SPDX-License-Identifier: Apache-2.0

package import YAMLTree

/// What is done when a cluster differs from its slice.
package struct CorrectDrift: Sendable, Hashable {
  /// Whether drift is undone.
  package var isEnabled: Bool
  /// Whether objects are deleted and made again for it.
  package var isForced: Bool
  /// Whether failed corrections stay in the history.
  package var keepsFailHistory: Bool

  /// Reads the fields.
  package init(_ fields: FieldReader) {
    isEnabled = fields.flag("enabled")
    isForced = fields.flag("force")
    keepsFailHistory = fields.flag("keepFailHistory")
  }
}

/// A secret or config map that is copied to the clusters.
package struct DownstreamResource: Sendable, Hashable {
  /// `Secret` or `ConfigMap`.
  package let kind: String
  /// The name.
  package let name: String

  /// Makes a reference.
  package init(kind: String, name: String) {
    self.kind = kind
    self.name = name
  }

  init(_ fields: FieldReader) {
    self.init(kind: fields.string("kind")?.value ?? "", name: fields.string("name")?.value ?? "")
  }
}

/// Fields of objects that are left out of drift detection.
package struct ComparePatch: Sendable {
  /// Which object: apiVersion, kind, namespace and name, joined with `|`.
  package let key: String
  /// The whole entry; its fields are those of `diff.comparePatches` in the catalog.
  package let node: YAMLNode?

  init(_ fields: FieldReader) {
    key = ["apiVersion", "kind", "namespace", "name"].map { fields.string($0)?.value ?? "" }
      .joined(separator: "|")
    node = fields.node
  }
}
