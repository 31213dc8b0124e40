// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix
import Testing

@Suite("the hub's cache of renderings", .enabled(if: Renderers.areInstalled))
struct RenderCacheTests {
  @Test("a push that changes nothing that is rendered starts no program")
  func noChild() throws {
    let standIn = try HelmStandIn()
    let fixture = try HubFixture.pushed(RenderedBundles.fleet, variables: standIn.variables)
    // Two regions, and the question for the version.
    #expect(try standIn.starts() == ["template", "template", "version"])
    try fixture.clone.edit("apps/pos/config.yaml", "EUR", "USD")
    try fixture.clone.commit("dollars")
    let push = try fixture.clone.push(
      // A kustomize that is not there cannot have been started either.
      variables: standIn.variables.merging(["FLEET_KUSTOMIZE": "/no/such/kustomize"]) { $1 })
    #expect(
      push.said == """
        blast radius: 3 of 4 clusters change
          groups: stores 3 of 3
          objects: ConfigMap 3 changed
          3 clusters, store-0001, store-0002 and store-0003: changes ConfigMap
            retail/settings
        success: release 2 is published, 3 clusters get it at the next run

        """)
    #expect(try standIn.starts() == [])
    #expect(
      try fixture.sliceFile("store-0003", "till/objects/ConfigMap~tills~till.yaml")
        .contains("colour: us"))
  }

  @Test("one new value is one rendering; the versions that the hub asked for stand in the plan")
  func oneMore() throws {
    let standIn = try HelmStandIn()
    let fixture = try HubFixture.pushed(RenderedBundles.fleet, variables: standIn.variables)
    _ = try standIn.starts()
    try fixture.clone.edit("clusters/store-0002.yaml", "region: eu", "region: asia")
    try fixture.clone.commit("another region")
    let push = try fixture.clone.push(variables: standIn.variables)
    #expect(push.isAccepted, "\(push.text)")
    #expect(try standIn.starts() == ["template", "version"])
    let trailers = try fixture.git(
      "fleet.git", "log", "-1", "--format=%(trailers:key=Helm)%(trailers:key=Kustomize)",
      "refs/fleet/plan")
    #expect(
      trailers.wholeMatch(of: #/Helm: v3[.0-9]+\nKustomize: v5[.0-9]+\n?/#) != nil, "\(trailers)")
  }

  /// Something that happens to a cache.
  struct Damage: Sendable, CustomTestStringConvertible {
    let id: String
    /// How many renderings have to be made again.
    let lost: Int
    /// How many entries are said to be damaged.
    let damaged: Int
    let make: @Sendable (String) throws -> Void
    var testDescription: String { id }
  }

  /// The files of a cache, in the order of their paths.
  private static func entries(_ cache: String) throws -> [String] {
    try Files.entries(in: cache).flatMap { shard in
      try Files.entries(in: "\(cache)/\(shard.text)").map { "\(cache)/\(shard.text)/\($0.text)" }
    }.sorted()
  }

  /// The files with a rendering of the till.
  private static func tills(_ cache: String) throws -> [String] {
    try entries(cache).filter {
      String(decoding: TestFiles.read($0) ?? [], as: UTF8.self).contains("colour: ")
    }
  }

  /// The files with what is known about deployments of the till.
  private static func memories(_ cache: String) throws -> [String] {
    try entries(cache).filter {
      String(decoding: TestFiles.read($0) ?? [], as: UTF8.self).contains("apps/till/templates/")
    }
  }

  /// Lets nothing be known about deployments, so that renderings are needed.
  private static func forget(_ cache: String) throws {
    for entry in try memories(cache) { try Files.remove(entry) }
  }

  @Test(
    "what is lost or damaged of it is made again, with the same plan",
    arguments: [
      Damage(id: "gone", lost: 2, damaged: 0) { try Files.removeTree($0) },
      Damage(id: "one-entry-changed", lost: 1, damaged: 1) { cache in
        try forget(cache)
        let entry = try #require(try RenderCacheTests.tills(cache).first)
        let text = String(decoding: TestFiles.read(entry) ?? [], as: UTF8.self)
        TestFiles.write(Array(text.replacing("colour: ", with: "colour: x").utf8), to: entry)
      },
      Damage(id: "one-entry-changed-that-is-not-needed", lost: 0, damaged: 0) { cache in
        let entry = try #require(try RenderCacheTests.tills(cache).first)
        TestFiles.write([], to: entry)
      },
      Damage(id: "what-is-known-changed", lost: 0, damaged: 1) { cache in
        let entry = try #require(try RenderCacheTests.memories(cache).first)
        var bytes = TestFiles.read(entry) ?? []
        bytes[bytes.count - 30] ^= 1
        TestFiles.write(bytes, to: entry)
      },
      Damage(id: "what-is-known-gone", lost: 0, damaged: 0) { try forget($0) },
      Damage(id: "all-cut-short", lost: 2, damaged: 4) { cache in
        for entry in try RenderCacheTests.entries(cache) {
          let bytes = TestFiles.read(entry) ?? []
          TestFiles.write(Array(bytes.prefix(bytes.count / 2)), to: entry)
        }
      },
      Damage(id: "all-empty", lost: 2, damaged: 4) { cache in
        for entry in try RenderCacheTests.entries(cache) { TestFiles.write([], to: entry) }
      },
      Damage(id: "a-folder-in-the-place-of-an-entry", lost: 1, damaged: 1) { cache in
        try forget(cache)
        let entry = try #require(try RenderCacheTests.tills(cache).first)
        try Files.remove(entry)
        try Files.makeDirectories(entry + "/folder")
      },
    ])
  func damaged(_ damage: Damage) throws {
    let fixture = try RenderedHub.copy()
    try damage.make(fixture.hub.renderCache)
    let standIn = try HelmStandIn()
    let slices = try fixture.git("fleet.git", "rev-parse", "refs/fleet/plan:clusters")
    try fixture.clone.write("README.md", "# Shops\n")
    try fixture.clone.commit("a page")
    let push = try fixture.clone.push(variables: standIn.variables)
    // Two charts, a kustomization and one memory are kept; what is gone altogether nobody can call damaged.
    let warning =
      switch damage.damaged {
      case 0: ""
      case 1: "warning: 1 damaged entry of the cache of renderings was made again\n\n"
      case let count:
        "warning: \(count) damaged entries of the cache of renderings were made again\n\n"
      }
    #expect(
      push.said == warning + """
        blast radius: nothing changes on any cluster
        success: release 2 is recorded, no cluster has to change

        """)
    #expect(try standIn.starts().filter { $0 == "template" }.count == damage.lost)
    #expect(try fixture.git("fleet.git", "rev-parse", "refs/fleet/plan:clusters") == slices)
    // Now it is whole again.
    try fixture.clone.write("README.md", "# Shops and tills\n")
    try fixture.clone.commit("a better page")
    #expect(try fixture.clone.push(variables: standIn.variables).isAccepted)
    #expect(try standIn.starts() == [])
  }
}
