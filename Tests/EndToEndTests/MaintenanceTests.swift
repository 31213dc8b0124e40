// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix
import Testing

@Suite("keeping the repositories small")
struct MaintenanceTests {
  private static let repositories = ["fleet.git", "slices.git", "status.git"]

  /// Makes everything that is in the repositories so much older.
  private func age(_ fixture: HubFixture, days: Int) throws {
    let result = try Child.run(
      [
        "find", "-L", "fleet.git/objects", "slices.git/objects", "status.git/objects", "-type", "f",
        "-exec", "touch", "-d", "-\(days) days", "{}", "+",
      ], directory: fixture.hub.root)
    try #require(result.succeeded)
  }

  private func maintain(_ fixture: HubFixture) throws -> [String] {
    let lines = Lines()
    try Maintenance.run(hub: fixture.hub) { lines.all.append($0) }
    return lines.all
  }

  private final class Lines { var all: [String] = [] }

  /// Packs and objects in files of their own.
  private func counts(_ fixture: HubFixture, _ repository: String) throws -> (
    packs: Int, loose: Int
  ) {
    let words = try fixture.git(repository, "count-objects", "-v").split(separator: "\n")
    func number(_ name: String) -> Int {
      words.first { $0.hasPrefix(name + ": ") }.flatMap { Int($0.split(separator: " ")[1]) } ?? -1
    }
    return (number("packs"), number("count"))
  }

  @Test(
    "what is superseded goes after its grace, what is in use stays, and a second run does nothing")
  func bounded() throws {
    let fixture = try HubFixture.pushed()
    let pusher = try StatusPusher("store-0001", fixture)
    for version in 1...6 {
      try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.\(version - 1)", "pos:1.\(version)")
      try fixture.clone.commit("version 1.\(version)")
      #expect(try fixture.clone.push().isAccepted)
      try pusher.start((version * 40)...(version * 40 + 39))
      try pusher.wait()
      try fixture.untilStatusesAreSeen()
      try age(fixture, days: 20)
    }
    #expect(try counts(fixture, "status.git").loose == 720)
    let lines = try maintain(fixture)
    #expect(
      lines.map { $0.split(separator: ",").first.map(String.init) ?? "" }.map {
        $0.replacing(#/[0-9,]+ objects?/#, with: "N objects").replacing(
          #/[0-9]+ packs?/#, with: "N packs")
      } == [
        "status.git: packed anew; dropped N packs and N objects in files",
        "slices.git: packed anew; dropped N packs and N objects in files",
        "fleet.git: packed anew; dropped N packs and N objects in files",
      ])
    #expect(try maintain(fixture) == [])
    #expect(try counts(fixture, "status.git") == (1, 0))
    #expect(try counts(fixture, "slices.git") == (1, 0))
    #expect(try counts(fixture, "fleet.git").packs == 1)
    try fixture.expectSettled()
    #expect(try fixture.ref("refs/status/store-0001", in: "status.git") == pusher.last)
    // What the hub has dropped it does not need: the next push and the way back go as before.
    try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.6", "pos:1.1")
    try fixture.clone.commit("back to 1.1")
    #expect(try fixture.clone.push().isAccepted)
    try fixture.expectSettled()
  }

  @Test("young objects stay: somebody may be fetching or pushing them")
  func grace() throws {
    let fixture = try HubFixture.pushed()
    try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
    try fixture.clone.commit("version 1.1")
    let old = try fixture.ref("refs/slices/store-0001", in: "slices.git") ?? ""
    #expect(try fixture.clone.push().isAccepted)
    #expect(try maintain(fixture) == [])
    #expect(try fixture.git("slices.git", "cat-file", "-t", old) == "commit")
  }

  @Test("a plan that was accepted and that no ref names is kept, however old")
  func acceptedPlan() throws {
    let fixture = try HubFixture.pushed()
    try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
    try fixture.clone.commit("version 1.1")
    // As when the machine dies between the two hooks.
    try Files.rename(
      "\(fixture.hub.fleet)/hooks/post-receive",
      to: "\(fixture.hub.fleet)/hooks/post-receive.off")
    #expect(try fixture.clone.push().isAccepted)
    try age(fixture, days: 100)
    _ = try maintain(fixture)
    #expect(try fixture.tick().first == "release 2 is published to 3 clusters")
    try fixture.expectSettled()
  }

  @Test("locks and halves that killed jobs left in status.git go, and a cluster can push again")
  func leftovers() throws {
    let fixture = try HubFixture.pushed()
    let pusher = try StatusPusher("store-0001", fixture)
    let files = [
      "packed-refs.lock", "refs/status/store-0001.lock", "objects/pack/tmp_pack_x",
      "objects/pack/pack-\(String(repeating: "a", count: 40)).pack",
    ]
    try Files.makeDirectories("\(fixture.hub.status)/refs/status")
    for file in files { try Files.writeNew("\(fixture.hub.status)/\(file)", []) }
    _ = try Child.run(
      ["touch", "-d", "-2 days"] + files, directory: fixture.hub.status)
    #expect(throws: HubFixture.Failure.self) {
      try pusher.start(1...1)
      try pusher.wait()
    }
    #expect(
      try maintain(fixture) == [
        "removed 'status.git/objects/pack/tmp_pack_x', left by a killed job",
        "removed 'status.git/packed-refs.lock', left by a killed job",
        "removed 'status.git/refs/status/store-0001.lock', left by a killed job",
        "status.git: removed 1 half-written file of killed jobs",
      ])
    try pusher.start(1...1)
    try pusher.wait()
    try fixture.untilStatusesAreSeen()
  }

  @Test("killed at any moment while sites push, nothing is lost")
  func killed() throws {
    var random = SeededRandom()
    let seed = "\(random)"
    let fixture = try HubFixture.pushed()
    let pushers = try (1...3).map { try StatusPusher("store-000\($0)", fixture) }
    let many = try StatusPusher("lab-1", fixture)
    try many.start(1...170)
    try many.wait()
    for round in 1...14 {
      try fixture.clone.write(
        "apps/base/more.yaml", SampleFleet.configMap("round", ["n": "\(round)"]))
      try fixture.clone.commit("round \(round)")
      #expect(try fixture.clone.push().isAccepted)
      try fixture.untilStatusesAreSeen()
      try age(fixture, days: 20)
      for pusher in pushers { try pusher.start((round * 10)...(round * 10 + 2)) }
      let job = try BackgroundProcess(
        [try HubFixture.program("fleet-hub"), "maintain", "--hub", fixture.hub.root],
        in: fixture.scratch.path, variables: GitFixture.environment(),
        output: "\(fixture.scratch.path)/maintain.out")
      usleep(UInt32.random(in: 0...400_000, using: &random))
      job.kill()
      try job.wait()
      for pusher in pushers { try pusher.wait() }
      for pusher in pushers {
        #expect(
          try fixture.ref("refs/status/\(pusher.cluster)", in: "status.git") == pusher.last,
          "\(seed)")
      }
      #expect(try fixture.fsck() == [], "round \(round), \(seed)")
    }
    // So many that there is something to pack, wherever the last one was killed.
    try many.start(171...340)
    try many.wait()
    try fixture.untilStatusesAreSeen()
    // What killed jobs held is old enough a day later.
    try age(fixture, days: 20)
    _ = try Child.run(
      ["find", "status.git", "-name", "*.lock", "-exec", "touch", "-d", "-2 days", "{}", "+"],
      directory: fixture.hub.root)
    _ = try maintain(fixture)
    try fixture.expectSettled("\(seed)")
    #expect(try counts(fixture, "status.git") == (1, 0), "\(seed)")
  }
}
