// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import YAMLTree

/// The API that an object wants, and where it says so.
package struct ObjectAPI: Sendable, Hashable {
  /// Group and version, such as `apps/v1`.
  package let apiVersion: String
  /// The kind.
  package let kind: String
  /// Where `apiVersion` is written; for rendered objects where the object comes from.
  package let apiVersionSpan: SourceSpan?
  /// Where `kind` is written.
  package let kindSpan: SourceSpan?

  /// Makes a value.
  package init(
    apiVersion: String, kind: String, apiVersionSpan: SourceSpan?, kindSpan: SourceSpan?
  ) {
    self.apiVersion = apiVersion
    self.kind = kind
    self.apiVersionSpan = apiVersionSpan
    self.kindSpan = kindSpan
  }

  /// Reads a manifest; nil when it has no `apiVersion` or `kind`.
  ///
  /// - Parameter place: where the object comes from, for one that is written in no file.
  package init?(_ manifest: YAMLNode, place: SourceSpan? = nil) {
    guard let apiVersion = manifest["apiVersion"], let kind = manifest["kind"],
      let apiText = apiVersion.string, let kindText = kind.string
    else { return nil }
    self.init(
      apiVersion: apiText, kind: kindText,
      apiVersionSpan: apiVersion.span.path.isEmpty ? place : apiVersion.span,
      kindSpan: kind.span.path.isEmpty ? place : kind.span)
  }

  /// The group: what stands before the `/`, empty for the core group.
  package var group: String {
    apiVersion.utf8.contains(UInt8(ascii: "/")) ? String(apiVersion.prefix { $0 != "/" }) : ""
  }

  /// What stands behind the `/`.
  package var version: String {
    apiVersion.utf8.firstIndex(of: UInt8(ascii: "/")).map {
      String(apiVersion[apiVersion.utf8.index(after: $0)...])
    } ?? apiVersion
  }
}

/// What a cluster says about the APIs that it serves.
package struct ClusterAPIs: Sendable, Hashable {
  /// The cluster's name.
  package let cluster: String
  /// The declared version of Kubernetes; nil when none is declared.
  package let version: KubernetesVersion?
  /// What it declares to serve besides: `GROUP/VERSION` for all kinds of it, or `GROUP/VERSION/KIND`.
  package let declared: [String]

  /// Makes a value.
  package init(cluster: String, version: KubernetesVersion?, declared: [String] = []) {
    self.cluster = cluster
    self.version = version
    self.declared = declared
  }

  /// Whether it declares to serve an API.
  package func declares(_ api: ObjectAPI) -> Bool {
    declared.contains { $0 == api.apiVersion || $0 == "\(api.apiVersion)/\(api.kind)" }
  }
}
