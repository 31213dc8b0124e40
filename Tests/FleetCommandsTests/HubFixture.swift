// SPDX-License-Identifier: Apache-2.0

import GitStore
import HubService
import JSONTree
import Posix
import SliceFormat
import Testing

extension FleetFixture {
  /// The folder of the hub.
  var hub: HubLayout { HubLayout(root: folder + "/hub") }

  /// Makes a hub without hooks and sets it as `origin`; the test itself does what they would.
  func makeHub() throws {
    _ = try HubCreation.create(root: hub.root, branch: "main", libexec: folder + "/libexec")
    for place in ["fleet", "slices", "status"] {
      try Files.removeTree("\(hub.root)/\(place).git/hooks")
    }
    try git("remote", "add", "origin", hub.fleet)
  }

  /// Pushes, and releases what was pushed so many seconds before ``now``.
  func release(secondsAgo: Int64) throws {
    try git("push", "--quiet", "-u", "origin", "main")
    let outcome = try Settlement(hub: hub, progress: Progress { _ in })
      .run(now: Timestamp(seconds: Self.now.seconds - secondsAgo))
    try #require(outcome.problem == nil)
  }

  /// Lets a cluster report, as its site would push it.
  func report(
    _ cluster: String, release: Int,
    _ bundles: [(name: String, state: BundleState, message: String)],
    errors: [String] = [], drift: [String: [StatusDrift]] = [:], secondsAgo: Int64,
    facts: [SiteFact]? = nil, state: BundleState? = nil, reverted: Set<String> = []
  ) throws {
    let report = StatusReport(
      cluster: cluster, counter: 1, slice: "", source: "", release: release,
      time: Timestamp(seconds: Self.now.seconds - secondsAgo).rfc3339,
      state: state ?? (errors.isEmpty ? bundles.map(\.state).max() ?? .ready : .errApplied),
      bundles: bundles.map {
        StatusReport.Bundle(
          name: $0.name, state: $0.state, tree: "", message: $0.message,
          isReverted: reverted.contains($0.name), drift: drift[$0.name] ?? [])
      }, errors: errors, facts: facts)
    let git = { (arguments: [String], input: [UInt8]) throws -> String in
      let result = try Child.run(
        ["git"] + arguments, environment: self.environment, directory: self.hub.status,
        input: .bytes(input))
      try #require(result.succeeded, "\(String(decoding: result.errorOutput, as: UTF8.self))")
      return String(decoding: result.output, as: UTF8.self)
        .split(separator: "\n").map(String.init).first ?? ""
    }
    let blob = try git(["hash-object", "-w", "--stdin"], report.json)
    let tree = try git(["mktree"], Array("100644 blob \(blob)\tstatus.json\n".utf8))
    let commit = try git(["commit-tree", "-m", "status", tree], [])
    _ = try git(["update-ref", "refs/status/\(cluster)", commit], [])
  }

  /// Lets the hub read the statuses.
  func observe(secondsAgo: Int64) throws {
    let now = Timestamp(seconds: Self.now.seconds - secondsAgo)
    let observing = try Observing(hub: hub)
    try #require(try observing.write(try observing.look(now: now), now: now))
  }
}
