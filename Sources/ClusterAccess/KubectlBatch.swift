// SPDX-License-Identifier: Apache-2.0

import Reconciling
import SliceFormat

/// Objects that one call of kubectl takes: those that name their namespace or have none, or those for
/// which one namespace is assumed.
struct KubectlBatch {
  /// Given to kubectl for objects that name no namespace; nil when each says its own.
  let namespace: String?
  let objects: [DesiredObject]

  /// The objects in as few batches as can be, each in the given order; those that need no `-n` first.
  static func batches(of objects: [DesiredObject]) -> [KubectlBatch] {
    var order: [String?] = [nil]
    var groups: [String?: [DesiredObject]] = [nil: []]
    for object in objects {
      let namespace =
        object.reference.isNamespaceAssumed && ManifestNamespace.fill(object) == nil
        ? object.identity.namespace : nil
      if groups[namespace] == nil { order.append(namespace) }
      groups[namespace, default: []].append(object)
    }
    return order.compactMap { namespace in
      guard let group = groups[namespace], !group.isEmpty else { return nil }
      return KubectlBatch(namespace: namespace, objects: group)
    }
  }

  var flags: [String] { namespace.map { ["-n", $0] } ?? [] }

  var manifests: [[UInt8]] { objects.map { ManifestNamespace.fill($0) ?? $0.manifest } }

  func with(_ objects: [DesiredObject]) -> KubectlBatch {
    KubectlBatch(namespace: namespace, objects: objects)
  }

  /// The objects that a call's plain output names as applied, and the others.
  ///
  /// The output says kind and name without the namespace. Where objects of one kind and name stand in
  /// several namespaces and not all were applied, none of them counts as applied: trying again is harmless.
  func split(applied names: [String]) -> (applied: KubectlBatch, missing: KubectlBatch) {
    var counts: [String: Int] = [:]
    for name in names { counts[name, default: 0] += 1 }
    var wanted: [String: Int] = [:]
    for object in objects { wanted[Self.printedName(object.identity), default: 0] += 1 }
    let isApplied = { (object: DesiredObject) in
      let name = Self.printedName(object.identity)
      return counts[name] == wanted[name]
    }
    return (with(objects.filter(isApplied)), with(objects.filter { !isApplied($0) }))
  }

  /// `deployment.apps/web`, as kubectl names an object.
  static func printedName(_ identity: ObjectIdentity) -> String {
    "\(identity.typeName.lowercased())/\(identity.name)"
  }
}
