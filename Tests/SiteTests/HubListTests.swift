// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite("hubs and mirrors in a list")
struct HubListTests {
  typealias Bundle = HandmadeHub.Bundle
  static let one = Bundle("a", ["ConfigMap~s~x": "1"])
  static let two = Bundle("a", ["ConfigMap~s~x": "2"])

  /// A mirror of a hub as git makes one.
  struct Mirror {
    let scratch: ScratchFolder
    var path: String { scratch.path + "/slices.git" }

    init(_ hub: HandmadeHub) throws {
      scratch = try ScratchFolder("mirror")
      try HandmadeHub.git(["clone", "--quiet", "--mirror", hub.path + "/slices.git", path])
    }

    func update() throws {
      try HandmadeHub.git(["--git-dir=\(path)", "fetch", "--quiet", "--prune"])
    }
  }

  @Test("a mirror stands in for the hub, and the status goes to the hub when it is there again")
  func standIn() throws {
    let hub = try HandmadeHub()
    try hub.publish([Self.one], release: 1)
    let mirror = try Mirror(hub)
    let site = try TestSite(hub.path)
    site.others = [mirror.path]
    try Files.rename(hub.path, to: hub.path + "-away")
    #expect(
      try site.sync()
        == .init(
          0,
          """
          warning: cannot fetch from 'HUB': 'HUB/slices.git' does not appear to be a git repository
          took release 1 of epoch 1
          """))
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 1")
    try Files.rename(hub.path + "-away", to: hub.path)
    #expect(try hub.statusCommit() == nil)
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try hub.status()["state"]?.string == "Ready")
  }

  @Test("an older mirror is passed over with a note, once, and nothing goes back in time")
  func older() throws {
    let hub = try HandmadeHub()
    try hub.publish([Self.one], release: 1)
    let mirror = try Mirror(hub)
    let site = try TestSite(mirror.path)
    site.others = [hub.path]
    #expect(try site.sync() == .init(0, "took release 1 of epoch 1"))
    #expect(try hub.status()["state"]?.string == "Ready")
    // What the mirror has is what is accepted, so nobody looks further.
    try hub.publish([Self.two], release: 2)
    #expect(try site.sync() == .init(0))
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 1")
    try mirror.update()
    #expect(try site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 2")

    // Somebody restores the mirror from a backup.
    try hub.publish([Self.one], release: 1)
    try mirror.update()
    try hub.publish([Self.two], release: 2)
    let note = """
      passed over 'HUB': the slice that came is release 1 of epoch 1, older than release 2 of epoch 1
      """
    #expect(try site.sync() == .init(0, note))
    for flags in ["--drift-check=on", "--drift-check=off"] {
      #expect(try site.sync(flags) == .init(0))
    }
    #expect(try hub.status()["errors"] == .array([]))

    // Where nobody has a newer one it is an error, as with one hub.
    try Files.rename(hub.path, to: hub.path + "-away")
    let run = try site.sync()
    try Files.rename(hub.path + "-away", to: hub.path)
    #expect(run.code == 1)
    #expect(
      run.said.replacing(hub.path, with: "LAST")
        == """
        error: cannot fetch from 'LAST': 'LAST/slices.git' does not appear to be a git repository
        error: the slice that came is release 1 of epoch 1, older than release 2 of epoch 1
        """)
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 2")
  }

  @Test("a hub that is not understood, and one that knows nothing of the cluster, are passed over")
  func useless() throws {
    let hub = try HandmadeHub()
    try hub.publish([Self.one], release: 1)
    let strange = try HandmadeHub()
    try strange.write(#"{"format":1,"layout":"stars"}"#, to: "hub.json")
    let empty = try HandmadeHub()
    let foreign = try HandmadeHub()
    try foreign.publish([Self.two], release: 9, named: "store-0002")
    let site = try TestSite(strange.path)
    site.others = [empty.path, foreign.path, hub.path]
    let run = try site.sync()
    #expect(run.code == 0)
    #expect(
      run.said.replacing(empty.path, with: "EMPTY").replacing(foreign.path, with: "FOREIGN")
        == """
        warning: passed over 'HUB': the hub's layout 'stars' is not known to this fleet-sync
        warning: passed over 'EMPTY': it has no slice for cluster 'store-0001'
        passed over 'FOREIGN': the slice that came is for cluster 'store-0002'
        took release 1 of epoch 1
        """)
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 1")
    // Statuses go to the first alone, and that one is not spoken to.
    #expect(try hub.statusCommit() == nil)
    #expect(try strange.statusCommit() == nil)
  }

  @Test("with mirrors alone there is nobody to report to, and a site without network says none")
  func nobody() throws {
    let hub = try HandmadeHub()
    try hub.publish([Self.one], release: 1)
    let site = try TestSite(hub.path + "/slices.git")
    #expect(try site.sync() == .init(0, "took release 1 of epoch 1"))
    #expect(try hub.statusCommit() == nil)
    #expect(try site.sync("--drift-check=off", "--heartbeat=1s") == .init(0))

    site.hub = "none"
    try Files.remove(site.manifests + "/a/ConfigMap~s~x.yaml")
    #expect(try site.sync() == .init(0))
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 1")
    #expect(try hub.statusCommit() == nil)
    site.hub = hub.path
    #expect(try site.sync() == .init(0))
    #expect(try hub.status()["state"]?.string == "Ready")
  }

  @Test("the heartbeat is pushed to the hub also when polls go to a mirror")
  func heartbeat() throws {
    let hub = try HandmadeHub()
    try hub.publish([Self.one], release: 1)
    let mirror = try Mirror(hub)
    let site = try TestSite(mirror.path)
    site.others = [hub.path]
    _ = try site.sync()
    let counter = try #require(try hub.status()["counter"]?.integer)
    try site.remember { members in
      for index in members.indices where members[index].name == "pushedAt" {
        members[index] = JSONMember("pushedAt", .integer(1))
      }
    }
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try hub.status()["counter"]?.integer == counter + 1)
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try hub.status()["counter"]?.integer == counter + 1)
  }
}
