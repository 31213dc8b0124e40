// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

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
