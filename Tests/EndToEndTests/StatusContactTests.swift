// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

@Suite("contacts without a push")
struct StatusContactTests {
  private func contacts(_ fixture: HubFixture) throws -> [String] {
    let now = Timestamp.now()
    let times = try Contacts.read(fixture.hub, now: now).times
    #expect(times.values.allSatisfy { $0 <= now.seconds && $0 > now.seconds - 300 })
    return times.keys.sorted()
  }

  private func fetch(
    _ cluster: String, from url: String, _ fixture: HubFixture, variables: [String: String] = [:]
  ) throws -> ChildResult {
    try GitFixture.attempt(
      ["fetch", "-q", "--no-tags", url, "+refs/slices/\(cluster):refs/fleet/slice"],
      in: fixture.clone.path, variables: variables)
  }

  @Test(
    "over HTTP a poll that brings nothing makes the cluster known", .enabled(if: WebHub.isPossible))
  func web() throws {
    let fixture = try HubFixture.pushed()
    let web = try WebHub(
      fixture.hub.root,
      users: [(name: "store-0001", password: "secret"), (name: "store-0002", password: "geheim")])
    #expect(try fetch("store-0001", from: web.url + "/slices.git", fixture).succeeded)
    #expect(try contacts(fixture) == ["store-0001"])
    try Files.removeTree(fixture.hub.contactLog + ".old")
    let before = try #require(try Files.attributes(fixture.hub.contactLog)).size
    #expect(try fetch("store-0001", from: web.url + "/slices.git", fixture).succeeded)
    let text = String(
      decoding: try Files.read(fixture.hub.contactLog, limit: 1 << 20).dropFirst(before),
      as: UTF8.self)
    #expect(text.hasSuffix(" store-0001\n") && text.split(separator: "\n").count == 1)

    // Who names another cluster and does not know its password was not heard of.
    let impostor = web.url.replacing("store-0001:secret", with: "store-0002:secret")
    #expect(try !fetch("store-0002", from: impostor + "/slices.git", fixture).succeeded)
    #expect(try contacts(fixture) == ["store-0001"])
    // A cluster is shown its own slice and no other.
    let list = try GitFixture.run(["ls-remote", web.url + "/slices.git"], in: fixture.clone.path)
    #expect(
      list.split(separator: "\n").map { $0.split(separator: "\t")[1] } == ["refs/slices/store-0001"]
    )
    let pusher = try StatusPusher("store-0001", fixture)
    try pusher.start(1...2, url: web.url + "/status.git")
    try pusher.wait()
    try fixture.untilStatusesAreSeen()
    #expect(try fixture.observed() == ["store-0001 \(pusher.last)"])
  }

  @Test("over ssh too", .enabled(if: SshHub.isPossible))
  func ssh() throws {
    let fixture = try HubFixture.pushed()
    let ssh = try SshHub(fixture.hub.root, clusters: ["store-0001", "store-0002"])
    let url = ssh.url + "/slices.git"
    #expect(try contacts(fixture) == [])
    let own = ssh.environment(of: "store-0002")
    #expect(try fetch("store-0002", from: url, fixture, variables: own).succeeded)
    #expect(try contacts(fixture) == ["store-0002"])
    #expect(try !fetch("store-0001", from: url, fixture, variables: own).succeeded)
    #expect(
      try GitFixture.run(["ls-remote", url], in: fixture.clone.path, variables: own)
        .split(separator: "\n").map { $0.split(separator: "\t")[1] } == ["refs/slices/store-0002"])
  }
}
