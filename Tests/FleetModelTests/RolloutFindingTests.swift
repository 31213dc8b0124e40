// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Testing

/// What is said about rollouts that cannot be meant; the texts stand in `Tests/Golden/model`.
@Suite("what is wrong with a rollout")
struct RolloutFindingTests {
  private static let strategies: [(id: String, text: String)] = [
    ("stages and partitions", "stages: [{name: a}]\npartitions: [{name: b, clusterSelector: {}}]"),
    ("stages and a size", "stages: [{name: a}]\nautoPartitionSize: 25%"),
    ("a name twice", "stages:\n- {name: a, clusters: 10%}\n- {name: a}"),
    ("no name", "stages:\n- {clusters: 10%}"),
    ("a long name", "stages: [{name: \(String(repeating: "a", count: 64))}]"),
    ("no stages", "stages: []"),
    ("coverage falls", "stages:\n- {name: a, clusters: 50%}\n- {name: b, clusters: 10%}"),
    ("counts fall", "stages:\n- {name: a, clusters: 50}\n- {name: b, clusters: 10}"),
    ("coverage stays", "stages:\n- {name: a, clusters: 50%}\n- {name: b, clusters: 50%}"),
    ("coverage of nothing", "stages:\n- {name: a, clusters: 0}\n- {name: b, clusters: 0%}"),
    ("coverage above all", "stages: [{name: a, clusters: 150%}]"),
    ("negative coverage", "stages: [{name: a, clusters: -1}]"),
    ("no coverage", "stages: [{name: a, clusters: some}]"),
    ("an unknown field", "stages: [{name: a, maxFailure: 1}]"),
    ("no concurrency", "maxConcurrency: 0"),
    ("reachable above all", "minReachable: 101%"),
    ("negative failures", "maxFailures: -1"),
    ("no deadline", "progressDeadline: None"),
    ("no deadline in a stage", "stages: [{name: a, progressDeadline: None}]"),
    ("a deadline of nothing", "progressDeadline: 0s"),
    ("None elsewhere", "minSuccessTime: None"),
    ("an unknown unit", "minSuccessTime: 30min"),
    ("no unit", "minSuccessTime: 30"),
    ("no duration", "minSuccessTime: soon"),
    ("a negative duration", "minSuccessTime: -5m"),
    ("a long duration", "minSuccessTime: 4000d"),
    ("a duration of a wrong type", "minSuccessTime: [30m]"),
    ("a boolean duration", "minSuccessTime: true"),
    ("disconnected at once", "disconnectedAfter: 0s"),
    ("an unknown word", "whenDisconnected: treat-as-expect"),
    ("an unknown strategy", "failureStrategy: rollback"),
    ("a task without a type", "afterStageTasks: [{waitTime: 1h}]"),
    ("an approval that waits", "afterStageTasks: [{type: Approval, waitTime: 1h}]"),
    ("a wait without a time", "afterStageTasks: [{type: TimedWait}]"),
    ("a wait before", "beforeStageTasks: [{type: TimedWait, waitTime: 1h}]"),
    ("an unknown task", "afterStageTasks: [{type: Wait}]"),
    ("a rule without a share", "abort: [{failureType: ALL}]"),
    ("a rule of nothing", "abort: [{thresholdPercentage: 0}]"),
    ("a rule of too much", "abort: [{thresholdPercentage: 101}, {thresholdPercentage: -1}]"),
    ("a metric without a name", "analysis: {metrics: [{thresholdRange: {min: 99}}]}"),
    (
      "a metric twice",
      "analysis:\n  metrics:\n  - {name: a, thresholdRange: {min: 1}}\n  - {name: a, thresholdRange: {min: 2}}"
    ),
    ("no threshold", "analysis: {metrics: [{name: success-rate}]}"),
    ("thresholds crossed", "analysis: {metrics: [{name: a, thresholdRange: {min: 2, max: 1.5}}]}"),
    ("a threshold of a wrong type", "analysis: {metrics: [{name: a, thresholdRange: {min: 99%}}]}"),
    (
      "no percentile",
      "analysis: {aggregate: p100, metrics: [{name: a, aggregate: p0, thresholdRange: {min: 9}}]}"
    ),
    (
      "an unknown aggregate",
      "analysis: {aggregate: worst, metrics: [{name: a, aggregate: mode, thresholdRange: {min: 9}}]}"
    ),
    (
      "a provider that is none",
      "analysis: {metrics: [{name: a, query: up, provider: fleet-gate-influx, thresholdRange: {min: 9}}]}"
    ),
    (
      "a provider that is no word",
      "analysis: {metrics: [{name: a, query: up, provider: ../x, thresholdRange: {min: 9}}]}"
    ),
    (
      "nothing is asked",
      "analysis: {metrics: [{name: a, provider: p, samplesQuery: up, thresholdRange: {min: 9}}]}"
    ),
    ("no metrics", "analysis: {interval: 1m}"),
    ("no tolerance", "analysis: {metrics: [{name: a, strategy: PREVIOUS}]}"),
    (
      "a tolerance that is no share",
      "analysis: {metrics: [{name: a, strategy: PREVIOUS, tolerance: 5}]}"
    ),
    (
      "a tolerance without effect",
      "analysis: {metrics: [{name: a, thresholdRange: {min: 9}, tolerance: 5%}]}"
    ),
    (
      "negative limits",
      "analysis: {metrics: [{name: a, thresholdRange: {min: 9}, failureLimit: -1, interval: 0s}]}"
    ),
    ("exempt without a kind", "rollbackExempt: [{name: data}]"),
    (
      "nothing unavailable",
      "maxUnavailable: 0\npartitions: [{clusterSelector: {}, maxUnavailable: 0}]"
    ),
    ("a limit that is none", "maxUnavailable: abc\nautoPartitionSize: \"0\""),
    ("a limit in a stage", "stages: [{name: a, maxUnavailable: -1}]"),
    ("a partition without criteria", "partitions: [{name: a}]"),
    ("nothing new", "maxNew: 0"),
  ]

  @Test("each strategy that cannot be meant is told at its place")
  func strategies() {
    var text = ""
    for (id, strategy) in Self.strategies {
      let indented = strategy.split(separator: "\n").map { "  \($0)\n" }.joined()
      text += "== \(id)\n" + Reading.complaints(aboutOptions: "rollout:\n" + indented)
    }
    Golden.check(text, "model/rollout-findings.txt")
  }

  private static let documents: [(id: String, text: String)] = [
    ("a policy without a name", "kind: RolloutPolicy\nspec: {stages: [{name: a}]}"),
    ("a policy that names one", "kind: RolloutPolicy\nmetadata: {name: a}\nspec: {policy: b}"),
    (
      "a policy that is wrong",
      "kind: RolloutPolicy\nmetadata: {name: a}\nspec: {progressDeadline: None}"
    ),
    (
      "two policies",
      "kind: RolloutPolicy\nmetadata: {name: a}\n---\napiVersion: fleet/v1\nkind: RolloutPolicy\nmetadata: {name: a}"
    ),
    ("an empty schedule", "kind: Schedule\nmetadata: {name: night}"),
    (
      "a schedule without targets",
      "kind: Schedule\nmetadata: {name: night}\nspec: {schedule: 0 0 22 * * *, duration: 4h}"
    ),
    (
      "a schedule of nothing",
      "kind: Schedule\nmetadata: {name: night}\nspec: {schedule: 0 0 22 * * *, duration: 0s, targets: {clusters: [{}]}}"
    ),
    (
      "a bad zone",
      "kind: Schedule\nmetadata: {name: night}\nspec: {schedule: 0 0 22 * * *, duration: 4h, location: ../etc, targets: {clusters: [{clusterSelector: {}}]}}"
    ),
    (
      "a zone with a typo",
      "kind: Freeze\nmetadata: {name: christmas}\nspec: {from: 2026-12-20, until: 2026-12-27, location: Europe/Berln}"
    ),
    (
      "a zone that nobody knows",
      "kind: Freeze\nmetadata: {name: christmas}\nspec: {from: 2026-12-20, until: 2026-12-27, location: Mars/Olympus}"
    ),
    ("an empty freeze", "kind: Freeze\nmetadata: {name: christmas}"),
    (
      "a freeze that ends first",
      "kind: Freeze\nmetadata: {name: christmas}\nspec: {from: 2026-12-27, until: 2026-12-20T00:00}"
    ),
    (
      "moments that are none",
      "kind: Freeze\nmetadata: {name: christmas}\nspec: {from: tomorrow, until: 2026-02-30}"
    ),
    (
      "times that are none",
      "kind: Freeze\nmetadata: {name: christmas}\nspec: {from: \"2026-12-20T25:00\", until: \"2026-12-20T22:00+1\"}"
    ),
    (
      "two freezes",
      "kind: Freeze\nmetadata: {name: a}\nspec: {from: 2026-12-20, until: 2026-12-21}\n---\napiVersion: fleet/v1\nkind: Freeze\nmetadata: {name: a}\nspec: {from: 2026-12-20, until: 2026-12-21}"
    ),
    ("a notification without a program", "kind: Notification\nmetadata: {name: chat}"),
    (
      "a program with its whole name",
      "kind: Notification\nmetadata: {name: chat}\nspec: {program: fleet-notify-slack}"
    ),
    (
      "a program that is none",
      "kind: Notification\nmetadata: {name: chat}\nspec: {program: ../slack}"
    ),
    (
      "an unknown event",
      "kind: Notification\nmetadata: {name: chat}\nspec: {program: slack, events: [gate-fail, x]}"
    ),
    (
      "a bad pattern",
      "kind: Notification\nmetadata: {name: chat}\nspec: {program: slack, bundles: [\"pos[\"]}"
    ),
    (
      "a bad severity",
      "kind: Notification\nmetadata: {name: chat}\nspec: {program: slack, severity: warn}"
    ),
    (
      "orders",
      "kind: Hub\nmetadata: {name: hub}\nspec: {orders: [{orders: [aprove], principals: [alice]}, {orders: [undo]}, {principals: [bob]}]}"
    ),
  ]

  @Test("each document about releases that cannot be meant is told at its place")
  func documents() {
    var text = ""
    for (id, document) in Self.documents {
      text += "== \(id)\n" + Reading.complaints(about: "apiVersion: fleet/v1\n\(document)\n")
    }
    Golden.check(text, "model/release-findings.txt")
  }
}
