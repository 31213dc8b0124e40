// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

/// The trailer `Retry` of a slice: a person has ordered to try again what sites went back from.
@Suite("a bundle that is to be tried again", .enabled(if: GateServer.isPossible))
struct RetryTests {
  @Test(
    "what a site refused before somebody ordered to try again is tried once more, and no more than once"
  )
  func retried() throws {
    let server = try GateServer()
    let site = try UndoTests.proven(server)
    try site.hub.publish([UndoTests.bundle("2")], release: 2)
    _ = try site.run(after: 60)
    try server.answer(UndoTests.numbers("10"))
    #expect(try site.run(after: 60) == 1)
    #expect(try site.applied() == "pos 1")
    // The hub has gone back and told it again, and the site has seen neither.
    site.hub.trailers = "Retry: pos 1.4, web 1.9\n"
    try site.hub.publish([UndoTests.bundle("2")], release: 5)
    try server.answer(UndoTests.numbers("99.9"))
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == "pos 2")
    #expect(try site.told() == ["pos Ready"])
    // It fails again. The mark stays in later slices, and is older than that.
    try server.answer(UndoTests.numbers("10"))
    #expect(try site.run(after: 60) == 1)
    #expect(try site.applied() == "pos 1")
    try server.answer(UndoTests.numbers("99.9"))
    try site.hub.publish(
      [UndoTests.bundle("2"), TrialSite.bundle("1", name: "web", watch: "")], release: 6)
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == "pos 1, web 1")
    // Without its state folder it knows from the target with which release it has refused.
    _ = try Files.remove(site.site.state + "/site.json")
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == "pos 1, web 1")
    site.hub.trailers = "Retry: pos 1.7\n"
    try site.hub.publish([UndoTests.bundle("2")], release: 7)
    #expect(try site.run(after: 60) == 0)
    #expect(try site.applied() == "pos 2")
    #expect(try site.run(after: 300) == 0)
    #expect(try site.metrics() == ["pos/success-rate 99.9 of 100"])
    let bytes = try Files.read(site.site.state + "/site.json", limit: 1 << 20)
    #expect(JSONParser.parse(bytes)?["refused"]?.items == [])
  }
}
