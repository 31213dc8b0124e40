// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Reconciling
import Testing
import SliceFormat

/// Slices and inventories in a few words, for the pure tests.
enum Fixture {
  /// A bundle whose objects are given by key; the manifest of each is its key.
  static func bundle(
    _ name: String, _ keys: [String], namespace: String = "", keeps: Bool = false,
    deletesDefinitions: Bool = false
  ) throws -> DesiredBundle {
    let descriptor = try BundleDescriptor(
      .object([
        "format": .integer(1), "namespace": .string(namespace), "keepResources": .bool(keeps),
        "deleteCRDResources": .bool(deletesDefinitions),
      ]))
    return DesiredBundle(
      name: name, tree: tree, descriptor: descriptor,
      objects: try keys.map { key in
        try #require(
          DesiredObject(
            bundle: name, bundleNamespace: namespace, fileName: key + ".yaml",
            manifest: Array(key.utf8)))
      })
  }

  /// How a run ended.
  static func ending(
    failed: Set<String>, remaining: [ApplyPlan.Removal] = [], untouched: Set<String> = []
  ) -> ApplyPlan.Ending {
    var ending = ApplyPlan.Ending()
    ending.failed = failed
    ending.remaining = remaining
    ending.untouched = untouched
    return ending
  }

  /// A recorded bundle whose objects are given by key.
  static func record(
    _ name: String, _ keys: [String], keeps: Bool = false, deletesDefinitions: Bool = false
  ) throws -> Inventory.Bundle {
    Inventory.Bundle(
      name: name, tree: tree, keepsResources: keeps, deletesDefinitions: deletesDefinitions,
      objects: try keys.map { try #require(ObjectReference($0)) })
  }

  /// The tree id that every bundle here has.
  static let tree = ObjectID.emptyTree

  /// The plan for these bundles over what is recorded.
  static func plan(_ bundles: [DesiredBundle], over recorded: [Inventory.Bundle]) -> ApplyPlan {
    ApplyPlan(
      cluster: "store-0001", slice: DesiredSlice(bundles),
      recorded: Inventory(cluster: "store-0001", bundles: recorded))
  }

  /// `bundle: key, key` lines of an inventory.
  static func text(_ inventory: Inventory) -> String {
    inventory.bundles.map { bundle in
      "\(bundle.name): " + bundle.objects.map(\.key).joined(separator: ", ")
    }.joined(separator: "\n")
  }

  /// `bundle/key` of removals, with what is special about them.
  static func text(_ removals: [ApplyPlan.Removal]) -> [String] {
    removals.map { removal in
      "\(removal.bundle)/\(removal.reference.key)" + (removal.isMoved ? " moved" : "")
        + (removal.sparesClusterScope ? " unless cluster-scoped" : "")
        + (removal.isBundleWanted ? "" : " with its bundle")
    }
  }
}
