// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import HubService
import Planning

/// What the hub tells every cluster to run.
struct ReleasedView {
  /// The hub's refs.
  let refs: HubRefs
  /// The state.
  let state: ReleasedState

  /// Reads the hub's state.
  static func open(
    _ hub: HubOptions, _ folder: FolderOptions, in context: CommandContext
  ) throws(CommandError) -> ReleasedView {
    let refs = try HubRefs.open(hub, folder, in: context)
    let id = try refs.read("state")
    guard let state = try failing({ try ReleasedState.read(id, from: refs.store) }) else {
      throw CommandError(
        "the hub '\(refs.location.base)' has released nothing yet",
        hints: ["git push -u origin main"])
    }
    return ReleasedView(refs: refs, state: state)
  }

  /// The objects.
  var store: Repository { refs.store }

  /// The slice of a cluster; nil when nothing is released for one of this name.
  func slice(of cluster: String) throws(CommandError) -> ObjectID? {
    try failing { try PlanTree.slice(of: cluster, in: state.released, reader: store) }
  }

  /// The names of all clusters.
  func clusterNames() throws(CommandError) -> [String] {
    try failing {
      try PlanTree.slices(of: state.released, reader: store)
        .map { String(decoding: $0.name, as: UTF8.self) }
    }
  }
}
