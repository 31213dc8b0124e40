// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import JSONTree

/// `rollouts/ID/progress.json` of the state: written anew with each decision.
extension RolloutState {
  /// The file's value; what is as at the start is left out.
  package var json: JSONValue {
    var members = [
      JSONMember("format", .integer(RolloutPlan.format)),
      JSONMember("phase", .string(phase.rawValue)), JSONMember("reason", .string(reason)),
      JSONMember("stage", .integer(Int64(stage))),
      JSONMember("phaseSince", .integer(phaseSince)),
      JSONMember("stageSince", .integer(stageSince)),
    ]
    func add(_ name: String, _ value: Int, unless usual: Int = 0) {
      if value != usual { members.append(JSONMember(name, .integer(Int64(value)))) }
    }
    add("doneBefore", doneBefore)
    add("doneAfter", doneAfter)
    if let waitsUntil { members.append(JSONMember("waitsUntil", .integer(waitsUntil))) }
    if let waitsFor { members.append(JSONMember("waitsFor", .string(waitsFor))) }
    if let pausedPhase { members.append(JSONMember("pausedPhase", .string(pausedPhase.rawValue))) }
    for (name, value) in [
      ("promoted", isPromoted), ("started", isStarted), ("pausedByPolicy", isPausedByPolicy),
    ] where value {
      members.append(JSONMember(name, .bool(true)))
    }
    if let resumedAt { members.append(JSONMember("resumedAt", .integer(resumedAt))) }
    if !baselines.isEmpty {
      members.append(
        JSONMember(
          "baselines",
          .object(
            baselines.byName
              .map { JSONMember($0.key, .real($0.value)) })))
    }
    members += [
      JSONMember("members", .integer(Int64(releasedAt.count))),
      JSONMember("released", .array(batches)),
    ]
    for (name, indices) in [
      ("succeeded", succeeded), ("skipped", skipped), ("forgiven", forgiven),
    ] where !indices.isEmpty {
      members.append(JSONMember(name, .string(IndexRanges.text(indices))))
    }
    return .object(members)
  }

  private struct Batch: Hashable {
    let time: Int64
    let release: Int
  }

  /// Members that were released together, in the order of time.
  private var batches: [JSONValue] {
    var groups: [Batch: [Int]] = [:]
    for (index, time) in releasedAt.enumerated() {
      guard let time else { continue }
      groups[Batch(time: time, release: releasedBy[index] ?? 0), default: []].append(index)
    }
    return groups.sorted { ($0.key.time, $0.key.release) < ($1.key.time, $1.key.release) }.map {
      .object([
        "at": .integer($0.key.time), "by": .integer(Int64($0.key.release)),
        "members": .string(IndexRanges.text($0.value)),
      ])
    }
  }

  /// Reads the file for a rollout with so many members; nil when it is none of this format, or of another
  /// rollout.
  package init?(json: JSONValue, members count: Int) {
    guard json["format"]?.integer == RolloutPlan.format,
      json["members"]?.integer == Int64(count),
      let phase = json["phase"]?.string.flatMap(RolloutPhase.init(rawValue:)),
      let phaseSince = json["phaseSince"]?.integer, let stageSince = json["stageSince"]?.integer
    else { return nil }
    self.init(members: count, now: phaseSince)
    self.phase = phase
    self.stageSince = stageSince
    reason = json["reason"]?.string ?? ""
    stage = Int(clamping: json["stage"]?.integer ?? 0)
    doneBefore = Int(clamping: json["doneBefore"]?.integer ?? 0)
    doneAfter = Int(clamping: json["doneAfter"]?.integer ?? 0)
    waitsUntil = json["waitsUntil"]?.integer
    waitsFor = json["waitsFor"]?.string
    pausedPhase = json["pausedPhase"]?.string.flatMap(RolloutPhase.init(rawValue:))
    isPromoted = json["promoted"]?.bool ?? false
    isStarted = json["started"]?.bool ?? false
    isPausedByPolicy = json["pausedByPolicy"]?.bool ?? false
    resumedAt = json["resumedAt"]?.integer
    for member in json["baselines"]?.members ?? [] { baselines[member.name] = member.value.number }
    for batch in json["released"]?.items ?? [] {
      guard let time = batch["at"]?.integer, let release = batch["by"]?.integer,
        let indices = batch["members"]?.string.flatMap({ IndexRanges.numbers($0, below: count) })
      else { return nil }
      for index in indices {
        releasedAt[index] = time
        releasedBy[index] = Int(clamping: release)
      }
    }
    func indices(_ name: String) -> Set<Int>? {
      guard let text = json[name]?.string else { return [] }
      return IndexRanges.numbers(text, below: count).map { Set($0) }
    }
    guard let succeeded = indices("succeeded"), let skipped = indices("skipped"),
      let forgiven = indices("forgiven")
    else { return nil }
    self.succeeded = succeeded
    self.skipped = skipped
    self.forgiven = forgiven
  }
}
