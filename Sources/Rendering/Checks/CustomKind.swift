// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import YAMLTree

/// A kind that a CustomResourceDefinition defines.
package struct CustomKind: Sendable, Hashable {
  /// A version of the kind.
  package struct Version: Sendable, Hashable {
    /// The name, such as `v1`.
    package let name: String
    /// Whether the API server serves it.
    package let isServed: Bool
    /// Whether the API server warns of it.
    package let isDeprecated: Bool
  }

  /// The API group.
  package let group: String
  /// The kind.
  package let kind: String
  /// The versions, in the order of the file.
  package let versions: [Version]
  /// Where the kind is written.
  package let span: SourceSpan?

  /// Reads a CustomResourceDefinition of `apiextensions.k8s.io/v1` or `v1beta1`; nil for anything else,
  /// and for a definition without group, kind or version.
  ///
  /// - Parameter place: where the object comes from, for one that is written in no file.
  package init?(definition root: YAMLNode, place: SourceSpan? = nil) {
    guard root["kind"]?.string == "CustomResourceDefinition",
      root["apiVersion"]?.string?.hasPrefix("apiextensions.k8s.io/") == true,
      let spec = root["spec"], let group = spec["group"]?.string,
      let kindNode = spec["names"]?["kind"], let kind = kindNode.string
    else { return nil }
    var versions = (spec["versions"]?.items ?? []).compactMap { item -> Version? in
      guard let name = item["name"]?.string else { return nil }
      return Version(
        name: name, isServed: Self.flag(item["served"]) ?? false,
        isDeprecated: Self.flag(item["deprecated"]) ?? false)
    }
    // v1beta1 could name a single version.
    if versions.isEmpty, let name = spec["version"]?.string {
      versions = [Version(name: name, isServed: true, isDeprecated: false)]
    }
    guard !versions.isEmpty else { return nil }
    self.group = group
    self.kind = kind
    self.versions = versions
    span = kindNode.span.path.isEmpty ? place : kindNode.span
  }

  private static func flag(_ node: YAMLNode?) -> Bool? {
    if case .bool(let value)? = node?.scalar?.resolved { value } else { nil }
  }
}
