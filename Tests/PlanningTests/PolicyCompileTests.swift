// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetTestSupport
import GitObjects
import Rollouts
import Testing

@Suite("the policies of a plan")
struct PolicyCompileTests {
  /// So many shops, the first of each ten a canary, and a bundle of each name with this `fleet.yaml`.
  static func fleet(
    _ bundles: [String: String], _ more: [String: String] = [:], clusters count: Int = 20
  ) -> [String: String] {
    var files: [String: String] = [
      "groups/stores.yaml": SampleFleet.group("stores", label: "env", value: "store"),
      "gitrepos/shop.yaml":
        "apiVersion: fleet/v1\nkind: GitRepo\nmetadata: {name: shop}\n"
        + "spec: {paths: [apps/*], targets: [{clusterGroup: stores}]}\n",
    ]
    var clusters = ""
    for number in 1...count {
      let digits = String(String(number + 10_000).dropFirst())
      clusters +=
        SampleFleet.cluster(
          "store-\(digits)",
          labels: ["env": "store", "ring": number % 10 == 1 ? "canary" : "rest"]) + "---\n"
    }
    files["clusters/all.yaml"] = clusters
    for (name, options) in bundles {
      files["apps/\(name)/fleet.yaml"] = "name: \(name)\n\(options)\n"
      files["apps/\(name)/config.yaml"] = SampleFleet.configMap(name, ["a": "b"])
    }
    return files.merging(more) { $1 }
  }

  static func policy(_ name: String, _ spec: String) -> String {
    let lines = spec.split(separator: "\n").map { "  \($0)\n" }.joined()
    return "apiVersion: fleet/v1\nkind: RolloutPolicy\nmetadata:\n  name: \(name)\nspec:\n\(lines)"
  }

  /// The article's schedule and thresholds.
  static let fourWaves = """
    stages:
    - {name: canary, clusters: 1%, minSuccessTime: 30m}
    - {name: early, clusters: 10%, minSuccessTime: 2h}
    - {name: regional, clusters: 50%, minSuccessTime: 4h}
    - {name: full, clusters: 100%}
    maxFailures: 1%
    analysis:
      minSamples: 20
      metrics:
      - {name: success-rate, thresholdRange: {min: 99}}
      - {name: error-rate, thresholdRange: {max: 1}}
      - {name: p99-latency, thresholdRange: {max: 500}, aggregate: p95}
    abort:
    - {failureType: ALL, thresholdPercentage: 5, minExecuted: 20}
    """

  @Test("the four waves of the article, file by file")
  func fourWavesCompiled() throws {
    let world = World()
    let compilation = try world.compile(
      Self.fleet(
        ["pos": "rollout: {policy: four-waves}", "web": ""],
        ["policy/waves.yaml": Self.policy("four-waves", Self.fourWaves)], clusters: 10))
    #expect(text(compilation.findings.all) == "")
    let tree = try #require(compilation.policy)
    Golden.check(try world.text(of: tree), "planning/four-waves.txt")
    #expect(try PolicyTree.read(tree, from: world.store) == compilation.policies)
  }

  @Test("all that a plan can say about releases, file by file")
  func everything() throws {
    let world = World()
    let compilation = try world.compile(
      Self.fleet(
        [
          "db":
            "rollout: {atomic: till, stages: [{name: canary, clusterSelector: {matchLabels: {ring: canary}}}, {name: rest}]}",
          "pos": "dependsOn: [{name: web}]\npaused: true",
          "till": "rollout: {atomic: till, maxUnavailable: 10%, maxConcurrency: 3}",
          "web": "",
        ],
        [
          "policy/all.yaml": """
          apiVersion: fleet.cattle.io/v1alpha1
          kind: Schedule
          metadata: {name: night}
          spec:
            schedule: 0 0 22 * * *
            duration: 4h
            location: Europe/Berlin
            targets: {clusters: [{clusterSelector: {matchLabels: {ring: canary}}}]}
          ---
          apiVersion: fleet/v1
          kind: Freeze
          metadata: {name: christmas}
          spec: {from: 2026-12-20, until: 2026-12-27, targets: {clusters: [{clusterName: store-0002}]}}
          ---
          apiVersion: fleet/v1
          kind: Notification
          metadata: {name: chat}
          spec: {program: slack, settings: {urlFile: /etc/fleet/slack}, events: [rolled-back], bundles: [pos, "t*"]}
          ---
          apiVersion: fleet/v1
          kind: Hub
          metadata: {name: hub}
          spec: {orders: [{orders: [approve, promote], principals: [alice]}]}

          """,
          "clusters/lab.yaml":
            "apiVersion: fleet/v1\nkind: Cluster\nmetadata: {name: lab-1}\nspec: {paused: true}\n",
        ]))
    #expect(text(compilation.findings.all) == "")
    Golden.check(
      try world.text(of: try #require(compilation.policy)), "planning/policy-folder.txt")
  }

  @Test(
    "a fleet that says nothing about releases has no policies, and the slices know nothing of them")
  func nothing() throws {
    let plain = try World().compile(Self.fleet(["pos": ""]))
    #expect(plain.policy == nil)
    #expect(plain.policies.bundles.map(\.name) == ["pos"])
    let staged = try World().compile(Self.fleet(["pos": "rollout: {maxConcurrency: 1}"]))
    #expect(staged.policy != nil)
    #expect(staged.slices == plain.slices)
  }

  @Test(
    "the hub's policy is for bundles without a strategy; fields beside a policy replace its own")
  func defaults() throws {
    let compilation = try World().compile(
      Self.fleet(
        [
          "a": "", "b": "rollout: {maxConcurrency: 1}",
          "c": "rollout: {policy: slow, maxConcurrency: 2, failureStrategy: Halt}",
        ],
        [
          "policy/slow.yaml": Self.policy("slow", "maxConcurrency: 5\nminSuccessTime: 1h"),
          "policy/hub.yaml":
            "apiVersion: fleet/v1\nkind: Hub\nmetadata: {name: h}\nspec: {rolloutPolicy: slow}\n",
        ]))
    #expect(text(compilation.findings.all) == "")
    func stage(_ concurrency: Int, _ success: Int) -> RolloutPolicy {
      var stage = StagePolicy(name: "all")
      stage.maxConcurrency = .count(concurrency)
      stage.minSuccessTime = success
      return RolloutPolicy(stages: .stages([stage]))
    }
    var halting = stage(2, 3600)
    halting.failureStrategy = .halt
    let policies = compilation.policies
    #expect(policies.policy(of: "a", workspace: "fleet-default") == stage(5, 3600))
    #expect(policies.policy(of: "b", workspace: "fleet-default") == stage(1, 0))
    #expect(policies.policy(of: "c", workspace: "fleet-default") == halting)
  }

  /// A change of a fleet, and whether the definition of the bundle `pos` is another one then.
  struct Change: Sendable, CustomTestStringConvertible {
    let id: String
    let changes: Bool
    let files: [String: String]
    var testDescription: String { id }
  }

  private static let base = fleet(
    ["pos": "helm: {chart: ../../charts/pos, valuesFiles: [../../values/pos.yaml]}", "web": ""],
    [
      "charts/pos/Chart.yaml": "apiVersion: v2\nname: pos\nversion: 1.0.0\n",
      "charts/pos/templates/a.yaml": SampleFleet.configMap("chart", ["a": "b"]),
      "values/pos.yaml": "a: 1\n",
      "policy/p.yaml": policy("slow", "maxConcurrency: 5"),
    ])

  @Test(
    "the definition of a bundle changes with the bundle and not with the inventory",
    arguments: [
      Change(id: "nothing", changes: false, files: [:]),
      Change(
        id: "a cluster more", changes: false,
        files: ["clusters/new.yaml": SampleFleet.cluster("new", labels: ["env": "store"])]),
      Change(
        id: "another group", changes: false,
        files: ["groups/stores.yaml": SampleFleet.group("stores", label: "ring", value: "rest")]),
      Change(
        id: "a bundle more", changes: false,
        files: ["apps/other/config.yaml": SampleFleet.configMap("other", ["a": "b"])]),
      Change(
        id: "another bundle of the same source", changes: false,
        files: ["apps/web/config.yaml": SampleFleet.configMap("web", ["a": "c"])]),
      Change(
        id: "another policy", changes: false,
        files: ["policy/p.yaml": policy("slow", "maxConcurrency: 6")]),
      Change(
        id: "a comment in the source", changes: false,
        files: ["gitrepos/shop.yaml": "# shops\n" + (base["gitrepos/shop.yaml"] ?? "")]),
      Change(
        id: "a path more in the source", changes: false,
        files: [
          "gitrepos/shop.yaml": (base["gitrepos/shop.yaml"] ?? "").replacing(
            "[apps/*]", with: "[apps/*, more]"),
          "more/a.yaml": SampleFleet.configMap("m", ["a": "b"]),
        ]),
      Change(
        id: "other targets", changes: true,
        files: [
          "gitrepos/shop.yaml": (base["gitrepos/shop.yaml"] ?? "").replacing(
            "clusterGroup: stores", with: "clusterSelector: {}")
        ]),
      Change(
        id: "a file", changes: true,
        files: ["apps/pos/config.yaml": SampleFleet.configMap("pos", ["a": "c"])]),
      Change(
        id: "an option", changes: true,
        files: [
          "apps/pos/fleet.yaml": (base["apps/pos/fleet.yaml"] ?? "") + "keepResources: true\n"
        ]),
      Change(
        id: "a chart elsewhere", changes: true,
        files: ["charts/pos/templates/a.yaml": SampleFleet.configMap("chart", ["a": "c"])]),
      Change(id: "values elsewhere", changes: true, files: ["values/pos.yaml": "a: 2\n"]),
    ])
  func definition(change: Change) throws {
    let old = try World().compile(Self.base).policies
    let new = try World().compile(Self.base.merging(change.files) { $1 }).policies
    let before = try #require(old.rule(of: "pos", workspace: "fleet-default"))
    let after = try #require(new.rule(of: "pos", workspace: "fleet-default"))
    #expect((before.definition != after.definition) == change.changes)
  }

  @Test("bundles are connected over any number of steps, in their workspace")
  func connections() throws {
    let compilation = try World().compile(
      Self.fleet([
        "a": "dependsOn: [{name: b}]", "b": "rollout: {atomic: x, maxConcurrency: 1}",
        "c": "rollout: {atomic: x, maxConcurrency: 1}", "d": "dependsOn: [{name: c}]", "e": "",
        "f": "dependsOn: [{selector: {matchLabels: {tier: db}}}]", "g": "labels: {tier: db}",
      ]))
    #expect(text(compilation.findings.all) == "")
    #expect(
      compilation.policies.bundles.map { "\($0.name)=\($0.group)" }
        == ["a=a", "b=a", "c=a", "d=a", "e=", "f=f", "g=f"])
  }

  @Test("a policy that was there before counts in its old version for the push that changes it")
  func before() throws {
    let old = Self.fleet(
      ["pos": "rollout: {policy: slow}"],
      ["policy/slow.yaml": Self.policy("slow", "maxConcurrency: 1")])
    var new = old
    new["policy/slow.yaml"] = Self.policy("slow", "maxConcurrency: 100")
    new["apps/pos/config.yaml"] = SampleFleet.configMap("pos", ["a": "c"])
    func concurrency(_ compilation: Compilation) -> Limit? {
      let policy = compilation.policies.policy(of: "pos", workspace: "fleet-default")
      guard case .stages(let stages)? = policy?.stages else { return nil }
      return stages.first?.maxConcurrency
    }
    #expect(try concurrency(World().review(new, after: old).compilation) == .count(1))
    #expect(try concurrency(World().review(new, after: new).compilation) == .count(100))
    #expect(try concurrency(World().review(new).compilation) == .count(100))
    var hub = old
    hub["apps/pos/fleet.yaml"] = "name: pos\n"
    hub["policy/hub.yaml"] =
      "apiVersion: fleet/v1\nkind: Hub\nmetadata: {name: h}\nspec: {rolloutPolicy: slow}\n"
    var loose = hub
    loose["policy/hub.yaml"] = nil
    loose["policy/slow.yaml"] = nil
    #expect(try concurrency(World().review(loose, after: hub).compilation) == .count(1))
    #expect(try World().review(loose, after: loose).compilation.policies.isEmpty)
  }

  @Test("who changes a policy and what is released by it in one push is told which version counts")
  func later() throws {
    let old = Self.fleet(
      ["pos": "rollout: {policy: slow}", "till": "rollout: {policy: slow}"],
      ["policy/slow.yaml": Self.policy("slow", "maxConcurrency: 1")])
    var policy = old
    policy["policy/slow.yaml"] = Self.policy("slow", "maxConcurrency: 100")
    var both = policy
    both["apps/pos/config.yaml"] = SampleFleet.configMap("pos", ["a": "c"])
    var same = both
    same["policy/slow.yaml"] = "# a comment\n" + old["policy/slow.yaml", default: ""]
    func findings(_ files: [String: String]) throws -> [String] {
      try World().review(files, after: old).findings.map {
        "\($0.severity) \($0.path ?? "") \($0.code): \($0.message)"
      }
    }
    #expect(try findings(policy) == [])
    #expect(try findings(same) == [])
    #expect(
      try findings(both) == [
        "warning policy/slow.yaml policy-later: this change of RolloutPolicy 'slow' counts from the next push on; "
          + "pos goes by the version before"
      ])
  }
}
