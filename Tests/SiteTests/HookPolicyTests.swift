// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Reconciling
import SliceFormat
import Testing

@Suite("hooks")
struct HookPolicyTests {
  @Test(
    "when an object of a hook is deleted",
    arguments: [
      ("", true, false, false), ("before-hook-creation", true, false, false),
      ("hook-succeeded", false, true, false),
      ("before-hook-creation, hook-succeeded,hook-failed", true, true, true),
    ])
  func deleting(policy: String, old: Bool, succeeded: Bool, failed: Bool) {
    let read = HookPolicy(hook: "pre-install", deletePolicy: policy)
    #expect(read.deletesOld == old)
    #expect(read.deletesSucceeded == succeeded)
    #expect(read.deletesFailed == failed)
  }

  @Test(
    "whether a hook runs the first time, and later",
    arguments: [
      ("pre-install", HookPhase.pre, true, false), ("pre-upgrade", .pre, false, true),
      ("pre-install,pre-upgrade", .pre, true, true), ("", .pre, true, true),
      ("pre-install, post-upgrade", .post, false, true),
    ])
  func running(hook: String, phase: HookPhase, first: Bool, later: Bool) {
    let policy = HookPolicy(hook: hook, deletePolicy: "")
    #expect(policy.runs(in: phase, isFirst: true) == first)
    #expect(policy.runs(in: phase, isFirst: false) == later)
  }

  @Test("hooks are recorded with the objects, and are not applied with them")
  func recorded() throws {
    var descriptor = BundleDescriptor(name: "a", gitRepo: "fleet", namespace: "shop")
    descriptor.hasHooks = true
    func object(_ key: String) throws -> DesiredObject {
      try #require(
        DesiredObject(
          bundle: "a", bundleNamespace: "shop", fileName: key + ".yaml", manifest: []))
    }
    let job = try object("Job.batch~shop~migrate")
    let bundle = DesiredBundle(
      name: "a", tree: ObjectID.emptyTree, descriptor: descriptor,
      objects: [try object("ConfigMap~shop~x")],
      hooks: [
        DesiredHook(phase: .post, order: 0, object: job),
        DesiredHook(phase: .pre, order: 1, object: job),
        DesiredHook(phase: .pre, order: 0, object: try object("Secret~shop~key")),
      ])
    #expect(
      bundle.hooks.map(\.description) == [
        "pre hook Secret 'key' in 'shop'", "pre hook Job 'migrate' in 'shop'",
        "post hook Job 'migrate' in 'shop'",
      ])
    let plan = Fixture.plan(
      [bundle], over: [try Fixture.record("a", ["Job.batch~shop~migrate", "Job.batch~shop~old"])])
    #expect(plan.phases.flatMap { $0 }.map(\.identity.name) == ["x"])
    #expect(plan.collisions.isEmpty)
    #expect(Fixture.text(plan.removals) == ["a/Job.batch~shop~old"])
    #expect(
      Fixture.text(plan.outcome(ApplyPlan.Ending()))
        == "a: ConfigMap~shop~x, Job.batch~shop~migrate, Secret~shop~key")
    #expect(
      Fixture.text(Fixture.plan([], over: plan.outcome(ApplyPlan.Ending()).bundles).removals) == [
        "a/Job.batch~shop~migrate with its bundle", "a/Secret~shop~key with its bundle",
        "a/ConfigMap~shop~x with its bundle",
      ])
  }
}
