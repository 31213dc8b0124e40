// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite("undo by the site alone", .enabled(if: GateServer.isPossible))
struct UndoTests {
  static func bundle(_ version: String, name: String = "pos") -> HandmadeHub.Bundle {
    TrialSite.bundle(version, name: name, watch: TrialSite.gated)
  }

  static func numbers(_ rate: String, _ count: String = "100") -> [String: GateServer.Answer] {
    ["rate": .vector(rate), "count": .vector(count)]
  }

  /// A site on which version 1 of `pos` has proved good.
  static func proven(_ server: GateServer) throws -> TrialSite {
    let site = try TrialSite()
    try site.use(server)
    try server.answer(numbers("99.5"))
    try site.hub.publish([bundle("1")], release: 1)
    #expect(try site.run() == 0)
    #expect(try site.run(after: 300) == 0)
    #expect(try site.metrics() == ["pos/success-rate 99.5 of 100"])
    return site
  }

  @Test("a bad bundle goes back alone, by itself, and stays back")
  func goesBack() throws {
    let server = try GateServer()
    let site = try Self.proven(server)
    let good = try site.tree()
    try site.hub.publish(
      [Self.bundle("2"), TrialSite.bundle("1", name: "web", watch: "")], release: 2)
    #expect(try site.run() == 0)
    #expect(try site.applied() == "pos 2, web 1")
    #expect(try site.told() == ["pos Ready", "web Ready"])
    // The uplink is dead from here on.
    let bad = try site.tree()
    let path = site.hub.path + "/slices.git"
    try Files.rename(path, to: path + ".away")
    try server.answer(Self.numbers("92", "240"))
    #expect(try site.run(after: 60) == 1)
    #expect(try site.applied() == "pos 1, web 1")
    let said =
      "pos Ready reverted: went back: success-rate 92 is under 99 (240 samples); refused \(bad) of"
      + " release 2"
    #expect(try site.told() == [said, "web Ready"])
    #expect(try site.metrics() == [])
    try server.answer(Self.numbers("99.9"))
    #expect(try site.run(after: 60) == 75)
    #expect(try site.applied() == "pos 1, web 1")

    // The hub hears of it when it is back and asked again, and a release with the same tree changes nothing.
    try Files.rename(path + ".away", to: path)
    #expect(try site.run(after: 7200) == 0)
    let status = try site.hub.status()
    #expect(status["bundles"]?.items?.first?["reverted"]?.bool == true)
    #expect(status["bundles"]?.items?.first?["tree"]?.string?.prefix(12) == good[...])
    #expect(status["release"]?.integer == 2)
    try site.hub.publish(
      [Self.bundle("2"), TrialSite.bundle("2", name: "web", watch: "")], release: 3)
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == "pos 1, web 2")
    #expect(try site.told() == [said, "web Ready"])

    // The hub goes back: then the same tree may be told again, and is tried again.
    try site.hub.publish([Self.bundle("1")], release: 4)
    #expect(try site.run(after: 60) == 0)
    #expect(try site.told() == ["pos Ready"])
    try site.hub.publish([Self.bundle("2")], release: 5)
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == "pos 2")
    #expect(try site.run(after: 300) == 0)
    #expect(try site.metrics() == ["pos/success-rate 99.9 of 100"])
    #expect(try site.applied() == "pos 2")
  }

  @Test("the next version is tried, and when it fails it goes back to the last good one")
  func nextVersion() throws {
    let server = try GateServer()
    let site = try Self.proven(server)
    for (version, release) in [("2", 2), ("3", 3)] {
      try site.hub.publish([Self.bundle(version)], release: release)
      try server.answer(Self.numbers("99.9"))
      #expect(try site.run(after: 60) == 0)
      #expect(try site.applied() == "pos \(version)")
      try server.answer(Self.numbers("10"))
      #expect(try site.run(after: 60) == 1)
      #expect(try site.applied() == "pos 1")
    }
  }

  @Test("a first version has nothing to go back to, which is said once")
  func firstVersion() throws {
    let server = try GateServer()
    let site = try TrialSite()
    try site.use(server)
    try server.answer(Self.numbers("10"))
    try site.hub.publish([Self.bundle("1")], release: 1)
    #expect(try site.run() == 0)
    #expect(try site.run(after: 60) == 1)
    let said = ["pos Ready: failed: success-rate 10 is under 99 (100 samples)"]
    #expect(try site.told() == said)
    #expect(try site.metrics() == ["pos/success-rate 10.0 of 100"])
    #expect(try site.run(after: 60) == 0)
    #expect(try site.told() == said)
    #expect(try site.applied() == "pos 1")
  }

  @Test("where the policy does not undo, the site measures and the hub decides")
  func measuresOnly() throws {
    let server = try GateServer()
    let site = try TrialSite()
    try site.use(server)
    try server.answer(Self.numbers("99.5"))
    let watch = TrialSite.gated.replacing(#""undo":true"#, with: #""undo":false"#)
    try site.hub.publish([TrialSite.bundle("1", watch: watch)], release: 1)
    _ = try site.run()
    _ = try site.run(after: 300)
    try site.hub.publish([TrialSite.bundle("2", watch: watch)], release: 2)
    try server.answer(Self.numbers("10"))
    #expect(try site.run(after: 60) == 0)
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == "pos 2")
    #expect(try site.metrics() == ["pos/success-rate 10.0 of 100"])
  }

  @Test("a clock that jumps and a machine that restarts neither pass nor fail a trial")
  func clockJumps() throws {
    let server = try GateServer()
    let site = try Self.proven(server)
    let soak = #"{"soak":86400,"deadline":7200,"failedAfter":300,"undo":true}"#
    try site.hub.publish([TrialSite.bundle("2", watch: soak)], release: 2)
    _ = try site.run(after: 60)
    let open = {
      let bytes = try Files.read(site.site.state + "/site.json", limit: 1 << 20)
      return JSONParser.parse(bytes)?["trials"]?.items?.first?["outcome"]?.string
    }
    for boot in ["second", "third", "fourth"] {
      site.boot = boot
      _ = try site.run(after: 10_000_000)
      #expect(try open() == "watching")
    }
    _ = try site.run(after: 86_400)
    #expect(try open() == "passed")
  }

  @Test("a site without the program or its Prometheus is warned, and takes no harm")
  func noNumbers() throws {
    let server = try GateServer()
    let site = try Self.proven(server)
    let watch = TrialSite.gated.replacing("prometheus", with: "nowhere").replacing(
      #""minSamples":20"#, with: #""minSamples":20,"inconclusiveLimit":2"#)
    try site.hub.publish([TrialSite.bundle("2", watch: watch)], release: 2)
    _ = try site.run(after: 60)
    for _ in 0..<3 { #expect(try site.run(after: 300) == 0) }
    #expect(try site.applied() == "pos 2")
    #expect(try site.metrics() == ["pos/success-rate none of 0"])
    // It is what is gone back to from then on.
    try site.hub.publish([Self.bundle("3")], release: 3)
    _ = try site.run(after: 60)
    try server.answer(Self.numbers("10"))
    #expect(try site.run(after: 60) == 1)
    #expect(try site.applied() == "pos 2")
  }

  @Test(
    "what was refused is not applied when the tree before is lost: the bundle keeps what it has")
  func goodTreeLost() throws {
    let server = try GateServer()
    let site = try Self.proven(server)
    try site.hub.publish([Self.bundle("2")], release: 2)
    _ = try site.run(after: 60)
    try server.answer(Self.numbers("10"))
    #expect(try site.run(after: 60) == 1)
    let bad = try site.tree()
    try Files.removeTree(site.site.state + "/slices.git")
    #expect(try site.run(after: 60) == 1)
    #expect(try site.applied() == "pos 1")
    let reason = "success-rate 10 is under 99 (100 samples)"
    #expect(
      try site.told() == [
        "pos ErrApplied reverted: went back: \(reason); refused \(bad) of release 2;"
          + " \(bad) was refused (\(reason)) and the tree before is lost: it keeps what it has"
      ])
    // A new version is not held up by it.
    try server.answer(Self.numbers("99.9"))
    try site.hub.publish([Self.bundle("3")], release: 3)
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == "pos 3")
  }

  @Test("a site that lost its state knows from the target what it refused")
  func stateLost() throws {
    let server = try GateServer()
    let site = try Self.proven(server)
    try site.hub.publish([Self.bundle("2")], release: 2)
    _ = try site.run(after: 60)
    try server.answer(Self.numbers("10"))
    #expect(try site.run(after: 60) == 1)
    _ = try Files.remove(site.site.state + "/site.json")
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == "pos 1")
    #expect(
      try site.told().first?.hasPrefix("pos Ready reverted: went back: success-rate 10") == true)
    // The whole folder: the tree that was good went with it, and the bundle keeps what it has.
    try Files.removeTree(site.site.state)
    #expect(try site.run(after: 60) == 1)
    #expect(try site.applied() == "pos 1")
    try site.hub.publish([Self.bundle("3")], release: 3)
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == "pos 3")
    let bytes = try Files.read(site.site.manifests + "/.fleet-inventory.json", limit: 1 << 20)
    #expect(JSONParser.parse(bytes)?["refused"] == nil)
  }

  @Test("good trees are kept by refs, and go with their bundles")
  func refs() throws {
    let server = try GateServer()
    let site = try Self.proven(server)
    let folder = site.site.state + "/slices.git/refs/fleet/good"
    let names = { try Files.entries(in: folder).map(\.text) }
    #expect(try names() == ["pos"])
    try site.hub.publish([TrialSite.bundle("1", name: "a.lock", watch: "")], release: 2)
    _ = try site.run(after: 60)
    #expect(try names() == ["a_2elock"])
    // Git takes them for refs, and keeps what they name.
    let git = "--git-dir=\(site.site.state)/slices.git"
    #expect(
      try HandmadeHub.git([git, "for-each-ref", "--format=%(objecttype) %(refname)"])
        == "commit refs/fleet/accepted\ntree refs/fleet/good/a_2elock\ncommit refs/fleet/incoming")
    try HandmadeHub.git([git, "fsck", "--strict"])
  }

  @Test("what is exempt from rollbacks stays as the bad version made it", arguments: [true, false])
  func exempt(isExempt: Bool) throws {
    let server = try GateServer()
    let site = try TrialSite()
    try site.use(server)
    let pattern = #""exempt":[{"kind":"PersistentVolumeClaim","group":"","namespace":"shop"}]"#
    let watch =
      isExempt ? TrialSite.gated.replacing("}]}", with: "}],\(pattern)}") : TrialSite.gated
    func bundle(_ version: String, _ others: [String]) -> HandmadeHub.Bundle {
      var bundle = TrialSite.bundle(version, watch: watch)
      for other in others { bundle.objects[other] = version }
      return bundle
    }
    try server.answer(Self.numbers("99.5"))
    let claim = "PersistentVolumeClaim~shop~data"
    try site.hub.publish([bundle("1", [claim, "Secret~shop~key"])], release: 1)
    _ = try site.run()
    _ = try site.run(after: 300)
    try site.hub.publish(
      [bundle("2", [claim, "PersistentVolumeClaim~shop~more", "Secret~shop~key"])], release: 2)
    _ = try site.run(after: 60)
    #expect(try site.applied() == "pos 2, pos 2, pos 2, pos 2")
    try server.answer(Self.numbers("10"))
    #expect(try site.run(after: 60) == 1)
    // ConfigMap, the claims, Secret.
    let wanted = isExempt ? "pos 1, pos 2, pos 2, pos 1" : "pos 1, pos 1, pos 1"
    #expect(try site.applied() == wanted)
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == wanted)
  }

  @Test(
    "a damaged cache keeps the good trees that can be read, and nothing can be gone back to without",
    arguments: [false, true])
  func damagedCache(isLost: Bool) throws {
    let server = try GateServer()
    let site = try Self.proven(server)
    let folder = site.site.state + "/slices.git/objects/pack"
    let packs = {
      try Files.entries(in: folder).map(\.text).filter { $0.hasSuffix(".pack") }
    }
    let first = try packs()
    try site.hub.publish([Self.bundle("2")], release: 2)
    _ = try site.run(after: 60)
    #expect(try site.applied() == "pos 2")
    let second = try packs().filter { !first.contains($0) }
    #expect(!second.isEmpty)
    for name in isLost ? try packs() : second {
      var bytes = try Files.read("\(folder)/\(name)", limit: 1 << 20)
      bytes.removeLast(bytes.count / 2)
      try Files.remove("\(folder)/\(name)")
      try Files.writeAtomically("\(folder)/\(name)", bytes, durable: false)
    }
    try server.answer(Self.numbers("10"))
    #expect(try site.run(after: 60) == 1)
    #expect(try site.applied() == (isLost ? "pos 2" : "pos 1"))
    #expect(!Files.exists(site.site.state + "/slices.git.old"))
    #expect(Files.exists(site.site.state + "/slices.git/refs/fleet/good/pos") == !isLost)
  }
}
