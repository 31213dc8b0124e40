// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetTestSupport
import Testing

/// What is said about releases when the clusters are known; the texts stand in `Tests/Golden/planning`.
@Suite("policies that miss their clusters")
struct PolicyReviewTests {
  private static let cases: [(id: String, bundles: [String: String], policy: String)] = [
    (
      "an unknown policy", ["pos": "rollout: {policy: four-wave}"],
      "kind: RolloutPolicy\nmetadata: {name: four-waves}\nspec: {maxConcurrency: 1}"
    ),
    ("no policy at all", ["pos": "rollout: {policy: slow}"], ""),
    (
      "an unknown policy of the hub", ["pos": ""],
      "kind: Hub\nmetadata: {name: h}\nspec: {rolloutPolicy: slow}"
    ),
    (
      "a policy before its errors", ["pos": "rollout: {policy: slow}"],
      "kind: RolloutPolicy\nmetadata: {name: slow}\nspec: {progressDeadline: None}"
    ),
    (
      "partitions that miss clusters",
      [
        "pos":
          "rollout:\n  maxUnavailable: 1\n  partitions:\n  - {name: canary, clusterSelector: {matchLabels: {ring: canary}}}\n  - {name: none, clusterGroup: retail}"
      ], ""
    ),
    (
      "stages that miss clusters",
      [
        "pos":
          "rollout:\n  stages:\n  - {name: canary, clusterSelector: {matchLabels: {ring: canary}}}\n  - {name: none, clusterName: store-9999}"
      ], ""
    ),
    (
      "coverage that ends early",
      ["pos": "rollout: {stages: [{name: a, clusters: 10%}, {name: b, clusters: 50%}]}"], ""
    ),
    (
      "coverage of all",
      ["pos": "rollout: {stages: [{name: a, clusters: 10%}, {name: b, clusters: 100%}]}"], ""
    ),
    (
      "partitions that do not wait",
      [
        "pos":
          "rollout: {partitions: [{name: a, clusterName: store-0001}, {name: b, clusterSelector: {}}]}"
      ], ""
    ),
    ("automatic partitions that do not wait", ["pos": "rollout: {autoPartitionThreshold: 10}"], ""),
    ("automatic partitions that are one", ["pos": "rollout: {autoPartitionSize: 10}"], ""),
    (
      "partitions that wait", ["pos": "rollout: {autoPartitionThreshold: 10, maxUnavailable: 10%}"],
      ""
    ),
    (
      "one policy of several bundles",
      [
        "pos": "rollout: {policy: p}", "till": "rollout: {policy: p}",
        "web": "rollout: {policy: p}",
      ],
      "kind: RolloutPolicy\nmetadata: {name: p}\nspec:\n  stages: [{name: canary, clusterSelector: {matchLabels: {ring: canary}}}]"
    ),
    (
      "a word that one bundle has",
      ["pos": "rollout: {atomic: till}", "till": "rollout: {atomic: tills}"], ""
    ),
    (
      "bundles that nobody knows", ["pos": ""],
      "kind: Notification\nmetadata: {name: chat}\nspec: {program: slack, bundles: [poss, pos, \"t*\"]}"
    ),
    (
      "windows of nobody", ["pos": ""],
      "kind: Schedule\nmetadata: {name: night}\nspec: {schedule: 0 0 22 * * *, duration: 1h, targets: {clusters: [{clusterName: x}]}}"
    ),
    (
      "a schedule of five fields", ["pos": ""],
      "kind: Schedule\nmetadata: {name: night}\nspec: {schedule: 0 22 * * *, duration: 1h, targets: {clusters: [{clusterSelector: {}}]}}"
    ),
    (
      "a schedule with hour 25", ["pos": ""],
      "kind: Schedule\nmetadata: {name: night}\nspec: {schedule: 0 0 25 * * *, duration: 1h, targets: {clusters: [{clusterSelector: {}}]}}"
    ),
    (
      "a schedule that never opens", ["pos": ""],
      "kind: Schedule\nmetadata: {name: night}\nspec: {schedule: 0 0 22 30 2 ?, duration: 1h, targets: {clusters: [{clusterSelector: {}}]}}"
    ),
    (
      "windows that run into each other", ["pos": ""],
      "kind: Schedule\nmetadata: {name: night}\nspec: {schedule: 0 0 * * * *, duration: 1h, targets: {clusters: [{clusterSelector: {}}]}}"
    ),
  ]

  @Test("each is told with numbers and names")
  func texts() throws {
    var text = ""
    for (id, bundles, policy) in Self.cases {
      let files = PolicyCompileTests.fleet(
        bundles, policy.isEmpty ? [:] : ["policy/p.yaml": "apiVersion: fleet/v1\n\(policy)\n"])
      let world = World()
      let findings = try world.compile(files).findings.sorted
      text += "== \(id)\n" + PlanningTests.text(findings)
    }
    Golden.check(text, "planning/policy-findings.txt")
  }

  @Test("the article's example is accepted as it is")
  func edgeRetail() throws {
    var files = PolicyCompileTests.fleet([:])
    files["groups/retail.yaml"] = SampleFleet.group("retail-fleet", label: "tier", value: "retail")
    files["clusters/all.yaml"] = (1...4).map { number in
      SampleFleet.cluster(
        "store-\(number)",
        labels: [
          "environment": "edge", "tier": "retail", "traffic-tier": number == 4 ? "high" : "low",
          "rollout-wave": number == 1 ? "canary" : "production",
        ])
    }.joined(separator: "---\n")
    files["gitrepos/shop.yaml"] = """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: GitRepo
      metadata:
        name: edge-retail-app
      spec:
        paths:
          - apps/retail-app
        targets:
          - name: canary-stores
            clusterSelector: {matchLabels: {environment: edge, rollout-wave: canary}}
          - name: retail-edge-all
            clusterSelector: {matchLabels: {environment: edge, tier: retail}}

      """
    files["apps/retail-app/config.yaml"] = SampleFleet.configMap("a", ["a": "b"])
    files["apps/retail-app/fleet.yaml"] = """
      defaultNamespace: retail-apps
      rollout:
        autoPartitionSize: 25
        partitions:
          - name: canary
            maxUnavailable: 1
            clusterSelector:
              matchLabels:
                rollout-wave: canary
          - name: production
            maxUnavailable: 10%
            clusterGroup: retail-fleet

      """
    let world = World()
    let compilation = try world.compile(files)
    #expect(PlanningTests.text(compilation.findings.all) == "")
    Golden.check(
      try world.text(of: try #require(compilation.policy)), "planning/edge-retail-policy.txt")
  }
}
