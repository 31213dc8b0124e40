// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import Planning
import SliceFormat

/// Changes to a table `SHARD/CLUSTER/BUNDLE`: which tree a bundle of a cluster has from now on.
///
/// Only the shards that change are written; clusters with equal rows and equal changes share the work.
struct RowEdits {
  /// The bundles that change by cluster; nil stands for "it goes away".
  private var edits: [String: [String: ObjectID?]] = [:]
  /// Clusters whose rows go as a whole.
  private var dropped: Set<String> = []

  /// No changes.
  init() {}

  /// Whether nothing changes.
  var isEmpty: Bool { edits.isEmpty && dropped.isEmpty }

  /// Sets the tree of a bundle; nil takes it away. A later call for the same place wins.
  mutating func set(_ cluster: String, _ bundle: String, to tree: ObjectID?) {
    edits[cluster, default: [:]].updateValue(tree, forKey: bundle)
  }

  /// Makes sure that a cluster has a row, if an empty one.
  mutating func add(_ cluster: String) {
    if edits[cluster] == nil { edits[cluster] = [:] }
  }

  /// Takes a whole row away.
  mutating func drop(_ cluster: String) { dropped.insert(cluster) }

  /// The table after the changes; without any the same tree.
  ///
  /// - Parameter keepsEmptyRows: whether a cluster without bundles stays in the table: "nothing should run"
  ///   and "not known" are different things for sites.
  func apply<Store: ObjectReader & ObjectWriter>(
    to table: ObjectID, keepsEmptyRows: Bool, store: Store
  ) throws(ObjectAccessError) -> ObjectID {
    if isEmpty { return table }
    var shards = try entries(table, store)
    var rows: [RowKey: ObjectID] = [:]
    var byShard: [String: [String]] = [:]
    for cluster in Set(edits.keys).union(dropped) {
      byShard[Shard.name(of: Array(cluster.utf8)), default: []].append(cluster)
    }
    // The order of writing shows in a pack, so it is not left to the dictionary.
    for (shard, clusters) in byShard.sorted(by: { $0.key < $1.key }) {
      let name = Array(shard.utf8)
      var members =
        try shards[name].map { entry throws(ObjectAccessError) in
          try entries(entry.id, store)
        } ?? [:]
      for cluster in clusters.sorted(by: { $0.precedesInBytes($1) }) {
        let key = Array(cluster.utf8)
        if dropped.contains(cluster) {
          members[key] = nil
          continue
        }
        let change = edits[cluster] ?? [:]
        let old = members[key]?.id ?? .emptyTree
        let new = try row(old, change, &rows, store)
        members[key] =
          new == .emptyTree && !keepsEmptyRows
          ? nil : TreeEntry(name: key, mode: .directory, id: new)
      }
      shards[name] =
        members.isEmpty
        ? nil
        : TreeEntry(
          name: name, mode: .directory, id: try store.writeTree(Array(members.values)))
    }
    return try store.writeTree(Array(shards.values))
  }

  private struct RowKey: Hashable {
    let row: ObjectID
    let change: [String: ObjectID?]
  }

  private func row<Store: ObjectReader & ObjectWriter>(
    _ old: ObjectID, _ change: [String: ObjectID?], _ known: inout [RowKey: ObjectID],
    _ store: Store
  ) throws(ObjectAccessError) -> ObjectID {
    let key = RowKey(row: old, change: change)
    if let same = known[key] { return same }
    var bundles = old == .emptyTree ? [:] : try entries(old, store)
    for (bundle, tree) in change {
      let name = Array(bundle.utf8)
      bundles[name] = tree.map { TreeEntry(name: name, mode: .directory, id: $0) }
    }
    let new = try store.writeTree(Array(bundles.values))
    known[key] = new
    return new
  }

  private func entries(
    _ tree: ObjectID, _ reader: some ObjectReader
  ) throws(ObjectAccessError) -> [[UInt8]: TreeEntry] {
    if tree == .emptyTree { return [:] }
    var result: [[UInt8]: TreeEntry] = [:]
    for entry in try reader.tree(tree) { result[entry.name] = entry }
    return result
  }
}
