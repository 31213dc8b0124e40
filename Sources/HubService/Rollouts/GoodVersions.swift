// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import Planning
import Posix
import Rollouts

/// The good version of bundles for clusters that join while a later one is not released to all: the source commit that
/// completed its last rollout, compiled with the inventory of now.
struct GoodVersions {
  let hub: HubLayout
  let repository: Repository

  /// The trees, as far as there is a good version and it compiles. Places without one are left out.
  func trees(
    of places: [IntakeResult.Place], plan: PlanCommit, sources file: ObjectID?, store: PlanStore
  ) throws -> [(place: IntakeResult.Place, tree: ObjectID)] {
    let sources = try CompletedSources.read(file, repository)
    var bySource: [ObjectID: [IntakeResult.Place]] = [:]
    for place in places {
      if let source = sources[place.bundle] { bySource[source, default: []].append(place) }
    }
    var result: [(place: IntakeResult.Place, tree: ObjectID)] = []
    for (source, places) in bySource.sorted(by: { $0.key.hex < $1.key.hex }) {
      guard let slices = try slices(of: source, inventory: plan.source, store) else { continue }
      for place in places {
        guard
          let row = try PlanTree.slice(of: place.cluster, in: slices, reader: store),
          let entry = try store.tree(row).first(where: { $0.name == Array(place.bundle.utf8) })
        else { continue }
        result.append((place, entry.id))
      }
    }
    return result
  }

  /// The slices of a source commit with the clusters and groups of another; nil when it does not compile with them.
  private func slices(
    of source: ObjectID, inventory: ObjectID, _ store: PlanStore
  ) throws -> ObjectID? {
    guard repository.hasObject(source), let commit = try? repository.commit(source) else {
      return nil
    }
    let compiler = Compiler(
      reader: store, writer: store, branch: try HubBranch(of: repository).name,
      engine: try HubRendering.engine(hub, progress: { _ in }),
      facts: try FactsRef.current(repository).reported)
    var findings = Findings()
    let (files, documents) = try compiler.read(commit.tree, findings: &findings)
    var quiet = Findings()
    let now = try compiler.read(try repository.commit(inventory).tree, findings: &quiet).documents
    return try compiler.compile(files, documents.withInventory(of: now), findings: findings).slices
  }
}
