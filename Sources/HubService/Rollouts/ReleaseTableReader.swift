// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import Planning
package import Rollouts

/// Reads tables `SHARD/CLUSTER/BUNDLE` for the intake; equal rows are read once.
package struct ReleaseTableReader<Reader: ObjectReader> {
  private let reader: Reader

  /// Makes a reader of the trees of a repository.
  package init(_ reader: Reader) { self.reader = reader }

  /// The table of a tree, such as that of all slices of a plan.
  package func table(_ tree: ObjectID) throws -> ReleaseTable {
    if tree == .emptyTree { return ReleaseTable() }
    var known: [ObjectID: [ReleaseTable.Entry]] = [:]
    var rows: [ReleaseTable.Row] = []
    for slice in try PlanTree.slices(of: tree, reader: reader) {
      let entries: [ReleaseTable.Entry]
      if let same = known[slice.tree] {
        entries = same
      } else {
        entries = try reader.tree(slice.tree).filter { $0.mode == .directory }.map {
          ReleaseTable.Entry(String(decoding: $0.name, as: UTF8.self), $0.id)
        }
        known[slice.tree] = entries
      }
      rows.append(ReleaseTable.Row(String(decoding: slice.name, as: UTF8.self), entries))
    }
    return ReleaseTable(rows)
  }
}

extension PlanPolicies {
  /// What an intake asks about the bundles.
  package var bundleRules: [BundleRules] {
    bundles.map { rule in
      BundleRules(
        name: rule.name, workspace: rule.workspace, group: rule.group,
        policy: rollouts[rule.policy], definition: rule.definition)
    }
  }
}
