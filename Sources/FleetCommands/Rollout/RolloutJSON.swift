// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Posix
import Rollouts

extension RolloutFacts {
  /// The rollout for programs.
  var json: JSONValue {
    func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    func time(_ seconds: Int64?) -> JSONValue {
      seconds.map { .string(Timestamp(seconds: $0).rfc3339) } ?? .null
    }
    let (plan, state) = (rollout.plan, rollout.state)
    return .object([
      "rollout": .string(plan.id), "bundles": .strings(plan.bundles),
      "source": .string(plan.source.hex),
      "principal": plan.principal.map { .string($0) } ?? .null,
      "started": time(plan.startedAt), "phase": .string(state.phase.rawValue),
      "phaseSince": time(state.phaseSince), "reason": .string(state.reason),
      "stage": number(state.stage),
      "waitsFor": wait.map { wait in
        .object([
          "text": .string(wait.text), "until": time(wait.until),
          "command": wait.command.map { .string($0) } ?? .null,
        ])
      } ?? .null,
      "leftOut": number(leftOut),
      "stages": .array(
        stages.map { stage in
          .object([
            "name": .string(stage.name), "phase": .string(stage.phase),
            "clusters": number(stage.size), "released": number(stage.released),
            "succeeded": number(stage.succeeded), "failed": number(stage.failed),
            "withoutContact": number(stage.disconnected), "since": time(stage.since),
          ])
        }),
      "metrics": .array(
        metrics.map { metric in
          let (policy, entry) = (metric.policy, metric.entry)
          return .object([
            "name": .string(policy.name), "phase": .string(entry.phase.rawValue),
            "value": entry.value.map { .real($0) } ?? .null,
            "min": policy.min.map { .real($0) } ?? .null,
            "max": policy.max.map { .real($0) } ?? .null,
            "before": metric.baseline.map { .real($0) } ?? .null,
            "samples": number(entry.samples), "clusters": number(entry.clusters),
            "worst": .string(entry.worst), "failures": number(entry.failures),
            "inconclusive": number(entry.inconclusive), "measured": time(entry.measuredAt),
          ])
        }),
      "failedClusters": .array(
        failures.map { failure in
          .object([
            "cluster": .string(failure.cluster), "stage": .string(failure.stage),
            "phase": .string(failure.phase.rawValue), "since": time(failure.since),
            "message": .string(failure.message), "forgiven": .bool(failure.isForgiven),
          ])
        }),
      "runningClusters": .array(
        running.map { member in
          .object([
            "cluster": .string(member.cluster), "stage": .string(member.stage),
            "since": time(member.since),
          ])
        }),
    ])
  }
}
