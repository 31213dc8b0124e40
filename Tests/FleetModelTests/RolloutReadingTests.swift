// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Testing
import YAMLTree

@Suite("rollouts as they are read")
struct RolloutReadingTests {
  /// The strategy of a text, about which nothing is said.
  private static func strategy(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> RolloutStrategy {
    var reading = Reading()
    let indented = text.split(separator: "\n").map { "  \($0)\n" }.joined()
    let options = reading.options("rollout:\n" + indented)
    #expect(reading.text == "", sourceLocation: sourceLocation)
    return try #require(options.rolloutStrategy, sourceLocation: sourceLocation)
  }

  @Test("every field is read")
  func everything() throws {
    let strategy = try Self.strategy(
      """
      policy: four-waves
      stages:
      - name: canary
        clusters: 1%
        clusterSelector: {matchLabels: {ring: canary}}
        maxConcurrency: 5
        maxUnavailable: 10%
        maxFailures: 1%
        minSuccessTime: 30m
        progressDeadline: 2h
        whenDisconnected: treat-as-error
        minReachable: 80%
        mandatory: true
        beforeStageTasks: [{type: Approval}]
        afterStageTasks: [{type: Approval}, {type: TimedWait, waitTime: 1h}]
        analysis: {interval: 30s, minSamples: 20, aggregate: worst-cluster, metrics: [
          {name: a, query: up, thresholdRange: {min: 1, max: 2.5}, strategy: PREVIOUS, deviation: LOW,
           tolerance: 5%, aggregate: p95, minSamples: 3, interval: 2m, failureLimit: 4,
           inconclusiveLimit: 5, skipOnNoData: true}]}
      - name: rest
      maxConcurrency: 10%
      failureStrategy: Pause
      superseding: queue
      atomic: till
      disconnectedAfter: 2d
      failedAfter: 0s
      maxNew: 10
      abort: [{failureType: FAILED, thresholdPercentage: 2.5%, minExecuted: 20}, {thresholdPercentage: 5}]
      rollbackExempt: [{kind: PersistentVolumeClaim}, {kind: Job, group: batch, namespace: a, name: b}]
      """)
    #expect(strategy.policy?.value == "four-waves")
    let stage = try #require(strategy.stages?.first)
    #expect(strategy.stages?.map(\.name.value) == ["canary", "rest"])
    #expect(strategy.stages?.map(\.hasCriteria) == [true, false])
    #expect(stage.coverage?.value == .share(partsPerMillion: 10_000))
    #expect(stage.rules.maxConcurrency?.value == .count(5))
    #expect(stage.rules.maxUnavailable?.value.text == "10%")
    #expect(stage.rules.maxFailures?.value.text == "1%")
    #expect(stage.rules.minSuccessTime?.value == 1800)
    #expect(stage.rules.progressDeadline?.value == 7200)
    #expect(stage.rules.whenDisconnected == "treat-as-error")
    #expect(stage.rules.minReachable?.value.text == "80%")
    #expect(stage.rules.isMandatory == true)
    #expect(stage.rules.before == [.approval])
    #expect(stage.rules.after == [.approval, .timedWait(seconds: 3600)])
    #expect(stage.rules.analysis?.interval == 30)
    #expect(stage.rules.analysis?.minSamples == 20)
    #expect(stage.rules.analysis?.aggregate == "worst-cluster")
    let metric = try #require(stage.rules.analysis?.metrics.first)
    #expect(metric.name.value == "a")
    #expect(metric.query == "up")
    #expect(metric.min == 1)
    #expect(metric.max == 2.5)
    #expect(metric.strategy == "PREVIOUS")
    #expect(metric.deviation == "LOW")
    #expect(metric.tolerancePartsPerMillion == 50_000)
    #expect(metric.aggregate == "p95")
    #expect(metric.minSamples == 3)
    #expect(metric.interval == 120)
    #expect(metric.failureLimit == 4)
    #expect(metric.inconclusiveLimit == 5)
    #expect(metric.skipOnNoData == true)
    #expect(strategy.defaults.maxConcurrency?.value.text == "10%")
    #expect(strategy.failureStrategy == "Pause")
    #expect(strategy.superseding == "queue")
    #expect(strategy.atomic?.value == "till")
    #expect(strategy.disconnectedAfter == 172_800)
    #expect(strategy.failedAfter == 0)
    #expect(strategy.maxNew == 10)
    #expect(strategy.abort?.map(\.failureType) == ["FAILED", "ALL"])
    #expect(strategy.abort?.map(\.thresholdPartsPerMillion) == [25_000, 50_000])
    #expect(strategy.abort?.map(\.minExecuted) == [20, 1])
    #expect(strategy.rollbackExempt?.map(\.kind) == ["PersistentVolumeClaim", "Job"])
    #expect(strategy.rollbackExempt?.last?.group == "batch")
  }

  @Test(
    "a limit of Fleet's is read as Fleet reads it",
    arguments: [
      ("5", Quantity.count(5)), ("\"7\"", .count(7)), ("10%", .share(partsPerMillion: 100_000)),
      ("150%", .share(partsPerMillion: 1_500_000)), ("-10%", .share(partsPerMillion: 0)),
      ("12.5%", .share(partsPerMillion: 125_000)), ("-3", .count(0)),
      ("0%", .share(partsPerMillion: 0)),
    ])
  func limits(text: String, limit: Quantity) {
    var reading = Reading()
    let options = reading.options("rollout: {autoPartitionSize: \(text)}")
    #expect(reading.text == "")
    #expect(options.rolloutStrategy?.autoPartitionSize?.value == limit)
  }

  @Test(
    "durations",
    arguments: [
      ("30m", 1800), ("1h30m", 5400), ("90s", 90), ("500ms", 1), ("1500ms", 2), ("2d", 172_800),
      ("1.5h", 5400), ("0", 0), ("0s", 0), (".5h", 1800), ("+1s", 1), ("1ns", 1), ("1µs", 1),
      ("3650d", 315_360_000),
    ])
  func durations(text: String, seconds: Int) throws {
    #expect(try DurationText.seconds(text) == seconds)
  }

  @Test(
    "what is no duration",
    arguments: [
      "", "-1s", "1", "s", "1 h", "1h 30m", "1.2.3s", "1x", "h1", "3651d", "99999999999999999999h",
      "1e3s", ".s", "--1s", "１s",
    ])
  func noDurations(text: String) {
    #expect(throws: DurationText.Problem.self) { try DurationText.seconds(text) }
  }

  @Test("fields beside a policy replace those of the policy, and put away what they exclude")
  func over() throws {
    let policy = try Self.strategy(
      """
      stages: [{name: a}]
      minSuccessTime: 5m
      maxFailures: 2
      failureStrategy: Halt
      analysis: {metrics: [{name: m, thresholdRange: {min: 1}}]}
      """)
    let own = try Self.strategy("policy: p\nminSuccessTime: 1m\natomic: till").over(policy)
    #expect(own.policy == nil)
    #expect(own.stages?.map(\.name.value) == ["a"])
    #expect(own.defaults.minSuccessTime?.value == 60)
    #expect(own.defaults.maxFailures?.value == .count(2))
    #expect(own.defaults.analysis?.metrics.map(\.name.value) == ["m"])
    #expect(own.failureStrategy == "Halt")
    #expect(own.atomic?.value == "till")
    let partitioned = try Self.strategy("autoPartitionSize: 10").over(policy)
    #expect(partitioned.stages == nil)
    #expect(partitioned.failureStrategy == "Halt")
    #expect(try policy.over(Self.strategy("maxUnavailablePartitions: 1")).hasPartitions == false)
  }

  @Test("a schedule of Fleet's, a freeze, a receiver and the hub's part of them")
  func documents() throws {
    var reading = Reading()
    reading.file(
      "policy/release.yaml",
      """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: Schedule
      metadata: {name: night, namespace: shops}
      spec:
        schedule: 0 0 22 * * *
        duration: 4h30m
        location: Europe/Berlin
        targets: {clusters: [{name: all, clusterSelector: {}}, {clusterGroup: eu}]}
      ---
      apiVersion: fleet/v1
      kind: Freeze
      metadata: {name: christmas}
      spec: {from: 2026-12-20, until: "2026-12-27T06:00:00+01:00"}
      ---
      apiVersion: fleet/v1
      kind: Notification
      metadata: {name: chat}
      spec:
        program: slack
        settings: {urlFile: /etc/fleet/slack, retries: 3}
        events: [gate-failed, rolled-back]
        bundles: [pos, "till-*"]
        severity: warning
      ---
      apiVersion: fleet/v1
      kind: RolloutPolicy
      metadata: {name: four-waves}
      spec: {stages: [{name: canary, clusters: 1%}, {name: full}]}
      ---
      apiVersion: fleet/v1
      kind: Hub
      metadata: {name: hub}
      spec:
        rolloutPolicy: four-waves
        orders: [{orders: [approve], principals: [alice, bob]}]
      ---
      apiVersion: fleet/v1
      kind: Cluster
      metadata: {name: store-1}
      spec: {paused: true}
      """)
    #expect(reading.text == "")
    let documents = reading.documents
    let schedule = try #require(documents.schedules.first)
    #expect(schedule.metadata.workspace == "shops")
    #expect(schedule.cron.value == "0 0 22 * * *")
    #expect(schedule.duration.value == 16_200)
    #expect(schedule.location?.value == "Europe/Berlin")
    #expect(schedule.targets.map { $0.clusterGroup?.value } == [nil, "eu"])
    let freeze = try #require(documents.freezes.first)
    #expect(
      [freeze.from.value, freeze.until.value] == ["2026-12-20", "2026-12-27T06:00:00+01:00"])
    #expect(freeze.targets == nil)
    let receiver = try #require(documents.notifications.first)
    #expect(receiver.program.value == "slack")
    #expect(receiver.settings?["retries"]?.scalar?.text == "3")
    #expect(receiver.events == ["gate-failed", "rolled-back"])
    #expect(receiver.bundles.map(\.value) == ["pos", "till-*"])
    #expect(receiver.severity == "warning")
    #expect(documents.rolloutPolicies.map(\.name.value) == ["four-waves"])
    #expect(documents.hub.rolloutPolicy?.value == "four-waves")
    #expect(documents.hub.orders.map(\.principals) == [["alice", "bob"]])
    #expect(documents.clusters.map(\.isPaused) == [true])
  }
}
