// SPDX-License-Identifier: Apache-2.0

import HubService
import JSONTree
import Posix
import SliceFormat
import Testing

extension Samples {
  /// Twelve stores and a bundle that is released to 2 of them, to half, and to all.
  static let staged: [String: String] = [
    "clusters/stores.yaml": (1...12).map { number in
      """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: Cluster
      metadata: {name: store-\(number < 10 ? "0" : "")\(number), labels: {env: prod}}
      ---

      """
    }.joined(),
    "gitrepos/shop.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: GitRepo
    metadata: {name: shop}
    spec:
      paths: [apps/*]
      targets: [{name: all, clusterSelector: {}}]

    """,
    "apps/pos/fleet.yaml": """
    name: pos
    rollout:
      stages:
      - {name: canary, clusters: 2, minSuccessTime: 30m}
      - name: early
        clusters: 50%
        maxFailures: 1
        afterStageTasks: [{type: Approval}]
        analysis:
          minSamples: 10
          metrics: [{name: success-rate, thresholdRange: {min: 99}}]
      - {name: rest}

    """,
    "apps/pos/config.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: pos}
    data: {version: "1"}

    """,
    "apps/tools/fleet.yaml": "name: tools\n",
    "apps/tools/config.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: tools}
    data: {version: "1"}

    """,
  ]
}

extension FleetFixture {
  /// Runs what the hub does after a push, at a time.
  func settle(secondsAgo: Int64) throws {
    let outcome = try Settlement(hub: hub, progress: Progress { _ in })
      .run(now: Timestamp(seconds: Self.now.seconds - secondsAgo), observes: true)
    try #require(outcome.problem == nil)
  }

  /// Lets a cluster report that it has its slice applied, as its site would push it.
  func applied(
    _ cluster: String, state: BundleState = .ready, message: String = "", successRate: Double? = nil
  ) throws {
    func git(
      _ folder: String, _ arguments: [String], _ input: [UInt8] = []
    ) throws -> String {
      let result = try Child.run(
        ["git"] + arguments, environment: environment, directory: folder, input: .bytes(input))
      try #require(result.succeeded, "\(String(decoding: result.errorOutput, as: UTF8.self))")
      return String(decoding: result.output, as: UTF8.self)
    }
    let slice = "refs/slices/\(cluster)"
    let rows = try git(hub.slices, ["ls-tree", "-d", "--format=%(path) %(objectname)", slice])
      .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let release = try git(
      hub.slices, ["log", "-1", "--format=%(trailers:key=Release,valueonly)", slice]
    ).split(separator: "\n").first.flatMap { Int($0) }
    let report = StatusReport(
      cluster: cluster, counter: 1, slice: "", source: "", release: release ?? 0,
      time: Self.now.rfc3339, state: state,
      bundles: rows.map { row in
        StatusReport.Bundle(
          name: row[0], state: row[0] == "pos" ? state : .ready, tree: row[1],
          message: row[0] == "pos" ? message : "")
      }, errors: [],
      metrics: successRate.map {
        [StatusMetric(name: "success-rate", value: $0, samples: 100)]
      } ?? [])
    let blob = try git(hub.status, ["hash-object", "-w", "--stdin"], report.json)
      .split(separator: "\n").joined()
    let tree = try git(
      hub.status, ["mktree"], Array("100644 blob \(blob)\tstatus.json\n".utf8)
    ).split(separator: "\n").joined()
    let commit = try git(hub.status, ["commit-tree", "-m", "status", tree])
      .split(separator: "\n").joined()
    _ = try git(hub.status, ["update-ref", "refs/status/\(cluster)", commit])
  }

  /// The clusters to which the hub has told a bundle.
  func released(_ bundle: String) throws -> [String] {
    let result = try Child.run(
      ["git", "ls-tree", "-r", "-t", "-d", "--name-only", "refs/fleet/state", "released"],
      environment: environment, directory: hub.fleet)
    let paths = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: "/").map(String.init) }
    return paths.filter { $0.count == 4 && $0[3] == bundle }.map { $0[2] }.sorted()
  }
}
