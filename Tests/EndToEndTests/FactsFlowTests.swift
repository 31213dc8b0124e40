// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import SliceFormat
import Testing

/// From what a site reports to what it is told to run, through the installed hooks and the built programs.
@Suite("reported facts")
struct FactsFlowTests {
  @Test("a fact that a real site reports chooses its variant, and every ref says why")
  func chosen() throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture, nodes]"))
    for shop in FactsFleet.shops { try fleet.sync(shop, "--fact", "architecture=amd64") }
    try fleet.sync("store-02", "--fact", "architecture=arm64", "--fact", "rack=b12")
    let log = try fleet.fixture.tick()
    #expect(
      log == [
        "observed new statuses", "took up facts of store-01, store-02, store-03 and store-04",
        "release 2 is published to 1 cluster",
      ])
    #expect(try fleet.told == ["amd64", "arm64", "amd64", "amd64"])
    try fleet.sync("store-02", "--fact", "architecture=arm64")
    let target = "\(fleet.fixture.scratch.path)/target-store-02/pos/ConfigMap~retail~settings.yaml"
    #expect(String(decoding: TestFiles.read(target) ?? [], as: UTF8.self).contains("arm64"))
    let text =
      "# refs/fleet/facts\n"
      + (try fleet.fixture.git("fleet.git", "log", "--format=%an%n%B", "refs/fleet/facts"))
      + "\n" + (try fleet.facts()) + "\n\n# refs/fleet/plan\n"
      + (try fleet.fixture.git("fleet.git", "log", "--format=%B", "refs/fleet/plan"))
      + (try fleet.fixture.git("fleet.git", "show", "refs/fleet/plan:facts.json"))
      + "\n\n# refs/fleet/state\n" + (try fleet.fixture.stateLog())
    Golden.check(GitFixture.namingIDs(in: text), "facts/chosen.txt")
    try fleet.fixture.expectSettled()
    // Nothing new is said, so nothing is done.
    #expect(try fleet.fixture.tick().filter { $0.contains("facts") } == [])
  }

  @Test("a push of a status alone is enough: nobody has to wait for cron")
  func triggered() throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture]"), triggers: true)
    try fleet.sync("store-03", "--fact", "architecture=arm64")
    try fleet.fixture.untilStatusesAreSeen()
    #expect(try fleet.told == ["amd64", "amd64", "arm64", "amd64"])
    try fleet.fixture.expectSettled()
  }

  @Test(
    "what the Hub does not allow never steers, whoever reports it",
    arguments: ["[]", "[architectur]", "[nodes, \"arch/*\"]"])
  func notAllowed(_ allow: String) throws {
    let fleet = try FactsFleet(
      FactsFleet.files(allow: allow).merging([
        // The label is asked for all the same, by a target that may match nothing.
        "apps/pos/fleet.yaml": """
        name: pos
        namespace: retail
        targetCustomizations:
          - name: arm
            optional: true
            clusterSelector: {matchLabels: {facts.kubectl-fleet.io/architecture: arm64}}
            yaml: {overlays: [arm]}

        """
      ]) { $1 })
    let before = try fleet.refs
    try fleet.report(FactsFleet.shops, architecture: "arm64")
    #expect(try fleet.fixture.tick() == ["observed new statuses"])
    #expect(try fleet.refs == before)
    #expect(try fleet.told == ["amd64", "amd64", "amd64", "amd64"])
  }

  @Test("over the budget nothing moves, and a person takes it up by naming the count")
  func refused() throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture]", budget: "1"))
    try fleet.fixture.tick()
    let before = try fleet.refs
    try fleet.report(["store-01", "store-02", "store-03"], architecture: "arm64")
    let first = try fleet.fixture.tick()
    #expect(
      first.map { $0.replacing(fleet.fixture.hub.root, with: "HUB") } == [
        "observed new statuses",
        "warning: facts of store-01, store-02 and store-03 wait, what they change is refused; "
          + "see: fleet-hub facts --hub HUB",
      ])
    #expect(try fleet.refs == before)
    // It was said, and is not tried again while nothing changes.
    #expect(try fleet.fixture.tick() == [])
    var text = "$ fleet-hub facts\n" + (try fleet.administrate())
    text += "\n$ fleet-hub facts --accept\n" + (try fleet.administrate("--accept"))
    #expect(try fleet.refs == before)
    text += "\n# refs/fleet/facts-waiting\n"
    text += try fleet.fixture.git("fleet.git", "log", "--format=%B", "refs/fleet/facts-waiting")
    text += "\n$ fleet-hub facts --accept --push-option fleet.allow-changed=3\n"
    text += try fleet.administrate("--accept", "--push-option", "fleet.allow-changed=3")
    text += "\n# refs/fleet/facts\n"
    text += try fleet.fixture.git("fleet.git", "log", "--format=%B", "refs/fleet/facts")
    text += "\n# refs/fleet/state\n" + (try fleet.fixture.stateLog())
    Golden.check(GitFixture.namingIDs(in: text), "facts/refused.txt")
    #expect(try fleet.told == ["arm64", "arm64", "arm64", "amd64"])
    #expect(try fleet.fixture.ref("refs/fleet/facts-waiting") == nil)
    try fleet.fixture.expectSettled()
  }

  @Test("a budget that is widened lets through what waited")
  func widened() throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture]", budget: "1"))
    try fleet.report(["store-01", "store-02"], architecture: "arm64")
    try fleet.fixture.tick()
    #expect(try fleet.fixture.ref("refs/fleet/facts-waiting") != nil)
    try fleet.fixture.clone.edit("policy/budget.yaml", "clustersChanged: 1", "clustersChanged: 2")
    try fleet.fixture.clone.commit("two shops at a time")
    let push = try fleet.fixture.clone.push()
    // The push is about itself alone.
    #expect(push.isAccepted)
    #expect(push.text.contains("blast radius: nothing changes on any cluster"), "\(push.text)")
    try fleet.fixture.tick()
    #expect(try fleet.told == ["arm64", "arm64", "amd64", "amd64"])
    #expect(try fleet.fixture.ref("refs/fleet/facts-waiting") == nil)
  }

  @Test("a change of facts is released stage by stage")
  func staged() throws {
    let rollout = """
      rollout:
        stages:
          - name: canary
            clusterSelector: {matchLabels: {ring: canary}}
          - name: all

      """
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture]", rollout: rollout))
    let sites = try SimulatedSites(fleet.fixture.hub, SimulatedSites.Behaviour())
    _ = try RolloutFlowTests.run(fleet.fixture, sites, rounds: 8)
    try fleet.report(FactsFleet.shops, architecture: "arm64")
    // A loose ref would hide what the simulated sites say next.
    try fleet.fixture.git("status.git", "pack-refs", "--all")
    let log = try fleet.fixture.tick()
    #expect(log.contains("took up facts of store-01, store-02, store-03 and store-04"), "\(log)")
    // The canary alone has it; sites that say nothing of facts keep what they said.
    #expect(try fleet.told == ["arm64", "amd64", "amd64", "amd64"])
    let rest = try RolloutFlowTests.run(fleet.fixture, sites, rounds: 12)
    #expect(try fleet.told == ["arm64", "arm64", "arm64", "arm64"])
    #expect(rest.contains { $0.contains(": complete: 4 of 4") }, "\(rest)")
    try fleet.fixture.expectSettled()
  }

  @Test("a fact that nothing asks for moves its own ref alone")
  func unused() throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[\"*\"]"))
    try fleet.fixture.tick()
    let before = try fleet.refs
    try fleet.report("store-01", [SiteFact("nodes", "3"), SiteFact("os", "linux")])
    #expect(try fleet.fixture.tick() == ["observed new statuses", "took up facts of store-01"])
    #expect(try fleet.facts() == #"{"cluster":"store-01","facts":{"nodes":"3","os":"linux"}}"#)
    #expect(try Array(fleet.refs.dropFirst()) == Array(before.dropFirst()))
    try fleet.fixture.expectSettled()
  }

  @Test("a change that comes too soon after another waits, and what flaps in between costs nothing")
  func interval() throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture]", interval: "1h"))
    try fleet.report(["store-01"], architecture: "arm64")
    try fleet.fixture.tick()
    let first = try fleet.refs
    #expect(try fleet.told == ["arm64", "amd64", "amd64", "amd64"])
    for counter in 2...5 {
      try fleet.report(
        "store-01", [SiteFact("architecture", counter % 2 == 0 ? "amd64" : "arm64")],
        counter: counter)
      try fleet.report("store-02", [SiteFact("architecture", "arm64")], counter: counter)
      #expect(try fleet.fixture.tick() == ["observed new statuses"])
    }
    #expect(try fleet.refs == first)
    // A person does not wait.
    #expect(try fleet.administrate("--accept").hasPrefix("ended with exit code 0\n"))
    #expect(try fleet.told == ["arm64", "arm64", "amd64", "amd64"])
  }

  @Test("a rule that is narrowed takes its facts back in the push that narrows it")
  func narrowed() throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture, nodes]"))
    try fleet.report(["store-01"], architecture: "arm64")
    try fleet.fixture.tick()
    #expect(try fleet.told("store-01") == "arm64")
    try fleet.fixture.clone.write("policy/hub.yaml", FactsFleet.hub(allow: "[nodes]"))
    try fleet.fixture.clone.commit("architectures do not count")
    let push = try fleet.fixture.clone.push()
    Golden.check(push.text, "facts/narrowed.txt")
    #expect(try fleet.told("store-01") == "amd64")
    try fleet.fixture.tick()
    #expect(try fleet.facts() == "")
    try fleet.fixture.expectSettled()
  }

  @Test("nobody declares a fact")
  func declared() throws {
    let fixture = try HubFixture(FactsFleet.files(allow: "[architecture]"))
    try fixture.clone.edit(
      "clusters/store-01.yaml", "    env: store",
      "    facts.kubectl-fleet.io/architecture: arm64\n    env: store")
    try fixture.clone.commit("a fact by hand")
    Golden.check(try fixture.clone.push().text, "facts/declared.txt")
  }

  @Test("a cluster that leaves the inventory takes its facts along, one that is silent keeps them")
  func gone() throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture]"))
    try fleet.report(FactsFleet.shops, architecture: "arm64")
    try fleet.fixture.tick()
    try fleet.fixture.clone.remove("clusters/store-04.yaml")
    try fleet.fixture.clone.commit("close a shop")
    #expect(try fleet.fixture.clone.push(options: ["fleet.allow-removed=1"]).isAccepted)
    try fleet.report("store-01", nil, counter: 2)
    try fleet.fixture.git("status.git", "update-ref", "-d", "refs/status/store-02")
    try fleet.fixture.tick()
    #expect(
      try fleet.facts() == """
        {"cluster":"store-01","facts":{"architecture":"arm64"}}
        {"cluster":"store-02","facts":{"architecture":"arm64"}}
        {"cluster":"store-03","facts":{"architecture":"arm64"}}
        """)
    try fleet.fixture.expectSettled()
  }

  @Test("facts out of bounds are left out, and the hub says so")
  func bounds() throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[\"*\"]"))
    let long = String(repeating: "x", count: 200)
    try fleet.report(
      "store-01",
      [
        SiteFact("architecture", "arm64"), SiteFact("long", long), SiteFact("bad name", "1"),
        SiteFact("line", "a\nb"), SiteFact("kubernetesVersion", "1.31.4+k3s1"),
      ])
    try fleet.fixture.tick()
    #expect(
      try fleet.facts()
        == #"{"cluster":"store-01","facts":{"architecture":"arm64","kubernetesVersion":"1.31.4-k3s1"}}"#
    )
    let status = try #require(
      try StatusDigest.read(fleet.fixture.hub).clusters()["store-01"])
    #expect(status.errors == ["3 facts are out of bounds and ignored"])
  }
}
