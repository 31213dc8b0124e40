// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

/// The built programs, with a real Prometheus that scrapes an application.
@Suite("undo with a real Prometheus", .enabled(if: PrometheusServer.isPossible))
struct PrometheusUndoTests {
  static let watch =
    #"{"soak":1,"deadline":7200,"failedAfter":300,"undo":true,"gates":[{"name":"success-rate","#
    + #""provider":"prometheus","query":"100 * sum(till_ok) / sum(till_requests)","#
    + #""samplesQuery":"sum(till_requests)","min":99,"minSamples":20,"interval":1}]}"#

  @Test("a bad release is undone within one cycle of its failing threshold, with the hub gone")
  func offline() throws {
    let shop = try GateServer()
    try shop.show("till_ok 998\ntill_requests 1000\n")
    let prometheus = try PrometheusServer(target: shop.address)
    let query = "till_ok"
    try prometheus.wait(for: query, toBe: "998")
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    let sync = { try site.sync(environment: ["FLEET_PROMETHEUS": prometheus.url]) }
    let bundle = { TrialSite.bundle($0, watch: Self.watch) }
    let outcome = {
      let bytes = try Files.read(site.state + "/site.json", limit: 1 << 20)
      return JSONParser.parse(bytes)?["trials"]?.items?.first?["outcome"]?.string
    }

    try hub.publish([bundle("1")], release: 1)
    #expect(try sync() == .init(0, "took release 1 of epoch 1"))
    try Waiting.until("the first release to prove good") {
      let run = try sync()
      #expect(run == .init(0))
      return try outcome() == "passed"
    }
    #expect(try hub.status()["metrics"]?.items?.first?["value"] == .real(99.8))
    #expect(try hub.status()["metrics"]?.items?.first?["samples"]?.integer == 1000)

    let web = TrialSite.bundle("1", name: "web", watch: "")
    let slice = try hub.publish([bundle("2"), web], release: 2)
    #expect(try sync() == .init(0, "took release 2 of epoch 1"))
    let bad = try HandmadeHub.git([
      "--git-dir=\(hub.path)/slices.git", "rev-parse", "\(slice):pos",
    ]).prefix(12)
    // The uplink dies, and then the numbers go bad.
    try Files.rename(hub.path + "/slices.git", to: hub.path + "/away.git")
    try shop.show("till_ok 910\ntill_requests 1000\n")
    try prometheus.wait(for: query, toBe: "910")
    let start = MonotonicClock.milliseconds()
    try Waiting.until("an interval to be over") { MonotonicClock.milliseconds() - start >= 1100 }
    // One run: this cycle and no other.
    let run = try sync()
    #expect(run.code == 1)
    let lines = run.said.split(separator: "\n").map(String.init)
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("error: cannot fetch from 'HUB': ") == true)
    let reason = "success-rate 91 is under 99 (1,000 samples)"
    #expect(lines.last?.hasPrefix("error: bundle 'pos' goes back to ") == true)
    #expect(lines.last?.hasSuffix(": " + reason) == true)
    #expect(
      try site.files().filter { !$0.hasPrefix(".") } == [
        "pos/ConfigMap~shop~pos.yaml: 1", "web/ConfigMap~shop~web.yaml: 1",
      ])
    let bytes = try Files.read(site.state + "/status.json", limit: 1 << 20)
    let told = try #require(JSONParser.parse(bytes)?["bundles"]?.items)
    #expect(told.map { $0["reverted"]?.bool ?? false } == [true, false])
    #expect(told.first?["message"]?.string == "went back: \(reason); refused \(bad) of release 2")

    try Files.rename(hub.path + "/away.git", to: hub.path + "/slices.git")
    #expect(try sync() == .init(0))
    #expect(try hub.status()["bundles"]?.items?.first?["reverted"]?.bool == true)
  }

  @Test("killed anywhere on its way back, the next run is where it should be")
  func killed() throws {
    let server = try GateServer()
    try server.answer([
      "100 * sum(till_ok) / sum(till_requests)": .vector("99.9"),
      "sum(till_requests)": .vector("500"),
    ])
    let hub = try HandmadeHub()
    let first = try TestSite(hub.path)
    let environment = ["FLEET_PROMETHEUS": server.url]
    try hub.publish([TrialSite.bundle("1", watch: Self.watch)], release: 1)
    _ = try first.sync(environment: environment)
    try Waiting.until("the first release to prove good") {
      _ = try first.sync(environment: environment)
      let bytes = try Files.read(first.state + "/site.json", limit: 1 << 20)
      return JSONParser.parse(bytes)?["trials"]?.items?.first?["outcome"]?.string == "passed"
    }
    try hub.publish([TrialSite.bundle("2", watch: Self.watch)], release: 2)
    _ = try first.sync(environment: environment)
    try server.answer([
      "100 * sum(till_ok) / sum(till_requests)": .vector("50"),
      "sum(till_requests)": .vector("500"),
    ])
    let start = MonotonicClock.milliseconds()
    try Waiting.until("an interval to be over") { MonotonicClock.milliseconds() - start >= 1100 }
    for round in 0..<12 {
      let site = try TestSite(hub.path)
      _ = try Child.run(["cp", "-a", first.state, first.manifests, site.path])
      try site.syncAndKill(afterMilliseconds: 10 + round * 25, environment: environment)
      let run = try site.sync(environment: environment)
      #expect(run.code <= 1)
      #expect(
        try site.files().filter { !$0.hasPrefix(".") } == ["pos/ConfigMap~shop~pos.yaml: 1"],
        "killed in round \(round)")
      let status = try hub.status()["bundles"]?.items?.first
      #expect(status?["reverted"]?.bool == true)
      #expect(try site.sync(environment: environment) == .init(0))
    }
  }
}
