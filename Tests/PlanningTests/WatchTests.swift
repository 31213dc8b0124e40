// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import SliceFormat
import Testing

@Suite("what sites watch of a bundle")
struct WatchTests {
  static let queries = """
    analysis:
      interval: 30s
      minSamples: 20
      metrics:
      - {name: rate, query: up, samplesQuery: count(up), thresholdRange: {min: 99}, failureLimit: 2}
      - {name: p99, query: slow, provider: influx-2, thresholdRange: {max: 0.5}, skipOnNoData: true}
      - {name: other, thresholdRange: {min: 1}}
    """

  static let gates =
    #""gates":[{"name":"rate","provider":"prometheus","query":"up","samplesQuery":"count(up)","min":99.0,"#
    + #""minSamples":20,"interval":30,"failureLimit":2,"inconclusiveLimit":10},"#
    + #"{"name":"p99","provider":"influx-2","query":"slow","max":0.5,"minSamples":0,"interval":30,"#
    + #""failureLimit":0,"inconclusiveLimit":0}]"#

  @Test(
    "a strategy says it, for all stages the longest times",
    arguments: [
      ("no strategy", "", nil),
      ("no time and no query", "stages: [{name: a, clusters: 10%}, {name: b}]", nil),
      (
        "times of stages",
        "stages: [{name: a, minSuccessTime: 30m}, {name: b, minSuccessTime: 2h, progressDeadline: 4h}]",
        #"{"soak":7200,"deadline":14400,"failedAfter":300,"undo":true}"#
      ),
      (
        "one time for all", "minSuccessTime: 90s\nfailedAfter: 0s",
        #"{"soak":90,"deadline":7200,"failedAfter":0,"undo":true}"#
      ),
      (
        "what does not go back",
        "minSuccessTime: 90s\nrollbackExempt: [{kind: PersistentVolumeClaim}, "
          + "{kind: Secret, group: '', namespace: a, name: b}]",
        #"{"soak":90,"deadline":7200,"failedAfter":300,"undo":true,"exempt":["#
          + #"{"kind":"PersistentVolumeClaim"},{"kind":"Secret","group":"","namespace":"a","name":"b"}]}"#
      ),
      ("a time, and nobody goes back", "minSuccessTime: 90s\nfailureStrategy: Halt", nil),
      ("queries", queries, #"{"soak":0,"deadline":7200,"failedAfter":300,"undo":true,\#(gates)}"#),
      (
        "queries, and nobody goes back", queries + "\nfailureStrategy: Pause",
        #"{"soak":0,"deadline":7200,"failedAfter":300,"undo":false,\#(gates)}"#
      ),
      (
        "a stage with metrics of its own",
        queries
          + "\nstages: [{name: a, analysis: {metrics: [{name: rate, query: mine, thresholdRange: {min: 1}}]}}, {name: b}]",
        #"{"soak":0,"deadline":7200,"failedAfter":300,"undo":true,"gates":[{"name":"rate","provider":"prometheus","#
          + #""query":"mine","min":1.0,"minSamples":0,"interval":60,"failureLimit":0,"inconclusiveLimit":10},"#
          + #"{"name":"p99","provider":"influx-2","query":"slow","max":0.5,"minSamples":0,"interval":30,"#
          + #""failureLimit":0,"inconclusiveLimit":0}]}"#
      ),
    ] as [(String, String, String?)])
  func strategies(_ id: String, _ strategy: String, _ expected: String?) throws {
    let lines = strategy.split(separator: "\n").map { "\n  \($0)" }.joined()
    let options = strategy.isEmpty ? "" : "rollout:" + lines
    let watch = try watch(of: PolicyCompileTests.fleet(["pos": options]))
    #expect(watch.map { String(decoding: $0.bytes, as: UTF8.self) } == expected, "\(id)")
  }

  @Test("a policy of the hub holds for bundles without a strategy; the tree's own version counts")
  func policies() throws {
    let more = [
      "policy/waves.yaml": PolicyCompileTests.policy("waves", "minSuccessTime: 5m"),
      "hub.yaml":
        "apiVersion: fleet/v1\nkind: Hub\nmetadata: {name: h}\nspec: {rolloutPolicy: waves}\n",
    ]
    #expect(
      try watch(of: PolicyCompileTests.fleet(["pos": ""], more))?.soakSeconds == 300)
    let own = "rollout: {policy: waves, failedAfter: 1m}"
    #expect(
      try watch(of: PolicyCompileTests.fleet(["pos": own], more))
        .map { [$0.soakSeconds, $0.failedAfterSeconds] } == [300, 60])
  }

  /// The watch of the only variant of the first bundle.
  private func watch(of files: [String: String]) throws -> BundleWatch? {
    let compilation = try World().compile(files)
    #expect(compilation.findings.all.filter { $0.severity == .error }.isEmpty)
    let bundle = try #require(compilation.bundles.first)
    #expect(bundle.variants.count == 1)
    return try #require(bundle.variants.first).descriptor.watch
  }
}
