// SPDX-License-Identifier: Apache-2.0

import Rollouts
import SliceFormat
import Testing

@Suite("Engine: stages")
struct EngineStageTests {
  @Test("a rollout goes through its stages, tells its history and completes")
  func passes() {
    var hub = EngineFixture([1, 2])
    hub.run()
    #expect(hub.versions == "211")
    #expect(hub.last.nextLook == hub.now + 300)
    hub.run(90)
    #expect(hub.versions == "222")
    hub.run(60)
    #expect(hub.phase == .complete)
    #expect(hub.fleet.rollouts.isEmpty)
    #expect(hub.good.allSatisfy { $0["pos"] == EngineFixture.tree(2) })
    #expect(
      hub.events == [
        "started: 3 clusters in 2 stages",
        "stage-started: stage canary, 1 of 2: 1 cluster",
        "released: released to 1 cluster of stage canary, all of it",
        "stage-passed: stage canary passed: 1 of 1 cluster succeeded",
        "stage-started: stage early, 2 of 2: 2 clusters",
        "released: released to 2 clusters of stage early, all of it",
        "stage-passed: stage early passed: 2 of 2 clusters succeeded",
        "complete: 3 of 3 clusters succeeded",
      ])
  }

  @Test("a cluster soaks by the hub's clock before it has succeeded")
  func soaks() {
    var hub = EngineFixture([1, 1], stage: { $0.minSuccessTime = 120 })
    hub.run()
    hub.run(60)
    #expect(hub.phase == .soaking)
    #expect(hub.reason == "soaks for 2m")
    #expect(hub.versions == "21")
    hub.run(60)
    #expect(hub.versions == "21")
    hub.run(60)
    #expect(hub.versions == "22")
  }

  @Test("a soak that a failure interrupts begins again")
  func soaksAgain() {
    var hub = EngineFixture([1, 1], stage: { $0.minSuccessTime = 120 })
    hub.run(120)
    hub.sites[0].isBroken = true
    hub.run(30)
    hub.sites[0].isBroken = false
    hub.run(120)
    #expect(hub.versions == "21")
    hub.run(30)
    #expect(hub.versions == "22")
  }

  @Test("Modified is drift, not a failure: it counts as available")
  func modified() {
    var hub = EngineFixture([1, 1])
    hub.run()
    hub.sites[0].isOnline = false
    hub.sites[0].seen.bundles["pos"] = ClusterObservation.Bundle(
      tree: EngineFixture.tree(2), state: .modified)
    hub.step()
    #expect(hub.versions == "22")
  }

  @Test("a bundle that goes away has gone when the site has acted and does not report it")
  func removal() {
    var hub = EngineFixture([1, 1])
    for index in 0..<2 { hub.fleet.rollouts[0].plan.members[index].moves[0].target = nil }
    hub.sites[0].seen.bundles = [:]
    hub.step()
    #expect(hub.versions == "-1")
    hub.step()
    #expect(hub.phases[0] == .progressing)
    hub.run(30)
    #expect(hub.versions == "--")
  }

  @Test("concurrency and unavailability hold", arguments: Limits.all)
  func limits(row: Limits) {
    var hub = EngineFixture([10], isNew: row.isNew, stage: row.edit)
    for index in row.broken { hub.sites[index].isBroken = true }
    hub.poll()
    // What is broken had version 1 long ago.
    hub.now += 60
    hub.run()
    #expect(hub.versions == row.first, "\(row.id)")
  }

  struct Limits: Sendable, CustomTestStringConvertible {
    var id: String
    var isNew = false
    var broken: [Int] = []
    var first: String
    var edit: @Sendable (inout StagePolicy) -> Void
    var testDescription: String { id }

    static let all = [
      Limits(id: "none", first: "2222222222") { _ in },
      Limits(id: "concurrency 3", first: "2221111111") { $0.maxConcurrency = .count(3) },
      Limits(id: "concurrency 25%", first: "2211111111") {
        $0.maxConcurrency = .share(partsPerMillion: 250_000)
      },
      Limits(id: "concurrency 0 is one", first: "2111111111") { $0.maxConcurrency = .count(0) },
      Limits(id: "unavailable 2", first: "2211111111") { $0.maxUnavailable = .count(2) },
      Limits(id: "unavailable 0 is one", first: "2111111111") { $0.maxUnavailable = .count(0) },
      Limits(id: "unavailable 2, first install", isNew: true, first: "22--------") {
        $0.maxUnavailable = .count(2)
      },
      Limits(
        id: "broken ones take the places, and are released", broken: [7, 8, 9], first: "1111111222"
      ) {
        $0.maxUnavailable = .count(2)
      },
      Limits(id: "one broken of two", broken: [9], first: "2111111112") {
        $0.maxUnavailable = .count(2)
      },
      Limits(id: "both limits", broken: [8, 9], first: "2111111122") {
        $0.maxUnavailable = .count(3)
        $0.maxConcurrency = .count(3)
      },
    ]
  }

  @Test("first installs go in lots of maxNew per step")
  func lots() {
    var hub = EngineFixture([5], isNew: true, policy: { $0.maxNew = 2 })
    hub.run()
    #expect(hub.versions == "22---")
    #expect(hub.last.nextLook == hub.now + 1)
    hub.step()
    #expect(hub.versions == "2222-")
    hub.step()
    #expect(hub.versions == "22222")
  }

  @Test("a stage that too many unavailable clusters keep from going on waits for a person")
  func stuck() {
    var hub = EngineFixture(
      [3],
      stage: {
        $0.maxUnavailable = .count(1)
        $0.maxFailures = .count(1)
      })
    hub.fault(.error, at: 0)
    hub.run()
    hub.run(600)
    #expect(hub.phase == .paused)
    #expect(
      hub.reason
        == "2 clusters of stage canary are not released: 1 unavailable, 1 may be: a")
    hub.order(.resume)
    hub.run(120)
    #expect(hub.phase == .complete)
    #expect(
      hub.events.last
        == "stragglers: 1 cluster is not at the new version: a (Failed: no such image)")
  }

  @Test("clusters that left, are paused or whose trees are held are not waited for")
  func skips() {
    var hub = EngineFixture([4])
    hub.left = [0]
    hub.paused = [1]
    hub.fleet.held = [
      HeldTrees(rollout: "pos-0", bundle: "pos", trees: [modelTree(0, 7)], since: 0, reason: "")
    ]
    hub.fleet.rollouts[0].plan.members[2].moves[0].target = modelTree(0, 7)
    hub.run(60)
    #expect(hub.versions == "1112")
    #expect(hub.phase == .complete)
    #expect(
      hub.events.contains(
        "held: 1 cluster keeps what is there: the new trees are held since pos-0"))
    #expect(
      hub.events.last
        == "stragglers: 2 clusters are not at the new version: b (Skipped) and c (Skipped)")
  }

  @Test("a stage without anybody to wait for passes", arguments: [true, false])
  func empty(areGone: Bool) {
    var hub = EngineFixture([1, 1])
    if areGone { hub.left = [0] } else { hub.paused = [0] }
    hub.run()
    #expect(hub.versions == "12")
  }

  @Test(
    "closed clusters are not released, and a stage that waits for them says so and does not time out"
  )
  func windows() {
    var hub = EngineFixture([2, 1])
    hub.closed = [0, 1]
    hub.run(6000, every: 600)
    #expect(hub.phase == .pending)
    #expect(hub.reason == "2 clusters wait for a window")
    hub.closed = [1]
    hub.run(6000, every: 600)
    #expect(hub.versions == "211")
    #expect(hub.phase == .progressing)
    #expect(hub.reason == "1 cluster waits for a window")
    #expect(hub.last.nextLook == nil)
    hub.closed = []
    hub.run(120)
    #expect(hub.phase == .complete)
  }
}
