// SPDX-License-Identifier: Apache-2.0

/// Which Kubernetes object a manifest is: group, kind, namespace and name, not the version.
///
/// Two manifests with one identity on one cluster are the same object. In a slice the identity is the
/// file's name, so that plans are compared without reading a manifest.
package struct ObjectIdentity: Sendable, Hashable, Comparable {
  /// The API group without version; empty for the core group.
  package let group: String
  /// The kind, as `Deployment`.
  package let kind: String
  /// The namespace; empty for cluster-scoped objects and where the site decides.
  package let namespace: String
  /// The name.
  package let name: String

  /// Makes an identity.
  package init(group: String, kind: String, namespace: String, name: String) {
    self.group = group
    self.kind = kind
    self.namespace = namespace
    self.name = name
  }

  /// The group of an `apiVersion`: what stands before the `/`, empty for `v1`.
  package static func group(ofAPIVersion apiVersion: String) -> String {
    guard let slash = apiVersion.utf8.firstIndex(of: UInt8(ascii: "/")) else { return "" }
    return String(apiVersion[..<slash])
  }

  /// `KIND.GROUP~NAMESPACE~NAME.yaml`, the file in a bundle's `objects` folder.
  ///
  /// `~` stands in no kind, group or namespace, and the name comes last, so it may hold a `~` itself
  /// (RBAC names may).
  package var fileName: String {
    let type = group.isEmpty ? kind : "\(kind).\(group)"
    return "\(type)~\(namespace)~\(name).yaml"
  }

  /// Reads a file name of a slice; nil for one that this module did not write.
  package init?(fileName: some Collection<UInt8>) {
    let suffix = Array(".yaml".utf8)
    guard fileName.count > suffix.count, fileName.suffix(suffix.count).elementsEqual(suffix),
      let stem = String(validating: fileName.dropLast(suffix.count), as: UTF8.self)
    else { return nil }
    let parts = stem.split(separator: "~", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, !parts[2].isEmpty else { return nil }
    let type = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(
      group: type.count == 2 ? String(type[1]) : "", kind: String(type[0]),
      namespace: String(parts[1]), name: String(parts[2]))
  }

  /// How people name the object: `Deployment retail/pos`, `Namespace retail`.
  package var display: String {
    namespace.isEmpty ? "\(kind) \(name)" : "\(kind) \(namespace)/\(name)"
  }

  package static func < (left: ObjectIdentity, right: ObjectIdentity) -> Bool {
    for (a, b) in [
      (left.kind, right.kind), (left.group, right.group), (left.namespace, right.namespace),
      (left.name, right.name),
    ] where !a.utf8.elementsEqual(b.utf8) {
      return a.utf8.lexicographicallyPrecedes(b.utf8)
    }
    return false
  }
}
