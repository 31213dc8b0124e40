// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

@Suite("a hub that was replaced by an older copy")
struct OlderHubTests {
  @Test("sites refuse what it says until its epoch is raised, and then follow it")
  func replaced() throws {
    let fixture = try HubFixture.pushed()
    let hub = fixture.scratch.path + "/hub"
    let site = try TestSite(hub)
    // Only slices: a status would start a job of the hub in the background.
    site.target += ["--heartbeat", "0"]
    site.hub = hub + "/slices.git"
    #expect(try site.sync() == .init(0, "took release 1 of epoch 1"))
    _ = try Child.run(["cp", "-a", hub, hub + "-backup"])

    func release(_ currency: String) throws {
      try fixture.clone.write(
        "apps/pos/config.yaml",
        (SampleFleet.shops["apps/pos/config.yaml"] ?? "").replacing("EUR", with: currency))
      try fixture.clone.commit(currency)
      try #require(try fixture.clone.push().status == .exit(0))
    }
    func currency() throws -> String {
      let text = try site.files().first { $0.hasPrefix("pos/ConfigMap~retail~settings.yaml") } ?? ""
      return ["EUR", "USD", "GBP"].first { text.contains($0) } ?? ""
    }
    try release("USD")
    #expect(try site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(try currency() == "USD")

    try Files.rename(hub, to: hub + "-lost")
    try Files.rename(hub + "-backup", to: hub)
    let refused = TestSite.Run(
      1, "error: the slice that came is release 1 of epoch 1, older than release 2 of epoch 1")
    #expect(try site.sync() == refused)
    #expect(try currency() == "USD")
    // Again and again, whatever is lost at the site but the objects.
    try Files.remove(site.state + "/site.json")
    #expect(try site.sync() == refused)
    #expect(try currency() == "USD")

    let raised = try Child.run(
      [TestSite.program("fleet-hub"), "epoch", "--hub", hub, "--raise"],
      environment: HandmadeHub.environment)
    #expect(TestSite.text(raised.output) == "the epoch is 2 now")
    let run = try site.sync()
    #expect(run.code == 0)
    #expect(run.said.hasSuffix(" of epoch 2"))
    #expect(try currency() == "EUR")
    #expect(try site.sync() == .init(0))

    // The lost hub turns up again: it is the older one now.
    try Files.rename(hub, to: hub + "-backup")
    try Files.rename(hub + "-lost", to: hub)
    let back = try site.sync()
    #expect(back.code == 1)
    #expect(back.said.hasPrefix("error: the slice that came is release 2 of epoch 1, older than "))
    #expect(try currency() == "EUR")
  }
}
