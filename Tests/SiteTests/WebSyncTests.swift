// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite(
  "fleet-sync over HTTP",
  .enabled(if: WebHub.isPossible, "nginx, fcgiwrap, openssl or curl is missing"))
struct WebSyncTests {
  typealias Bundle = HandmadeHub.Bundle
  static let one = Bundle("a", ["ConfigMap~s~x": "1"])

  @Test("a slice comes, a status goes, and a cut network stops neither applying nor the next run")
  func lifecycle() throws {
    let hub = try HandmadeHub()
    try hub.installStatusHook()
    let web = try WebHub(hub.path, users: [("store-0001", "secret")])
    let site = try TestSite(web.url)
    try hub.publish([Self.one], release: 1)
    #expect(try site.sync() == .init(0, "took release 1 of epoch 1"))
    #expect(try hub.status()["state"]?.string == "Ready")
    let status = try hub.statusCommit()
    #expect(try site.sync("--drift-check=off") == .init(0))
    #expect(try hub.statusCommit() == status)

    web.stop()
    try Files.remove(site.manifests + "/a/ConfigMap~s~x.yaml")
    let run = try site.sync()
    #expect(run.code == 75)
    #expect(run.said.hasPrefix("error: cannot fetch from 'HUB': "))
    #expect(run.said.split(separator: "\n").count == 1)
    #expect(!run.said.contains("secret"))
    #expect(try site.files().last == "a/ConfigMap~s~x.yaml: 1")
  }

  @Test("a cluster sees no other's slice, and cannot push another's status")
  func foreignStatus() throws {
    let hub = try HandmadeHub()
    try hub.installStatusHook()
    let web = try WebHub(hub.path, users: [("store-0002", "secret")])
    let site = try TestSite(web.url)
    try hub.publish([Self.one], release: 1)
    let run = try site.sync()
    #expect(
      run
        == .init(
          75,
          """
          error: the hub has no slice for cluster 'store-0001'
          error: cannot push the status to 'HUB': \
          cluster 'store-0002' may not push the status of 'store-0001'
          """))
    #expect(try hub.statusCommit() == nil)
  }

  @Test("the descriptor is asked for once a day")
  func descriptor() throws {
    let hub = try HandmadeHub()
    let web = try WebHub(hub.path)
    let site = try TestSite(web.url)
    try hub.publish([Self.one], release: 1)
    #expect(try site.sync().code == 0)
    try hub.write(#"{"format":1,"layout":"stars"}"#, to: "hub.json")
    #expect(try site.sync() == .init(0))
    try Files.remove(site.state + "/site.json")
    #expect(
      try site.sync()
        == .init(1, "error: the hub's layout 'stars' is not known to this fleet-sync"))
  }
}
