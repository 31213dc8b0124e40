// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
import SliceFormat

/// The inventory in the cluster: the ConfigMap `fleet-inventory` of a namespace, `kubectl-fleet-system` if
/// the site says no other.
///
/// One ConfigMap is written in one step. An inventory that is too large for one (about 15,000 objects) is
/// cut into shards of two alternating names, `fleet-inventory-a-0` … or `fleet-inventory-b-0` …, which are
/// written before the head names them: a kill between them leaves the old inventory whole.
struct InventoryStore: Sendable {
  static let name = "fleet-inventory"
  static let key = "inventory.json"
  /// Below the server's limit of 1 MiB for an object, with room for its metadata.
  static let shardSize = 900_000

  let kubectl: Kubectl
  let scratch: ScratchManifests
  let namespace: String

  /// What is recorded; nil when there is no ConfigMap.
  func read() throws(TargetError) -> Inventory? {
    guard let head = try configMaps([Self.name]).first else { return nil }
    return try read(head)
  }

  /// Whether an object is the ConfigMap that `read` begins with.
  func isHead(_ object: JSONValue) -> Bool {
    object["kind"]?.string == "ConfigMap" && object["metadata"]?["name"]?.string == Self.name
      && object["metadata"]?["namespace"]?.string == namespace
  }

  /// The ConfigMap by its name alone.
  var mention: JSONValue {
    .object([
      "apiVersion": .string("v1"), "kind": .string("ConfigMap"),
      "metadata": .object(["name": .string(Self.name), "namespace": .string(namespace)]),
    ])
  }

  /// What the ConfigMap says, and its shards.
  func read(_ head: JSONValue) throws(TargetError) -> Inventory {
    let data = head["data"]
    var text: String
    if let shards = data?["shards"]?.string {
      let names = shards.split(separator: " ").map(String.init)
      let found = try configMaps(names)
      guard found.count == names.count else { throw damaged("a shard is missing") }
      text = ""
      for shard in found {
        guard let part = shard["data"]?[Self.key]?.string else { throw damaged("a shard") }
        text += part
      }
    } else {
      guard let whole = data?[Self.key]?.string else { throw damaged(Self.key) }
      text = whole
    }
    guard let json = JSONParser.parse(Array(text.utf8), limits: .machine) else {
      throw damaged("it is no JSON")
    }
    do throws(Inventory.Refusal) {
      return try Inventory(json)
    } catch {
      switch error {
      case .format(let number):
        throw .unusable(
          "the inventory in the cluster has format \(number),"
            + " this fleet-sync knows \(Inventory.format)")
      case .malformed(let member): throw damaged("'\(member)'")
      }
    }
  }

  /// The one ConfigMap of a record, after its namespace where that may be missing; nil when it needs shards.
  func manifests(_ inventory: Inventory, withNamespace: Bool) -> [JSONValue]? {
    let bytes = JSONWriter.compact(inventory.json)
    if bytes.count > Self.shardSize { return nil }
    let record = configMap(Self.name, [Self.key: String(decoding: bytes, as: UTF8.self)])
    return withNamespace ? [systemNamespace, record] : [record]
  }

  /// Records.
  func write(_ inventory: Inventory) throws(TargetError) {
    if let manifests = manifests(inventory, withNamespace: true) { return try apply(manifests) }
    let bytes = JSONWriter.compact(inventory.json)
    let letter =
      try configMaps([Self.name]).first?["data"]?["shards"]?.string
      .map { $0.hasPrefix("\(Self.name)-a-") ? "b" : "a" } ?? "a"
    var names: [String] = []
    var shards = [systemNamespace]
    for part in Self.parts(bytes) {
      let name = "\(Self.name)-\(letter)-\(names.count)"
      names.append(name)
      shards.append(configMap(name, [Self.key: part]))
    }
    try apply(shards)
    try apply([configMap(Self.name, ["shards": names.joined(separator: " ")])])
  }

  /// The text in pieces that a ConfigMap can hold, cut between characters.
  static func parts(_ bytes: [UInt8], size: Int = shardSize) -> [String] {
    var parts: [String] = []
    var start = 0
    while start < bytes.count {
      var end = min(start + size, bytes.count)
      while end < bytes.count, end > start + 1, bytes[end] & 0xc0 == 0x80 { end -= 1 }
      parts.append(String(decoding: bytes[start..<end], as: UTF8.self))
      start = end
    }
    return parts
  }

  private func apply(_ objects: [JSONValue]) throws(TargetError) {
    defer { scratch.remove() }
    try scratch.write(objects)
    let call = try kubectl.run(
      Kubectl.apply(scratch.folder, as: KubectlTarget.fieldManager, forces: true))
    // A user who may not make namespaces can work in one that is there.
    let applied = Set(KubectlOutput.names(call.output))
    let isWritten = objects.allSatisfy { object in
      object["kind"]?.string != "ConfigMap"
        || applied.contains("configmap/\(object["metadata"]?["name"]?.string ?? "")")
    }
    if isWritten { return }
    if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
    throw .unusable(
      "cannot record the inventory: \(KubectlOutput.reason(call.errors, file: ""))")
  }

  /// ConfigMaps by name, those that exist, in this order.
  private func configMaps(_ names: [String]) throws(TargetError) -> [JSONValue] {
    let call = try kubectl.run(
      ["get", "--ignore-not-found", "-n", namespace, "-o", "json"]
        + names.map { "configmap/\($0)" })
    if call.succeeded {
      let found = KubectlOutput.objects(call.json)
      return names.compactMap { name in
        found.first { $0["metadata"]?["name"]?.string == name }
      }
    }
    if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
    throw .unusable("cannot read the inventory: \(KubectlOutput.reason(call.errors, file: ""))")
  }

  private func damaged(_ what: String) -> TargetError {
    .unusable(
      "the inventory in ConfigMap '\(Self.name)' of namespace '\(namespace)' is damaged: \(what)")
  }

  private var systemNamespace: JSONValue {
    .object([
      "apiVersion": .string("v1"), "kind": .string("Namespace"),
      "metadata": .object(["name": .string(namespace)]),
    ])
  }

  private func configMap(_ name: String, _ data: KeyValuePairs<String, String>) -> JSONValue {
    .object([
      "apiVersion": .string("v1"), "kind": .string("ConfigMap"),
      "metadata": .object([
        // It is no bundle's; the label alone brings it into the list of what is ours.
        "labels": .object([SliceLayout.ownerLabel: .string("")]), "name": .string(name),
        "namespace": .string(namespace),
      ]),
      "data": .object(data.map { JSONMember($0.key, .string($0.value)) }),
    ])
  }
}
