// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import JSONTree

/// `rollouts/ID.json` of the digest: what is remembered, and may be lost.
extension RolloutMemory {
  /// The file's value.
  package var json: JSONValue {
    .object([
      "format": .integer(RolloutPlan.format), "stage": .integer(Int64(stage)),
      "begunAt": Self.time(begunAt), "readyAt": Self.time(readyAt),
      "settledAt": Self.time(settledAt),
      "clusters": .array(
        clusters.sorted { $0.key < $1.key }.map { index, cluster in
          .array([
            .integer(Int64(index)), .string(cluster.phase.rawValue), .integer(cluster.since),
            Self.time(cluster.readySince), Self.time(cluster.errorSince),
            Self.time(cluster.backSince), .bool(cluster.wasDisconnected),
            .string(cluster.message),
          ])
        }),
      "metrics": .object(
        metrics.byName.map {
          JSONMember($0.key, $0.value.json)
        }),
    ])
  }

  private static func time(_ time: Int64?) -> JSONValue { time.map { .integer($0) } ?? .null }

  /// Reads the file for a rollout with so many members; what cannot be understood is not remembered.
  package init(json: JSONValue, members count: Int) {
    self.init()
    guard json["format"]?.integer == RolloutPlan.format else { return }
    stage = Int(clamping: json["stage"]?.integer ?? 0)
    begunAt = json["begunAt"]?.integer
    readyAt = json["readyAt"]?.integer
    settledAt = json["settledAt"]?.integer
    for item in json["clusters"]?.items ?? [] {
      guard let fields = item.items, fields.count == 8, let index = fields[0].integer,
        (0..<Int64(count)).contains(index),
        let phase = fields[1].string.flatMap(ClusterPhase.init(rawValue:)),
        let since = fields[2].integer
      else { continue }
      var cluster = Cluster(
        phase: phase, since: since, readySince: fields[3].integer, errorSince: fields[4].integer,
        backSince: fields[5].integer, message: fields[7].string ?? "")
      cluster.wasDisconnected = fields[6].bool ?? false
      clusters[Int(index)] = cluster
    }
    for member in json["metrics"]?.members ?? [] {
      metrics[member.name] = Metric(json: member.value)
    }
  }
}

extension RolloutMemory.Metric {
  fileprivate var json: JSONValue {
    .object([
      "phase": .string(phase.rawValue), "measuredAt": measuredAt.map { .integer($0) } ?? .null,
      "value": value.map { .real($0) } ?? .null, "samples": .integer(Int64(samples)),
      "clusters": .integer(Int64(clusters)), "worst": .string(worst),
      "successes": .integer(Int64(successes)), "failures": .integer(Int64(failures)),
      "inconclusive": .integer(Int64(inconclusive)),
    ])
  }

  fileprivate init(json: JSONValue) {
    self.init()
    func count(_ name: String) -> Int { Int(clamping: max(0, json[name]?.integer ?? 0)) }
    phase = json["phase"]?.string.flatMap(MetricPhase.init(rawValue:)) ?? .pending
    measuredAt = json["measuredAt"]?.integer
    value = json["value"]?.number
    samples = count("samples")
    clusters = count("clusters")
    worst = json["worst"]?.string ?? ""
    successes = count("successes")
    failures = count("failures")
    inconclusive = count("inconclusive")
  }
}
