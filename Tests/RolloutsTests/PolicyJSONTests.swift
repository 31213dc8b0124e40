// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Rollouts
import Testing

@Suite("Policies as JSON")
struct PolicyJSONTests {
  /// A policy in which every field says something else than its default.
  private static var full: RolloutPolicy {
    var metric = MetricPolicy(name: "success-rate")
    metric.query = "sum(rate(ok[5m]))"
    metric.min = 99
    metric.max = 99.5
    metric.strategy = .previous
    metric.deviation = .low
    metric.tolerancePartsPerMillion = 52_500
    metric.aggregate = .percentile(95)
    metric.minSamples = 20
    metric.interval = 30
    metric.failureLimit = 2
    metric.inconclusiveLimit = 3
    metric.skipOnNoData = true
    var stage = StagePolicy(name: "canary")
    stage.coverage = .share(partsPerMillion: 10_000)
    stage.clusters = ["a", "b"]
    stage.maxConcurrency = .count(5)
    stage.maxUnavailable = .share(partsPerMillion: 125_000)
    stage.maxFailures = .count(1)
    stage.minSuccessTime = 1800
    stage.progressDeadline = 600
    stage.whenDisconnected = .error
    stage.minReachable = .share(partsPerMillion: 800_000)
    stage.isMandatory = true
    stage.before = [.approval]
    stage.after = [.approval, .timedWait(seconds: 3600)]
    stage.metrics = [metric]
    var policy = RolloutPolicy(stages: .stages([stage, StagePolicy(name: "rest")]))
    policy.failureStrategy = .pause
    policy.superseding = .queue
    policy.atomic = "till"
    policy.abort = [
      AbortRule(failureType: .all, thresholdPartsPerMillion: 50_000, minExecuted: 20)
    ]
    policy.disconnectedAfter = 7200
    policy.failedAfter = 60
    policy.maxNew = 50
    policy.exempt = [
      ExemptObject(kind: "PersistentVolumeClaim"),
      ExemptObject(kind: "Job", group: "batch", namespace: "till", name: "migrate"),
    ]
    policy.isPaused = true
    return policy
  }

  private static var partitions: RolloutPolicy {
    var rules = StagePolicy(name: "")
    rules.minSuccessTime = 60
    return RolloutPolicy(
      stages: .partitions(
        PartitionPolicy(
          maxUnavailable: .count(0), maxUnavailablePartitions: .count(1),
          autoPartitionSize: .share(partsPerMillion: 333_300), autoPartitionThreshold: 10,
          partitions: [
            .init(name: "canary", maxUnavailable: .count(1), clusters: ["a"]),
            .init(name: "", maxUnavailable: nil, clusters: []),
          ], rules: rules)))
  }

  @Test(
    "a policy that was written is read as it was",
    arguments: [
      ("all fields", full), ("partitions", partitions),
      ("automatic partitions", RolloutPolicy(stages: .partitions(PartitionPolicy()))),
      ("a stage of defaults", RolloutPolicy(stages: .stages([StagePolicy(name: "all")]))),
    ])
  func roundTrip(id: String, policy: RolloutPolicy) throws {
    let bytes = JSONWriter.pretty(policy.json)
    #expect(RolloutPolicy(json: try #require(JSONParser.parse(bytes))) == policy)
  }

  @Test("the text of a policy")
  func text() {
    var policy = Self.full
    policy.exempt.removeLast()
    #expect(
      String(decoding: JSONWriter.compact(policy.json), as: UTF8.self)
        == #"{"stages":[{"name":"canary","coverage":"1%","clusters":["a","b"],"maxConcurrency":5,"#
        + #""maxUnavailable":"12.5%","maxFailures":1,"minSuccessTime":1800,"progressDeadline":600,"#
        + #""whenDisconnected":"treat-as-error","minReachable":"80%","mandatory":true,"#
        + #""before":[{"type":"Approval"}],"after":[{"type":"Approval"},{"type":"TimedWait","seconds":3600}],"#
        + #""metrics":[{"name":"success-rate","query":"sum(rate(ok[5m]))","min":99,"max":99.5,"#
        + #""strategy":"PREVIOUS","deviation":"LOW","tolerance":"5.25%","aggregate":"p95","#
        + #""minSamples":20,"interval":30,"failureLimit":2,"inconclusiveLimit":3,"skipOnNoData":true}]},"#
        + #"{"name":"rest","maxFailures":0,"minSuccessTime":0,"progressDeadline":7200,"#
        + #""whenDisconnected":"treat-as-expected"}],"failureStrategy":"Pause","superseding":"queue","#
        + #""atomic":"till","disconnectedAfter":7200,"failedAfter":60,"maxNew":50,"#
        + #""abort":[{"failureType":"ALL","threshold":"5%","minExecuted":20}],"#
        + #""rollbackExempt":[{"kind":"PersistentVolumeClaim"}],"paused":true}"#)
  }

  @Test("the text of partitions")
  func partitionText() {
    #expect(
      String(decoding: JSONWriter.compact(Self.partitions.json), as: UTF8.self)
        == #"{"partitions":[{"name":"canary","maxUnavailable":1,"clusters":["a"]},"#
        + #"{"name":"","clusters":[]}],"maxUnavailable":0,"maxUnavailablePartitions":1,"#
        + #""autoPartitionSize":"33.33%","autoPartitionThreshold":10,"rules":{"name":"","maxFailures":0,"#
        + #""minSuccessTime":60,"progressDeadline":7200,"whenDisconnected":"treat-as-expected"},"#
        + #""failureStrategy":"Rollback","superseding":"replace","disconnectedAfter":3600,"failedAfter":300}"#
    )
  }

  @Test(
    "what cannot be understood is no policy",
    arguments: [
      "{}", "[]", #"{"stages":[]}"#, #"{"stages":[{}]}"#, #"{"stages":{"name":"x"}}"#,
      #"{"stages":[{"name":"x","coverage":-1}]}"#, #"{"stages":[{"name":"x","coverage":"many"}]}"#,
      #"{"stages":[{"name":"x","coverage":"1.23456%"}]}"#,
      #"{"stages":[{"name":"x","whenDisconnected":"wait"}]}"#,
      #"{"stages":[{"name":"x","after":[{"type":"TimedWait"}]}]}"#,
      #"{"stages":[{"name":"x","after":[{"type":"Wait"}]}]}"#,
      #"{"stages":[{"name":"x","metrics":[{"name":"m","aggregate":"p100"}]}]}"#,
      #"{"stages":[{"name":"x","metrics":[{"name":"m","aggregate":"p0"}]}]}"#,
      #"{"stages":[{"name":"x","metrics":[{"name":"m","min":"99"}]}]}"#,
      #"{"stages":[{"name":"x"}],"failureStrategy":"rollback"}"#,
      #"{"stages":[{"name":"x"}],"abort":[{"failureType":"ALL","threshold":5}]}"#,
      #"{"stages":[{"name":"x"}],"rollbackExempt":[{}]}"#,
      #"{"partitions":[{"clusters":[]}]}"#, #"{"partitions":[],"rules":[]}"#,
    ])
  func malformed(text: String) throws {
    #expect(RolloutPolicy(json: try #require(JSONParser.parse(Array(text.utf8)))) == nil)
  }

  @Test("what a newer version adds is left alone, what is missing has its default")
  func additions() throws {
    let text = #"{"stages":[{"name":"x","colour":"red"}],"mood":{"good":true},"atomic":null}"#
    #expect(
      RolloutPolicy(json: try #require(JSONParser.parse(Array(text.utf8))))
        == RolloutPolicy(stages: .stages([StagePolicy(name: "x")])))
  }

  @Test(
    "a limit is written as people write it",
    arguments: [
      ("0", Limit.count(0)), ("25", .count(25)), ("0%", .share(partsPerMillion: 0)),
      ("1%", .share(partsPerMillion: 10_000)), ("12.5%", .share(partsPerMillion: 125_000)),
      ("0.0001%", .share(partsPerMillion: 1)), ("150%", .share(partsPerMillion: 1_500_000)),
      ("100%", .all),
    ])
  func limits(text: String, limit: Limit) {
    #expect(limit.text == text)
    #expect(Limit(json: limit.json) == limit)
  }
}
