// SPDX-License-Identifier: Apache-2.0

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
  /// "deleteCRDResources","objects":[key…]}]}`.
  package var json: JSONValue {
    .object([
      "format": .integer(Self.format),
      "cluster": .string(cluster),
      "bundles": .array(
        bundles.map { bundle in
          .object([
            "name": .string(bundle.name),
            "tree": bundle.tree.map { .string($0.hex) } ?? .null,
            "keepResources": .bool(bundle.keepsResources),
            "deleteCRDResources": .bool(bundle.deletesDefinitions),
            "objects": .array(bundle.objects.map { .string($0.key) }),
          ])
        }),
    ])
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
      bundles.append(
        Bundle(
          name: name, tree: tree, keepsResources: keeps, deletesDefinitions: deletes,
          objects: objects))
    }
    self.init(cluster: cluster, bundles: bundles)
  }
}
