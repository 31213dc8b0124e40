// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Rollouts
import Testing

@Suite("Rollouts in files")
struct FormatTests {
  private static let trees = (0..<8).map { ObjectID.hash(.tree, [UInt8($0)]) }

  private static func plan() -> RolloutPlan {
    var plan = bare()
    plan.definitions = ["d1", ""]
    plan.members[1].isUnproven = true
    return plan
  }

  private static func bare() -> RolloutPlan {
    var stage = StagePolicy(name: "canary")
    stage.coverage = .share(partsPerMillion: 10_000)
    stage.minSuccessTime = 1800
    var metric = MetricPolicy(name: "p99-latency")
    metric.max = 500
    metric.aggregate = .percentile(95)
    stage.metrics = [metric]
    stage.after = [.approval, .timedWait(seconds: 60)]
    var policy = RolloutPolicy(stages: .stages([stage]))
    policy.abort = [
      AbortRule(failureType: .timedOut, thresholdPartsPerMillion: 50_000, minExecuted: 20)
    ]
    policy.exempt = [ExemptObject(kind: "PersistentVolumeClaim", namespace: "db")]
    return RolloutPlan(
      id: "pos-17", bundles: ["db", "pos"], source: trees[0], startedAt: 1_800_000_000,
      principal: "alice", policy: policy,
      stages: [
        RolloutPlan.Stage(policy: stage, size: 2),
        RolloutPlan.Stage(policy: stage, size: 1, gate: 0),
      ],
      unavailableStages: 1,
      members: [
        RolloutPlan.Member(
          cluster: "store-1", stage: 0,
          moves: [
            RolloutPlan.Move(bundle: "db", target: trees[1], fallback: trees[2]),
            RolloutPlan.Move(bundle: "pos", target: trees[3], fallback: nil),
          ], isNew: true),
        RolloutPlan.Member(
          cluster: "store-2", stage: nil,
          moves: [RolloutPlan.Move(bundle: "pos", target: nil, fallback: trees[4])]),
      ])
  }

  @Test("a plan is read as it was written, its trees from the tables")
  func plan() throws {
    let plan = Self.plan()
    let text = JSONWriter.compact(plan.json)
    let json = try #require(JSONParser.parse(text))
    func move(_ cluster: String, _ bundle: String) -> RolloutPlan.Move? {
      plan.members.first { $0.cluster == cluster }?.moves.first { $0.bundle == bundle }
    }
    let read = RolloutPlan(
      json: json, target: { move($0, $1)?.target }, fallback: { move($0, $1)?.fallback })
    #expect(read == plan)
  }

  @Test("a state is read as it was written, and one of another rollout is not read")
  func state() throws {
    var state = RolloutState(members: 40, now: 100)
    state.phase = .paused
    state.reason = "3 of 5 \"reachable\""
    state.stage = 1
    state.stageSince = 90
    for index in 0..<25 {
      state.releasedAt[index] = index < 5 ? 50 : 60
      state.releasedBy[index] = index < 5 ? 7 : 8
    }
    state.succeeded = [0, 1, 2, 9]
    state.skipped = [39]
    state.doneBefore = 1
    state.doneAfter = 2
    state.waitsUntil = 400
    state.pausedPhase = .soaking
    state.baselines = ["p99": 212.5, "a": 3]
    state.isPromoted = true
    state.waitsFor = "pos-9"
    state.isStarted = true
    state.isPausedByPolicy = true
    state.resumedAt = 70
    state.forgiven = [4, 5]
    let text = JSONWriter.pretty(state.json)
    let json = try #require(JSONParser.parse(text))
    #expect(RolloutState(json: json, members: 40) == state)
    #expect(RolloutState(json: json, members: 41) == nil)
    #expect(String(decoding: text, as: UTF8.self).contains("\"members\": \"0-4\""))
  }

  @Test("what is remembered is read as it was written, what is damaged is forgotten")
  func memory() throws {
    var memory = RolloutMemory()
    memory.stage = 2
    memory.clusters[3] = RolloutMemory.Cluster(
      phase: .progressing, since: 5, readySince: 6, errorSince: nil, backSince: 4, message: "no")
    memory.clusters[3]?.wasDisconnected = true
    memory.begunAt = 1
    memory.readyAt = 2
    memory.settledAt = 3
    var metric = RolloutMemory.Metric()
    metric.phase = .inconclusive
    metric.value = 99.25
    metric.samples = 12
    metric.worst = "store-3"
    metric.measuredAt = 77
    metric.inconclusive = 2
    memory.metrics["success-rate"] = metric
    let json = try #require(JSONParser.parse(JSONWriter.compact(memory.json)))
    #expect(RolloutMemory(json: json, members: 4) == memory)
    #expect(RolloutMemory(json: json, members: 3).clusters.isEmpty)
    #expect(RolloutMemory(json: .array([]), members: 4) == RolloutMemory())
  }

  @Test("held trees, events and orders are read as they were written")
  func records() throws {
    let held = HeldTrees(
      rollout: "pos-17", bundle: "pos", trees: [Self.trees[1]], holdsRemoval: true, since: 9,
      reason: "p99")
    #expect(HeldTrees(json: held.json) == held)
    let event = RolloutEvent(
      kind: .gateFailed, rollout: "pos-17", bundles: ["pos"], stage: "early", text: "too slow",
      total: 9, released: 5, succeeded: 3, failed: 1, disconnected: 1, principal: "bob")
    #expect(RolloutEvent(json: event.json) == event)
    let order = RolloutOrder(
      id: "ab", verb: .promote, rollout: "pos-17", isFull: true, keeps: true, principal: "bob",
      reason: "late")
    #expect(RolloutOrder(json: order.json, id: "ab", principal: "bob") == order)
    var forged = order
    forged.reason = "a\nOrdered-By: carol"
    let read = RolloutOrder(json: forged.json, id: "ab", principal: "bob")
    #expect(read?.reason == "a Ordered-By: carol")
  }

  @Test(
    "members stand as runs",
    arguments: [
      ([], ""), ([3], "3"), ([0, 1, 2, 5, 7, 8], "0-2,5,7-8"), ([2, 1, 1], "1-2"),
    ])
  func ranges(numbers: [Int], text: String) {
    #expect(IndexRanges.text(numbers) == text)
    #expect(IndexRanges.numbers(text, below: 9) == Set(numbers).sorted())
  }

  @Test(
    "text that is no list of members is refused",
    arguments: ["x", "1-", "-1", "3-2", "9", "2,1", "1,1", "0-9", "1,,2", "1-2-3"])
  func badRanges(text: String) {
    #expect(IndexRanges.numbers(text, below: 9) == nil)
  }
}
