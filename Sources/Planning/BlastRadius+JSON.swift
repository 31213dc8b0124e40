// SPDX-License-Identifier: Apache-2.0

package import JSONTree
import SliceFormat

extension BlastRadius {
  /// The blast radius for programs: `kubectl fleet plan -o json`. Members keep their order.
  package var json: JSONValue {
    .object([
      "clusters": .object([
        "total": .integer(Int64(clusterCount)),
        "before": .integer(Int64(oldClusterCount)),
        "changed": .integer(Int64(changedClusterCount)),
        "joining": .integer(Int64(joiningClusterCount)),
        "leaving": .integer(Int64(leavingClusterCount)),
      ]),
      "groups": .array(
        groups.map {
          .object([
            "name": .string($0.group), "changed": .integer(Int64($0.changed)),
            "total": .integer(Int64($0.total)),
          ])
        }),
      "kinds": .array(
        kinds.map {
          .object([
            "kind": .string($0.kind), "created": .integer(Int64($0.created)),
            "changed": .integer(Int64($0.changed)), "deleted": .integer(Int64($0.deleted)),
          ])
        }),
      "effects": .array(folds.map(\.json)),
    ])
  }
}

extension BlastRadius.Fold {
  fileprivate var json: JSONValue {
    let membership: String
    switch effect.membership {
    case .stays: membership = "stays"
    case .joins: membership = "joins"
    case .leaves(removes: true): membership = "leaves-remove"
    case .leaves(removes: false): membership = "leaves-keep"
    }
    return .object([
      "clusters": .array(clusters.map { .string($0) }),
      "membership": .string(membership),
      "created": .array(effect.created.map(\.json)),
      "changed": .array(effect.changed.map(\.json)),
      "deleted": .array(effect.deleted.map(\.json)),
      "kept": .array(effect.kept.map(\.json)),
      "optionsOnly": .array(effect.optionsOnly.map { .string($0) }),
      "renderedAtSite": .array(effect.renderedAtSite.map { .string($0) }),
      "runsHooks": .array(effect.runsHooks.map { .string($0) }),
    ])
  }
}

extension ObjectIdentity {
  fileprivate var json: JSONValue {
    .object([
      "group": .string(group), "kind": .string(kind), "namespace": .string(namespace),
      "name": .string(name),
    ])
  }
}
