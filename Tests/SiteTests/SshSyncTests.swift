// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite("fleet-sync over ssh", .enabled(if: SshHub.isPossible, "no sshd can be started here"))
struct SshSyncTests {
  @Test("a slice comes, a status goes, and the key says whose status may be pushed")
  func lifecycle() throws {
    let hub = try HandmadeHub()
    try hub.installStatusHook()
    let ssh = try SshHub(hub.path, clusters: ["store-0001", "store-0002"])
    let site = try TestSite(ssh.url)
    try hub.publish([HandmadeHub.Bundle("a", ["ConfigMap~s~x": "1"])], release: 1)
    #expect(
      try site.sync(environment: ssh.environment(of: "store-0001"))
        == .init(0, "took release 1 of epoch 1"))
    #expect(try hub.status()["state"]?.string == "Ready")
    #expect(try site.sync(environment: ssh.environment(of: "store-0001")) == .init(0))

    let status = try hub.statusCommit()
    let impostor = try TestSite(ssh.url)
    let run = try impostor.sync(environment: ssh.environment(of: "store-0002"))
    #expect(
      run
        == .init(
          75,
          """
          error: the hub has no slice for cluster 'store-0001'
          error: cannot push the status to 'HUB': \
          cluster 'store-0002' may not push the status of 'store-0001'
          """))
    #expect(try hub.statusCommit() == status)
  }
}
