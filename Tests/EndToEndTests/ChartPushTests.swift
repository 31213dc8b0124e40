// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

/// Charts of a chart repository and of an OCI registry on loopback, brought in at the desk and pushed.
@Suite("charts from elsewhere at push", .enabled(if: ChartServer.isPossible))
struct ChartPushTests {
  /// A fleet with a chart of each server, a hub, and the servers.
  private final class World {
    let server: ChartServer
    let fixture: HubFixture

    init() throws {
      server = try ChartServer()
      try server.publish("web", "1.2.3", says: "hello from a repository")
      try server.push("cache", "2.0.1", says: "hello from a registry")
      fixture = try HubFixture.pushed()
      try fixture.clone.write([
        "apps/web/fleet.yaml": """
        name: web
        namespace: web
        helm: {repo: "\(server.url)", chart: web, version: ^1.2}

        """,
        "apps/cache/fleet.yaml": """
        name: cache
        namespace: cache
        helm: {chart: "oci://\(server.host)/charts/cache", version: ~2.0}

        """,
      ])
      try fixture.clone.commit("two charts")
    }

    func update() throws -> String {
      plain(
        try fixture.run(["kubectl-fleet", "update", "--plain-http"], variables: server.variables))
    }

    /// A text without ports and digests.
    func plain(_ text: String) -> String {
      text.replacing(server.host, with: "SERVER")
        .replacing(#/sha256:(<COMMIT-[A-Z0-9]+>|[0-9a-f]+)/#, with: "sha256:DIGEST")
        .replacing(#/commit [0-9a-f]{7,}/#, with: "commit ID")
    }
  }

  @Test("a chart that is not in the repository is refused, and the command is named")
  func notVendored() throws {
    let world = try World()
    let before = try world.fixture.fingerprint()
    let push = try world.fixture.clone.push()
    Golden.check(world.plain(push.said), "chart-push/not-vendored.txt")
    #expect(push.isRefused)
    #expect(try world.fixture.changesBesidesCache(since: before) == [])
  }

  @Test("what update has brought in is pushed and rendered when both servers are gone")
  func serversGone() throws {
    let world = try World()
    let fixture = world.fixture
    var text = "$ kubectl fleet update\n" + (try world.update())
    world.server.stop()
    let refs = try fixture.sliceRefs()
    let push = try fixture.clone.push()
    text += "$ git push\n" + push.said
    #expect(push.isAccepted)
    text += try fixture.changedSlices(since: refs)
    for (bundle, object) in [("web", "web-web"), ("cache", "cache-cache")] {
      let path = "\(bundle)/objects/ConfigMap~\(bundle)~\(object).yaml"
      text += "## \(path)\n" + (try fixture.sliceFile("store-0001", path))
    }
    Golden.check(world.plain(text), "chart-push/servers-gone.txt")
    try fixture.expectSettled()
  }

  @Test("an archive that is not the one of its digest is refused, whatever was done to it")
  func tampered() throws {
    let world = try World()
    let fixture = world.fixture
    _ = try world.update()
    world.server.stop()
    let archive = "apps/web/.fleet/charts/web-1.2.3.tgz"
    let before = try fixture.fingerprint()
    var text = ""
    let honest = try #require(TestFiles.read(fixture.clone.path + "/" + archive))
    let forged = try ChartArchive.bytes(
      "web", ChartServer.files("web", "1.2.3", says: "hello from an attacker"))
    for (what, bytes) in [
      ("another chart", forged), ("a byte more", honest + [0]), ("nothing in it", []),
      ("half of it", Array(honest.prefix(honest.count / 2))),
    ] {
      try fixture.clone.write(archive, bytes)
      try fixture.clone.commit(what)
      let push = try fixture.clone.push()
      #expect(push.isRefused)
      text += "# \(what)\n" + push.said + "\n"
    }
    try fixture.clone.remove(archive)
    try fixture.clone.commit("gone")
    let push = try fixture.clone.push()
    #expect(push.isRefused)
    text += "# it is gone\n" + push.said
    Golden.check(world.plain(text), "chart-push/tampered.txt")
    #expect(try fixture.changesBesidesCache(since: before) == [])

    // The honest one goes through with all of that in the history.
    try fixture.clone.write(archive, honest)
    try fixture.clone.commit("the archive again")
    #expect(try fixture.clone.push().isAccepted)
  }
}
