// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Reconciling
import Testing
import SliceFormat

@Suite("what is applied, what is removed, what is recorded")
struct ApplyPlanTests {
  @Test("refused trees are recorded as they are told, and kept by somebody who knows of none")
  func refusedTrees() throws {
    let tree = try #require(ObjectID(hex: String(repeating: "a", count: 40)))
    let known = ["web": RefusedTree(tree: tree, epoch: 1, release: 2, at: 3, reason: "bad")]
    var recorded = Inventory(cluster: "c")
    recorded.refused = known
    for (told, expected) in [(nil, known), ([:], [:])]
      as [([String: RefusedTree]?, [String: RefusedTree])]
    {
      var slice = DesiredSlice([])
      slice.refused = told
      let plan = ApplyPlan(cluster: "c", slice: slice, recorded: recorded)
      #expect(plan.intent.refused == expected)
      #expect(plan.outcome(ApplyPlan.Ending()).refused == expected)
    }
  }

  @Test("definitions and namespaces are a phase of their own, the rest goes by kind")
  func order() throws {
    let plan = Fixture.plan(
      [
        try Fixture.bundle(
          "b",
          [
            "Till.example.com~shop~front", "Deployment.apps~shop~web", "ConfigMap~shop~settings",
            "ValidatingWebhookConfiguration.admissionregistration.k8s.io~~guard", "Namespace~~shop",
          ]),
        try Fixture.bundle(
          "a",
          [
            "Service~shop~web", "RoleBinding.rbac.authorization.k8s.io~shop~r",
            "CustomResourceDefinition.apiextensions.k8s.io~~tills.example.com",
            "Ingress.networking.k8s.io~shop~web", "ServiceAccount~shop~web",
          ]),
      ], over: [])
    #expect(
      plan.phases.map { $0.map(\.identity.key) } == [
        [
          "CustomResourceDefinition.apiextensions.k8s.io~~tills.example.com", "Namespace~~shop",
        ],
        [
          "ConfigMap~shop~settings", "ServiceAccount~shop~web",
          "RoleBinding.rbac.authorization.k8s.io~shop~r", "Service~shop~web",
          "Deployment.apps~shop~web", "Ingress.networking.k8s.io~shop~web",
          "Till.example.com~shop~front",
          "ValidatingWebhookConfiguration.admissionregistration.k8s.io~~guard",
        ],
      ])
    #expect(plan.removals.isEmpty)
    #expect(!plan.emptiesCluster)
  }

  @Test("what was owned and what will be is recorded before anything is applied")
  func intent() throws {
    let plan = Fixture.plan(
      [try Fixture.bundle("a", ["ConfigMap~shop~new", "ConfigMap~shop~same"])],
      over: [
        try Fixture.record("a", ["ConfigMap~shop~old", "ConfigMap~shop~same"]),
        try Fixture.record("gone", ["ConfigMap~shop~x"]),
      ])
    #expect(
      Fixture.text(plan.intent) == """
        a: ConfigMap~shop~new, ConfigMap~shop~old, ConfigMap~shop~same
        gone: ConfigMap~shop~x
        """)
    #expect(
      Fixture.text(plan.removals) == [
        "gone/ConfigMap~shop~x with its bundle", "a/ConfigMap~shop~old",
      ])
    #expect(
      Fixture.text(plan.outcome(ApplyPlan.Ending())) == """
        a: ConfigMap~shop~new, ConfigMap~shop~same
        """)
  }

  @Test("removals that did not happen stay recorded under their bundle")
  func remaining() throws {
    let plan = Fixture.plan(
      [try Fixture.bundle("a", ["ConfigMap~shop~new"])],
      over: [
        try Fixture.record("a", ["ConfigMap~shop~old"]),
        try Fixture.record("gone", ["ConfigMap~shop~x", "ConfigMap~shop~y"]),
      ])
    let left = plan.removals.filter { $0.reference.identity.name != "y" }
    let outcome = plan.outcome(Fixture.ending(failed: ["a"], remaining: left))
    #expect(
      Fixture.text(outcome) == """
        a: ConfigMap~shop~new, ConfigMap~shop~old
        gone: ConfigMap~shop~x
        """)
    #expect(outcome["a"]?.tree == Fixture.tree)
  }

  @Test("an object that moves between bundles changes its owner and is not taken away")
  func moved() throws {
    let plan = Fixture.plan(
      [
        try Fixture.bundle("a", ["ConfigMap~shop~one"]),
        try Fixture.bundle("b", ["ConfigMap~shop~two"]),
      ],
      over: [try Fixture.record("a", ["ConfigMap~shop~one", "ConfigMap~shop~two"])])
    #expect(Fixture.text(plan.removals) == ["a/ConfigMap~shop~two moved"])
    #expect(
      Fixture.text(plan.intent) == """
        a: ConfigMap~shop~one, ConfigMap~shop~two
        b: ConfigMap~shop~two
        """)
    #expect(
      Fixture.text(plan.outcome(ApplyPlan.Ending())) == """
        a: ConfigMap~shop~one
        b: ConfigMap~shop~two
        """)
  }

  @Test("the objects of a removed bundle stay when it says so, those of a living one do not")
  func keepResources() throws {
    let plan = Fixture.plan(
      [try Fixture.bundle("living", ["ConfigMap~shop~a"], keeps: true)],
      over: [
        try Fixture.record("living", ["ConfigMap~shop~a", "ConfigMap~shop~b"], keeps: true),
        try Fixture.record("removed", ["ConfigMap~shop~c"], keeps: true),
      ])
    #expect(Fixture.text(plan.removals) == ["living/ConfigMap~shop~b"])
    #expect(
      Fixture.text(plan.outcome(ApplyPlan.Ending())) == "living: ConfigMap~shop~a")
  }

  @Test("a definition of custom resources goes only where its bundle says so")
  func definitions() throws {
    let key = "CustomResourceDefinition.apiextensions.k8s.io~~tills.example.com"
    let kept = Fixture.plan([], over: [try Fixture.record("a", [key])])
    #expect(kept.removals.isEmpty)
    #expect(kept.emptiesCluster)
    let deleted = Fixture.plan([], over: [try Fixture.record("a", [key], deletesDefinitions: true)])
    #expect(Fixture.text(deleted.removals) == ["a/\(key) with its bundle"])
  }

  @Test("removals go the other way round than objects come")
  func removalOrder() throws {
    let plan = Fixture.plan(
      [],
      over: [
        try Fixture.record(
          "a",
          [
            "Namespace~~shop", "ConfigMap~shop~c", "Deployment.apps~shop~d",
            "Till.example.com~shop~t",
          ])
      ])
    #expect(
      Fixture.text(plan.removals) == [
        "a/Till.example.com~shop~t with its bundle", "a/Deployment.apps~shop~d with its bundle",
        "a/ConfigMap~shop~c with its bundle", "a/Namespace~~shop with its bundle",
      ])
  }

  @Test("the first bundle by name has an object that two claim")
  func collision() throws {
    let slice = DesiredSlice([
      try Fixture.bundle("b", ["ConfigMap~shop~x", "ConfigMap~shop~y"]),
      try Fixture.bundle("a", ["ConfigMap~shop~x"]),
    ])
    let plan = ApplyPlan(
      cluster: "store-0001", slice: slice, recorded: Inventory(cluster: "store-0001"))
    #expect(
      plan.phases.flatMap { $0 }.map { "\($0.bundle)/\($0.identity.name)" } == ["a/x", "b/y"])
    #expect(Fixture.text(plan.intent) == "a: ConfigMap~shop~x\nb: ConfigMap~shop~y")
    let results = plan.phases.flatMap { $0 }.map {
      ObjectResult(bundle: $0.bundle, identity: $0.identity, outcome: .ready)
    }
    let reports = BundleReport.reports(
      for: slice.bundles, results: results, collisions: plan.collisions)
    #expect(
      reports == [
        BundleReport(name: "a", state: .ready, message: ""),
        BundleReport(
          name: "b", state: .errApplied,
          message: "ConfigMap 'x' in 'shop' belongs to bundle 'a' already"),
      ])
  }

  @Test("an unknown kind whose bundle changes its namespace may belong to the cluster")
  func assumedNamespaceChanges() throws {
    let plan = Fixture.plan(
      [try Fixture.bundle("a", ["Till.example.com~~front"], namespace: "new")],
      over: [try Fixture.record("a", ["Till.example.com~?old~front"])])
    #expect(
      Fixture.text(plan.removals) == ["a/Till.example.com~?old~front unless cluster-scoped"])
  }

  @Test("an object whose namespace was assumed and is now written is the same object")
  func assumedBecomesWritten() throws {
    let plan = Fixture.plan(
      [try Fixture.bundle("a", ["ConfigMap~shop~x"], namespace: "shop")],
      over: [try Fixture.record("a", ["ConfigMap~?shop~x"])])
    #expect(Fixture.text(plan.removals) == ["a/ConfigMap~?shop~x moved"])
  }

  @Test("what the target will not take is neither recorded nor applied")
  func obstacles() throws {
    let bundle = try Fixture.bundle("a", ["ConfigMap~shop~x", "ConfigMap~shop~y"])
    let plan = ApplyPlan(
      cluster: "store-0001", slice: DesiredSlice([bundle]),
      recorded: Inventory(cluster: "store-0001"), obstacles: [bundle.objects[0]])
    #expect(Fixture.text(plan.intent) == "a: ConfigMap~shop~y")
    #expect(plan.phases.flatMap { $0 }.map(\.identity.name) == ["y"])
    #expect(Fixture.text(plan.outcome(Fixture.ending(failed: ["a"]))) == "a: ConfigMap~shop~y")
  }
}
