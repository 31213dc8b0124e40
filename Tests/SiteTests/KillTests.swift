// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Reconciling
import Testing

/// Each release renames every object, so whatever a killed run forgets stays behind and is found.
@Suite("a run that is killed")
struct KillTests {
  typealias Bundle = HandmadeHub.Bundle

  /// The keys that an inventory records, sorted.
  private static func recorded(_ json: JSONValue?) throws -> [String] {
    let inventory = try Inventory(try #require(json))
    return (json?["bundles"]?.items ?? []).prefix(inventory.bundles.count)
      .flatMap { $0["objects"]?.items ?? [] }.compactMap { $0.string ?? $0["key"]?.string }.sorted()
  }

  @Test("at a hundred random points: the next run makes everything right, and the record is true")
  func folder() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    var random = SeededRandom()
    try site.scratch.write("mine", to: "manifests/a/mine.yaml")
    func publish(_ release: Int) throws -> [String] {
      let keys = (0..<20).map { "ConfigMap~s~x\(release)-\($0)" }
      try hub.publish(
        [
          Bundle(
            release % 2 == 0 ? "a" : "b",
            Dictionary(keys.map { ($0, "\(release)") }, uniquingKeysWith: { $1 }))
        ], release: release)
      return keys.sorted()
    }
    // How long a whole run is, so that the kills lie in it wherever this runs and whatever else runs there.
    _ = try publish(1)
    let start = MonotonicClock.milliseconds()
    #expect(try site.sync().code == 0)
    var longest = Int(MonotonicClock.milliseconds() - start)
    var cutShort = 0
    for release in 2...101 {
      let keys = try publish(release)
      let withChildren = release % 4 < 2
      try site.syncAndKill(
        afterMilliseconds: Int.random(in: 0...longest, using: &random), withChildren: withChildren)
      if withChildren { try hub.removeLocks(of: site.cluster) }
      let run = try site.sync()
      #expect(run.code == 0, "release \(release), \(random): \(run)")
      if run == .init(0) {
        longest = max(20, longest * 3 / 4)
      } else {
        cutShort += 1
        longest += longest / 4
      }
      let bundle = release % 2 == 0 ? "a" : "b"
      let files = try site.files().filter { $0 != "a/mine.yaml: mine" }
      #expect(
        files == [".fleet-inventory.json"] + keys.map { "\(bundle)/\($0).yaml: \(release)" },
        "release \(release), \(random)")
      let inventory = JSONParser.parse(
        try Files.read(site.manifests + "/.fleet-inventory.json", limit: 1 << 20))
      #expect(try Self.recorded(inventory) == keys, "release \(release), \(random)")
    }
    // Else nothing was tried.
    #expect(cutShort > 20, "\(random)")
    #expect(try site.files().contains("a/mine.yaml: mine"))
    #expect(try hub.status()["release"]?.integer == 101)
    #expect(try site.sync() == .init(0))
  }

  @Test(
    "at random points of an apply into a real API server: twenty, or FLEET_KILLS",
    .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"))
  func cluster() throws {
    let kills = Environment.get("FLEET_KILLS").flatMap { Int($0) } ?? 20
    let bench = try ClusterBench("killed")
    var random = SeededRandom()
    func publish(_ release: Int) throws -> [String] {
      let names = (0..<5).map { "x\(release)-\($0)" }
      try bench.hub.publish(
        [
          bench.bundle(release % 2 == 0 ? "a" : "b", names.map { bench.map($0, "1") })
        ], release: release)
      return names.sorted()
    }
    _ = try publish(1)
    let start = MonotonicClock.milliseconds()
    #expect(try bench.site.sync().code == 0)
    var longest = Int(MonotonicClock.milliseconds() - start)
    var cutShort = 0
    for release in 2..<(2 + kills) {
      let names = try publish(release)
      let withChildren = release % 4 < 2
      try bench.site.syncAndKill(
        afterMilliseconds: Int.random(in: 0...longest, using: &random), withChildren: withChildren)
      if withChildren { try bench.hub.removeLocks(of: bench.site.cluster) }
      let run = try bench.site.sync()
      #expect(run.code == 0, "release \(release), \(random): \(run)")
      if run == .init(0) {
        longest = max(20, longest * 3 / 4)
      } else {
        cutShort += 1
        longest += longest / 4
      }
      #expect(
        try bench.objects("configmaps") == names.map { "configmap/\($0)" },
        "release \(release), \(random)")
      let record = try bench.server.ask(
        "get", "configmap", "fleet-inventory", "-n", "inventory-killed", "-o",
        "jsonpath={.data}")
      for name in names { #expect(record.contains("~killed~\(name)"), "\(random): \(record)") }
      #expect(!record.contains("~killed~x\(release - 1)-"), "\(random): \(record)")
    }
    #expect(cutShort > kills / 8, "\(random)")
    #expect(try bench.site.sync() == .init(0))
  }

  @Test("what a killed run has left running is ended before the next one does anything")
  func orphans() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "1"])], release: 1)
    // A git that never comes to an end.
    try site.scratch.write(
      "#!/bin/sh\necho $$ >'\(site.path)/git'\nexec sleep 1000\n", to: "bin/git")
    _ = try Child.run(["chmod", "+x", "\(site.path)/bin/git"])
    var variables = HandmadeHub.environment
    variables["HOME"] = site.path
    variables["PATH"] = "\(site.path)/bin:" + (variables["PATH"] ?? "")
    let run = try BackgroundProcess(
      site.arguments, in: "/", variables: variables, output: site.path + "/out")
    var git = ""
    try Waiting.until("git") {
      git = TestSite.text((try? Files.read(site.path + "/git", limit: 64)) ?? [])
      return !git.isEmpty
    }
    // Git is in a group of its own.
    run.kill()
    try run.wait()
    func isThere() throws -> Bool {
      guard let stat = try Files.readIfPresent("/proc/\(git)/stat", limit: 4096) else {
        return false
      }
      return !TestSite.text(stat).contains(") Z ")
    }
    #expect(try isThere())
    #expect(
      try site.sync()
        == .init(
          0,
          """
          ended a process that a killed run had left
          took release 1 of epoch 1
          """))
    #expect(try !isThere())
    #expect(!Files.exists(site.state + "/running"))
    #expect(try site.sync() == .init(0))
  }
}
