// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite("fleet-sync into a folder of manifests")
struct FolderSyncTests {
  typealias Bundle = HandmadeHub.Bundle

  @Test("a slice is written, reported, and left alone when nothing changes")
  func first() throws {
    let hub = try HandmadeHub()
    let slice = try hub.publish(
      [
        Bundle("pos", ["ConfigMap~shop~till": "one", "Service~shop~till": "two"]),
        Bundle("agent", ["Namespace~~agent": "three"]),
      ], release: 17)
    let site = try TestSite(hub.path)
    #expect(try site.sync() == .init(0, "took release 17 of epoch 1"))
    #expect(
      try site.files() == [
        ".fleet-inventory.json", "agent/Namespace~~agent.yaml: three",
        "pos/ConfigMap~shop~till.yaml: one", "pos/Service~shop~till.yaml: two",
      ])
    let status = try hub.status()
    #expect(status["cluster"]?.string == "store-0001")
    #expect(status["slice"]?.string == slice)
    #expect(status["source"]?.string == "1111111111111111111111111111111111111111")
    #expect(status["release"]?.integer == 17)
    #expect(status["state"]?.string == "Ready")
    #expect(status["errors"] == .array([]))
    #expect(
      status["bundles"]?.items?.map { $0["name"]?.string } == ["agent", "pos"])
    let tree = try HandmadeHub.git([
      "--git-dir=\(hub.path)/slices.git", "rev-parse", "\(slice):pos",
    ])
    #expect(
      status["bundles"]?.items?.last
        == .object([
          "name": .string("pos"), "state": .string("Ready"), "tree": .string(tree),
          "message": .string(""),
        ]))
    #expect(
      try hub.statusShape() == """
        parents:
        author:kubectl fleet <site@kubectl-fleet>
        status store-0001


        status.json
        """)

    let pushed = try hub.statusCommit()
    #expect(try site.sync() == .init(0))
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try hub.statusCommit() == pushed)
  }

  @Test("what changes is written, what is gone goes, what is somebody else's stays")
  func change() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish(
      [
        Bundle("a", ["ConfigMap~s~one": "1", "ConfigMap~s~two": "2"]),
        Bundle("b", ["ConfigMap~s~three": "3"]),
      ], release: 1)
    #expect(try site.sync() == .init(0, "took release 1 of epoch 1"))
    try site.scratch.write("mine", to: "manifests/a/mine.yaml")
    let counter = try #require(try hub.status()["counter"]?.integer)

    try hub.publish([Bundle("a", ["ConfigMap~s~one": "1b", "ConfigMap~s~new": "4"])], release: 2)
    #expect(
      try site.sync() == .init(0, "took release 2 of epoch 1\nremoved 2 objects"))
    #expect(
      try site.files() == [
        ".fleet-inventory.json", "a/ConfigMap~s~new.yaml: 4", "a/ConfigMap~s~one.yaml: 1b",
        "a/mine.yaml: mine",
      ])
    #expect(try hub.status()["counter"]?.integer == counter + 1)

    try hub.publish([], release: 3)
    #expect(
      try site.sync()
        == .init(
          0,
          """
          took release 3 of epoch 1
          warning: the slice has no bundle: everything that was ours is removed
          removed 2 objects
          """))
    #expect(try site.files() == [".fleet-inventory.json", "a/mine.yaml: mine"])
  }

  @Test("a file of somebody else's in the way is not overwritten, and the bundle says so")
  func obstacle() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try site.scratch.write("mine", to: "manifests/a/ConfigMap~s~one.yaml")
    try site.scratch.write("equal", to: "manifests/a/ConfigMap~s~two.yaml")
    try hub.publish(
      [
        Bundle("a", ["ConfigMap~s~one": "1", "ConfigMap~s~two": "equal"]),
        Bundle("b", ["ConfigMap~s~three": "3"]),
      ], release: 1)
    let said = """
      error: bundle 'a' is not applied: ConfigMap 'one' in 's': \
      'SITE/manifests/a/ConfigMap~s~one.yaml' is somebody else's file
      """
    #expect(try site.sync() == .init(1, "took release 1 of epoch 1\n" + said))
    #expect(try site.sync() == .init(1, said))
    #expect(try hub.status()["state"]?.string == "ErrApplied")
    #expect(
      try hub.status()["bundles"]?.items?.map { $0["state"]?.string } == ["ErrApplied", "Ready"])
    try hub.publish([], release: 2)
    _ = try site.sync()
    #expect(
      try site.files() == [".fleet-inventory.json", "a/ConfigMap~s~one.yaml: mine"])
  }

  @Test("an object that moves between bundles moves its file")
  func move() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Bundle("b", ["ConfigMap~s~x": "1"])], release: 1)
    _ = try site.sync()
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "1"])], release: 2)
    #expect(try site.sync().code == 0)
    #expect(try site.files() == [".fleet-inventory.json", "a/ConfigMap~s~x.yaml: 1"])
  }

  @Test("the files of a removed bundle that keeps its resources stay and are nobody's then")
  func keep() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    let keeping = Bundle("a", ["ConfigMap~s~x": "1"], options: #""keepResources":true"#)
    let other = Bundle("b", ["ConfigMap~s~y": "2"])
    try hub.publish([keeping, other], release: 1)
    _ = try site.sync()
    try hub.publish([other], release: 2)
    #expect(try site.sync() == .init(0, "took release 2 of epoch 1"))
    try hub.publish([], release: 3)
    _ = try site.sync()
    #expect(try site.files() == [".fleet-inventory.json", "a/ConfigMap~s~x.yaml: 1"])
  }

  @Test("drift is undone, unless drift checks are off and all was ready")
  func drift() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "1"])], release: 1)
    _ = try site.sync()
    try site.scratch.write("edited", to: "manifests/a/ConfigMap~s~x.yaml")
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: edited")
    #expect(try site.sync() == .init(0))
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 1")
  }

  @Test("a cluster that was taken out keeps its objects or loses them, as the hub says")
  func tombstones() throws {
    for (action, left) in [("keep", ["a/ConfigMap~s~x.yaml: 1"]), ("remove", [])] {
      let hub = try HandmadeHub()
      let site = try TestSite(hub.path)
      try hub.publish([Bundle("a", ["ConfigMap~s~x": "1"])], release: 1)
      _ = try site.sync()
      try hub.publishTombstone(action, release: 2)
      #expect(try site.sync().code == 0)
      #expect(try site.files() == [".fleet-inventory.json"] + left)
      let status = try hub.status()
      #expect(status["removed"]?.string == action)
      #expect(status["bundles"] == .array([]))
      #expect(try site.sync() == .init(0))
    }
  }

  @Test("an unchanged status is pushed again when its hour has come")
  func heartbeat() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "1"])], release: 1)
    _ = try site.sync()
    let counter = try #require(try hub.status()["counter"]?.integer)
    // As if the last push was long ago.
    let file = site.state + "/site.json"
    let text = TestSite.text(try Files.read(file, limit: 1 << 20))
    let start = try #require(text.firstRange(of: #""pushedAt":"#)?.upperBound)
    let end = try #require(text[start...].firstIndex(of: ","))
    try site.scratch.write(text[..<start] + "1" + text[end...], to: "state/site.json")
    #expect(try site.sync("--heartbeat=0") == .init(0))
    #expect(try hub.status()["counter"]?.integer == counter)
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try hub.status()["counter"]?.integer == counter + 1)
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try hub.status()["counter"]?.integer == counter + 1)
  }
}
