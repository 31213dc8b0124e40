// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Rollouts
import SliceFormat
import Testing

/// Hash order of the names used here: d, e, c, a, b.
@Suite("Intake: what starts")
struct IntakeTests {
  typealias Fleet = IntakeFleet

  @Test("I01: a bundle without a policy is released at once, and no rollout is made")
  func atOnce() {
    var fleet = Fleet(["a", "b"], ["web": "v1", "db": "v1"])
    fleet.rules = [Fleet.rule("db"), Fleet.rule("web")]
    fleet.oldRules = fleet.rules
    fleet.push("web", "v2")
    fleet.plan["b"]?["db"] = nil
    #expect(fleet.text(fleet.intake()) == ["now a web v2", "now b db -", "now b web v2"])
  }

  @Test(
    "I02: a bundle with a policy starts a rollout; the fallback is Ready, else good, else released")
  func starts() {
    var fleet = Fleet(["a", "b", "c", "d"], ["web": "v1"])
    fleet.rules = [Fleet.rule("web", Fleet.policy("one:1", "rest"))]
    fleet.oldRules = fleet.rules
    fleet.push("web", "v2")
    fleet.report("a", "web", .ready)
    fleet.good = ["a": ["web": "good"], "b": ["web": "good"]]
    fleet.report("b", "web", .notReady)
    #expect(
      fleet.text(fleet.intake()) == [
        "planned web-7 [web]: 4 clusters in 2 stages",
        "web-7 Pending [web] one:1 rest:3",
        "  a@1: web v2 else v1",
        "  b@1: web v2 else good",
        "  c@1: web v2 else v1",
        "  d@0: web v2 else v1",
      ])
    let plan = fleet.intake().rollouts.rollouts[0].plan
    #expect(plan.principal == "ann")
    #expect(plan.startedAt == 1_000)
    #expect(plan.source == Fleet.tree("source"))
    #expect(plan.definitions == ["1+"])
  }

  @Test("I03: made again, the intake finds its rollout and does nothing")
  func again() {
    var fleet = Fleet(["a", "b"], ["web": "v1"])
    fleet.rules = [Fleet.rule("web", Fleet.policy("one:1", "rest"))]
    fleet.oldRules = fleet.rules
    fleet.push("web", "v2")
    let first = fleet.take()
    let second = fleet.take()
    #expect(second.effects.isEmpty)
    #expect(second.rollouts == first.rollouts)
    // Without the rules of before, as after a crash, it is the same.
    fleet.oldRules = [Fleet.rule("web", definition: "other")]
    #expect(fleet.take().effects.isEmpty)
  }

  @Test(
    "I04: what a rule connects is one rollout, by the policy with the most stages; what is unchanged does not move"
  )
  func connected() {
    var fleet = Fleet(["a", "d"], ["api": "v1", "db": "v1", "lib": "v1", "web": "v1"])
    fleet.rules = [
      Fleet.rule("api", Fleet.policy("all"), group: "api"),
      Fleet.rule("db", group: "api"),
      Fleet.rule("lib", Fleet.policy("1:1", "2:1", "3:1", "4"), group: "api"),
      Fleet.rule("web", Fleet.policy("one:1", "rest"), group: "api"),
    ]
    fleet.oldRules = fleet.rules
    for bundle in ["api", "db", "web"] { fleet.push(bundle, "v2") }
    #expect(
      fleet.text(fleet.intake()) == [
        "planned api-7 [api db web]: 2 clusters in 2 stages",
        "api-7 Pending [api db web] one:1 rest:1",
        "  a@1: api v2 else v1, db v2 else v1, web v2 else v1",
        "  d@0: api v2 else v1, db v2 else v1, web v2 else v1",
      ])
  }

  @Test("I05: of policies with as many stages, that of the first bundle counts")
  func tie() {
    var fleet = Fleet(["a"], ["api": "v1", "web": "v1"])
    fleet.rules = [
      Fleet.rule("web", Fleet.policy("web"), group: "g"),
      Fleet.rule("api", Fleet.policy("api"), group: "g"),
    ]
    fleet.oldRules = fleet.rules
    fleet.push("api", "v2")
    fleet.push("web", "v2")
    #expect(
      fleet.text(fleet.intake()) == [
        "planned api-7 [api web]: 1 cluster in 1 stage",
        "api-7 Pending [api web] api:1",
        "  a@0: api v2 else v1, web v2 else v1",
      ])
  }

  @Test("I06: what nothing connects is released side by side")
  func apart() {
    var fleet = Fleet(["a"], ["api": "v1", "db": "v1", "web": "v1"])
    fleet.rules = [
      Fleet.rule("api", Fleet.policy("all")), Fleet.rule("db"),
      Fleet.rule("web", Fleet.policy("all")),
    ]
    fleet.oldRules = fleet.rules
    for bundle in ["api", "db", "web"] { fleet.push(bundle, "v2") }
    #expect(
      fleet.text(fleet.intake()) == [
        "planned api-7 [api]: 1 cluster in 1 stage",
        "planned web-7 [web]: 1 cluster in 1 stage",
        "api-7 Pending [api] all:1", "  a@0: api v2 else v1",
        "web-7 Pending [web] all:1", "  a@0: web v2 else v1",
        "now a db v2",
      ])
  }

  @Test("I07: the same word of 'atomic' connects")
  func atomic() {
    var fleet = Fleet(["a"], ["api": "v1", "web": "v1"])
    var policy = Fleet.policy("all")
    policy.atomic = "till"
    fleet.rules = [Fleet.rule("api", policy), Fleet.rule("web", policy)]
    fleet.oldRules = fleet.rules
    fleet.push("api", "v2")
    fleet.push("web", "v2")
    #expect(fleet.text(fleet.intake()).first == "planned api-7 [api web]: 1 cluster in 1 stage")
  }

  @Test("I08: an object that moves between bundles connects them, also with one that has no policy")
  func exchange() {
    var fleet = Fleet(["a", "b"], ["api": "v1", "web": "w1"])
    fleet.rules = [Fleet.rule("api"), Fleet.rule("web", Fleet.policy("one:1", "rest"))]
    fleet.oldRules = fleet.rules
    fleet.objects = ["v1": ["ConfigMap x"], "v2": [], "w1": [], "w2": ["ConfigMap x"]]
    fleet.push("api", "v2")
    fleet.push("web", "w2")
    #expect(
      fleet.text(fleet.intake()) == [
        "planned api-7 [api web]: 2 clusters in 2 stages",
        "api-7 Pending [api web] one:1 rest:1",
        "  a@0: api v2 else v1, web w2 else w1",
        "  b@1: api v2 else v1, web w2 else w1",
      ])
  }

  @Test("I09: a bundle that goes away goes by its old policy, and what arrives first is new")
  func removal() {
    var fleet = Fleet(["a", "d"], ["old": "v1"])
    fleet.oldRules = [Fleet.rule("old", Fleet.policy("one:1", "rest"))]
    fleet.rules = [Fleet.rule("web", Fleet.policy("all"))]
    fleet.plan = ["a": ["web": "v1"], "d": [:]]
    #expect(
      fleet.text(fleet.intake()) == [
        "planned old-7 [old]: 2 clusters in 2 stages",
        "planned web-7 [web]: 1 cluster in 1 stage",
        "old-7 Pending [old] one:1 rest:1",
        "  a@1: old - else v1", "  d@0: old - else v1",
        "web-7 Pending [web] all:1",
        "  a@0 new: web v1 else -",
      ])
  }

  @Test("I10: who is in no stage is left out, and does not come with the next push")
  func leftOut() {
    var fleet = Fleet(["a", "b", "c", "d"], ["web": "v1", "db": "v1"])
    fleet.rules = [Fleet.rule("db"), Fleet.rule("web", Fleet.policy("half:50%"))]
    fleet.oldRules = fleet.rules
    fleet.push("web", "v2")
    let result = fleet.take()
    #expect(
      fleet.text(result) == [
        "planned web-7 [web]: 2 clusters in 1 stage; 2 clusters are in no stage",
        "web-7 Pending [web] half:2",
        "  a@-: web v2 else v1", "  b@-: web v2 else v1",
        "  c@0: web v2 else v1", "  d@0: web v2 else v1",
        "left out web a=v2 b=v2",
      ])
    fleet.release("web-7", ["c", "d"])
    fleet.rollouts.rollouts = []
    fleet.push("db", "v2")
    #expect(
      fleet.text(fleet.take()) == [
        "now a db v2", "now b db v2", "now c db v2", "now d db v2", "left out web a=v2 b=v2",
      ])
    fleet.push("web", "v3")
    #expect(
      fleet.text(fleet.take()) == [
        "planned web-9 [web]: 2 clusters in 1 stage; 2 clusters are in no stage",
        "web-9 Pending [web] half:2",
        "  a@-: web v3 else v1", "  b@-: web v3 else v1",
        "  c@0: web v3 else v2", "  d@0: web v3 else v2",
        "left out web a=v3 b=v3",
      ])
  }

  @Test("I11: without anybody in a stage there is no rollout")
  func nobody() {
    var fleet = Fleet(["a"], ["web": "v1"])
    fleet.rules = [Fleet.rule("web", Fleet.policy("none:0"))]
    fleet.oldRules = fleet.rules
    fleet.push("web", "v2")
    #expect(fleet.text(fleet.take()) == ["left out web a=v2"])
    #expect(fleet.text(fleet.take()) == ["left out web a=v2"])
    // Back at what is released, nothing is left to remember.
    fleet.push("web", "v1")
    #expect(fleet.text(fleet.take()).isEmpty)
  }

  @Test("I12: a strategy that says 'paused' makes a rollout, which the engine pauses")
  func paused() {
    var fleet = Fleet(["a"], ["web": "v1"])
    var policy = Fleet.policy("all")
    policy.isPaused = true
    fleet.rules = [Fleet.rule("web", policy)]
    fleet.push("web", "v2")
    #expect(fleet.text(fleet.intake())[1] == "web-7 Pending [web] all:1")
  }

  @Test("I13: what must not go back is composed into the fallback")
  func exempt() {
    var fleet = Fleet(["a"], ["web": "v1"])
    var policy = Fleet.policy("all")
    policy.exempt = [ExemptObject(kind: "PersistentVolumeClaim")]
    fleet.rules = [Fleet.rule("old", policy), Fleet.rule("web", policy)]
    fleet.released["a"]?["old"] = "w1"
    fleet.push("web", "v2")
    fleet.oldRules = fleet.rules
    #expect(
      fleet.text(fleet.intake()).suffix(3) == [
        "  a@0: old - else w1", "web-7 Pending [web] all:1", "  a@0: web v2 else v1&v2",
      ])
  }

  @Test("I14: bundles of two workspaces with one name have nothing to do with each other")
  func workspaces() {
    var fleet = Fleet(["a", "b", "c"], ["web": "v1"])
    fleet.workspaces = ["a": "east", "b": "west", "c": "west"]
    fleet.rules = [
      Fleet.rule("web", Fleet.policy("all"), workspace: "east"),
      Fleet.rule("web", Fleet.policy("one:1", "rest"), workspace: "west"),
    ]
    fleet.push("web", "v2")
    #expect(
      fleet.text(fleet.take()) == [
        "planned web-7 [web]: 1 cluster in 1 stage",
        "planned web-7-2 [web]: 2 clusters in 2 stages",
        "web-7 Pending [web] all:1", "  a@0: web v2 else v1",
        "web-7-2 Pending [web] one:1 rest:1", "  b@1: web v2 else v1", "  c@0: web v2 else v1",
      ])
    #expect(fleet.take().effects.isEmpty)
  }

  @Test("I15: a cluster that has left goes at once; one that is paused keeps what it has")
  func leaves() {
    var fleet = Fleet(["a", "b", "c"], ["web": "v1", "db": "v1"])
    fleet.rules = [Fleet.rule("db"), Fleet.rule("web", Fleet.policy("all"))]
    fleet.plan["a"] = nil
    fleet.observed["a"] = nil
    fleet.observed["b"]?.isPaused = true
    fleet.push("web", "v2")
    fleet.push("db", "v2")
    #expect(
      fleet.text(fleet.intake()) == [
        "planned web-7 [web]: 1 cluster in 1 stage",
        "web-7 Pending [web] all:1", "  c@0: web v2 else v1",
        "now c db v2", "left a",
      ])
  }

  @Test("I16: a cluster that is closed waits for its window")
  func closed() {
    var fleet = Fleet(["a", "b"], ["db": "v1"])
    fleet.rules = [Fleet.rule("db")]
    fleet.observed["a"]?.isClosed = true
    fleet.push("db", "v2")
    #expect(fleet.text(fleet.take()) == ["now b db v2", "waiting a"])
    fleet.observed["a"]?.isClosed = false
    #expect(fleet.text(fleet.take()) == ["now a db v2"])
  }
}
