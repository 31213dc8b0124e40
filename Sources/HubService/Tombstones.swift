// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import Planning
import SliceFormat

/// The slices of clusters that were taken out of the inventory: `removed/SHARD/CLUSTER/tombstone.json`.
enum Tombstones {
  /// The tree of all tombstones after a plan: those there were, without clusters that are back, and
  /// those of clusters that leave now.
  ///
  /// What a site does with what runs there is said by the version in which the cluster still was.
  static func tree(
    after state: ReleasedState?, plan: PlanCommit, sourceTree: ObjectID, repository: Repository
  ) throws(HubError) -> ObjectID {
    guard let state else { return .emptyTree }
    if state.released == plan.slices { return state.removed }
    return try HubError.wrap {
      let present = Set(
        try PlanTree.slices(of: plan.slices, reader: repository).map(\.name))
      var removed: [[UInt8]: ObjectID] = [:]
      for slice in try PlanTree.slices(of: state.removed, reader: repository)
      where !present.contains(slice.name) {
        removed[slice.name] = slice.tree
      }
      let leaving = try PlanTree.slices(of: state.released, reader: repository)
        .filter { !present.contains($0.name) }
      if !leaving.isEmpty {
        let old = try repository.commit(state.source)
        let changes = try TreeDiff.changes(from: old.tree, to: sourceTree, in: repository)
        let rules = try BaseRules.read(changes, root: old.tree, reader: repository)
        let action = try Self.defaultAction(old.tree, repository)
        for slice in leaving {
          let name = String(decoding: slice.name, as: UTF8.self)
          let tombstone = Tombstone(removes: rules.removes(name, default: action))
          removed[slice.name] = try repository.writeTree([
            TreeEntry(
              name: SliceLayout.tombstoneFile, mode: .file,
              id: try repository.write(.blob, tombstone.json))
          ])
        }
      }
      return try PlanTree.write(
        removed.map { ClusterSlice(name: $0.key, tree: $0.value) }, to: repository)
    }
  }

  /// What the settings of a version say about clusters that go.
  private static func defaultAction(
    _ tree: ObjectID, _ repository: Repository
  ) throws(ObjectAccessError) -> RemovalAction {
    var quiet = Findings()
    let files = try SourceFiles(root: tree, reader: repository, findings: &quiet)
    return try DocumentReader(files: files, reader: repository).read(findings: &quiet)
      .hub.whenClusterRemoved
  }
}
