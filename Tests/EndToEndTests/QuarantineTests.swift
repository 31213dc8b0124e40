// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

@Suite("objects in quarantine")
struct QuarantineTests {
  @Test(
    "a mistake in a file that the hub has never seen is told with its line, and the file is not kept"
  )
  func refused() throws {
    let fixture = try HubFixture.pushed()
    let before = try fixture.fingerprint()
    try fixture.clone.write(
      "gitrepos/new.yaml",
      """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: GitRepo
      metadata:
        name: new
      spec:
        paths:
          - more
        targets:
          - clusterSelector:
              matchLabels:
                regoin: eu

      """)
    try fixture.clone.write("more/app.yaml", SampleFleet.configMap("more", ["a": "b"]))
    try fixture.clone.commit("a repository with a typo")
    let blob = try fixture.clone.git("rev-parse", "HEAD:gitrepos/new.yaml")
    #expect(try !fixture.has(blob))
    let push = try fixture.clone.push()
    Golden.check(push.text, "push/quarantine-refused.txt")
    #expect(push.isRefused)
    #expect(try !fixture.has(blob))
    #expect(try fixture.fingerprint().changes(since: before) == [])

    // The same objects are there when the push that brings them is accepted.
    try fixture.clone.edit("gitrepos/new.yaml", "regoin", "region")
    try fixture.clone.commit("the typo is mended")
    #expect(try fixture.clone.push().isAccepted)
    #expect(try fixture.has(blob))
  }
}

extension HubFixture {
  /// Whether an object is in the object database of fleet.git.
  fileprivate func has(_ id: String) throws -> Bool {
    try GitFixture.attempt(["cat-file", "-e", id], in: hub.fleet).succeeded
  }
}
