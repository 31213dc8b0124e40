// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Reconciling
import SliceFormat
import Testing

/// The site's guard against a slice that takes away what no budget has judged.
@Suite("the guard against slices that shrink")
struct RemovalGuardTests {
  typealias Bundle = HandmadeHub.Bundle

  /// So many ConfigMaps, by key.
  static func maps(_ numbers: ClosedRange<Int>) -> [String: String] {
    Dictionary(uniqueKeysWithValues: numbers.map { ("ConfigMap~s~x\($0)", "\($0)") })
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    /// Objects that are recorded, by bundle; `*` before a name says that they are kept.
    let recorded: [String: Int]
    /// Objects that are wanted, by bundle.
    let wanted: [String: Int]
    var allowed: RemovalGuard.Allowance = .tally(RemovalTally())
    var limit: RemovalGuard.Limit = .standard
    /// The sentence; nil when it passes.
    let message: String?
    var testDescription: String { id }

    init(
      _ id: String, _ recorded: [String: Int], _ wanted: [String: Int],
      objects: Int = 0, bundles: Int = 0, limit: RemovalGuard.Limit = .standard,
      _ message: String? = nil
    ) {
      self.id = id
      self.recorded = recorded
      self.wanted = wanted
      allowed = .tally(RemovalTally(objects: objects, bundles: bundles))
      self.limit = limit
      self.message = message
    }
  }

  @Test(
    "what goes is held against what the hub allowed and what may go besides",
    arguments: [
      Case("nothing goes", ["a": 4], ["a": 9]),
      Case("five may always go", ["a": 10], ["a": 5]),
      Case(
        "six may not", ["a": 10], ["a": 4],
        "takes away 6 of 10 objects, of which the hub has allowed none; 5 may go without"),
      Case("a quarter may go", ["a": 60], ["a": 45]),
      Case(
        "more than a quarter may not", ["a": 60], ["a": 44],
        "takes away 16 of 60 objects, of which the hub has allowed none; 15 may go without"),
      Case("what is allowed comes on top", ["a": 60], ["a": 44], objects: 1),
      Case(
        "and no more", ["a": 60], ["a": 40], objects: 4,
        "takes away 20 of 60 objects, of which the hub has allowed 4; 15 may go without"),
      Case(
        "a bundle may not go", ["a": 50, "b": 10], ["b": 10],
        "takes away 50 of 60 objects, of which the hub has allowed none; 15 may go without"),
      Case("an allowed bundle goes with all it has", ["a": 50, "b": 10], ["b": 10], bundles: 1),
      Case(
        "objects allow no bundle", ["a": 50, "b": 10], ["b": 10], objects: 50,
        "takes away 50 of 60 objects, of which the hub has allowed none; 15 may go without"),
      Case(
        "the largest is the allowed one", ["a": 50, "b": 20, "c": 10], ["c": 10], bundles: 1,
        limit: .count(19),
        "takes away 70 of 80 objects, of which the hub has allowed 50; 19 may go without"),
      Case(
        "nothing would be left", ["a": 1], [:],
        "takes away 1 of 1 object, of which the hub has allowed none, and leaves nothing"),
      Case("nothing is left, as the hub has allowed", ["a": 1, "b": 3], [:], bundles: 2),
      Case("nothing was there", [:], [:]),
      Case("what is kept does not go", ["*a": 50], [:]),
      Case("a number", ["a": 60], ["a": 57], limit: .count(3)),
      Case(
        "more than the number", ["a": 60], ["a": 56], limit: .count(3),
        "takes away 4 of 60 objects, of which the hub has allowed none; 3 may go without"),
      Case("a share has no least number", ["a": 10], ["a": 9], limit: .share(10)),
      Case(
        "more than the share", ["a": 10], ["a": 8], limit: .share(10),
        "takes away 2 of 10 objects, of which the hub has allowed none; 1 may go without"),
      Case("everything may go", ["a": 10], ["a": 0], limit: .share(100)),
    ])
  func judged(_ entry: Case) throws {
    let recorded = try entry.recorded.sorted { $0.key < $1.key }.map { name, count in
      try Fixture.record(
        name, (0..<count).map { "ConfigMap~s~\(name)\($0)" }, keeps: name.hasPrefix("*"))
    }
    let wanted = try entry.wanted.sorted { $0.key < $1.key }.map { name, count in
      try Fixture.bundle(name, (0..<count).map { "ConfigMap~s~\(name)\($0)" })
    }
    let excess = RemovalGuard.excess(
      DesiredSlice(wanted), over: Inventory(cluster: "c", bundles: recorded),
      allowance: entry.allowed, limit: entry.limit)
    #expect(excess?.message == entry.message)
  }

  @Test("an object that moves to another bundle does not go")
  func moved() throws {
    let keys = (0..<20).map { "ConfigMap~s~x\($0)" }
    let excess = RemovalGuard.excess(
      DesiredSlice([try Fixture.bundle("new", keys)]),
      over: Inventory(cluster: "c", bundles: [try Fixture.record("old", keys)]),
      allowance: .tally(RemovalTally()), limit: .count(0))
    #expect(excess == nil)
  }

  // MARK: a site

  static let refusal = """
    error: release 2 of epoch 1 is refused: it takes away 9 of 10 objects, of which the hub has \
    allowed none; 5 may go without
    hint: if this is meant: fleet-sync --allow-removals, once
    """

  @Test("a hub that does not count is obeyed, until it has counted once")
  func olderHub() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Bundle("a", Self.maps(1...20))], release: 1)
    _ = try site.sync()
    try hub.publish([Bundle("a", Self.maps(1...10))], release: 2)
    #expect(
      try site.sync() == .init(0, "took release 2 of epoch 1\nremoved 10 objects"))
    hub.trailers = "Removed: 0 objects, 0 bundles\n"
    try hub.publish([Bundle("a", Self.maps(1...9))], release: 3)
    #expect(try site.sync() == .init(0, "took release 3 of epoch 1\nremoved 1 object"))
    hub.trailers = ""
    try hub.publish([Bundle("a", Self.maps(1...1))], release: 4)
    let run = try site.sync()
    #expect(run.code == 1)
    #expect(run.said.hasPrefix("error: release 4 of epoch 1 is refused: it takes away 8 of 9"))
    #expect(try site.files().count == 10)
  }

  @Test("what is refused stays refused and reported; a person lets it through once")
  func refused() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    hub.trailers = "Removed: 7 objects, 2 bundles\n"
    try hub.publish([Bundle("a", Self.maps(1...10))], release: 1)
    #expect(try site.sync() == .init(0, "took release 1 of epoch 1"))
    let before = try site.files()
    try hub.publish([Bundle("a", Self.maps(10...30))], release: 2)
    for _ in 1...2 { #expect(try site.sync() == .init(1, Self.refusal)) }
    #expect(try site.files() == before)
    let status = try hub.status()
    #expect(status["release"]?.integer == 1)
    #expect(status["state"]?.string == "Ready")
    #expect(
      status["errors"]?.items?.compactMap(\.string) == [
        """
        release 2 of epoch 1 is refused: it takes away 9 of 10 objects, of which the hub has allowed \
        none; 5 may go without
        """
      ])
    #expect(
      try site.sync("--allow-removals")
        == .init(0, "took release 2 of epoch 1\nremoved 9 objects"))
    #expect(try site.sync() == .init(0))
    #expect(try hub.status()["errors"] == .array([]))
  }

  @Test("the limit is the site's to set")
  func limit() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    hub.trailers = "Removed: 7 objects, 2 bundles\n"
    try hub.publish([Bundle("a", Self.maps(1...10))], release: 1)
    _ = try site.sync()
    try hub.publish([Bundle("a", Self.maps(10...10))], release: 2)
    #expect(try site.sync("--removal-limit=8").code == 1)
    #expect(
      try site.sync("--removal-limit", "90%")
        == .init(0, "took release 2 of epoch 1\nremoved 9 objects"))
  }

  @Test("another hub of the list stands in for one whose slice is refused")
  func otherHub() throws {
    let hub = try HandmadeHub()
    let other = try HandmadeHub()
    let site = try TestSite(hub.path)
    site.others = [other.path]
    for each in [hub, other] {
      each.trailers = "Removed: 7 objects, 2 bundles\n"
      try each.publish([Bundle("a", Self.maps(1...10))], release: 1)
    }
    _ = try site.sync()
    try hub.publish([Bundle("a", Self.maps(10...10))], release: 2)
    try other.publish([Bundle("a", Self.maps(1...11))], release: 2)
    #expect(
      try site.sync()
        == .init(
          0,
          """
          passed over 'HUB': release 2 of epoch 1 is refused: it takes away 9 of 10 objects, of \
          which the hub has allowed none; 5 may go without
          took release 2 of epoch 1
          """))
    #expect(try site.files().count == 12)
  }

  @Test("a site that lost its state folder knows from the target what the hub had allowed")
  func lostState() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    hub.trailers = "Removed: 7 objects, 2 bundles\n"
    try hub.publish([Bundle("a", Self.maps(1...10))], release: 1)
    _ = try site.sync()
    try Files.removeTree(site.state)
    try hub.publish([Bundle("a", Self.maps(10...10))], release: 2)
    #expect(try site.sync() == .init(1, Self.refusal))
    #expect(try site.files().count == 11)
    // Nothing is known of the slice then.
    #expect(try hub.status()["state"]?.string == "Pending")
    hub.trailers = "Removed: 16 objects, 2 bundles\n"
    try hub.publish([Bundle("a", Self.maps(10...10))], release: 3)
    #expect(try site.sync() == .init(0, "took release 3 of epoch 1\nremoved 9 objects"))
  }

  @Test("a target that cannot be asked is left alone, and judged when it can")
  func unreachable() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    hub.trailers = "Removed: 7 objects, 2 bundles\n"
    try hub.publish([Bundle("a", Self.maps(1...10))], release: 1)
    _ = try site.sync()
    let record = site.manifests + "/.fleet-inventory.json"
    try Files.rename(record, to: site.path + "/kept")
    try site.scratch.write("damaged", to: "manifests/.fleet-inventory.json")
    try Files.removeTree(site.state)
    try hub.publish([Bundle("a", Self.maps(10...10))], release: 2)
    let run = try site.sync()
    #expect(run.code == 1)
    #expect(run.said.hasPrefix("took release 2 of epoch 1\nerror: "), "\(run)")
    #expect(try site.files().count == 11)
    try Files.rename(site.path + "/kept", to: record)
    #expect(try site.sync() == .init(1, Self.refusal))
    #expect(try site.files().count == 11)
    try hub.publish([Bundle("a", Self.maps(1...10))], release: 3)
    #expect(try site.sync() == .init(0, "took release 3 of epoch 1"))
  }

  @Test(
    "a limit that is none is refused",
    arguments: ["", "x", "-1", "101%", "%", "5 %", "1e3"])
  func badLimit(text: String) throws {
    let site = try TestSite("none")
    #expect(
      try site.sync("--removal-limit=\(text)")
        == .init(
          64,
          """
          error: '\(text)' is no '--removal-limit'
          hint: write a number of objects, or a share like 25%
          """))
  }
}
