// SPDX-License-Identifier: Apache-2.0

import Rollouts
import Testing

@Suite("Engine: failure and rollback")
struct EngineFailureTests {
  @Test("maxFailures is what may fail; one more fails the rollout without waiting for the rest")
  func budget() {
    var hub = EngineFixture(
      [5, 1],
      policy: { $0.failureStrategy = .halt },
      stage: { $0.maxFailures = .share(partsPerMillion: 200_000) })
    hub.fault(.error, at: 0)
    hub.sites[4].delay = 300
    hub.run(150)
    #expect(hub.phase == .progressing)
    hub.fault(.error, at: 1)
    hub.run(90)
    #expect(hub.phase == .aborted)
    #expect(hub.versions == "222221")
    #expect(
      hub.events.suffix(2) == [
        "gate-failed: 2 of 5 clusters of stage canary failed, 1 may: "
          + "a (Failed: no such image) and b (Failed: no such image)",
        "halted: 2 of 5 clusters of stage canary failed, 1 may: "
          + "a (Failed: no such image) and b (Failed: no such image)",
      ])
    #expect(hub.fleet.held.map(\.trees) == [[EngineFixture.tree(2)]])
    let good = hub.good.map { $0["pos"] == EngineFixture.tree(2) }
    #expect(good == [false, false, true, true, false, false])
  }

  @Test("a share of failures is rounded down: one per cent of two canaries is none")
  func smallShare() {
    var hub = EngineFixture(
      [2, 1],
      policy: { $0.failureStrategy = .halt },
      stage: { $0.maxFailures = .share(partsPerMillion: 10_000) })
    hub.fault(.error, at: 0)
    hub.run(150)
    #expect(hub.phase == .aborted)
    #expect(hub.versions == "221")
    #expect(
      hub.events.last
        == "halted: 1 of 2 clusters of stage canary failed, none may: a (Failed: no such image)")
  }

  @Test("a cluster of an earlier stage that fails later fails the rollout")
  func laterFailure() {
    var hub = EngineFixture([1, 1])
    hub.run(60)
    hub.sites[1].delay = 5000
    hub.fault(.error, at: 0)
    hub.run(90)
    #expect(hub.phase == .rollingBack)
    #expect(hub.versions == "11")
  }

  @Test("a failure may wait for a person, who forgives it")
  func pauses() {
    var hub = EngineFixture([2, 1], policy: { $0.failureStrategy = .pause })
    hub.fault(.error, at: 0)
    hub.run(150)
    #expect(hub.phase == .paused)
    #expect(
      hub.reason == "1 of 2 clusters of stage canary failed, none may: a (Failed: no such image)")
    #expect(hub.last.nextLook == nil)
    #expect(hub.order(.resume, reason: "a is being repaired") == nil)
    #expect(
      hub.events.last
        == "resumed: resumed by alice: a is being repaired; 1 cluster is not counted any more")
    hub.run(90)
    #expect(hub.phase == .complete)
    #expect(hub.versions == "222")
  }

  @Test("abort rules count over all stages, from so many outcomes on", arguments: Abort.all)
  func abortRules(row: Abort) {
    var hub = EngineFixture(
      [10],
      policy: {
        $0.abort = [
          AbortRule(
            failureType: row.type, thresholdPartsPerMillion: 200_000, minExecuted: row.executed)
        ]
      }, stage: { $0.maxFailures = .count(10) })
    for index in 0..<row.failing { hub.fault(.error, at: index) }
    for index in row.failing..<(row.failing + row.stuck) { hub.fault(.stuck, at: index) }
    hub.run(690)
    #expect(hub.events.contains { $0 == "gate-failed: \(row.reason)" } == !row.reason.isEmpty)
    #expect(hub.ended.isEmpty == false)
  }

  struct Abort: Sendable, CustomTestStringConvertible {
    var id: String
    var type: AbortRule.FailureType
    var executed: Int
    var failing: Int
    var stuck = 0
    var reason = ""
    var testDescription: String { id }

    static let all = [
      Abort(
        id: "at the share", type: .all, executed: 10, failing: 2,
        reason: "2 of 10 clusters with an outcome failed, 20% is the limit"),
      Abort(id: "under the share", type: .all, executed: 1, failing: 1),
      Abort(id: "too few outcomes", type: .all, executed: 11, failing: 5),
      Abort(id: "other kind", type: .timedOut, executed: 1, failing: 5),
      Abort(
        id: "timed out", type: .timedOut, executed: 1, failing: 0, stuck: 3,
        reason: "3 of 10 clusters with an outcome timed out, 20% is the limit"),
    ]
  }

  @Test("a rollback waits for clusters that can be reached, not for ever")
  func rollbackWaits() {
    var hub = EngineFixture([3])
    hub.run(30)
    hub.fault(.error, at: 0)
    hub.sites[2].isOnline = false
    hub.run(60)
    hub.sites[1].isOnline = false
    hub.run(30)
    #expect(hub.phase == .rollingBack)
    #expect(hub.versions == "111")
    hub.run(300)
    #expect(hub.phase == .rolledBack)
    #expect(
      hub.events.last
        == "rolled-back: 1 of 3 clusters report the last good trees, 2 without contact")
  }

  @Test("a bundle that was not there before is taken away")
  func rollbackOfNew() {
    var hub = EngineFixture([2], isNew: true)
    hub.fault(.error, at: 0)
    hub.run(120)
    #expect(hub.versions == "--")
    hub.run(30)
    #expect(hub.phase == .rolledBack)
  }

  @Test(
    "a rollout behind another one with the same bundle waits, and falls back to what is good then")
  func queue() {
    var hub = EngineFixture([1, 1])
    var next = hub.fleet.rollouts[0]
    next.plan.id = "pos-2"
    for index in 0..<2 { next.plan.members[index].moves[0].target = modelTree(0, 3) }
    hub.fleet.rollouts.append(next)
    hub.run()
    #expect(hub.fleet.rollouts[1].state.reason == "waits for 'pos-1'")
    #expect(hub.order(.promote, "pos-2") == "'pos-2' waits for 'pos-1'")
    hub.sites[0].faults[modelTree(0, 3)] = .error
    hub.run(90)
    #expect(hub.versions == "32")
    hub.run(90)
    #expect(hub.versions == "22")
    #expect(hub.good.map { $0["pos"] } == [EngineFixture.tree(2), EngineFixture.tree(2)])
  }

  @Test("a rollout that is made anew when another has ended does not start as it is")
  func waitsFor() {
    var hub = EngineFixture([1])
    hub.fleet.rollouts[0].state.waitsFor = "pos-0"
    hub.run(60)
    #expect(hub.phase == .pending)
    #expect(hub.reason == "waits for 'pos-0'")
    #expect(hub.events == [])
    #expect(hub.order(.approve) == "'pos-1' waits for 'pos-0'")
  }

  @Test("a rollout that has begun goes on, also where one that waits for it stands before it")
  func begun() {
    var hub = EngineFixture([1])
    hub.run(10)
    #expect(hub.fleet.rollouts[0].state.isStarted)
    var waiting = hub.fleet.rollouts[0]
    waiting.plan.id = "pos-0"
    waiting.state = RolloutState(members: 1, now: hub.now)
    waiting.state.waitsFor = "pos-1"
    hub.fleet.rollouts.insert(waiting, at: 0)
    hub.run(300)
    #expect(hub.ended.map(\.plan.id) == ["pos-1"])
    #expect(hub.ended.map(\.state.phase) == [.complete])
    #expect(hub.fleet.rollouts.map(\.plan.id) == ["pos-0"])
  }

  @Test("a rollback takes back what a rollout before has left unproven, and holds the definition")
  func unproven() {
    var hub = EngineFixture([1, 1, 1])
    hub.told[2] = ["pos": modelTree(0, 3)]
    hub.fleet.rollouts[0].plan.members[2].isUnproven = true
    hub.fleet.rollouts[0].plan.definitions = ["d1"]
    hub.fault(.error, at: 0)
    hub.run(150)
    #expect(hub.versions == "111")
    #expect(hub.fleet.held.map(\.definition) == ["d1"])
    #expect(
      hub.events.suffix(2) == [
        "rolling-back: 2 clusters are told the last good trees",
        "rolled-back: 2 of 2 clusters report the last good trees",
      ])
  }

  @Test("a later push takes over: what has succeeded is good")
  func supersedes() throws {
    var hub = EngineFixture([1, 2])
    hub.run(60)
    let step = try #require(
      RolloutEngine.supersede(
        "pos-1", by: "pos-2", in: hub.fleet, hub.observations, release: 9, now: hub.now))
    hub.take(step)
    #expect(hub.phase == .superseded)
    #expect(hub.events.last == "superseded: pos-2 takes over: 1 of 3 clusters succeeded")
    #expect(hub.good[0]["pos"] == EngineFixture.tree(2))
    #expect(hub.good[1]["pos"] == EngineFixture.tree(1))
  }
}
