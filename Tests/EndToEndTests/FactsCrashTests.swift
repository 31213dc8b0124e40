// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix
import SliceFormat
import Testing

/// Facts and plan are two refs that move together, whatever is killed in between.
@Suite("facts and crashes")
struct FactsCrashTests {
  /// What the disk shows when the step after it did not happen.
  enum Stage: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case nothing, planRef, factsRef, stateRef
    var testDescription: String { rawValue }
  }

  @Test(
    "a change of facts that stops after any of its steps is completed", arguments: Stage.allCases)
  func stages(_ stage: Stage) throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture]"))
    try fleet.report(["store-01"], architecture: "arm64")
    try fleet.fixture.tick()
    let before = try fleet.refs
    try fleet.report(["store-02"], architecture: "arm64")
    try fleet.fixture.copyHub(to: fleet.fixture.scratch.path + "/before")
    try fleet.fixture.tick()
    let after = try fleet.refs
    #expect(before != after)
    let objects = "\(fleet.fixture.scratch.path)/objects"
    _ = try Child.run(["cp", "-a", fleet.fixture.hub.fleet + "/objects", objects])
    try fleet.fixture.restoreHub(from: fleet.fixture.scratch.path + "/before")
    if stage != .nothing {
      try Files.removeTree(fleet.fixture.hub.fleet + "/objects")
      _ = try Child.run(["cp", "-a", objects, fleet.fixture.hub.fleet + "/objects"])
    }
    for (index, name) in ["plan", "facts", "state"].enumerated() {
      guard (Stage.allCases.firstIndex(of: stage) ?? 0) > index else { break }
      let position = ["facts", "plan", "state"].firstIndex(of: name) ?? 0
      try fleet.fixture.git(
        "fleet.git", "update-ref", "refs/fleet/\(name)", after[position] ?? "")
    }
    if stage == .planRef {
      // A push in between is compared with the plan that its facts have made.
      try fleet.fixture.clone.edit("apps/pos/config.yaml", "amd64", "amd64-2")
      try fleet.fixture.clone.commit("pos 2")
      let push = try fleet.fixture.clone.push()
      Golden.check(push.text, "facts/push-between.txt")
    }
    try fleet.fixture.tick()
    #expect(try fleet.told == ["arm64", "arm64", "amd64", "amd64"])
    #expect(
      try fleet.facts() == """
        {"cluster":"store-01","facts":{"architecture":"arm64"}}
        {"cluster":"store-02","facts":{"architecture":"arm64"}}
        """)
    try fleet.fixture.expectSettled()
    let settled = try fleet.refs
    try fleet.fixture.tick()
    #expect(try fleet.refs == settled)
  }

  @Test("a push that was accepted with older facts gets those of now when main moves")
  func pushMeanwhile() throws {
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture]"))
    try fleet.fixture.tick()
    let fixture = fleet.fixture
    try fixture.clone.edit("apps/pos/config.yaml", "amd64", "amd64-2")
    try fixture.clone.commit("pos 2")
    try fixture.stopAfterAcceptance()
    let push = try BackgroundProcess(
      ["git"] + fixture.clone.pushArguments(), in: fixture.clone.path,
      variables: GitFixture.environment(), output: fixture.scratch.path + "/push.out")
    try fixture.untilAccepted(push)
    try fleet.report(["store-01"], architecture: "arm64")
    try fixture.tick()
    #expect(try fleet.told("store-01") == "arm64")
    try fixture.goOn()
    #expect(try push.wait() == 0)
    #expect(try fleet.told == ["arm64", "amd64", "amd64", "amd64"])
    let settings = try fixture.git(
      "slices.git", "show", "refs/slices/store-02:pos/objects/ConfigMap~retail~settings.yaml")
    #expect(settings.contains("amd64-2"))
    try fixture.expectSettled()
  }

  @Test("a hub that is killed again and again ends with the facts of the last reports")
  func kills() throws {
    var random = SeededRandom()
    let fleet = try FactsFleet(FactsFleet.files(allow: "[architecture]"))
    try fleet.fixture.tick()
    var words = FactsFleet.shops.map { _ in "amd64" }
    var killed = 0
    var usual: Int64 = 60
    for round in 1...200 where killed < 50 {
      let shop = Int.random(in: 0..<words.count, using: &random)
      words[shop] = words[shop] == "amd64" ? "arm64" : "amd64"
      try fleet.report(
        FactsFleet.shops[shop], [SiteFact("architecture", words[shop])], counter: round)
      let process = try BackgroundProcess(
        [try HubFixture.program("fleet-hub"), "tick", "--hub", fleet.fixture.hub.root], in: "/",
        variables: GitFixture.environment(), output: fleet.fixture.scratch.path + "/tick.log")
      let start = MonotonicClock.milliseconds()
      MonotonicClock.pause(milliseconds: Int(Int64.random(in: 0...usual, using: &random)))
      if process.hasEnded {
        usual = max(10, (usual * 3 + MonotonicClock.milliseconds() - start) / 4)
      } else {
        process.kill()
        killed += 1
        usual += 5
      }
      try process.wait()
    }
    #expect(killed == 50, "\(random)")
    try fleet.fixture.tick()
    try fleet.fixture.tick()
    #expect(try fleet.told == words, "\(random)")
    try fleet.fixture.expectSettled("\(random)")
    // The plan is a function of source and facts: made anew, it is the same.
    let plan = try fleet.fixture.git("fleet.git", "rev-parse", "refs/fleet/plan:clusters")
    try fleet.fixture.git("fleet.git", "update-ref", "-d", "refs/fleet/plan")
    try Files.removeTree(fleet.fixture.hub.accepted)
    try fleet.fixture.tick()
    #expect(try fleet.fixture.git("fleet.git", "rev-parse", "refs/fleet/plan:clusters") == plan)
  }
}
