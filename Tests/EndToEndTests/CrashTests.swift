// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix
import Testing

/// Whatever is killed, lost or left behind: the next job brings the hub to where it should be.
@Suite("crashes")
struct CrashTests {
  /// A hub before and after the publication of one push.
  private struct Moment {
    let fixture: HubFixture
    /// A copy in which main has moved and nothing is published.
    let before: String
    /// A copy in which all is published.
    let after: String

    init() throws {
      fixture = try HubFixture.pushed()
      before = fixture.scratch.path + "/before"
      after = fixture.scratch.path + "/after"
      try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
      try fixture.clone.remove("clusters/lab-1.yaml")
      try fixture.clone.write(
        "clusters/store-0004.yaml",
        SampleFleet.cluster("store-0004", labels: ["env": "store", "region": "us"]))
      try fixture.clone.commit("version 1.1, a new shop, no lab")
      try fixture.withoutPostReceive {
        let push = try fixture.clone.push(options: ["fleet.allow-removed=1"], principal: "ada")
        guard push.isAccepted else { throw HubFixture.Failure(push.text) }
      }
      try fixture.copyHub(to: before)
      try fixture.tick()
      try fixture.copyHub(to: after)
    }
  }

  @Test("when post-receive never ran, a tick publishes, and the audit log knows who and why")
  func noPostReceive() throws {
    let fixture = try HubFixture.pushed()
    try fixture.clone.remove("clusters/store-0003.yaml")
    try fixture.clone.commit("close a shop")
    try fixture.withoutPostReceive {
      let push = try fixture.clone.push(options: ["fleet.allow-removed=1"], principal: "ada")
      #expect(
        push.text == """
          blast radius: 1 cluster leaves
            1 cluster, store-0003: leaves, its objects stay

          """)
    }
    #expect(try fixture.tick() == ["release 2 is published to 1 cluster", "observed new statuses"])
    try fixture.expectSettled()
    #expect(
      GitFixture.namingIDs(
        in: try fixture.git("fleet.git", "log", "-1", "--format=%an <%ae>%n%B", "refs/fleet/state"))
          == """
          ada <ada@fleet>
          release 2: close a shop

          blast radius: 1 cluster leaves
            1 cluster, store-0003: leaves, its objects stay

          Release: 2
          Source: <COMMIT-A>
          Plan: <COMMIT-B>
          Pushed-By: ada
          Override: fleet.allow-removed=1
          Format: 1

          """)
  }

  @Test("two pushes that nobody published are two decisions in the audit log")
  func twoUnpublished() throws {
    let fixture = try HubFixture.pushed()
    try fixture.withoutPostReceive {
      try fixture.clone.remove("clusters/store-0003.yaml")
      try fixture.clone.commit("close a shop")
      #expect(
        try fixture.clone.push(options: ["fleet.allow-removed=1"], principal: "ada").isAccepted)
      try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
      try fixture.clone.commit("version 1.1")
      let push = try fixture.clone.push(principal: "bob")
      #expect(
        push.text == """
          blast radius: 2 of 3 clusters change
            groups: stores 2 of 2
            objects: Deployment.apps 2 changed
            2 clusters, store-0001 and store-0002: changes Deployment retail/pos

          """)
    }
    try fixture.tick()
    try fixture.expectSettled()
    #expect(
      try fixture.git(
        "fleet.git", "log", "--format=%s%n%(trailers:key=Pushed-By)%(trailers:key=Override)",
        "refs/fleet/state") == """
          release 3: version 1.1
          Pushed-By: bob

          release 2: close a shop
          Pushed-By: ada
          Override: fleet.allow-removed=1

          release 1: first fleet

          """)
  }

  @Test("a tick between the acceptance of a push and the move of main loses nothing of it")
  func tickInBetween() throws {
    let fixture = try HubFixture.pushed()
    try fixture.clone.remove("clusters/store-0003.yaml")
    try fixture.clone.commit("close a shop")
    try fixture.stopAfterAcceptance()
    let push = try BackgroundProcess(
      ["git"] + fixture.clone.pushArguments(options: ["fleet.allow-removed=1"]),
      in: fixture.clone.path,
      variables: GitFixture.environment(["FLEET_PRINCIPAL": "ada"]),
      output: fixture.scratch.path + "/push.out")
    try fixture.untilAccepted(push)
    try fixture.tick()
    try fixture.goOn()
    #expect(try push.wait() == 0)
    #expect(
      try fixture.git(
        "fleet.git", "log", "-1", "--format=%(trailers:key=Pushed-By)%(trailers:key=Override)",
        "refs/fleet/state") == "Pushed-By: ada\nOverride: fleet.allow-removed=1\n")
    try fixture.expectSettled()
  }

  /// Steps of a publication, in their order; each is what the disk shows when the one after did not happen.
  enum Stage: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case nothing, planRef, stateObjects, stateRef, slicePack, packedRefsLock, packedRefs, everything
    var testDescription: String { rawValue }
  }

  @Test("a publication that stops after any of its steps is completed", arguments: Stage.allCases)
  func stages(_ stage: Stage) throws {
    let moment = try Moment()
    let done = Stage.allCases.prefix { $0 != stage } + [stage]
    let hub = moment.fixture.hub.root
    try moment.fixture.restoreHub(from: moment.before)
    func take(_ path: String) throws {
      try Files.removeTree("\(hub)/\(path)")
      try Files.makeDirectories(Files.split("\(hub)/\(path)").folder)
      _ = try Child.run(["cp", "-a", "\(moment.after)/\(path)", "\(hub)/\(path)"])
    }
    if done.contains(.planRef) { try take("fleet.git/refs/fleet/plan") }
    if done.contains(.stateObjects) { try take("fleet.git/objects") }
    if done.contains(.stateRef) { try take("fleet.git/refs/fleet/state") }
    if done.contains(.slicePack) { try take("slices.git/objects") }
    if stage == .packedRefsLock {
      try moment.fixture.scratch.write("half", to: "hub/slices.git/packed-refs.lock")
    }
    if done.contains(.packedRefs) { try take("slices.git/packed-refs") }
    if done.contains(.everything) { try take("slices.git/fleet-published") }
    try moment.fixture.tick()
    try moment.fixture.expectSettled()
    let other = try HubFingerprintOfRefs(moment.after)
    #expect(try HubFingerprintOfRefs(hub).trees == other.trees)
    // Once the decision is written nothing about it changes any more, not even a date.
    if done.contains(.stateRef) { #expect(try HubFingerprintOfRefs(hub).ids == other.ids) }
  }

  @Test("post-receive, or a tick, that is killed at any of fifty moments is completed by a tick")
  func killedPublication() throws {
    var random = SeededRandom()
    print("killed publication: \(random)")
    let moment = try Moment()
    let fixture = moment.fixture
    let before = try HubFingerprintOfRefs(moment.before)
    let expected = try HubFingerprintOfRefs(moment.after).trees
    let old = try fixture.clone.git("rev-parse", "HEAD~1")
    let input = try fixture.scratch.write(
      "\(old) \(try fixture.clone.head) refs/heads/main\n", to: "input")
    let programs = [
      [try HubFixture.program("fleet-post-receive")],
      [try HubFixture.program("fleet-hub"), "tick", "--hub", fixture.hub.root],
    ]
    func start(_ round: Int) throws -> BackgroundProcess {
      try fixture.restoreHub(from: moment.before)
      return try BackgroundProcess(
        programs[round % 2], in: fixture.hub.fleet,
        variables: GitFixture.environment(["GIT_DIR": "."]),
        output: fixture.scratch.path + "/publish.out", input: input)
    }
    // How long it takes on this machine, to spread the kills over it.
    var longest: Int64 = 0
    for round in 1...4 {
      let process = try start(round)
      let begin = MonotonicClock.milliseconds()
      #expect(try process.wait() == 0, "\(process.text)")
      longest = max(longest, MonotonicClock.milliseconds() - begin)
    }
    var stops: Set<[String]> = []
    for round in 1...50 {
      let process = try start(round)
      usleep(UInt32.random(in: 0...UInt32(longest * 1000), using: &random))
      process.kill()
      try process.wait()
      stops.insert(try HubFingerprintOfRefs(fixture.hub.root).refs(differingFrom: before))
      try fixture.tick()
      try fixture.expectSettled("round \(round), \(random)")
      let trees = try HubFingerprintOfRefs(fixture.hub.root).trees
      #expect(trees == expected, "round \(round), \(random)")
    }
    // Kills that all hit one moment would prove nothing.
    #expect(stops.count > 1, "\(random), \(longest) ms, \(stops)")
  }
}

/// The refs of a hub, for comparisons between a hub and its copies.
struct HubFingerprintOfRefs {
  /// Per repository and ref the id.
  let ids: [String: String]
  /// Per repository and ref what it shows: tree, subject, without ids of commits and dates.
  let trees: [String: String]

  init(_ hub: String) throws {
    var ids: [String: String] = [:]
    var trees: [String: String] = [:]
    for repository in ["fleet.git", "slices.git"] {
      let format = "%(refname) %(objectname) %(tree) %(contents:subject)"
      for line in try GitFixture.run(
        ["for-each-ref", "--format=\(format)"], in: "\(hub)/\(repository)"
      )
      .split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        // The digest of statuses has the date in it.
        if words[0] == "refs/fleet/observed" { continue }
        ids["\(repository) \(words[0])"] = words[1]
        trees["\(repository) \(words[0])"] = words[2]
      }
    }
    self.ids = ids
    self.trees = trees
  }

  /// The refs that differ.
  func refs(differingFrom other: HubFingerprintOfRefs) -> [String] {
    Set(ids.keys).union(other.ids.keys).filter { ids[$0] != other.ids[$0] }.sorted()
  }
}

extension HubFixture {
  /// Does something while the hub has no post-receive hook.
  func withoutPostReceive(_ body: () throws -> Void) throws {
    let hook = hub.fleet + "/hooks/post-receive"
    try Files.rename(hook, to: hook + ".away")
    try body()
    try Files.rename(hook + ".away", to: hook)
  }

  /// Copies the hub as it is.
  func copyHub(to folder: String) throws {
    let result = try Child.run(["cp", "-a", hub.root, folder])
    guard result.succeeded else { throw Failure("cannot copy the hub") }
  }

  /// Puts a copy in the hub's place.
  func restoreHub(from folder: String) throws {
    try Files.removeTree(hub.root)
    let result = try Child.run(["cp", "-a", folder, hub.root])
    guard result.succeeded else { throw Failure("cannot restore the hub") }
  }
}
