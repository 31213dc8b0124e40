// SPDX-License-Identifier: Apache-2.0

import Reconciling
import SliceFormat

/// Objects that one call of kubectl takes, as one account: those that name their namespace or have none,
/// or those for which one namespace is assumed.
struct KubectlBatch {
  /// What the objects of a call share.
  struct Call: Hashable {
    /// The service account; empty for the site's own.
    let account: String
    /// Given to kubectl for objects that name no namespace; nil when each says its own.
    let namespace: String?
    /// Whether fields of other managers are taken over.
    let forces: Bool
  }

  let call: Call
  let objects: [DesiredObject]

  var account: String { call.account }
  var namespace: String? { call.namespace }

  /// The objects in as few batches as can be, each in the given order; those that need no `-n` first.
  static func batches(of objects: [DesiredObject], forces: Bool) -> [KubectlBatch] {
    var order: [Call] = []
    var groups: [Call: [DesiredObject]] = [:]
    for object in objects {
      let namespace =
        object.reference.isNamespaceAssumed && ManifestNamespace.fill(object) == nil
        ? object.identity.namespace : nil
      let call = Call(
        account: object.treatment.account, namespace: namespace,
        forces: forces || object.treatment.takesOwnership)
      if groups[call] == nil { order.append(call) }
      groups[call, default: []].append(object)
    }
    return (order.filter { $0.namespace == nil } + order.filter { $0.namespace != nil })
      .map { KubectlBatch(call: $0, objects: groups[$0] ?? []) }
  }

  var flags: [String] { namespace.map { ["-n", $0] } ?? [] }

  var manifests: [[UInt8]] { objects.map { ManifestNamespace.fill($0) ?? $0.manifest } }

  func with(_ objects: [DesiredObject]) -> KubectlBatch {
    KubectlBatch(call: call, objects: objects)
  }

  /// Some of the objects, in a call that takes fields over.
  func forcing(_ objects: [DesiredObject]) -> KubectlBatch {
    KubectlBatch(
      call: Call(account: call.account, namespace: call.namespace, forces: true), objects: objects)
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
