// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
package import GitObjects
package import JSONTree
import Planning
import Rollouts
import Targeting

/// How a change of one or more bundles that move together will be released.
package struct RolloutForecast: Sendable, Hashable {
  /// A stage that has clusters.
  package struct Stage: Sendable, Hashable {
    /// The name.
    package let name: String
    /// How many clusters are released in it.
    package let clusters: Int
  }

  /// The bundles, sorted by their bytes.
  package let bundles: [String]
  /// The stages, in order; empty when all is released at once.
  package let stages: [Stage]
  /// How many clusters are in no stage.
  package let skipped: Int
  /// The `RolloutPolicy` by name; nil where the strategy stands in a `fleet.yaml` alone.
  package let policy: String?
  /// Whether it is held back.
  package let isPaused: Bool

  /// What happens, in one line: `pos rolls out in 2 stages: canary 25, rest 2,475 clusters`.
  package var text: String {
    let names = Wording.list(bundles.map { Wording.bare($0) })
    let isOne = bundles.count == 1
    if isPaused { return "\(names) \(isOne ? "is" : "are") paused: the change is held back" }
    if stages.isEmpty { return "\(names) \(isOne ? "is" : "are") released at once" }
    var words = stages.prefix(6).map { stage in
      let name = stage.name.contains(" ") ? Wording.quoted(stage.name) : Wording.bare(stage.name)
      return "\(name) \(Wording.number(stage.clusters))"
    }
    let hasOne = stages.count == 1 && stages.first?.clusters == 1
    if stages.count > words.count {
      words.append("\(Wording.number(stages.count - words.count)) more")
    } else if let last = words.popLast() {
      words.append("\(last) \(hasOne ? "cluster" : "clusters")")
    }
    return "\(names) \(isOne ? "rolls out" : "roll out together") in "
      + "\(Wording.count(stages.count, "stage")): \(words.joined(separator: ", "))"
      + (skipped > 0 ? ", \(Wording.count(skipped, "cluster")) in no stage" : "")
      + (policy.map { " (policy \(Wording.quoted($0)))" } ?? "")
  }
}

extension RolloutForecast {
  /// The forecast for programs.
  package var json: JSONValue {
    let stages = stages.map { stage -> JSONValue in
      .object(["stage": .string(stage.name), "clusters": .integer(Int64(stage.clusters))])
    }
    let members = [
      JSONMember("bundles", .array(bundles.map { .string($0) })),
      JSONMember("stages", .array(stages)),
      JSONMember("inNoStage", .integer(Int64(skipped))),
      JSONMember("policy", policy.map { .string($0) } ?? .null),
      JSONMember("paused", .bool(isPaused)),
    ]
    return .object(members)
  }
}

extension RolloutForecast {
  private struct Pair: Hashable {
    let old: ObjectID?
    let new: ObjectID
  }

  /// What will become of a change, by the policies of its compilation: rollouts first, then what is released
  /// at once; nothing where no bundle has a policy.
  package static func make(
    _ compilation: Compilation, old: ObjectID?, oldReader: some ObjectReader,
    newReader: some ObjectReader
  ) throws(ObjectAccessError) -> [RolloutForecast] {
    let rules = compilation.policies.bundles
    guard let slices = compilation.slices, rules.contains(where: { !$0.policy.isEmpty }) else {
      return []
    }
    let changes = try changes(
      compilation, old: old, oldReader, new: slices, newReader)
    var groups: [[String]: [(index: Int, clusters: [String])]] = [:]
    var order: [[String]] = []
    for (index, rule) in rules.enumerated() {
      guard let clusters = changes[[rule.workspace, rule.name]] else { continue }
      let key =
        rule.group.isEmpty
        ? [rule.workspace, "", rule.name] : [rule.workspace, rule.group]
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append((index, clusters))
    }
    let all = order.compactMap { groups[$0] }.map { forecast(compilation, $0) }
    let atOnce = all.filter { $0.stages.isEmpty && !$0.isPaused }.flatMap(\.bundles)
    let rest = RolloutForecast(
      bundles: atOnce, stages: [], skipped: 0, policy: nil, isPaused: false)
    return all.filter { !$0.stages.isEmpty || $0.isPaused } + (atOnce.isEmpty ? [] : [rest])
  }

  private static func forecast(
    _ compilation: Compilation, _ group: [(index: Int, clusters: [String])]
  ) -> RolloutForecast {
    let rules = group.map { compilation.policies.bundles[$0.index] }
    let clusters = Set(group.flatMap(\.clusters)).sorted { $0.precedesInBytes($1) }
    var leading: (position: Int, policy: RolloutPolicy, stages: Int)?
    for (position, rule) in rules.enumerated() {
      guard let policy = compilation.policies.rollouts[rule.policy] else { continue }
      let count = StageMaker.count(of: policy, clusters: clusters.count)
      if count > leading?.stages ?? 0 { leading = (position, policy, count) }
    }
    let names = rules.map(\.name).sorted { $0.precedesInBytes($1) }
    guard let leading else {
      return RolloutForecast(bundles: names, stages: [], skipped: 0, policy: nil, isPaused: false)
    }
    let staged = StageMaker.stages(of: clusters, policy: leading.policy).withoutEmptyStages
    var sizes = [Int](repeating: 0, count: staged.stages.count)
    for case .some(let stage) in staged.stageOf { sizes[stage] += 1 }
    return RolloutForecast(
      bundles: names,
      stages: zip(staged.stages, sizes).map { Stage(name: $0.policy.name, clusters: $1) },
      skipped: staged.stageOf.count { $0 == nil },
      policy: policyName(compilation, group[leading.position].index),
      isPaused: leading.policy.isPaused)
  }

  private static func policyName(_ compilation: Compilation, _ index: Int) -> String? {
    guard compilation.bundles.indices.contains(index) else { return nil }
    guard let own = compilation.bundles[index].source.options.rolloutStrategy else {
      return compilation.documents.hub.rolloutPolicy?.value
    }
    return own.policy?.value
  }

  /// The clusters on which each bundle gets another tree, by workspace and name; sorted by their bytes.
  private static func changes(
    _ compilation: Compilation, old: ObjectID?, _ oldReader: some ObjectReader, new: ObjectID,
    _ newReader: some ObjectReader
  ) throws(ObjectAccessError) -> [[String]: [String]] {
    var before: [[UInt8]: ObjectID] = [:]
    for slice in try PlanTree.slices(of: old, reader: oldReader) { before[slice.name] = slice.tree }
    var after: [[UInt8]: ObjectID] = [:]
    for slice in try PlanTree.slices(of: new, reader: newReader) { after[slice.name] = slice.tree }
    var known: [Pair: [String]] = [:]
    var changes: [[String]: [String]] = [:]
    for cluster in compilation.inventory.clusters {
      let name = Array(cluster.name.utf8)
      guard let new = after[name] else { continue }
      let pair = Pair(old: before[name], new: new)
      if pair.old == pair.new { continue }
      let bundles: [String]
      if let found = known[pair] {
        bundles = found
      } else {
        let left = try pair.old.map { (id) throws(ObjectAccessError) in try oldReader.tree(id) }
        bundles = different(left ?? [], try newReader.tree(new))
        known[pair] = bundles
      }
      for bundle in bundles {
        changes[[cluster.workspace, bundle], default: []].append(cluster.name)
      }
    }
    return changes
  }

  private static func different(_ old: [TreeEntry], _ new: [TreeEntry]) -> [String] {
    let (left, right) = (Set(old), Set(new))
    return Set(left.symmetricDifference(right).map { String(decoding: $0.name, as: UTF8.self) })
      .sorted { $0.precedesInBytes($1) }
  }
}
