// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite("what fleet-sync does not believe, and what it survives")
struct DistrustTests {
  typealias Bundle = HandmadeHub.Bundle
  static let one = Bundle("a", ["ConfigMap~s~x": "1"])
  static let two = Bundle("a", ["ConfigMap~s~x": "2"])
  static let applied = [".fleet-inventory.json", "a/ConfigMap~s~x.yaml: 1"]

  @Test("an older slice is refused and the newer one stays; a raised epoch is believed")
  func older() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 7)
    _ = try site.sync()
    try hub.publish([Self.two], release: 6)
    let said = """
      error: the slice that came is release 6 of epoch 1, older than release 7 of epoch 1
      """
    #expect(try site.sync() == .init(1, said))
    #expect(try site.files() == Self.applied)
    #expect(try hub.status()["release"]?.integer == 7)
    #expect(
      try hub.status()["errors"] == .array([.string(String(said.dropFirst("error: ".count)))]))
    // Without drift checks it is still said.
    #expect(try site.sync("--drift-check=off") == .init(1, said))

    try hub.publish([Self.two], release: 1, epoch: 2)
    #expect(try site.sync() == .init(0, "took release 1 of epoch 2"))
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 2")
  }

  @Test("a site that lost its state does not go back in time")
  func lostState() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 7)
    _ = try site.sync()
    let counter = try #require(try hub.status()["counter"]?.integer)
    try Files.remove(site.state + "/site.json")
    try hub.publish([Self.two], release: 6)
    #expect(try site.sync().code == 1)
    #expect(try site.files() == Self.applied)
    #expect(try #require(try hub.status()["counter"]?.integer) > counter)
  }

  @Test("another cluster's slice, and one of a newer hub, are refused")
  func foreign() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    try hub.publish([], release: 2, named: "store-0002")
    #expect(
      try site.sync() == .init(1, "error: the slice that came is for cluster 'store-0002'"))
    try hub.publish([], release: 3, format: 2)
    #expect(
      try site.sync() == .init(1, "error: the slice has format 2, this fleet-sync knows 1"))
    #expect(try site.files() == Self.applied)
  }

  @Test(
    "a slice that is no slice is refused as a whole",
    arguments: [
      (
        Bundle("a", ["ConfigMap~x": "1"]),
        "the slice cannot be read: bundle 'a' has an object file 'ConfigMap~x.yaml'"
      ),
      (
        Bundle("a", [:], options: #""keepResources":"yes""#),
        "the slice cannot be read: 'keepResources' in 'bundle.json' of bundle 'a'"
      ),
      (Bundle(".git2", [:]), "the slice cannot be read: '.git2' is no bundle"),
    ] as [(Bundle, String)])
  func malformed(bundle: Bundle, message: String) throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    try hub.publish([bundle, Bundle("b", ["ConfigMap~s~y": "1"])], release: 2)
    #expect(try site.sync() == .init(1, "error: " + message))
    #expect(try site.files() == Self.applied)
  }

  @Test("a missing ref means that nothing is known, and nothing is removed")
  func missing() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    let said = "error: the hub has no slice for cluster 'store-0001'"
    #expect(try site.sync() == .init(75, said))
    #expect(try hub.status()["state"]?.string == "Pending")
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    try hub.forget()
    #expect(try site.sync() == .init(75, said))
    #expect(try site.files() == Self.applied)
  }

  @Test("without the hub what is known is applied again, and the status comes later")
  func offline() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    let pushed = try hub.statusCommit()
    try Files.rename(hub.path + "/slices.git", to: hub.path + "/away")
    try Files.remove(site.manifests + "/a/ConfigMap~s~x.yaml")
    let run = try site.sync()
    #expect(
      run
        == .init(
          75,
          "error: cannot fetch from 'HUB': 'HUB/slices.git' does not appear to be a git repository")
    )
    #expect(try site.files() == Self.applied)
    try site.scratch.write("foreign", to: "manifests/a/ConfigMap~s~x.yaml")
    try Files.rename(hub.path + "/away", to: hub.path + "/slices.git")
    #expect(try site.sync() == .init(0))
    #expect(try hub.statusCommit() == pushed)
  }

  @Test("a status that could not be pushed is pushed by the next run")
  func owed() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    try Files.rename(hub.path + "/status.git", to: hub.path + "/away")
    #expect(
      try site.sync()
        == .init(
          75,
          """
          took release 1 of epoch 1
          error: cannot push the status to 'HUB': 'HUB/status.git' does not appear to be a git repository
          """))
    try Files.rename(hub.path + "/away", to: hub.path + "/status.git")
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try hub.status()["state"]?.string == "Ready")
  }

  @Test("a hub of an unknown layout or format is not asked")
  func layout() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    for (text, said) in [
      (
        #"{"format":1,"layout":"stars"}"#,
        "the hub's layout 'stars' is not known to this fleet-sync"
      ),
      (
        #"{"format":2,"layout":"refs"}"#,
        "the hub's 'hub.json' has format 2, this fleet-sync knows 1"
      ), ("{", "the hub's 'hub.json' is damaged"),
    ] {
      try hub.write(text, to: "hub.json")
      #expect(try site.sync() == .init(1, "error: " + said))
    }
    try Files.remove(hub.path + "/hub.json")
    #expect(try site.sync().code == 0)
    #expect(try site.files() == Self.applied)
  }

  @Test("a damaged cache is fetched again")
  func damaged() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    for name in try Files.entries(in: site.state + "/slices.git/objects/pack") {
      try Files.remove("\(site.state)/slices.git/objects/pack/\(name.text)")
    }
    let run = try site.sync()
    #expect(run.code == 0)
    #expect(try site.files() == Self.applied)
    #expect(try site.sync() == .init(0))
  }

  @Test("one run at a time")
  func locked() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try Files.makeDirectories(site.state)
    let lock = try FileLock.tryAcquire(site.state + "/lock")
    #expect(try site.sync() == .init(75, "error: another run holds 'SITE/state/lock'"))
    lock?.release()
    #expect(try site.sync().code == 75)
  }

  @Test("a state folder and a target serve one cluster")
  func oneCluster() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    try hub.publish([Self.two], cluster: "store-0002", release: 1)
    _ = try site.sync()
    let sameState = try TestSite(hub.path, cluster: "store-0002", target: site.target)
    let run = try Child.run(
      [
        TestSite.program("fleet-sync"), "--cluster=store-0002", "--hub=\(hub.path)",
        "--state=\(site.state)",
      ], environment: HandmadeHub.environment)
    #expect(run.status == .exit(64))
    #expect(
      TestSite.text(run.errorOutput)
        == "error: '\(site.state)' serves cluster 'store-0001', not 'store-0002'")

    #expect(
      try sameState.sync()
        == .init(
          1,
          """
          took release 1 of epoch 1
          error: 'store-0001' manages this target, not 'store-0002'; --take-over changes that
          """))
    #expect(try site.files() == Self.applied)
    #expect(try sameState.sync("--take-over") == .init(0))
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 2")
  }
}
