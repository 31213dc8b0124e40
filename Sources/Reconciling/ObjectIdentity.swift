// SPDX-License-Identifier: Apache-2.0

/// What makes two manifests speak of the same object of a cluster: group, kind, namespace and name.
///
/// The version is no part of it: `apps/v1` and `apps/v1beta1` name the same Deployment.
package struct ObjectIdentity: Sendable, Hashable, Comparable {
  /// The API group; empty for the core group.
  package let group: String
  /// The kind, as manifests spell it.
  package let kind: String
  /// The namespace; empty for an object of the cluster's scope.
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

  /// Reads `KIND.GROUP~NAMESPACE~NAME`, the form in slices and inventories; nil for anything else.
  ///
  /// The name comes last and may hold `~` itself, as RBAC names may.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "~", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[2].isEmpty else { return nil }
    let type = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = type.first, !kind.isEmpty, kind.utf8.allSatisfy(Self.isKindByte),
      parts[1].utf8.allSatisfy(Self.isWordByte), Self.isSafe(parts[2])
    else { return nil }
    let group = type.count == 2 ? type[1] : ""
    guard type.count == 1 || (!group.isEmpty && group.utf8.allSatisfy(Self.isWordByte)) else {
      return nil
    }
    self.init(
      group: String(group), kind: String(kind), namespace: String(parts[1]), name: String(parts[2]))
  }

  /// `KIND.GROUP~NAMESPACE~NAME`; the core group is left out with its dot.
  package var key: String { "\(typeName)~\(namespace)~\(name)" }

  /// `Deployment.apps`, `ConfigMap`: kind and group as a person reads them.
  package var typeName: String { group.isEmpty ? kind : "\(kind).\(group)" }

  /// `Deployment 'web' in 'shop'`: the object in a message.
  package var description: String {
    namespace.isEmpty ? "\(kind) '\(name)'" : "\(kind) '\(name)' in '\(namespace)'"
  }

  /// The same object in another namespace.
  package func inNamespace(_ namespace: String) -> ObjectIdentity {
    ObjectIdentity(group: group, kind: kind, namespace: namespace, name: name)
  }

  package static func < (left: ObjectIdentity, right: ObjectIdentity) -> Bool {
    left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
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

  /// Whether a name can stand in a file's name and in an argument of kubectl.
  private static func isSafe(_ name: some StringProtocol) -> Bool {
    name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }
      && name.utf8.first != UInt8(ascii: "-") && name != "." && name != ".."
  }
}

/// An object as a bundle names it: its identity, and whether its namespace was written or assumed.
package struct ObjectReference: Sendable, Hashable, Comparable {
  /// The object, in the namespace where it ends up if its kind has namespaces.
  package let identity: ObjectIdentity
  /// True when the manifest names no namespace and the bundle's was assumed: an object of a kind that
  /// this program does not know may turn out to belong to the cluster.
  package let isNamespaceAssumed: Bool

  /// Makes a reference.
  package init(_ identity: ObjectIdentity, isNamespaceAssumed: Bool = false) {
    self.identity = identity
    self.isNamespaceAssumed = isNamespaceAssumed
  }

  /// The reference for an object file of a bundle that deploys into `bundleNamespace`; Fleet's default,
  /// `default`, stands in for none.
  package init(identity: ObjectIdentity, bundleNamespace: String) {
    if identity.namespace.isEmpty, !KindOrder.isClusterScoped(identity) {
      let namespace = bundleNamespace.isEmpty ? "default" : bundleNamespace
      self.init(identity.inNamespace(namespace), isNamespaceAssumed: true)
    } else {
      self.init(identity)
    }
  }

  /// Reads the form that `key` writes; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "~", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let isAssumed = parts[1].utf8.first == UInt8(ascii: "?")
    let namespace = isAssumed ? parts[1].dropFirst() : parts[1]
    guard let identity = ObjectIdentity("\(parts[0])~\(namespace)~\(parts[2])") else { return nil }
    self.init(identity, isNamespaceAssumed: isAssumed)
  }

  /// The identity's key, with `?` before an assumed namespace.
  package var key: String {
    isNamespaceAssumed
      ? "\(identity.typeName)~?\(identity.namespace)~\(identity.name)" : identity.key
  }

  /// The object's file in a slice.
  package var fileName: String {
    (isNamespaceAssumed ? identity.inNamespace("") : identity).key + ".yaml"
  }

  package static func < (left: ObjectReference, right: ObjectReference) -> Bool {
    left.identity == right.identity
      ? !left.isNamespaceAssumed && right.isNamespaceAssumed : left.identity < right.identity
  }
}
