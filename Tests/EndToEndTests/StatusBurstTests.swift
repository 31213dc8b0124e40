// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

@Suite("bursts of statuses")
struct StatusBurstTests {
  @Test(
    "the digest has the last status of each cluster without any tick, and not a step for each push")
  func noneIsLost() throws {
    let fixture = try HubFixture.pushed()
    let pushers = try (1...6).map { try StatusPusher("site-\($0)", fixture) }
    for pusher in pushers { try pusher.start(1...8) }
    for pusher in pushers { try pusher.wait() }
    try fixture.untilStatusesAreSeen()
    #expect(try fixture.observed() == pushers.map { "\($0.cluster) \($0.last)" }.sorted())
    // One alone, when nobody is at work any more.
    try pushers[0].start(9...9)
    try pushers[0].wait()
    try fixture.untilStatusesAreSeen()
    #expect(try fixture.observed() == pushers.map { "\($0.cluster) \($0.last)" }.sorted())
    #expect(try fixture.fsck() == [])
  }

  @Test("without fleet-hub beside the hook the push stands, and the pusher is told")
  func noRunner() throws {
    let fixture = try HubFixture.pushed()
    let folder = "\(fixture.scratch.path)/libexec"
    try Files.makeDirectories(folder)
    _ = try Child.run(["cp", try HubFixture.program("fleet-status-receive"), folder])
    try fixture.git("status.git", "config", "fleet.libexec", folder)
    let pusher = try StatusPusher("site-1", fixture)
    try pusher.start(1...1)
    try pusher.wait()
    #expect(Files.exists(fixture.hub.statusMark))
    #expect(try fixture.ref("refs/status/site-1", in: "status.git") == pusher.last)
    #expect(try fixture.tick() == ["observed new statuses"])
  }
}
