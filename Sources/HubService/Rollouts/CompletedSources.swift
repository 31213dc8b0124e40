// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import JSONTree
import Rollouts

/// `sources.json` of the state: the source commit that each bundle last completed a rollout of. A cluster that joins while a
/// later version is not released to all gets the bundle as that commit has it.
enum CompletedSources {
  /// The file after a step; the same when no rollout has completed.
  static func update(
    _ file: ObjectID?, events: [RolloutEvent], plans: [RolloutPlan], store: some ObjectWriter,
    repository: Repository
  ) throws -> ObjectID? {
    let completed = events.filter { $0.kind == .complete }.map(\.rollout)
    let plans = plans.filter { completed.contains($0.id) }
    if plans.isEmpty { return file }
    var sources = try read(file, repository)
    for plan in plans {
      for bundle in plan.bundles { sources[bundle] = plan.source }
    }
    let items = sources.byName.map {
      JSONValue.object(["bundle": .string($0.key), "source": .string($0.value.hex)])
    }
    return try RolloutFiles.write(items, to: store)
  }

  /// The source commits by bundle.
  static func read(_ file: ObjectID?, _ reader: some ObjectReader) throws -> [String: ObjectID] {
    var sources: [String: ObjectID] = [:]
    for item in try RolloutFiles.items(file, reader) {
      guard let bundle = item["bundle"]?.string,
        let source = item["source"]?.string.flatMap({ ObjectID(hex: $0) })
      else { continue }
      sources[bundle] = source
    }
    return sources
  }
}
