// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Rollouts
import SliceFormat
import Testing

@Suite("Intake: what is held")
struct IntakeHeldTests {
  typealias Fleet = IntakeFleet

  /// Clusters a and b run v1 of web; v2, of definition `1+`, has failed in web-5.
  private func held(_ definition: String? = "1+") -> Fleet {
    var fleet = Fleet(["a", "b"], ["db": "v1", "web": "v1"])
    fleet.rules = [
      Fleet.rule("db", Fleet.policy("all"), group: "g"),
      Fleet.rule("web", Fleet.policy("all"), group: "g", definition: "1"),
    ]
    fleet.oldRules = fleet.rules
    fleet.push("web", "v2")
    fleet.rollouts.held = [
      HeldTrees(
        rollout: "web-5", bundle: "web", trees: [Fleet.tree("v2")], since: 1, reason: "failed",
        definition: definition)
    ]
    return fleet
  }

  @Test("H01: a tree that is held stays away; it is said when a push brings it, and not again")
  func stays() {
    var fleet = held()
    #expect(
      fleet.text(fleet.take()) == [
        "held web-5 [web]: 2 clusters stay as they are: what 'web-5' failed with is held"
      ])
    #expect(fleet.text(fleet.take()).isEmpty)
  }

  @Test("H01b: a rollout that takes back an older version goes on beside what is held")
  func undone() throws {
    var fleet = held()
    _ = fleet.take()
    var other = held()
    other.rollouts.held = []
    _ = other.take()
    var undone = try #require(other.rollouts.rollouts.first)
    undone.plan.id = "web-3"
    undone.plan.definitions = undone.plan.bundles.map { _ in "0" }
    for index in undone.plan.members.indices {
      undone.plan.members[index].moves = [
        RolloutPlan.Move(bundle: "web", target: Fleet.tree("v0"), fallback: Fleet.tree("v1"))
      ]
      undone.state.releasedAt[index] = 1
    }
    undone.state.isStarted = true
    undone.state.phase = .rollingBack
    fleet.rollouts.rollouts = [undone]
    #expect(fleet.take().effects.isEmpty)
    #expect(fleet.rollouts.rollouts.map(\.state.phase) == [.rollingBack])
    // A push says something new.
    fleet.push("web", "v4")
    #expect(
      fleet.text(fleet.take()).contains(
        "superseded web-3 [web]: web-9 takes over: 0 of 2 clusters succeeded"))
  }

  @Test("H02: an unrelated push goes out and does not bring it back", arguments: ["1+", nil])
  func unrelated(definition: String?) {
    var fleet = held(definition)
    fleet.rules[0].group = ""
    _ = fleet.take()
    fleet.push("db", "v3")
    #expect(
      fleet.text(fleet.intake()) == [
        "planned db-8 [db]: 2 clusters in 1 stage", "db-8 Pending [db] all:2",
        "  a@0: db v3 else v1", "  b@0: db v3 else v1",
      ])
  }

  @Test("H03: what is connected with it stays on the same clusters, in this push and in later ones")
  func connected() {
    var fleet = held()
    fleet.plan["b"]?["web"] = "v3"
    fleet.push("db", "v3")
    // b's tree of web is another one, but of the definition that has failed.
    #expect(
      fleet.text(fleet.intake()) == [
        "held web-5 [db web]: 2 clusters stay as they are: what 'web-5' failed with is held"
      ])
    // With another definition a's tree is still the one that has failed, b's is not.
    fleet.redefine("web")
    #expect(
      fleet.text(fleet.take()) == [
        "held web-5 [db web]: 1 cluster stays as it is: what 'web-5' failed with is held",
        "planned db-7 [db web]: 1 cluster in 1 stage", "db-7 Pending [db web] all:1",
        "  b@0: db v3 else v1, web v3 else v1",
      ])
    #expect(fleet.take().effects.isEmpty)
    fleet.push("db", "v4")
    #expect(
      Array(fleet.text(fleet.intake()).prefix(3)) == [
        "held web-5 [db]: 1 cluster stays as it is: what 'web-5' failed with is held",
        "planned db-9 [db web]: 1 cluster in 1 stage; takes over from 'db-7'",
        "superseded db-7 [db web]: db-9 takes over: 0 of 1 cluster succeeded",
      ])
  }

  @Test("H04: another tree starts again", arguments: ["1+", nil])
  func another(definition: String?) {
    var fleet = held(definition)
    _ = fleet.take()
    fleet.push("web", "v3")
    #expect(fleet.text(fleet.intake()).first == "planned web-8 [web]: 2 clusters in 1 stage")
  }

  @Test("H05: after 'retry' nothing is held", arguments: ["1+", nil])
  func retry(definition: String?) {
    var fleet = held(definition)
    _ = fleet.take()
    fleet.rollouts.held = []
    #expect(fleet.text(fleet.intake()).first == "planned web-8 [web]: 2 clusters in 1 stage")
  }

  @Test(
    "H06: a cluster that joins gets the good version; one whose labels change keeps its own",
    arguments: ["1+", nil])
  func newcomer(definition: String?) {
    var fleet = held(definition)
    _ = fleet.take()
    fleet.plan["c"] = ["web": "v3"]
    fleet.observed["c"] = ClusterObservation()
    fleet.plan["a"]?["web"] = "v4"
    #expect(fleet.text(fleet.intake()) == ["newcomer c web"])
  }

  @Test("H07: a rollout whose new trees are held ends, and the clusters stay")
  func running() {
    var fleet = Fleet(["a", "d"], ["web": "v1"])
    fleet.rules = [Fleet.rule("web", Fleet.policy("one:1", "rest"))]
    fleet.oldRules = fleet.rules
    fleet.rollouts.held = [
      HeldTrees(
        rollout: "web-5", bundle: "web", trees: [Fleet.tree("v2")], since: 1, reason: "failed")
    ]
    fleet.push("web", "v3")
    _ = fleet.take()
    fleet.release("web-7", ["d"])
    fleet.push("web", "v2")
    #expect(
      Array(fleet.text(fleet.intake()).prefix(3)) == [
        "held web-5 [web]: 2 clusters stay as they are: what 'web-5' failed with is held",
        "superseded web-7 [web]: a push takes over: 0 of 2 clusters succeeded",
        "web-7 Superseded (a push has taken over) [web] one:1 rest:1",
      ])
  }

  @Test("H08: a tree that is held is no fallback if there is a good one")
  func fallback() {
    var fleet = held()
    fleet.released = ["a": ["db": "v1", "web": "v2"], "b": ["db": "v1", "web": "v2"]]
    fleet.good = ["a": ["web": "good"]]
    fleet.reportReady()
    fleet.push("web", "v3")
    #expect(
      fleet.text(fleet.intake()).suffix(2) == ["  a@0: web v3 else good", "  b@0: web v3 else v2"])
  }

  @Test("H09: what takes up an object of a bundle that is held stays, too")
  func object() {
    var fleet = held()
    _ = fleet.take()
    fleet.rules[0].group = ""
    fleet.oldRules = fleet.rules
    fleet.plan["b"]?["web"] = "v1"
    fleet.objects = ["v1": ["x"], "w2": ["x"], "v2": []]
    fleet.released["a"]?["db"] = "w1"
    fleet.released["b"]?["db"] = "w1"
    fleet.push("db", "w2")
    #expect(
      fleet.text(fleet.intake()) == [
        "held web-5 [db]: 1 cluster stays as it is: what 'web-5' failed with is held",
        "planned db-8 [db]: 1 cluster in 1 stage", "db-8 Pending [db] all:1",
        "  b@0: db w2 else w1",
      ])
  }
}
