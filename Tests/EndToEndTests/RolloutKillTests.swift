// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import GitStore
import HubService
import Posix
import Rollouts
import Testing

/// The hub's job is killed 200 times at random moments while rollouts run: they complete, and the history has every
/// step once.
@Suite("a hub that is killed again and again")
struct RolloutKillTests {
  private static let kills = 200
  private static let count = 40

  private static func files() -> [String: String] {
    var files = RolloutFlowTests.files(
      """
        maxConcurrency: 4
        stages:
          - {name: first, clusters: 5%}
          - {name: second, clusters: 30%}
          - {name: third, clusters: 60%}
          - {name: last}

      """)
    for number in 11...count {
      files["clusters/store-\(number).yaml"] = SampleFleet.cluster(
        "store-\(number)", labels: ["env": "store", "ring": "rest"])
    }
    return files
  }

  @Test("rollouts complete, no step is lost and none is made twice")
  func kills() throws {
    var random = SeededRandom()
    let fixture = try HubFixture(Self.files())
    try fixture.clone.commit("version 1")
    #expect(try fixture.clone.push().isAccepted)
    let sites = try SimulatedSites(fixture.hub, SimulatedSites.Behaviour())
    var version = 1
    var killed = 0
    var round = 0
    // A tick that is left alone says how long one takes.
    let begin = MonotonicClock.milliseconds()
    try Self.tick(fixture, killAfter: nil)
    var usual = max(20, MonotonicClock.milliseconds() - begin)
    while killed < Self.kills {
      round += 1
      try #require(round < 3000, "\(random): \(killed) kills only")
      try sites.step(time: Double(round))
      let start = MonotonicClock.milliseconds()
      let moment = Int64.random(in: 0...usual, using: &random)
      if try Self.tick(fixture, killAfter: moment) {
        killed += 1
      } else {
        usual = max(10, (usual * 3 + MonotonicClock.milliseconds() - start) / 4)
      }
      if try Self.isIdle(fixture) {
        version += 1
        try fixture.clone.write([
          "apps/pos/config.yaml": SampleFleet.configMap("settings", ["version": "\(version)"])
        ])
        try fixture.clone.commit("version \(version)")
        let push = try fixture.clone.push()
        #expect(push.isAccepted, "\(random): \(push.text)")
      }
    }
    for extra in 0..<60 where try !Self.isIdle(fixture) {
      try sites.step(time: Double(round + extra + 1))
      try fixture.tick()
    }
    #expect(try Self.isIdle(fixture), "\(random): a rollout has not ended")
    try sites.step(time: Double(round + 100))
    let trees = Set((1...Self.count).map { sites.trees(of: Self.name($0))["pos"] })
    #expect(trees.count == 1, "\(random)")
    try Self.expectWholeHistory(fixture, versions: version, random)
    #expect(try fixture.fsck() == [], "\(random)")
  }

  private static func name(_ number: Int) -> String {
    "store-" + (number < 10 ? "0" : "") + "\(number)"
  }

  /// Runs the hub's cron job; tells whether it was killed.
  @discardableResult
  private static func tick(_ fixture: HubFixture, killAfter milliseconds: Int64?) throws -> Bool {
    let process = try BackgroundProcess(
      [try HubFixture.program("fleet-hub"), "tick", "--hub", fixture.hub.root], in: "/",
      variables: GitFixture.environment(), output: fixture.scratch.path + "/tick.log")
    if let milliseconds {
      MonotonicClock.pause(milliseconds: Int(milliseconds))
      if !process.hasEnded {
        process.kill()
        try process.wait()
        return true
      }
    }
    try process.wait()
    return false
  }

  private static func isIdle(_ fixture: HubFixture) throws -> Bool {
    let repository = try Repository.open(fixture.hub.fleet)
    let state = try ReleasedState.read(
      try repository.reference(HubLayout.Ref.state), from: repository)
    return state.map { $0.content.rollouts == .emptyTree } ?? false
  }

  /// Releases count on by one, and of each rollout every stage passed once, in order, and it completed once.
  private static func expectWholeHistory(
    _ fixture: HubFixture, versions: Int, _ random: SeededRandom
  ) throws {
    let repository = try Repository.open(fixture.hub.fleet)
    var next = try repository.reference(HubLayout.Ref.state)
    var releases: [Int] = []
    var steps: [String: [String]] = [:]
    while let id = next {
      let commit = try repository.commit(id)
      releases.append(commit.trailer("Release").flatMap { Int($0) } ?? 0)
      for event in try StateContent.events(of: commit, from: repository).reversed() {
        switch event.kind {
        case .started, .complete: steps[event.rollout, default: []].append(event.kind.rawValue)
        case .stagePassed: steps[event.rollout, default: []].append(event.stage)
        default: break
        }
      }
      next = commit.parents.first
    }
    #expect(releases.reversed() == Array(1...releases.count), "\(random)")
    #expect(steps.count == versions, "\(random): \(steps.keys.sorted())")
    for (rollout, steps) in steps {
      #expect(
        steps.reversed() == ["started", "first", "second", "third", "last", "complete"],
        "\(random): \(rollout)")
    }
  }
}
