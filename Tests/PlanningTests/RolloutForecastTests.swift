// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetTestSupport
import Testing

@Suite("how a change will be released")
struct RolloutForecastTests {
  private static func review(
    _ bundles: [String: String], changing: [String], clusters: Int = 2500,
    policies: [String: String] = [:]
  ) throws -> Review {
    let old = PolicyCompileTests.fleet(bundles, policies, clusters: clusters)
    var new = old
    for bundle in changing {
      new["apps/\(bundle)/config.yaml"] = SampleFleet.configMap(bundle, ["a": "c"])
    }
    return try World().review(new, after: old)
  }

  @Test("the four waves, in the words of a push")
  func fourWaves() throws {
    let review = try Self.review(
      ["pos": "rollout: {policy: four-waves}", "web": ""], changing: ["pos", "web"],
      policies: [
        "policy/w.yaml": PolicyCompileTests.policy("four-waves", PolicyCompileTests.fourWaves)
      ])
    #expect(
      review.radiusText == """
        blast radius: 2,500 of 2,500 clusters change
          groups: stores 2,500 of 2,500
          objects: ConfigMap 5,000 changed
          2,500 clusters: changes ConfigMap default/pos and ConfigMap
            default/web
          pos rolls out in 4 stages: canary 25, early 225, regional 1,000, full
            1,250 clusters (policy 'four-waves')
          web is released at once

        """)
  }

  /// Bundles, those that change, and what is said.
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let bundles: [String: String]
    let changing: [String]
    let lines: [String]
    var testDescription: String { id }
  }

  @Test(
    "other strategies",
    arguments: [
      Case(
        id: "nothing changes", bundles: ["a": "rollout: {maxConcurrency: 1}"], changing: [],
        lines: []),
      Case(id: "no strategies", bundles: ["a": "", "b": ""], changing: ["a", "b"], lines: []),
      Case(
        id: "one stage", bundles: ["a": "rollout: {maxConcurrency: 1}"], changing: ["a"],
        lines: ["a rolls out in 1 stage: all 40 clusters"]),
      Case(
        id: "connected bundles have the strategy of the most stages",
        bundles: [
          "a": "dependsOn: [{name: b}]", "b": "rollout: {maxConcurrency: 1}",
          "c": "dependsOn: [{name: b}]\nrollout: {stages: [{name: x, clusters: 1}, {name: rest}]}",
        ], changing: ["a", "b", "c"],
        lines: ["a, b and c roll out together in 2 stages: x 1, rest 39 clusters"]),
      Case(
        id: "connected bundles that do not change are left out",
        bundles: ["a": "dependsOn: [{name: b}]", "b": "rollout: {maxConcurrency: 1}", "c": ""],
        changing: ["a", "c"], lines: ["a and c are released at once"]),
      Case(
        id: "a paused bundle", bundles: ["a": "paused: true", "b": ""], changing: ["a", "b"],
        lines: ["a is paused: the change is held back", "b is released at once"]),
      Case(
        id: "clusters in no stage",
        bundles: ["a": "rollout: {stages: [{name: few, clusters: 10%}]}"], changing: ["a"],
        lines: ["a rolls out in 1 stage: few 4 clusters, 36 clusters in no stage"]),
      Case(
        id: "many partitions",
        bundles: [
          "a": "rollout: {autoPartitionThreshold: 10, autoPartitionSize: 5, maxUnavailable: 1}"
        ], changing: ["a"],
        lines: [
          "a rolls out in 8 stages: 'Partition 0 - 5' 5, 'Partition 5 - 10' 5, 'Partition 10 - 15' 5, "
            + "'Partition 15 - 20' 5, 'Partition 20 - 25' 5, 'Partition 25 - 30' 5, 2 more"
        ]),
    ])
  func others(entry: Case) throws {
    let review = try Self.review(entry.bundles, changing: entry.changing, clusters: 40)
    #expect(review.rollouts.map(\.text) == entry.lines)
  }

  @Test("a first push is released in stages as well")
  func first() throws {
    let review = try World().review(
      PolicyCompileTests.fleet(
        ["a": "rollout: {stages: [{name: x, clusters: 10%}, {name: rest}]}"], clusters: 40))
    #expect(review.rollouts.map(\.text) == ["a rolls out in 2 stages: x 4, rest 36 clusters"])
  }
}
