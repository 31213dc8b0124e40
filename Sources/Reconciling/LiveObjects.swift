// SPDX-License-Identifier: Apache-2.0

package import JSONTree
package import SliceFormat

/// What a look at a target found.
package struct LiveObjects: Sendable {
  /// What is known of one object.
  package enum Sight: Sendable {
    /// It is there.
    case present(JSONValue)
    /// It is not there.
    case missing
    /// Nobody could look.
    case unknown
  }

  private var found: [ObjectIdentity: JSONValue] = [:]
  private var missing: Set<ObjectIdentity> = []
  /// When the inventory was written last, RFC 3339 in UTC; empty when that is not known.
  package var recordedAt = ""

  /// Nothing was looked at yet.
  package init() {}

  /// What is known of an object.
  package func sight(of reference: ObjectReference) -> Sight {
    if let object = self[reference] { return .present(object) }
    return missing.contains(reference.identity) ? .missing : .unknown
  }

  /// The object, in its namespace or, where that was assumed, in none; nil when it was not found.
  package subscript(_ reference: ObjectReference) -> JSONValue? {
    found[reference.identity]
      ?? (reference.isNamespaceAssumed ? found[reference.identity.inNamespace("")] : nil)
  }

  /// Adds an object that was printed.
  package mutating func add(_ object: JSONValue) {
    let metadata = object["metadata"]
    guard let kind = object["kind"]?.string, let name = metadata?["name"]?.string else { return }
    found[
      ObjectIdentity(
        group: ObjectIdentity.group(ofAPIVersion: object["apiVersion"]?.string ?? ""), kind: kind,
        namespace: metadata?["namespace"]?.string ?? "", name: name)] = object
  }

  /// Tells that an object is not there.
  package mutating func addMissing(_ identity: ObjectIdentity) { missing.insert(identity) }

  /// Adds what another look found.
  package mutating func merge(_ other: LiveObjects) {
    found.merge(other.found) { $1 }
    missing.formUnion(other.missing)
  }
}
