// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@testable import SiteService

@Suite("a site whose hub does not answer")
struct BackOffTests {
  typealias Bundle = HandmadeHub.Bundle
  static let one = Bundle("a", ["ConfigMap~s~x": "1"])
  static let cut = """
    error: cannot fetch from 'HUB': 'HUB/slices.git' does not appear to be a git repository
    """

  /// A pause as the log says it: seconds left a moment after the failure.
  private static func says(_ run: TestSite.Run, most: Int) -> Bool {
    let lines = run.said.split(separator: "\n")
    guard run.code == 75, lines.count == 2, lines[0] == cut else { return false }
    let words = lines[1].split(separator: " ")
    guard lines[1].hasPrefix("no hub is asked for the next "), words.count == 13,
      words.suffix(5).joined(separator: " ") == "s; --now asks at once", let seconds = Int(words[7])
    else { return false }
    return seconds <= most && seconds >= most - most / 4
  }

  @Test(
    "after the second failure it is left alone for a while, longer each time, and nothing is said")
  func pauses() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    try Files.rename(hub.path + "/slices.git", to: hub.path + "/away")
    #expect(try site.sync() == .init(75, Self.cut))
    var run = try site.sync()
    #expect(Self.says(run, most: 120), "\(run)")
    // Drift is undone all the same.
    try Files.remove(site.manifests + "/a/ConfigMap~s~x.yaml")
    #expect(try site.sync() == .init(0))
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 1")
    #expect(try site.sync("--drift-check=off") == .init(0))
    // A person does not wait, and is told again.
    run = try site.sync("--now")
    #expect(Self.says(run, most: 240), "\(run)")
    #expect(try site.sync("--back-off=0") == .init(75, Self.cut))

    try Files.rename(hub.path + "/away", to: hub.path + "/slices.git")
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "2"])], release: 2)
    #expect(try site.sync() == .init(0))
    #expect(try site.sync("--now") == .init(0, "took release 2 of epoch 1"))
    #expect(try hub.status()["release"]?.integer == 2)
    try hub.publish([Self.one], release: 3)
    #expect(try site.sync() == .init(0, "took release 3 of epoch 1"))
  }

  @Test(
    "a clock that jumps does not lock a site out",
    arguments: [-86_400, 3600] as [Int64])
  func clock(jump: Int64) throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    try Files.rename(hub.path + "/slices.git", to: hub.path + "/away")
    for _ in 1...9 { _ = try site.sync("--now") }
    try Files.rename(hub.path + "/away", to: hub.path + "/slices.git")
    #expect(
      try site.sync() == .init(0))
    // The clock goes on by so many seconds, as the site sees it.
    try site.remember { members in
      for index in members.indices where members[index].name == "hubs" {
        let hubs = (members[index].value.items ?? []).map { json -> JSONValue in
          guard let memory = HubMemory(json) else { return json }
          var shifted = BackOff()
          for _ in 0..<memory.fetch.failures { shifted.fail(at: memory.fetch.failedAt - jump) }
          var changed = memory
          changed.fetch = shifted
          return changed.json
        }
        members[index].value = .array(hubs)
      }
    }
    #expect(try site.sync() == .init(0, "took release 1 of epoch 1"))
  }

  @Test("a status that the hub does not take is not pushed each minute")
  func push() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    try Files.rename(hub.path + "/status.git", to: hub.path + "/away")
    let cut = """
      error: cannot push the status to 'HUB': 'HUB/status.git' does not appear to be a git repository
      """
    #expect(try site.sync() == .init(75, "took release 1 of epoch 1\n" + cut))
    let run = try site.sync()
    #expect(run.code == 75)
    #expect(run.said.hasPrefix(cut + "\nno status is pushed for the next "))
    #expect(run.said.hasSuffix(" s; --now pushes at once"))
    try Files.rename(hub.path + "/away", to: hub.path + "/status.git")
    #expect(try site.sync() == .init(0))
    #expect(try hub.statusCommit() == nil)
    #expect(try site.sync("--now", "--drift-check=off") == .init(0))
    #expect(try hub.status()["state"]?.string == "Ready")
  }

  @Test("a dead first hub is not waited for in each run")
  func deadFirst() throws {
    let hub = try HandmadeHub()
    try hub.publish([Self.one], release: 1)
    let site = try TestSite("/nonexistent/hub")
    site.others = [hub.path]
    let warning = """
      warning: cannot fetch from 'HUB': 'HUB/slices.git' does not appear to be a git repository
      """
    #expect(try site.sync() == .init(0, warning + "\ntook release 1 of epoch 1"))
    #expect(try site.sync() == .init(0, warning))
    #expect(try site.sync() == .init(0))
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "2"])], release: 2)
    #expect(try site.sync() == .init(0, "took release 2 of epoch 1"))
  }
}
