// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
package import JSONTree
import SliceFormat

extension Inventory {
  /// The format that is written, and the newest that is read.
  package static let format: Int64 = 1

  /// Why a stored inventory cannot be used; nothing may be removed then.
  package enum Refusal: Error, Hashable {
    /// Written by a newer program.
    case format(Int64)
    /// Not what this program writes: the first member that makes no sense.
    case malformed(String)
  }

  /// `{"format":1,"cluster":…,"bundles":[{"name","tree","keepResources",
  /// "deleteCRDResources","objects":[key…]}]}`; what fewer bundles have stands where it says something:
  /// `serviceAccount`, `deleteNamespace` (its name), `namespace` (`name`, `labels`, `annotations`) in a
  /// bundle, `mixed`; `namespaces`, `corrections`, `refused` and `removed` beside the bundles.
  package var json: JSONValue {
    var members: [JSONMember] = [
      JSONMember("format", .integer(Self.format)),
      JSONMember("cluster", .string(cluster)),
      JSONMember("bundles", .array(bundles.map(\.json))),
    ]
    if !namespaceClaims.isEmpty {
      members.append(
        JSONMember(
          "namespaces",
          .array(
            namespaceClaims.map {
              .object(["name": .string($0.namespace), "serviceAccount": .string($0.account)])
            })))
    }
    if corrections > 0 { members.append(JSONMember("corrections", .integer(corrections))) }
    if !refused.isEmpty {
      let sorted = refused.byName
      members.append(
        JSONMember("refused", .array(sorted.map { $0.value.json(bundle: $0.key) })))
    }
    if let mark {
      members.append(
        JSONMember(
          "removed",
          .object([
            "epoch": .integer(mark.epoch), "objects": .integer(Int64(mark.tally.objects)),
            "bundles": .integer(Int64(mark.tally.bundles)),
          ])))
    }
    return .object(members)
  }

  /// Reads what `json` writes.
  ///
  /// One member that makes no sense refuses the whole: an inventory that is read in part would make
  /// objects nobody's.
  package init(_ json: JSONValue) throws(Refusal) {
    guard let format = json["format"]?.integer else { throw .malformed("format") }
    guard format == Self.format else { throw .format(format) }
    guard let cluster = json["cluster"]?.string else { throw .malformed("cluster") }
    guard let items = json["bundles"]?.items else { throw .malformed("bundles") }
    var bundles: [Bundle] = []
    for item in items {
      guard let name = item["name"]?.string else { throw .malformed("name") }
      guard let keeps = item["keepResources"]?.bool else { throw .malformed("keepResources") }
      guard let deletes = item["deleteCRDResources"]?.bool else {
        throw .malformed("deleteCRDResources")
      }
      guard let keys = item["objects"]?.items else { throw .malformed("objects") }
      var tree: ObjectID?
      if let text = item["tree"]?.string {
        guard let id = ObjectID(hex: text) else { throw .malformed("tree") }
        tree = id
      }
      var objects: [ObjectReference] = []
      for key in keys {
        guard let text = key.string, let object = ObjectReference(text) else {
          throw .malformed("objects")
        }
        objects.append(object)
      }
      var bundle = Bundle(
        name: name, tree: tree, keepsResources: keeps, deletesDefinitions: deletes,
        account: item["serviceAccount"]?.string ?? "",
        doomedNamespace: item["deleteNamespace"]?.string,
        namespaceSettings: try item["namespace"].map { (settings) throws(Refusal) in
          try Self.settings(settings)
        }, objects: objects)
      bundle.isMixed = item["mixed"]?.bool ?? false
      bundles.append(bundle)
    }
    var claims: [NamespaceClaim] = []
    for item in json["namespaces"]?.items ?? [] {
      guard let name = item["name"]?.string else { throw .malformed("namespaces") }
      claims.append(NamespaceClaim(namespace: name, account: item["serviceAccount"]?.string ?? ""))
    }
    self.init(cluster: cluster, bundles: bundles, namespaceClaims: claims)
    corrections = max(0, json["corrections"]?.integer ?? 0)
    refused = RefusedTree.read(json["refused"])
    if let record = json["removed"], let epoch = record["epoch"]?.integer {
      mark = RemovalMark(
        epoch: epoch,
        tally: RemovalTally(
          objects: Int(clamping: record["objects"]?.integer ?? 0),
          bundles: Int(clamping: record["bundles"]?.integer ?? 0)))
    }
  }

  private static func settings(_ json: JSONValue) throws(Refusal) -> NamespaceSettings {
    guard let name = json["name"]?.string else { throw .malformed("namespace") }
    func texts(_ member: String) throws(Refusal) -> [String: String] {
      var texts: [String: String] = [:]
      for entry in json[member]?.members ?? [] {
        guard let text = entry.value.string else { throw .malformed(member) }
        texts[entry.name] = text
      }
      return texts
    }
    return NamespaceSettings(
      namespace: name, labels: try texts("labels"), annotations: try texts("annotations"))
  }
}

extension Inventory.Bundle {
  fileprivate var json: JSONValue {
    var members: [JSONMember] = [
      JSONMember("name", .string(name)),
      JSONMember("tree", tree.map { .string($0.hex) } ?? .null),
      JSONMember("keepResources", .bool(keepsResources)),
      JSONMember("deleteCRDResources", .bool(deletesDefinitions)),
    ]
    if !account.isEmpty { members.append(JSONMember("serviceAccount", .string(account))) }
    if let doomedNamespace {
      members.append(JSONMember("deleteNamespace", .string(doomedNamespace)))
    }
    if let settings = namespaceSettings {
      members.append(
        JSONMember(
          "namespace",
          .object([
            "name": .string(settings.namespace), "labels": Self.sorted(settings.labels),
            "annotations": Self.sorted(settings.annotations),
          ])))
    }
    if isMixed { members.append(JSONMember("mixed", .bool(true))) }
    members.append(JSONMember("objects", .array(objects.map { .string($0.key) })))
    return .object(members)
  }

  private static func sorted(_ texts: [String: String]) -> JSONValue {
    .object(
      texts.byName
        .map { JSONMember($0.key, .string($0.value)) })
  }
}
