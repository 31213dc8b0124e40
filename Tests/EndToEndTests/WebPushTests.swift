// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

@Suite("pushes over HTTP", .enabled(if: WebHub.isPossible))
struct WebPushTests {
  @Test("the pusher reads the same as over a path, and the audit log has the name that signed in")
  func samePush() throws {
    let local = try HubFixture.pushed()
    let remote = try HubFixture.pushed()
    let web = try WebHub(remote.hub.root, users: [(name: "ada", password: "secret")])
    let change = { (clone: FleetClone) in
      try clone.remove("clusters/store-0003.yaml")
      try clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
      try clone.commit("close a shop, version 1.1")
    }
    let options = ["fleet.allow-removed=1"]
    try change(local.clone)
    try change(remote.clone)
    let before = try remote.fingerprint()
    let refused = try remote.clone.push(url: web.url + "/fleet.git")
    #expect(refused.text == (try local.clone.push()).text)
    #expect(refused.isRefused)
    #expect(try remote.fingerprint().changes(since: before) == [])
    let accepted = try remote.clone.push(options: options, url: web.url + "/fleet.git")
    #expect(accepted.text == (try local.clone.push(options: options)).text)
    #expect(accepted.isAccepted)
    #expect(
      try remote.git(
        "fleet.git", "log", "-1",
        "--format=%an <%ae>%n%(trailers:key=Pushed-By)%(trailers:key=Override)",
        "refs/fleet/state") == """
          ada <ada@fleet>
          Pushed-By: ada
          Override: fleet.allow-removed=1

          """)
    try remote.expectSettled()
    let trees = ["for-each-ref", "--format=%(refname) %(tree)"]
    #expect(
      try GitFixture.run(trees, in: remote.hub.slices)
        == GitFixture.run(trees, in: local.hub.slices))
  }

  @Test("who has not signed in pushes nothing, and slices.git takes nothing from anybody")
  func refused() throws {
    let fixture = try HubFixture.pushed()
    let web = try WebHub(fixture.hub.root, users: [(name: "ada", password: "secret")])
    let before = try fixture.fingerprint()
    try fixture.clone.commit("nothing")
    let anonymous = web.url.split(separator: "@").last.map { "http://\($0)/fleet.git" } ?? ""
    #expect(try !fixture.clone.push(url: anonymous).isAccepted)
    #expect(
      try !fixture.clone.push(["main:refs/slices/lab-1"], url: web.url + "/slices.git").isAccepted)
    #expect(try fixture.fingerprint().changes(since: before) == [])
  }
}
