// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite("sticks: slices and statuses as files")
struct StickTests {
  private typealias Bundle = HandmadeHub.Bundle

  /// Runs a command of the hub's side; tells its exit code and what it wrote.
  private static func command(
    _ program: String, _ arguments: [String], in folder: String,
    adding variables: [String: String] = [:]
  ) throws -> TestSite.Run {
    let result = try Child.run(
      [TestSite.program(program)] + arguments,
      environment: HandmadeHub.environment.merging(variables, uniquingKeysWith: { $1 }),
      directory: folder)
    guard case .exit(let code) = result.status else { return .init(-1) }
    return .init(code, TestSite.text(result.output + result.errorOutput))
  }

  @Test("a release goes to a site and its status back, through files alone")
  func roundTrip() throws {
    let hub = try HubFixture.pushed()
    let hubFolder = hub.scratch.path + "/hub"
    let stick = try ScratchFolder("stick")
    func export(_ clusters: String...) throws -> TestSite.Run {
      try Self.command(
        "kubectl-fleet", ["export", "--hub", hubFolder, "-o", "slices.bundle"] + clusters,
        in: stick.path)
    }
    #expect(
      try export("store-0001", "clusters/store-0002")
        == .init(0, "wrote 2 slices to 'slices.bundle'"))
    let slices = stick.path + "/slices.bundle"
    let statuses = stick.path + "/statuses.bundle"
    let site = try TestSite("none")
    let other = try TestSite("none", cluster: "store-0002")
    let stranger = try TestSite("none", cluster: "store-0003")
    func importing(_ site: TestSite) throws -> TestSite.Run {
      let run = try site.importing(slices, "--status-to", statuses)
      return .init(run.code, run.said.replacing(stick.path, with: "STICK"))
    }
    #expect(
      try importing(site)
        == .init(0, "took release 1 of epoch 1\nwrote the status to 'STICK/statuses.bundle'"))
    #expect(
      try site.files().map { String($0.prefix { $0 != ":" }) } == [
        ".fleet-inventory.json", "base/Namespace~~retail.yaml",
        "pos/ConfigMap~retail~settings.yaml", "pos/Deployment.apps~retail~pos.yaml",
        "pos/PersistentVolumeClaim~retail~sales.yaml",
      ])
    #expect(try importing(other).code == 0)
    #expect(
      try importing(stranger)
        == .init(
          1,
          """
          error: 'STICK/slices.bundle' has no slice for cluster 'store-0003'
          wrote the status to 'STICK/statuses.bundle'
          """))
    // Without network nothing is said, and drift is undone.
    try Files.remove(site.manifests + "/base/Namespace~~retail.yaml")
    #expect(try site.sync() == .init(0))
    #expect(Files.exists(site.manifests + "/base/Namespace~~retail.yaml"))

    let taken = try Self.command(
      "fleet-hub", ["import-status", statuses, "--hub", hubFolder], in: stick.path)
    #expect(taken.code == 0)
    let lines = taken.said.split(separator: "\n").map { line in
      line.split(separator: " ").filter { Int($0) == nil && !$0.hasSuffix("Z:") }
        .joined(separator: " ")
    }
    #expect(
      lines == [
        "store-0001: took status of Ready", "store-0002: took status of Ready",
        "store-0003: took status of Pending",
      ])
    let status = try #require(
      JSONParser.parse(
        Array(
          try hub.git("status.git", "cat-file", "blob", "refs/status/store-0001:status.json").utf8))
    )
    #expect(status["state"]?.string == "Ready")
    #expect(status["release"]?.integer == 1)

    // Once more, and then an older stick, and one with a cluster that nobody knows.
    #expect(
      try Self.command(
        "fleet-hub", ["import-status", statuses, "--hub", hubFolder], in: stick.path)
        == .init(
          0,
          """
          store-0001: this status is here already
          store-0002: this status is here already
          store-0003: this status is here already
          """))
    try Files.rename(statuses, to: stick.path + "/old.bundle")
    #expect(try importing(site).code == 0)
    #expect(
      try Self.command(
        "fleet-hub", ["import-status", statuses, "--hub", hubFolder], in: stick.path
      ).code == 0)
    let old = try Self.command(
      "fleet-hub", ["import-status", "old.bundle", "--hub", hubFolder], in: stick.path)
    #expect(old.code == 1)
    #expect(
      old.said.hasPrefix(
        """
        store-0002: this status is here already
        store-0003: this status is here already
        error: the status of 'store-0001' is not taken: it is number\u{20}
        """))
    #expect(old.said.hasSuffix("Z is here already"))
    #expect(try hub.fsck() == [])
  }

  @Test("a stick is not believed more than a hub: older, foreign and damaged slices are refused")
  func distrust() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    let stick = try ScratchFolder("stick")
    func bundle(_ name: String) throws -> String {
      let file = "\(stick.path)/\(name)"
      try HandmadeHub.git([
        "--git-dir=\(hub.path)/slices.git", "bundle", "create", "--quiet", file,
        "refs/slices/store-0001",
      ])
      return file
    }
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "1"])], release: 1)
    let first = try bundle("first")
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "2"])], release: 2)
    let second = try bundle("second")
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "3"])], release: 3, named: "store-0002")
    let foreign = try bundle("foreign")
    #expect(try site.importing(second) == .init(0, "took release 2 of epoch 1"))
    let applied = try site.files()
    func refused(_ file: String) throws -> String {
      let run = try site.importing(file)
      #expect(run.code == 1)
      #expect(try site.files() == applied)
      return run.said.replacing(stick.path, with: "STICK")
    }
    #expect(
      try refused(first)
        == "error: the slice that came is release 1 of epoch 1, older than release 2 of epoch 1")
    #expect(try refused(foreign) == "error: the slice that came is for cluster 'store-0002'")
    #expect(try refused(stick.path + "/none") == "error: there is no file 'STICK/none'")

    // Of one that is new, or git would not even look at what is damaged.
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "4"])], release: 4)
    var bytes = try Files.read(try bundle("fourth"), limit: 1 << 20)
    bytes[bytes.count - 40] ^= 0x55
    let damaged = stick.path + "/damaged"
    try Files.writeAtomically(damaged, bytes, durable: false)
    #expect(try refused(damaged).hasPrefix("error: cannot read 'STICK/damaged': "))
    try Files.writeAtomically(damaged, Array(bytes.prefix(bytes.count / 2)), durable: false)
    #expect(try refused(damaged).hasPrefix("error: cannot read 'STICK/damaged': "))
    try stick.write("no bundle\n", to: "damaged")
    #expect(
      try refused(damaged)
        == "error: cannot read 'STICK/damaged': invalid gitfile format: STICK/damaged"
    )
    // What was accepted is still there, without any network.
    site.hub = "none"
    try Files.remove(site.manifests + "/a/ConfigMap~s~x.yaml")
    #expect(try site.sync() == .init(0))
    #expect(try site.files() == applied)
  }

  @Test("what an import says goes to the hub too when there is a network again")
  func later() throws {
    let hub = try HandmadeHub()
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "1"])], release: 1)
    let site = try TestSite(hub.path)
    _ = try site.sync()
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "2"])], release: 2)
    let file = site.path + "/stick"
    try HandmadeHub.git([
      "--git-dir=\(hub.path)/slices.git", "bundle", "create", "--quiet", file,
      "refs/slices/store-0001",
    ])
    #expect(try site.importing(file) == .init(0, "took release 2 of epoch 1"))
    #expect(try hub.status()["release"]?.integer == 1)
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try hub.status()["release"]?.integer == 2)
  }

  @Test("what is not in the hub is not exported, and what cannot be imported is said")
  func mistakes() throws {
    let hub = try HubFixture.pushed()
    let folder = hub.scratch.path
    func run(_ program: String, _ arguments: String...) throws -> TestSite.Run {
      let run = try Self.command(program, arguments, in: folder)
      return .init(run.code, run.said.replacing(folder, with: "FOLDER"))
    }
    #expect(
      try run("kubectl-fleet", "export", "store-0009", "--hub", "hub", "-o", "x")
        == .init(
          1,
          """
          error: there is no released cluster 'store-0009'
          hint: see all: kubectl fleet status -o name
          """))
    #expect(
      try run("kubectl-fleet", "export", "Store", "--hub", "hub", "-o", "x")
        == .init(64, "error: 'Store' is no cluster name"))
    #expect(!Files.exists(folder + "/x"))
    #expect(
      try run("kubectl-fleet", "export", "store-0001", "--hub", "hub", "-o", "by-folder")
        == .init(0, "wrote 1 slice to 'by-folder'"))
    #expect(
      try run("fleet-hub", "import-status", "nothing", "--hub", "hub")
        == .init(70, "error: there is no file 'FOLDER/nothing'"))
    #expect(
      try run("fleet-hub", "import-status", "by-folder", "--hub", "hub")
        == .init(70, "error: 'FOLDER/by-folder' has no status of a cluster"))
  }

  @Test("from a hub that is reached by a URL the same is exported as from its folder")
  func url() throws {
    let hub = try HubFixture.pushed()
    let hubFolder = hub.scratch.path + "/hub"
    let folder = hub.scratch.path
    // A path with a host before it is ssh, which a program of the test stands in for.
    try hub.scratch.write(
      "#!/bin/sh\nwhile [ $# -gt 1 ]; do shift; done\nexec sh -c \"$1\"\n", to: "ssh")
    func export(_ cluster: String, from place: String, to file: String) throws -> TestSite.Run {
      let run = try Self.command(
        "kubectl-fleet", ["export", cluster, "--hub", place, "-o", file], in: folder,
        adding: ["GIT_SSH_COMMAND": "sh '\(folder)/ssh'"])
      return .init(run.code, run.said.replacing(folder, with: "FOLDER"))
    }
    #expect(try export("lab-1", from: "hub", to: "one").code == 0)
    #expect(
      try export("lab-1", from: "server:\(hubFolder)", to: "two")
        == .init(0, "wrote 1 slice to 'two'"))
    func heads(_ file: String) throws -> String {
      try HandmadeHub.git(["bundle", "list-heads", "\(folder)/\(file)"])
    }
    #expect(try heads("one") == heads("two"))
    #expect(try heads("one").hasSuffix(" refs/slices/lab-1"))
    #expect(
      try export("lab-2", from: "server:\(hubFolder)", to: "three")
        == .init(
          1,
          """
          error: there is no released cluster 'lab-2'
          hint: see all: kubectl fleet status -o name
          """))
    #expect(
      try export("lab-1", from: "server:\(folder)/nowhere", to: "three")
        == .init(
          75,
          """
          error: the hub 'server:FOLDER/nowhere' cannot be read
          note: 'FOLDER/nowhere/slices.git' does not appear to be a git repository
          """))
  }
}
