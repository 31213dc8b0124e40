// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import JSONTree

/// `rollouts/ID/rollout.json` of the state: written once, when the rollout starts. The trees of its moves stand
/// beside it as trees, so that Git keeps them.
extension RolloutPlan {
  /// The format of the file.
  package static let format: Int64 = 1

  /// The file's value.
  package var json: JSONValue {
    .object([
      "format": .integer(Self.format), "id": .string(id),
      "bundles": .array(bundles.map { .string($0) }),
      "definitions": .array(definitions.map { .string($0) }), "source": .string(source.hex),
      "startedAt": .integer(startedAt), "principal": principal.map { .string($0) } ?? .null,
      "policy": policy.json,
      "stages": .array(
        stages.map { stage in
          .object([
            "policy": stage.policy.json, "size": .integer(Int64(stage.size)),
            "gate": stage.gate.map { .integer(Int64($0)) } ?? .null,
          ])
        }),
      "unavailableStages": .integer(Int64(unavailableStages)),
      "members": .array(members.map { json(of: $0) }),
    ])
  }

  private func json(of member: Member) -> JSONValue {
    var members = [
      JSONMember("cluster", .string(member.cluster)),
      JSONMember("stage", member.stage.map { .integer(Int64($0)) } ?? .null),
    ]
    let names = member.moves.map(\.bundle)
    // Most clusters get all bundles of the rollout; only others say which.
    if names != bundles {
      members.append(JSONMember("bundles", .array(names.map { .string($0) })))
    }
    if member.isNew { members.append(JSONMember("new", .bool(true))) }
    if member.isUnproven { members.append(JSONMember("unproven", .bool(true))) }
    return .object(members)
  }

  /// Reads the file; nil when it is none of this format.
  ///
  /// - Parameters:
  ///   - target: the tree of a bundle of a cluster in the plan; nil when it goes away.
  ///   - fallback: the tree that a rollback releases; nil when the bundle was not there.
  package init?(
    json: JSONValue, target: (_ cluster: String, _ bundle: String) -> ObjectID?,
    fallback: (_ cluster: String, _ bundle: String) -> ObjectID?
  ) {
    guard json["format"]?.integer == Self.format, let id = json["id"]?.string,
      let bundles = json["bundles"]?.items.map({ $0.compactMap(\.string) }),
      let source = json["source"]?.string.flatMap({ ObjectID(hex: $0) }),
      let startedAt = json["startedAt"]?.integer,
      let policy = json["policy"].flatMap({ RolloutPolicy(json: $0) })
    else { return nil }
    var stages: [Stage] = []
    for item in json["stages"]?.items ?? [] {
      guard let policy = item["policy"].flatMap({ StagePolicy(json: $0) }),
        let size = item["size"]?.integer
      else { return nil }
      stages.append(
        Stage(
          policy: policy, size: Int(clamping: size),
          gate: item["gate"]?.integer.map { Int(clamping: $0) }))
    }
    var members: [Member] = []
    for item in json["members"]?.items ?? [] {
      guard let cluster = item["cluster"]?.string else { return nil }
      let stage = item["stage"]?.integer.map { Int(clamping: $0) }
      if let stage, !stages.indices.contains(stage) { return nil }
      let names = item["bundles"]?.items.map { $0.compactMap(\.string) } ?? bundles
      var member = Member(
        cluster: cluster, stage: stage,
        moves: names.map {
          Move(bundle: $0, target: target(cluster, $0), fallback: fallback(cluster, $0))
        }, isNew: item["new"]?.bool ?? false)
      member.isUnproven = item["unproven"]?.bool ?? false
      members.append(member)
    }
    guard !stages.isEmpty else { return nil }
    self.init(
      id: id, bundles: bundles, source: source, startedAt: startedAt,
      principal: json["principal"]?.string, policy: policy, stages: stages,
      unavailableStages: Int(clamping: json["unavailableStages"]?.integer ?? 0), members: members)
    definitions = (json["definitions"]?.items ?? []).compactMap(\.string)
  }
}
