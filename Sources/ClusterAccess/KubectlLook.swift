// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Posix
import Reconciling
import SliceFormat

/// Finds out how objects are, and what is recorded, in one call of kubectl when all is well.
///
/// The hub labels every object (`kubectl-fleet.io/bundle`), and we the inventory, so that one list of their
/// kinds by that label brings all. What it does not bring is asked for by name: objects without the label,
/// and all where lists are refused or a kind is unknown. Service accounts are not asked for lists, as
/// they need no right to list anything.
///
/// That lists are refused is remembered until something is recorded: rights change seldom.
struct KubectlLook {
  let kubectl: Kubectl
  let scratch: ScratchManifests

  /// The inventory, and the objects that the list brought.
  func survey(
    _ objects: [DesiredObject], _ inventory: InventoryStore
  ) throws(TargetError) -> Survey {
    if objects.isEmpty { return Survey(inventory: try inventory.read(), live: LiveObjects()) }
    let own = objects.filter { $0.treatment.account.isEmpty }
    if Files.exists(refusal) { return try byName(own, inventory) }
    let types = Self.types(own).filter { $0 != "ConfigMap.v1." }
    var live = LiveObjects()
    let listed: [JSONValue]
    switch try list(["ConfigMap.v1."] + types) {
    case .objects(let objects): listed = objects
    case .unknownKind: return Survey(inventory: try inventory.read(), live: live)
    case .refused:
      _ = try? Files.writeAtomically(refusal, [])
      return try byName(own, inventory)
    }
    var head: JSONValue?
    for object in listed {
      if inventory.isHead(object) { head = object }
      live.add(object)
    }
    // One that an older fleet-sync wrote has no label.
    guard let head else { return Survey(inventory: try inventory.read(), live: live) }
    live.recordedAt = Self.time(head)
    return Survey(inventory: try inventory.read(head), live: live)
  }

  /// Forgets that lists are refused.
  func forgetRefusal() { _ = try? Files.remove(refusal) }

  private var refusal: String { scratch.folder + "-lists-refused" }

  /// The inventory and objects by name.
  private func byName(
    _ objects: [DesiredObject], _ inventory: InventoryStore
  ) throws(TargetError) -> Survey {
    let (live, heads) = try named(
      [inventory.mention] + objects.map(Self.mention), objects, kubectl, where: inventory.isHead)
    guard let head = heads.first else { return Survey(inventory: try inventory.read(), live: live) }
    var seen = live
    seen.recordedAt = Self.time(head)
    return Survey(inventory: try inventory.read(head), live: seen)
  }

  /// Those of some objects that we applied before: the server lists us among their managers.
  func owned(_ objects: [DesiredObject]) throws(TargetError) -> Set<DesiredObject> {
    let live = try named(objects)
    return Set(
      objects.filter { object in
        live[object.reference]?["metadata"]?["managedFields"]?.items?.contains {
          // The labels of namespaces have a manager of their own.
          $0["operation"]?.string == "Apply"
            && $0["manager"]?.string?.hasPrefix(KubectlTarget.fieldManager) == true
        } ?? false
      })
  }

  /// Objects by name, as the accounts that they are applied as.
  func named(_ objects: [DesiredObject]) throws(TargetError) -> LiveObjects {
    var live = LiveObjects()
    var accounts: [String] = []
    for object in objects where !accounts.contains(object.treatment.account) {
      accounts.append(object.treatment.account)
    }
    for account in accounts {
      let own = objects.filter { $0.treatment.account == account }
      live.merge(
        try named(own.map(Self.mention), own, kubectl.acting(as: account), where: { _ in false }).0)
    }
    return live
  }

  private func named(
    _ mentions: [JSONValue], _ objects: [DesiredObject], _ kubectl: Kubectl,
    where isSpecial: (JSONValue) -> Bool
  ) throws(TargetError) -> (LiveObjects, special: [JSONValue]) {
    defer { scratch.remove() }
    try scratch.write(mentions)
    let call = try kubectl.run(
      [
        "get", "--ignore-not-found", "--show-managed-fields", "-o", "json", "-f", scratch.folder,
      ])
    if !call.succeeded, KubectlOutput.saysUnreachable(call.errors) {
      throw .unreachable(call.unreachableMessage)
    }
    var live = LiveObjects()
    let printed = KubectlOutput.objects(call.json)
    for object in printed { live.add(object) }
    // After a failure nobody knows which of them are missing.
    if call.succeeded {
      for object in objects where live[object.reference] == nil {
        live.addMissing(object.identity)
      }
    }
    return (live, printed.filter(isSpecial))
  }

  /// What came of asking for a list.
  private enum Listing {
    case objects([JSONValue])
    case refused
    case unknownKind
  }

  /// All objects of some types with our label.
  private func list(_ types: [String]) throws(TargetError) -> Listing {
    let call = try kubectl.run(
      [
        "get", types.joined(separator: ","), "--all-namespaces", "-l", SliceLayout.ownerLabel,
        "--show-managed-fields", "-o", "json",
      ])
    if call.succeeded { return .objects(KubectlOutput.objects(call.json)) }
    if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
    return call.errors.contains("Error from server (Forbidden)") ? .refused : .unknownKind
  }

  /// `Deployment.v1.apps`, of each type once, in the order of first mention: the version of the manifest,
  /// because the names of managed fields are those of a version.
  private static func types(_ objects: [DesiredObject]) -> [String] {
    var types: [String] = []
    for object in objects {
      let version = ManifestNamespace.apiVersion(object).split(separator: "/").last ?? ""
      let type = "\(object.identity.kind).\(version).\(object.identity.group)"
      if !types.contains(type) { types.append(type) }
    }
    return types
  }

  private static func mention(_ object: DesiredObject) -> JSONValue {
    let identity = object.identity
    var metadata = [JSONMember("name", .string(identity.name))]
    if !identity.namespace.isEmpty {
      metadata.append(JSONMember("namespace", .string(identity.namespace)))
    }
    return .object([
      "apiVersion": .string(ManifestNamespace.apiVersion(object)), "kind": .string(identity.kind),
      "metadata": .object(metadata),
    ])
  }

  /// When we wrote an object last; empty when the server does not say.
  private static func time(_ object: JSONValue) -> String {
    object["metadata"]?["managedFields"]?.items?.first {
      $0["manager"]?.string == KubectlTarget.fieldManager
    }?["time"]?.string ?? ""
  }
}
