// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import HubService
import Planning
import Targeting

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

  /// Those of the clusters that are asked for by name, or `cluster/NAME`, and by label.
  ///
  /// - Throws: when a name is not among them.
  func choose(
    _ names: [String], _ selector: LabelSelector, among clusters: [String]
  ) throws(CommandError) -> [String] {
    var wanted = clusters
    if !selector.isEmpty {
      let labels = try labels()
      wanted = wanted.filter { selector.matches(labels[$0] ?? Labels()) }
    }
    let names = names.map(NameLookup.bare)
    for name in names where !wanted.contains(name) {
      throw NameLookup.missing(
        "released cluster", name, among: wanted, list: "kubectl fleet status -o name")
    }
    return names.isEmpty ? wanted : wanted.filter(names.contains)
  }

  /// The labels of all clusters in the version that is released.
  private func labels() throws(CommandError) -> [String: Labels] {
    guard store.hasObject(state.source) else {
      throw CommandError(
        "commit \(state.source.short), which is released, is not in this repository",
        hints: ["git fetch"])
    }
    return try failing {
      var quiet = Findings()
      let files = try SourceFiles(
        root: try store.commit(state.source).tree, reader: store, findings: &quiet)
      let documents = try DocumentReader(files: files, reader: store).read(findings: &quiet)
      return Dictionary(
        documents.with(try refs.facts()).clusters.map { ($0.name, $0.labels) },
        uniquingKeysWith: { first, _ in first })
    }
  }
}
