// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Rollouts
import SliceFormat
import Testing

@Suite("Intake: while a rollout runs")
struct IntakeRunningTests {
  typealias Fleet = IntakeFleet

  /// Clusters a, b, c, d; `web` is on its way from v1 to v2 in two stages, d is released.
  private func running(_ policy: RolloutPolicy = Fleet.policy("one:1", "rest")) -> Fleet {
    var fleet = Fleet(["a", "b", "c", "d"], ["db": "v1", "web": "v1"])
    fleet.rules = [Fleet.rule("db", Fleet.policy("all")), Fleet.rule("web", policy)]
    fleet.oldRules = fleet.rules
    fleet.push("web", "v2")
    _ = fleet.take()
    fleet.release("web-7", ["d"])
    return fleet
  }

  @Test("R01: a push of something else leaves it alone and runs beside it")
  func beside() {
    var fleet = running()
    fleet.push("db", "v2")
    let before = fleet.rollouts.rollouts
    let result = fleet.intake()
    #expect(result.rollouts.rollouts.first == before.first)
    #expect(
      fleet.text(result).first == "planned db-8 [db]: 4 clusters in 1 stage")
  }

  @Test("R02: 'replace' takes over; what is released and unproven goes back to what was good")
  func replace() {
    var fleet = running()
    fleet.push("web", "v3")
    fleet.report("d", "web", .notReady)
    #expect(
      fleet.text(fleet.intake()) == [
        "planned web-8 [web]: 4 clusters in 2 stages; takes over from 'web-7'",
        "superseded web-7 [web]: web-8 takes over: 0 of 4 clusters succeeded",
        "web-7 Superseded (web-8 has taken over) [web] one:1 rest:3",
        "  a@1: web v2 else v1", "  b@1: web v2 else v1", "  c@1: web v2 else v1",
        "  d@0: web v2 else v1",
        "web-8 Pending [web] one:1 rest:3",
        "  a@1: web v3 else v1", "  b@1: web v3 else v1", "  c@1: web v3 else v1",
        "  d@0 unproven: web v3 else v1",
      ])
  }

  @Test("R03: a cluster that has succeeded by then goes back to that")
  func succeeded() {
    var fleet = running()
    fleet.report("d", "web", .ready)
    fleet.push("web", "v3")
    let text = fleet.text(fleet.intake())
    #expect(
      text.contains("good(rollout: \"web-7\", members: [3])")
        && text.last == "  d@0: web v3 else v2")
  }

  @Test("R04: the new rollout has the bundles of both, also those that this push does not touch")
  func union() {
    var fleet = Fleet(["a", "d"], ["api": "v1", "web": "w1"])
    fleet.rules = [
      Fleet.rule("api", Fleet.policy("one:1", "rest"), group: "g"), Fleet.rule("web", group: "g"),
    ]
    fleet.oldRules = fleet.rules
    fleet.push("api", "v2")
    fleet.push("web", "w2")
    _ = fleet.take()
    fleet.release("api-7", ["d"])
    fleet.push("api", "v3")
    #expect(
      fleet.text(fleet.take()).suffix(3) == [
        "api-8 Pending [api web] one:1 rest:1",
        "  a@1: api v3 else v1, web w2 else w1",
        "  d@0 unproven: api v3 else v1, web w2 else w1",
      ])
    // And so on, when that one is taken over before it has released anything.
    fleet.push("api", "v4")
    #expect(
      fleet.text(fleet.take()).last == "  d@0 unproven: api v4 else v1, web w2 else w1")
  }

  @Test("R05: a push that takes everything back ends it; what was released goes back by a rollout")
  func takenBack() {
    var fleet = running()
    fleet.push("web", "v1")
    #expect(
      fleet.text(fleet.intake()) == [
        "planned web-8 [web]: 1 cluster in 2 stages; takes over from 'web-7'",
        "superseded web-7 [web]: web-8 takes over: 0 of 4 clusters succeeded",
        "web-7 Superseded (web-8 has taken over) [web] one:1 rest:3",
        "  a@1: web v2 else v1", "  b@1: web v2 else v1", "  c@1: web v2 else v1",
        "  d@0: web v2 else v1",
        "web-8 Pending [web] one:1 rest:0",
        "  d@0 unproven: web v1 else v1",
      ])
    fleet.released["d"]?["web"] = "v1"
    fleet.rollouts.rollouts[0].state.releasedAt = [nil, nil, nil, nil]
    #expect(
      Array(fleet.text(fleet.intake()).prefix(2)) == [
        "superseded web-7 [web]: a push takes over: 0 of 4 clusters succeeded",
        "web-7 Superseded (a push has taken over) [web] one:1 rest:3",
      ])
  }

  @Test("R06: two rollouts that touch one object on a cluster are never side by side")
  func conflict() {
    var fleet = running()
    // web gives up an object that db takes up: while web runs, db would bring it a second time.
    fleet.objects = ["v1": [], "v2": [], "w2": ["ConfigMap x"]]
    fleet.objects["v1"] = ["ConfigMap x"]
    fleet.released = fleet.released.mapValues { ["db": "w1", "web": $0["web"] ?? ""] }
    fleet.plan = fleet.plan.mapValues { _ in ["db": "w1", "web": "v2"] }
    fleet.push("db", "w2")
    #expect(
      Array(fleet.text(fleet.intake()).prefix(2)) == [
        "planned db-8 [db web]: 4 clusters in 2 stages; takes over from 'web-7'",
        "superseded web-7 [web]: db-8 takes over: 0 of 4 clusters succeeded",
      ])
  }

  @Test(
    "R07: 'queue' waits; a further push replaces what waits; it starts when the first has ended")
  func queue() {
    var policy = Fleet.policy("one:1", "rest")
    policy.superseding = .queue
    var fleet = running(policy)
    fleet.push("web", "v3")
    #expect(
      fleet.text(fleet.take()).suffix(6) == [
        "web-8 Pending (waits for web-7) [web] one:1 rest:3",
        "  a@1: web v3 else v1", "  b@1: web v3 else v1", "  c@1: web v3 else v1",
        "  d@0: web v3 else v2", "queued web-8",
      ])
    // A push of something else changes nothing of that.
    fleet.push("db", "v1")
    let waiting = fleet.rollouts
    #expect(fleet.text(fleet.take()).last == "queued web-8")
    #expect(fleet.rollouts == waiting)
    // Nor does it when fewer clusters are left for it.
    var fewer = fleet
    fewer.plan["a"] = nil
    fewer.released["a"] = nil
    #expect(fewer.take().effects.isEmpty)
    #expect(fewer.rollouts.rollouts.map(\.plan.id) == ["web-7", "web-8"])
    #expect(fewer.rollouts.rollouts.map(\.plan.members.count) == [4, 3])
    fleet.push("web", "v4")
    #expect(
      fleet.text(fleet.take()).first
        == "superseded web-8 [web]: web-10 takes over: 0 of 4 clusters succeeded")
    #expect(fleet.rollouts.rollouts.map(\.plan.id) == ["web-7", "web-10"])
    // What has begun, by whomever, is left alone and waits no more.
    var begun = fleet
    begun.rollouts.rollouts.removeFirst()
    begun.rollouts.rollouts[0].state.isStarted = true
    #expect(begun.take().effects.isEmpty)
    #expect(begun.rollouts.rollouts.map(\.state.waitsFor) == [nil])
    // The first ends well.
    fleet.release("web-7", ["a", "b", "c", "d"])
    fleet.rollouts.rollouts.removeFirst()
    fleet.reportReady()
    #expect(
      fleet.text(fleet.take()) == [
        "planned web-10 [web]: 4 clusters in 2 stages",
        "web-10 Pending [web] one:1 rest:3",
        "  a@1: web v4 else v2", "  b@1: web v4 else v2", "  c@1: web v4 else v2",
        "  d@0: web v4 else v2",
      ])
  }

  @Test("R08: a push that takes back what waits ends it")
  func queueTakenBack() {
    var policy = Fleet.policy("one:1", "rest")
    policy.superseding = .queue
    var fleet = running(policy)
    fleet.push("web", "v3")
    _ = fleet.take()
    for index in fleet.rules.indices { fleet.rules[index].definition = index == 1 ? "1+" : "1" }
    for cluster in ["a", "b", "c", "d"] { fleet.plan[cluster]?["web"] = "v2" }
    let result = fleet.take()
    #expect(
      fleet.text(result).first
        == "superseded web-8 [web]: a push takes over: 0 of 4 clusters succeeded"
    )
    #expect(fleet.rollouts.rollouts.map(\.plan.id) == ["web-7"])
  }

  @Test("R09: labels that change in the middle: released members at once, others with their stage")
  func labels() {
    var fleet = running()
    fleet.rollouts.rollouts[0].state.succeeded = [3]
    fleet.rollouts.rollouts[0].memory.clusters[3] = RolloutMemory.Cluster(
      phase: .succeeded, since: 5)
    fleet.plan["d"]?["web"] = "v3"
    fleet.plan["a"]?["web"] = "v3"
    let result = fleet.take()
    #expect(
      fleet.text(result) == [
        "release web-7 [3]",
        "released web-7 [web]: the inventory has changed: 1 cluster changed at once and 1 cluster "
          + "with its stage",
        "web-7 Progressing [web] one:1 rest:3",
        "  a@1: web v3 else v1", "  b@1: web v2 else v1", "  c@1: web v2 else v1",
        "  d@0: web v3 else v1",
      ])
    let rollout = result.rollouts.rollouts[0]
    #expect(rollout.state.succeeded.isEmpty)
    #expect(rollout.memory.clusters.isEmpty)
    #expect(rollout.state.releasedAt == [nil, nil, nil, 1_000])
    #expect(rollout.state.releasedBy == [nil, nil, nil, 8])
    #expect(fleet.take().effects.isEmpty)
  }

  @Test("R10: a cluster that joins gets the good version, and the new one with the last stage")
  func newcomer() throws {
    var fleet = running()
    fleet.rollouts.rollouts[0].state.succeeded = [3]
    fleet.rollouts.rollouts[0].memory.clusters[3] = RolloutMemory.Cluster(
      phase: .succeeded, since: 5)
    fleet.plan["bb"] = ["db": "v1", "web": "v3"]
    fleet.observed["bb"] = ClusterObservation()
    fleet.released["bb"] = ["db": "v1"]
    var result = fleet.intake()
    #expect(
      fleet.text(result) == [
        "released web-7 [web]: the inventory has changed: 1 cluster joined the last stage",
        "web-7 Progressing [web] one:1 rest:4",
        "  a@1: web v2 else v1", "  b@1: web v2 else v1", "  bb@1 new: web v3 else -",
        "  c@1: web v2 else v1", "  d@0: web v2 else v1",
        "newcomer bb web",
      ])
    let rollout = try #require(result.rollouts.rollouts.first)
    #expect(rollout.state.releasedAt == [nil, nil, nil, nil, 100])
    #expect(rollout.state.succeeded == [4])
    #expect(rollout.memory.clusters.keys.sorted() == [4])
    result.put(Fleet.tree("good"), at: IntakeResult.Place("bb", "web"))
    #expect(
      fleet.text(result).filter { $0.contains("bb") } == [
        "  bb@1 new: web v3 else good", "now bb web good", "newcomer bb web",
      ])
  }

  @Test("R11: a cluster that has left and come back is a member again")
  func comesBack() {
    var fleet = running()
    fleet.rollouts.rollouts[0].state.skipped = [0]
    #expect(
      fleet.text(fleet.take()).first
        == "released web-7 [web]: the inventory has changed: 1 cluster joined the last stage")
    #expect(fleet.rollouts.rollouts[0].state.skipped.isEmpty)
    #expect(fleet.rollouts.rollouts[0].plan.members.count == 4)
    #expect(fleet.take().effects.isEmpty)
  }

  @Test("R12: a member that is released and closed waits for its window")
  func closed() {
    var fleet = running()
    fleet.plan["d"]?["web"] = "v3"
    fleet.observed["d"]?.isClosed = true
    let before = fleet.rollouts
    #expect(fleet.text(fleet.take()).last == "waiting d")
    #expect(fleet.rollouts == before)
  }

  @Test(
    "R13: outside of a rollout, a cluster whose labels change is a rollout of its own with one stage"
  )
  func alone() {
    var fleet = Fleet(["a", "b", "c", "d"], ["web": "v1"])
    fleet.rules = [Fleet.rule("web", Fleet.policy("one:1", "half:50%", "rest"))]
    fleet.plan["b"]?["web"] = "v2"
    #expect(
      fleet.text(fleet.intake()) == [
        "planned web-7 [web]: 1 cluster in 1 stage",
        "web-7 Pending [web] one:1", "  b@0: web v2 else v1",
      ])
  }

  @Test("R14: a policy that is taken away releases the rest at once")
  func withoutPolicy() {
    var fleet = running()
    fleet.rules[1].policy = nil
    fleet.push("web", "v3")
    #expect(
      fleet.text(fleet.intake()) == [
        "superseded web-7 [web]: a push takes over: 0 of 4 clusters succeeded",
        "web-7 Superseded (a push has taken over) [web] one:1 rest:3",
        "  a@1: web v2 else v1", "  b@1: web v2 else v1", "  c@1: web v2 else v1",
        "  d@0: web v2 else v1",
        "now a web v3", "now b web v3", "now c web v3", "now d web v3",
      ])
  }
}
