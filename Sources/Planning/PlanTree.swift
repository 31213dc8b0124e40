// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import SliceFormat

/// What one cluster should run: its bundle deployments, as names and tree ids.
package struct SliceRow: Sendable, Hashable {
  /// A bundle rendered for the cluster.
  package struct Deployment: Sendable, Hashable {
    /// The bundle's name.
    package let bundle: String
    /// The tree of the bundle deployment.
    package let tree: ObjectID

    /// Makes a deployment.
    package init(bundle: String, tree: ObjectID) {
      self.bundle = bundle
      self.tree = tree
    }
  }

  /// The cluster's name.
  package let cluster: String
  /// The deployments, in the order of the bundles' names.
  package let deployments: [Deployment]

  /// Makes a row; the deployments may come in any order.
  package init(cluster: String, deployments: [Deployment]) {
    self.cluster = cluster
    self.deployments = deployments.sorted {
      $0.bundle.utf8.lexicographicallyPrecedes($1.bundle.utf8)
    }
  }
}

/// The tree `SHARD/CLUSTER/BUNDLE/…` that holds every cluster's slice.
package enum PlanTree {
  /// Writes the tree of all rows and tells its id.
  ///
  /// A cluster without deployments is in the tree too, with the empty tree: "nothing should run" and
  /// "not known" are different things.
  package static func write(
    _ rows: [SliceRow], to writer: any ObjectWriter
  ) throws(ObjectAccessError) -> ObjectID {
    var sliceIDs: [[SliceRow.Deployment]: ObjectID] = [:]
    var slices: [ClusterSlice] = []
    slices.reserveCapacity(rows.count)
    for row in rows {
      let id: ObjectID
      if let known = sliceIDs[row.deployments] {
        id = known
      } else {
        id = try writer.writeTree(row.deployments.map { TreeEntry($0.bundle, .directory, $0.tree) })
        sliceIDs[row.deployments] = id
      }
      slices.append(ClusterSlice(name: Array(row.cluster.utf8), tree: id))
    }
    return try write(slices, to: writer)
  }

  /// Writes the tree `SHARD/CLUSTER` of slices that are there already.
  package static func write(
    _ slices: [ClusterSlice], to writer: any ObjectWriter
  ) throws(ObjectAccessError) -> ObjectID {
    var shards: [String: [TreeEntry]] = [:]
    for slice in slices {
      shards[Shard.name(of: slice.name), default: []].append(
        TreeEntry(name: slice.name, mode: .directory, id: slice.tree))
    }
    var top: [TreeEntry] = []
    // The order of writing shows in a pack, so it is not left to the dictionary.
    for (shard, entries) in shards.sorted(by: { $0.key < $1.key }) {
      top.append(TreeEntry(shard, .directory, try writer.writeTree(entries)))
    }
    return try writer.writeTree(top)
  }

  /// The slice tree of every cluster, in the order of shards and names; nil stands for no tree.
  package static func slices(
    of tree: ObjectID?, reader: some ObjectReader
  ) throws(ObjectAccessError) -> [ClusterSlice] {
    guard let tree else { return [] }
    var result: [ClusterSlice] = []
    for shard in try reader.tree(tree) where shard.mode == .directory {
      for entry in try reader.tree(shard.id) where entry.mode == .directory {
        result.append(ClusterSlice(name: entry.name, tree: entry.id))
      }
    }
    return result
  }

  /// The slice tree of one cluster, or nil when it is not in the plan.
  package static func slice(
    of cluster: String, in tree: ObjectID, reader: some ObjectReader
  ) throws(ObjectAccessError) -> ObjectID? {
    let shardName = Array(Shard.name(of: cluster).utf8)
    guard let shard = try reader.tree(tree).first(where: { $0.name == shardName }) else {
      return nil
    }
    let name = Array(cluster.utf8)
    return try reader.tree(shard.id).first { $0.name == name }?.id
  }
}

/// A cluster's name and the tree of its slice, as they stand in a plan.
package struct ClusterSlice: Sendable, Hashable {
  /// The cluster's name, as bytes of the tree.
  package let name: [UInt8]
  /// The tree of the slice.
  package let tree: ObjectID

  /// Makes a pair.
  package init(name: [UInt8], tree: ObjectID) {
    self.name = name
    self.tree = tree
  }
}
