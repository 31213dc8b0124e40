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

  /// Reads `KIND.GROUP~NAMESPACE~NAME`, the form in slices and inventories; nil for anything else.
  ///
  /// `~` stands in no kind, group or namespace, and the name comes last, so it may hold a `~` itself
  /// (RBAC names may).
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "~", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[2].isEmpty else { return nil }
    let type = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = type.first, !kind.isEmpty, kind.utf8.allSatisfy(Self.isKindByte),
      parts[1].utf8.allSatisfy(Self.isWordByte), Self.isSafe(name: parts[2])
    else { return nil }
    let group = type.count == 2 ? type[1] : ""
    guard type.count == 1 || (!group.isEmpty && group.utf8.allSatisfy(Self.isWordByte)) else {
      return nil
    }
    self.init(
      group: String(group), kind: String(kind), namespace: String(parts[1]), name: String(parts[2]))
  }

  /// Reads the name of a file in a bundle's `objects` folder; nil for one that no hub writes.
  package init?(fileName: some Collection<UInt8>) {
    let suffix = Array(".yaml".utf8)
    guard fileName.count > suffix.count, fileName.suffix(suffix.count).elementsEqual(suffix),
      let stem = String(validating: fileName.dropLast(suffix.count), as: UTF8.self)
    else { return nil }
    self.init(stem)
  }

  /// `KIND.GROUP~NAMESPACE~NAME`; the core group is left out with its dot.
  package var key: String { "\(typeName)~\(namespace)~\(name)" }

  /// The file in a bundle's `objects` folder.
  package var fileName: String { key + ".yaml" }

  /// `Deployment.apps`, `ConfigMap`: kind and group as a person reads them.
  package var typeName: String { group.isEmpty ? kind : "\(kind).\(group)" }

  /// `Deployment 'web' in 'shop'`: the object in a sentence.
  package var description: String {
    namespace.isEmpty ? "\(kind) '\(name)'" : "\(kind) '\(name)' in '\(namespace)'"
  }

  /// The same object in another namespace.
  package func inNamespace(_ namespace: String) -> ObjectIdentity {
    ObjectIdentity(group: group, kind: kind, namespace: namespace, name: name)
  }

  /// Whether a name can stand in a file's name and in an argument of kubectl.
  package static func isSafe(name: some StringProtocol) -> Bool {
    name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }
      && name.utf8.first != UInt8(ascii: "-") && name != "." && name != ".."
  }

  private static func isKindByte(_ byte: UInt8) -> Bool {
    isWordByte(byte) && byte != UInt8(ascii: "-") && byte != UInt8(ascii: ".")
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
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
