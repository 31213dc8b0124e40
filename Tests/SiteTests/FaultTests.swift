// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import JSONTree
import Posix
import Testing

/// What goes wrong at sites. Each fault has an end, loses nothing, and says in the log what it was.
@Suite("faults")
struct FaultTests {
  typealias Bundle = HandmadeHub.Bundle
  static let one = Bundle("a", ["ConfigMap~s~x": "1"])
  static let two = Bundle("a", ["ConfigMap~s~x": "2"])
  static let applied = [".fleet-inventory.json", "a/ConfigMap~s~x.yaml: 1"]
  static let changed = [".fleet-inventory.json", "a/ConfigMap~s~x.yaml: 2"]

  // MARK: the network

  @Test(
    "a network that is cut in the middle of a fetch changes nothing, and the next run goes on",
    .enabled(if: WebHub.isPossible && LineProxy.isPossible),
    arguments: [0, 1, 100, 300, 500, 800, 1000, 1200])
  func cut(bytes: Int) throws {
    let hub = try HandmadeHub()
    let web = try WebHub(hub.path)
    let line = try LineProxy(to: web.url)
    let site = try TestSite(line.url(web.url))
    try hub.publish([Self.one], release: 1)
    #expect(try site.sync() == .init(0, "took release 1 of epoch 1"))
    let status = try hub.statusCommit()
    try hub.publish([Self.two], release: 2)
    try line.cut("down \(bytes)")
    let run = try site.sync()
    #expect(run.code == 75)
    // In the middle of the head of an answer curl takes what came for all: an empty list of refs.
    let isListEmpty = run.said.hasPrefix("error: the hub has no slice for cluster 'store-0001'")
    #expect(run.said.hasPrefix("error: cannot fetch from 'HUB': ") || isListEmpty)
    #expect(run.said.split(separator: "\n").count == (isListEmpty ? 2 : 1), "\(run)")
    let known = [
      "Empty reply from server", "Recv failure: Connection reset by peer",
      "transfer closed with", "the remote end hung up", "early EOF", "expected flush",
      "fetch-pack: invalid index-pack output", "RPC failed", "unexpected disconnect",
      "expected 'packfile'", "bad line length", "protocol error", "error reading section header",
      "Received HTTP/0.9 when not allowed", "expected 'acknowledgments'", "error processing acks",
      "error processing shallow info", "expected 'shallow-info'",
    ]
    #expect(isListEmpty || known.contains { run.said.contains($0) }, "\(run)")
    #expect(try site.files() == Self.applied)
    #expect(try hub.statusCommit() == status)
    try line.cut("")
    #expect(try site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(try site.files() == Self.changed)
    #expect(try hub.status()["release"]?.integer == 2)
  }

  @Test(
    "a network that is cut after the fetch: what came is applied, and reported by the next run",
    .enabled(if: WebHub.isPossible && LineProxy.isPossible))
  func cutBeforeStatus() throws {
    let hub = try HandmadeHub()
    let web = try WebHub(hub.path)
    let line = try LineProxy(to: web.url)
    let site = try TestSite(line.url(web.url))
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    try hub.publish([Self.two], release: 2)
    try line.cut("path status.git")
    #expect(
      try site.sync()
        == .init(
          75,
          """
          took release 2 of epoch 1
          error: cannot push the status to 'HUB': unable to access 'HUB/status.git/': \
          Empty reply from server
          """))
    #expect(try site.files() == Self.changed)
    #expect(try hub.status()["release"]?.integer == 1)
    try line.cut("")
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try hub.status()["release"]?.integer == 2)
  }

  // MARK: the cache

  /// What a bad disk makes of a pack.
  enum Damage: String, Sendable, CaseIterable {
    case flipped, cutOff, empty, gone
  }

  private static func damage(_ site: TestSite, _ damage: Damage) throws {
    let folder = site.state + "/slices.git/objects/pack"
    for entry in try Files.entries(in: folder) where entry.text.hasSuffix(".pack") {
      let path = "\(folder)/\(entry.text)"
      var bytes = try Files.read(path, limit: 1 << 20)
      switch damage {
      case .flipped:
        for index in stride(from: 12, to: bytes.count - 20, by: 3) { bytes[index] ^= 0xff }
      case .cutOff: bytes.removeLast(bytes.count / 2)
      case .empty: bytes = []
      case .gone: break
      }
      try Files.remove(path)
      if damage != .gone { try Files.writeAtomically(path, bytes, durable: false) }
    }
  }

  @Test(
    "a damaged pack in the cache is noticed and fetched again; without network everything stays",
    arguments: Damage.allCases)
  func pack(damage: Damage) throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    try Self.damage(site, damage)
    let again = "warning: 'SITE/state/slices.git' is damaged and is fetched again"
    let run = try site.sync()
    // Git may notice while it fetches, and then the cache is made anew at once.
    #expect([.init(0, again), .init(0)].contains(run), "\(run)")
    #expect(try site.files() == Self.applied)
    #expect(try site.sync() == .init(0))

    try Self.damage(site, damage)
    try Files.rename(hub.path + "/slices.git", to: hub.path + "/away")
    let cut = """
      error: cannot fetch from 'HUB': 'HUB/slices.git' does not appear to be a git repository
      """
    let lost = "warning: the version that bundle 'a' could go back to is lost with it"
    let offline = try site.sync()
    #expect(offline.code == 75)
    #expect(
      offline.said.hasPrefix(
        "\(cut)\n\(again)\n\(lost)\n\(cut)\nno hub is asked for the next "),
      "\(offline)")
    #expect(
      offline.said.hasSuffix("\nerror: the slice is lost until the hub can be reached"),
      "\(offline)")
    #expect(try site.files() == Self.applied)
    // While the hub is left alone that is all there is to say.
    #expect(
      try site.sync()
        == .init(75, "error: the slice is lost until the hub can be reached"))
    try Files.rename(hub.path + "/away", to: hub.path + "/slices.git")
    #expect(try site.sync("--now") == .init(0))
    #expect(try site.files() == Self.applied)
    #expect(try hub.status()["state"]?.string == "Ready")
    #expect(try hub.status()["errors"] == .array([]))
  }

  @Test("locks that git left behind when the power went do not stop the next run")
  func staleLocks() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    try hub.publish([Self.two], release: 2)
    for name in ["refs/fleet/incoming.lock", "shallow.lock"] {
      try site.scratch.write("", to: "state/slices.git/\(name)")
    }
    #expect(try site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(try site.files() == Self.changed)
  }

  // MARK: the disk

  /// A small file system of memory, seen by one command alone; nil where none can be mounted.
  private static let privateMount: [String]? = {
    let words = ["unshare"] + (geteuid() == 0 ? [] : ["-r"]) + ["-m"]
    let probe = try? Child.run(words + ["mount", "-t", "tmpfs", "tmpfs", "/mnt"])
    if probe?.succeeded == true { return words }
    StandardStream.error.line(
      "not run: the tests of full and read-only disks, nothing can be mounted")
    return nil
  }()

  /// Runs fleet-sync where a shell script has mounted something; the script ends with `"$@"`.
  private static func sync(
    _ site: TestSite, mounting script: String, _ flags: String...
  ) throws -> TestSite.Run {
    let words = try #require(privateMount)
    return try site.run(
      words + ["bash", "-c", "exec 3>&1 >/dev/null; set -e; cd /; \(script)", "bash"]
        + site.arguments + flags)
  }

  @Test(
    "on a full disk the run ends with a word about it, and goes on when there is room",
    .enabled(if: privateMount != nil), arguments: [16, 64, 128, 200])
  func full(kibibytes: Int) throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    // Four hundred kilobytes that do not shrink.
    var random = SeededRandom()
    let noise = (0..<50_000).map { _ in String(random.next(), radix: 36) }.joined(separator: "\n")
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "2", "ConfigMap~s~y": noise])], release: 2)
    // The state is moved into a small disk, and back from there.
    let run = try Self.sync(
      site,
      mounting: """
        cp -a '\(site.state)' '\(site.path)/kept'
        mount -t tmpfs -o size=1m tmpfs '\(site.state)'
        cp -a '\(site.path)/kept/.' '\(site.state)/'
        dd if=/dev/zero of='\(site.state)/ballast' bs=1k 2>/dev/null || true
        truncate -s -\(kibibytes)k '\(site.state)/ballast'
        rc=0; "$@" >&3 || rc=$?
        rm -rf '\(site.path)/kept'/* '\(site.state)/ballast'
        cp -a '\(site.state)/.' '\(site.path)/kept/'
        exit $rc
        """)
    #expect([70, 75].contains(run.code), "\(run)")
    #expect(run.said.lowercased().contains("no space left on device"), "\(run)")
    #expect(!run.said.contains("took release 2"), "\(run)")
    #expect(try site.files() == Self.applied)
    try Files.removeTree(site.state)
    try Files.rename(site.path + "/kept", to: site.state)
    #expect(try site.sync("--now") == .init(0, "took release 2 of epoch 1"))
    #expect(try site.files().count == 3)
    #expect(try hub.status()["release"]?.integer == 2)
    #expect(try site.sync() == .init(0))
  }

  @Test(
    "a state folder that cannot be written ends the run before anything is done",
    .enabled(if: privateMount != nil))
  func readOnly() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    _ = try site.sync()
    try hub.publish([Self.two], release: 2)
    #expect(
      try Self.sync(
        site,
        mounting: """
          mount --bind '\(site.state)' '\(site.state)'
          mount -o remount,bind,ro '\(site.state)'
          "$@" >&3
          """)
        == .init(
          70,
          "error: fleet-sync failed: cannot lock 'SITE/state/lock': read-only file system"))
    #expect(try site.files() == Self.applied)
    #expect(try site.sync() == .init(0, "took release 2 of epoch 1"))
  }

  @Test("a state folder that cannot be made, because a file is in its place")
  func noFolder() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Self.one], release: 1)
    try site.scratch.write("I am a file\n", to: "state")
    let run = try site.sync()
    #expect(run.code == 70)
    #expect(run.said.hasPrefix("error: fleet-sync failed: cannot "), "\(run)")
    #expect(run.said.contains("'SITE/state"), "\(run)")
    #expect(!Files.exists(site.manifests))
  }

  // MARK: two runs, and none

  @Test("of runs that start at once one works and the others leave")
  func together() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    let objects = Dictionary(uniqueKeysWithValues: (0..<50).map { ("ConfigMap~s~x\($0)", "1") })
    try hub.publish([Bundle("a", objects)], release: 1)
    var variables = HandmadeHub.environment
    variables["HOME"] = site.path
    let runs = try (0..<6).map { number in
      try BackgroundProcess(
        site.arguments, in: "/", variables: variables, output: "\(site.path)/out\(number)")
    }
    var ends: [String] = []
    for run in runs {
      let code = try run.wait()
      ends.append("\(code) \(run.text.replacing(site.path, with: "SITE"))")
    }
    let worked = ends.filter { $0.hasPrefix("0 ") }
    #expect(worked.filter { $0 == "0 took release 1 of epoch 1\n" }.count == 1, "\(ends)")
    #expect(worked.allSatisfy { $0 == "0 " || $0 == "0 took release 1 of epoch 1\n" }, "\(ends)")
    #expect(
      ends.filter { !$0.hasPrefix("0 ") }.allSatisfy {
        $0 == "75 error: another run holds 'SITE/state/lock'\n"
      }, "\(ends)")
    #expect(ends.contains { $0.hasPrefix("75 ") })
    #expect(try site.files().count == 51)
    #expect(try site.sync() == .init(0))
  }
}
