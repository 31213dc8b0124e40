// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import SliceFormat
import Testing

/// Large slices that come in pieces, from a real web server over a line that is cut.
@Suite(
  "slices in pieces",
  .enabled(
    if: WebHub.isPossible && LineProxy.isPossible,
    "nginx, fcgiwrap, openssl, curl or python3 is missing"), .serialized)
struct PiecesTests {
  typealias Bundle = HandmadeHub.Bundle

  /// A bundle of some three hundred kilobytes that do not shrink, and one word.
  static func large(_ word: String) -> Bundle {
    var random = SeededRandom(seed: 5)
    let noise = (0..<30_000).map { _ in String(random.next(), radix: 36) }.joined(separator: "\n")
    return Bundle("a", ["ConfigMap~s~noise": noise, "ConfigMap~s~word": word])
  }

  /// A hub with a large slice.
  static func hub() throws -> HandmadeHub {
    let hub = try HandmadeHub()
    try HandmadeHub.git(["init", "--quiet", "--bare", hub.path + "/fleet.git"])
    try hub.publish([large("first")], release: 1)
    return hub
  }

  /// Runs `fleet-hub bundles`; what it said, without times.
  @discardableResult
  static func write(_ hub: HandmadeHub, _ flags: String...) throws -> String {
    let result = try Child.run(
      [TestSite.program("fleet-hub"), "bundles", "--hub", hub.path, "--least", "20k"] + flags,
      environment: HandmadeHub.environment, timeoutSeconds: 60)
    #expect(result.succeeded, "\(TestSite.text(result.errorOutput))")
    return TestSite.text(result.output).split(separator: "\n")
      .map { String($0.drop { $0 != " " }.dropFirst()) }.joined(separator: "\n")
  }

  static func size(_ hub: HandmadeHub) throws -> Int {
    try #require(try Files.attributes(hub.path + "/bundles/store-0001.bundle")).size
  }

  @Test(
    "a line that is cut again and again brings a slice, and no byte twice",
    arguments: [false, true])
  func cut(withPassword: Bool) throws {
    let hub = try Self.hub()
    #expect(try Self.write(hub) == "bundles: wrote 1 slice")
    let whole = try Self.size(hub)
    let web = try WebHub(hub.path, users: withPassword ? [("store-0001", "secret")] : [])
    let line = try LineProxy(to: web.url)
    let site = try TestSite(line.url(web.url))
    var runs = 0
    var last = 0
    // Each line carries about a fifth.
    while runs < 12 {
      runs += 1
      try line.cut("down \(whole / 5 + runs)")
      let run = try site.sync("--timeout=20s")
      if run.code == 0 {
        #expect(run == .init(0, "took release 1 of epoch 1"))
        break
      }
      #expect(run.code == 75)
      guard let here = run.said.firstMatch(of: #/; (\d+) of (\d+) bytes of the slice are here$/#)
      else {
        // It was cut after the pieces: in the fetch or the push of the status.
        continue
      }
      #expect(run.said.hasPrefix("error: cannot fetch from 'HUB': "))
      #expect(Int(here.2) == whole)
      let now = Int(here.1) ?? 0
      #expect(now > last, "\(run)")
      last = now
    }
    #expect((6...9).contains(runs))
    #expect(try site.files().last == "a/ConfigMap~s~word.yaml: first")
    // Heads, a fetch with nothing new, a status.
    #expect(line.counts.down < whole + runs * 1000 + 4000, "\(line.counts) for \(whole)")
    #expect(!Files.exists(site.state + "/slice.part"))
    try line.cut("")
    // What comes next is a difference, as after any fetch.
    try hub.publish([Self.large("second")], release: 2)
    let before = line.counts
    #expect(try site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect((line.counts - before).down < 5000)
  }

  @Test("what is newer than the file comes by a fetch, as a difference")
  func newer() throws {
    let hub = try Self.hub()
    try Self.write(hub)
    try hub.publish([Self.large("second")], release: 2)
    #expect(try Self.write(hub) == "")
    let web = try WebHub(hub.path)
    let line = try LineProxy(to: web.url)
    let site = try TestSite(line.url(web.url))
    #expect(try site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(line.counts.down < (try Self.size(hub)) + 8000)
    #expect(try site.files().last == "a/ConfigMap~s~word.yaml: second")
  }

  @Test("a password that git's helpers know is used for the pieces too")
  func helper() throws {
    let hub = try Self.hub()
    try Self.write(hub)
    let web = try WebHub(hub.path, users: [("store-0001", "secret")])
    let line = try LineProxy(to: web.url)
    let site = try TestSite(line.url(web.url).replacing("store-0001:secret@", with: ""))
    try site.scratch.write("username=store-0001\npassword=secret\n", to: "word")
    let variables = [
      "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "credential.helper",
      "GIT_CONFIG_VALUE_0": "!f() { test $1 = get && cat \(site.path)/word; }; f",
    ]
    try line.cut("down 100000")
    let run = try site.sync(environment: variables)
    #expect(run.said.hasSuffix("of \(try Self.size(hub)) bytes of the slice are here"), "\(run)")
    try line.cut("")
    #expect(try site.sync(environment: variables) == .init(0, "took release 1 of epoch 1"))
  }

  @Test("a file that is damaged is thrown away, and not asked for again that day")
  func damaged() throws {
    let hub = try Self.hub()
    try Self.write(hub)
    let file = hub.path + "/bundles/store-0001.bundle"
    var bytes = try Files.read(file, limit: 1 << 20)
    bytes[bytes.count / 2] ^= 0x55
    try Files.writeAtomically(file, bytes, durable: false)
    let web = try WebHub(hub.path)
    let site = try TestSite(web.url)
    #expect(
      try site.sync()
        == .init(
          0,
          """
          warning: what 'HUB' serves in pieces is no slice for here, and is thrown away
          took release 1 of epoch 1
          """))
    #expect(!Files.exists(site.state + "/slice.part"))
    try Files.removeTree(site.state + "/slices.git")
    #expect(!(try site.sync().said.contains("pieces")))
  }

  @Test("a hub that offers none is asked once a day")
  func none() throws {
    let hub = try Self.hub()
    let web = try WebHub(hub.path)
    let site = try TestSite(web.url)
    let real = try #require(Child.find("curl"))
    try site.scratch.write(
      "#!/bin/sh\ncat >'\(site.path)/in'\ncat '\(site.path)/in' >>'\(site.path)/calls'\n"
        + "exec '\(real)' \"$@\" <'\(site.path)/in'\n", to: "bin/curl")
    _ = try Child.run(["chmod", "+x", "\(site.path)/bin/curl"])
    let path = "\(site.path)/bin:" + (HandmadeHub.environment["PATH"] ?? "")
    func asked() throws -> Int {
      TestSite.text(try Files.read(site.path + "/calls", limit: 1 << 20)).split(separator: "\n")
        .count { $0.contains("/bundles/store-0001.json") }
    }
    _ = try site.sync(environment: ["PATH": path])
    #expect(try asked() == 1)
    for _ in 1...2 {
      try Files.removeTree(site.state + "/slices.git")
      _ = try site.sync(environment: ["PATH": path])
    }
    #expect(try asked() == 1)
    try site.remember { members in
      members = members.map { member in
        guard member.name == "hubs", let hub = member.value.items?.first?.members else {
          return member
        }
        return JSONMember(
          "hubs",
          .array([
            .object(hub.map { $0.name == "noPiecesAt" ? JSONMember($0.name, .integer(1)) : $0 })
          ]))
      }
    }
    try Files.removeTree(site.state + "/slices.git")
    _ = try site.sync(environment: ["PATH": path])
    #expect(try asked() == 2)
  }

  @Test(
    "a site that has a slice takes a file only after three fetches were cut, and never an older one"
  )
  func older() throws {
    let hub = try Self.hub()
    try Self.write(hub)
    try hub.publish([Self.large("second")], release: 2)
    let web = try WebHub(hub.path)
    let line = try LineProxy(to: web.url)
    let site = try TestSite(hub.path)
    #expect(try site.sync() == .init(0, "took release 2 of epoch 1"))
    site.hub = line.url(web.url)
    // Much is new, so that a fetch can be cut in the middle of a pack.
    var random = SeededRandom(seed: 7)
    let noise = (0..<30_000).map { _ in String(random.next(), radix: 36) }.joined(separator: "\n")
    try hub.publish([Bundle("a", ["ConfigMap~s~noise": noise])], release: 3)
    for number in 1...3 {
      try line.cut("down \(50_000 + number)")
      let run = try site.sync("--back-off=0")
      #expect(run.code == 75)
      #expect(!run.said.contains("bytes of the slice"))
    }
    // The file has release 1.
    try line.cut("down 60000")
    #expect(!(try site.sync("--back-off=0").said.contains("bytes of the slice")))
    // One that says more than it is worth is loaded in vain.
    let head = hub.path + "/bundles/store-0001.json"
    let text = TestSite.text(try Files.read(head, limit: 1 << 16))
    try hub.write(
      text.replacing("\"release\": 1", with: "\"release\": 9"), to: "bundles/store-0001.json")
    try line.cut("")
    let vain = try site.sync("--back-off=0")
    #expect(
      vain
        == .init(
          0,
          """
          warning: what 'HUB' serves in pieces is no slice for here, and is thrown away
          took release 3 of epoch 1
          removed 1 object
          """), "\(vain)")
    #expect(try site.files().count == 2)
  }

  @Test("a site that has a slice goes on in pieces when its fetches are cut")
  func cutLater() throws {
    let hub = try HandmadeHub()
    try HandmadeHub.git(["init", "--quiet", "--bare", hub.path + "/fleet.git"])
    try hub.publish([Bundle("a", ["ConfigMap~s~word": "none"])], release: 1)
    let web = try WebHub(hub.path)
    let line = try LineProxy(to: web.url)
    let site = try TestSite(line.url(web.url))
    #expect(try site.sync() == .init(0, "took release 1 of epoch 1"))
    try hub.publish([Self.large("second")], release: 2)
    try Self.write(hub)
    for number in 1...3 {
      try line.cut("down \(50_000 + number)")
      #expect(try site.sync("--back-off=0").code == 75)
    }
    // What was none that day may be one now.
    try site.remember { members in
      members = members.map { member in
        guard member.name == "hubs", let hub = member.value.items?.first?.members else {
          return member
        }
        return JSONMember(
          "hubs",
          .array([
            .object(hub.map { $0.name == "noPiecesAt" ? JSONMember($0.name, .integer(0)) : $0 })
          ]))
      }
    }
    try line.cut("down 100000")
    #expect(try site.sync("--back-off=0").said.contains("bytes of the slice are here"))
    try line.cut("")
    #expect(try site.sync("--back-off=0") == .init(0, "took release 2 of epoch 1"))
    #expect(try site.files().last == "a/ConfigMap~s~word.yaml: second")
  }

  // MARK: the hub

  @Test(
    "files are written for large slices, kept while they are young, and removed when they are of no use"
  )
  func hubFiles() throws {
    let hub = try Self.hub()
    try hub.publish([Bundle("a", ["ConfigMap~s~x": "1"])], cluster: "store-0002", release: 1)
    // Large before it is packed, and small after.
    try hub.publish(
      [Bundle("a", ["ConfigMap~s~x": String(repeating: "0", count: 100_000)])],
      cluster: "store-0003", release: 1)
    #expect(try Self.write(hub) == "bundles: wrote 1 slice")
    func names() throws -> [String] {
      try Files.entries(in: hub.path + "/bundles").map(\.text).sorted()
    }
    let usual = [".lock", ".small", "store-0001.bundle", "store-0001.json"]
    #expect(try names() == usual)
    let bytes = try Files.read(hub.path + "/bundles/store-0001.json", limit: 1 << 16)
    let head = try #require(SliceBundleHead(json: bytes))
    #expect(head.size == Int64(try Self.size(hub)))
    #expect((head.epoch, head.release) == (1, 1))
    #expect(try Self.write(hub) == "")

    try hub.publish([Self.large("second")], release: 2)
    #expect(try Self.write(hub) == "")
    #expect(try Self.write(hub, "--age", "0m") == "bundles: wrote 1 slice")
    // Of another epoch it is of no use to anybody, however young.
    try hub.publish([Self.large("third")], release: 1, epoch: 2)
    #expect(try Self.write(hub) == "bundles: wrote 1 slice")
    #expect(try names() == usual)

    try hub.publish([Self.large("one more")], cluster: "store-0004", release: 2)
    #expect(
      try Self.write(hub, "--limit", "300k") == "bundles: no room for 1 slice within --limit")
    #expect(try names() == usual)
    try hub.write("half", to: "bundles/.store-0004.new")
    try hub.publishTombstone("remove", release: 3)
    #expect(
      try Self.write(hub, "--limit", "300k")
        == "bundles: removed 1 file\nbundles: wrote 1 slice")
    #expect(try names() == [".lock", ".small", "store-0004.bundle", "store-0004.json"])
  }

  @Test(
    "a size or a time that is none is refused",
    arguments: [
      (["--least", "x"], "'x' is no value of '--least'", "'5g', '5k', '5m'"),
      (["--limit", "5"], "'5' is no value of '--limit'", "'5g', '5k', '5m'"),
      (["--age", "-1h"], "'-1h' is no value of '--age'", "'5d', '5h', '5m'"),
    ])
  func badWords(words: [String], message: String, known: String) throws {
    let result = try Child.run(
      [TestSite.program("fleet-hub"), "bundles", "--hub", "/nowhere"]
        + [words[0] + "=" + words[1]],
      environment: HandmadeHub.environment, timeoutSeconds: 60)
    #expect(result.status == .exit(64))
    #expect(
      TestSite.text(result.errorOutput)
        == "error: \(message)\nhint: write it like \(known)")
  }
}
