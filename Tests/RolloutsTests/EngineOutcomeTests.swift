// SPDX-License-Identifier: Apache-2.0

import Rollouts
import Testing

@Suite("Engine: outcomes of clusters")
struct EngineOutcomeTests {
  @Test("an error that lasts fails a cluster, and the fleet goes back at once")
  func errors() {
    var hub = EngineFixture([2, 2])
    hub.fault(.error, at: 1)
    hub.run(90)
    #expect(hub.phases == [.succeeded, .progressing, .pending, .pending])
    hub.run(30)
    #expect(hub.versions == "1111")
    #expect(hub.phase == .rollingBack)
    hub.run(30)
    #expect(hub.phase == .rolledBack)
    #expect(
      hub.events.suffix(3) == [
        "gate-failed: 1 of 2 clusters of stage canary failed, none may: b (Failed: no such image)",
        "rolling-back: 2 clusters are told the last good trees",
        "rolled-back: 2 of 2 clusters report the last good trees",
      ])
    #expect(
      hub.fleet.held == [
        HeldTrees(
          rollout: "pos-1", bundle: "pos", trees: [EngineFixture.tree(2)], since: hub.now - 30,
          reason: "1 of 2 clusters of stage canary failed, none may: b (Failed: no such image)")
      ])
    #expect(hub.good.allSatisfy { $0["pos"] == EngineFixture.tree(1) })
  }

  @Test("an error that the site gets over does not fail it")
  func passingError() {
    var hub = EngineFixture([1])
    hub.fault(.error, at: 0)
    hub.run(60)
    hub.fault(.none, at: 0)
    hub.run(60)
    #expect(hub.phase == .complete)
  }

  @Test("a site that has gone back by itself has failed at once")
  func reverts() {
    var hub = EngineFixture([1])
    hub.fault(.reverted, at: 0)
    hub.run()
    hub.run(60)
    #expect(hub.phase == .rolledBack)
    #expect(
      hub.events.contains(
        "gate-failed: 1 of 1 cluster of stage canary failed, none may: a (Failed: success-rate 92 under 99)"
      ))
  }

  @Test("what a site says of an earlier release is not about this one")
  func oldNews() {
    var hub = EngineFixture([1])
    hub.poll()
    hub.sites[0].isOnline = false
    hub.sites[0].seen.bundles["pos"]?.isReverted = true
    hub.run(120)
    #expect(hub.phases == [.progressing])
  }

  @Test("who is not Ready in time has timed out; when it is Ready later it has succeeded")
  func timesOut() {
    var hub = EngineFixture([2, 1], stage: { $0.maxFailures = .count(1) })
    hub.sites[0].delay = 700
    hub.run(600)
    #expect(hub.phases[0] == .progressing)
    hub.run(30)
    #expect(hub.phases[0] == .timedOut)
    #expect(hub.versions == "222")
    hub.sites[2].delay = 400
    hub.run(120)
    #expect(hub.phases[0] == .succeeded)
    hub.run(400)
    #expect(hub.phase == .complete)
    #expect(hub.events.last == "complete: 3 of 3 clusters succeeded")
  }

  @Test(
    "a Ready cluster that soaks does not time out; when it falls over after its deadline it has")
  func soakBeyondDeadline() {
    var hub = EngineFixture([1], stage: { $0.minSuccessTime = 900 })
    hub.run(700)
    #expect(hub.phases == [.progressing])
    hub.sites[0].isBroken = true
    hub.run()
    #expect(hub.phase == .rollingBack)
  }

  @Test("a cluster that succeeded and falls over is Progressing again with a fresh deadline")
  func fallsOver() {
    var hub = EngineFixture([1, 1])
    hub.run(60)
    hub.sites[1].delay = 5000
    hub.run(400)
    hub.sites[0].isBroken = true
    hub.run()
    #expect(hub.phases[0] == .progressing)
    hub.run(300)
    #expect(hub.phase == .rolledBack)
    #expect(
      hub.reason
        == "1 of 1 cluster of stage early failed, none may: b (TimedOut)")
  }

  @Test("clusters without contact count as their policy says", arguments: Away.all)
  func away(row: Away) {
    var hub = EngineFixture([5, 1]) { policy in
      policy.disconnectedAfter = 300
    } stage: { policy in
      policy.progressDeadline = 600
      row.edit(&policy)
    }
    hub.poll()
    for index in row.away { hub.sites[index].isOnline = false }
    hub.run(row.seconds)
    #expect(hub.phase == row.phase, "\(row.id)")
    #expect(hub.reason == row.reason, "\(row.id)")
    #expect(hub.versions == row.versions, "\(row.id)")
  }

  struct Away: Sendable, CustomTestStringConvertible {
    var id: String
    var away: [Int]
    var seconds: Int64
    var phase: RolloutPhase
    var reason = ""
    var versions: String
    var edit: @Sendable (inout StagePolicy) -> Void
    var testDescription: String { id }

    static let all = [
      Away(id: "expected, before", away: [4], seconds: 270, phase: .progressing, versions: "222221")
      { _ in },
      Away(id: "expected, after", away: [4], seconds: 360, phase: .complete, versions: "222222") {
        _ in
      },
      Away(
        id: "expected, all of them", away: [0, 1, 2, 3, 4], seconds: 330, phase: .progressing,
        reason: "waits for a first cluster to succeed", versions: "222221"
      ) { _ in },
      Away(
        id: "expected, all of them, for long", away: [0, 1, 2, 3, 4], seconds: 630, phase: .paused,
        reason:
          "no cluster of stage canary has succeeded: 0 of 5 clusters succeeded, 5 without contact",
        versions: "222221"
      ) { _ in },
      Away(id: "normal, before", away: [4], seconds: 600, phase: .progressing, versions: "222221") {
        $0.whenDisconnected = .normal
      },
      Away(
        id: "normal, after", away: [4], seconds: 630, phase: .rollingBack,
        reason: "1 of 5 clusters of stage canary failed, none may: e (TimedOut)",
        versions: "111111"
      ) { $0.whenDisconnected = .normal },
      Away(
        id: "error", away: [4], seconds: 300, phase: .rollingBack,
        reason: "1 of 5 clusters of stage canary failed, none may: e (Disconnected)",
        versions: "111111"
      ) { $0.whenDisconnected = .error },
      Away(
        id: "too few reachable", away: [3, 4], seconds: 330, phase: .progressing,
        reason: "waits until 4 of 5 clusters have contact", versions: "222221"
      ) { $0.minReachable = .share(partsPerMillion: 800_000) },
      Away(
        id: "too few reachable, for long", away: [3, 4], seconds: 630, phase: .paused,
        reason: "3 of 5 clusters of stage canary have contact, 4 are needed", versions: "222221"
      ) { $0.minReachable = .share(partsPerMillion: 800_000) },
      Away(id: "enough reachable", away: [4], seconds: 360, phase: .complete, versions: "222222") {
        $0.minReachable = .share(partsPerMillion: 600_000)
      },
      Away(
        id: "mandatory", away: [4], seconds: 630, phase: .paused,
        reason:
          "stage canary is mandatory: 4 of 5 clusters succeeded, 1 without contact",
        versions: "222221"
      ) {
        $0.isMandatory = true
        $0.maxFailures = .count(5)
      },
      Away(
        id: "away takes no place", away: [0, 1], seconds: 30, phase: .progressing,
        versions: "211111"
      ) { $0.maxConcurrency = .count(1) },
      Away(
        id: "away takes no place for longer", away: [0, 1], seconds: 330, phase: .progressing,
        versions: "222211"
      ) { $0.maxConcurrency = .count(1) },
    ]
  }

  @Test("a cluster that comes back is Progressing again, with a fresh deadline")
  func comesBack() {
    var hub = EngineFixture([2], stage: { $0.maxConcurrency = .count(1) })
    hub.run(30)
    hub.sites[1].isOnline = false
    hub.run(30)
    hub.run(500)
    #expect(hub.phase == .complete)
    hub = EngineFixture([1, 1])
    hub.sites[0].isOnline = false
    hub.sites[0].delay = 400
    hub.run(570)
    #expect(hub.phases[0] == .disconnected)
    hub.sites[0].isOnline = true
    hub.run(390)
    #expect(hub.phases[0] == .progressing)
    hub.run(60)
    #expect(hub.phases[0] == .succeeded)
  }

  @Test("a silent cluster does not time out, it is without contact: nobody knows what it runs")
  func silentAtDeadline() {
    var hub = EngineFixture([2])
    hub.sites[0].delay = 5000
    hub.run(420)
    hub.sites[0].isOnline = false
    hub.run(240)
    #expect(hub.phases == [.progressing, .succeeded])
    hub.run(60)
    #expect(hub.phase == .complete)
    #expect(hub.events.last == "stragglers: 1 cluster is not at the new version: a (Disconnected)")
  }

  @Test("when the memory is lost, deadlines and soaks begin again; who had succeeded has")
  func memoryLost() {
    var hub = EngineFixture([2, 2], stage: { $0.minSuccessTime = 60 })
    hub.sites[3].delay = 5000
    hub.run()
    hub.run(600)
    #expect(hub.phases == [.succeeded, .succeeded, .succeeded, .progressing])
    hub.fleet.rollouts[0].memory = RolloutMemory()
    hub.run(30)
    #expect(hub.phases == [.succeeded, .succeeded, .progressing, .progressing])
    hub.run(60)
    #expect(hub.phases == [.succeeded, .succeeded, .succeeded, .progressing])
    hub.run(510)
    #expect(hub.phases[3] == .progressing)
    hub.run(30)
    #expect(hub.reason == "1 of 2 clusters of stage early failed, none may: d (TimedOut)")
  }

  @Test("clusters that come and go do not keep a stage for ever")
  func restless() {
    var hub = EngineFixture([2, 1])
    hub.run()
    for _ in 0..<30 {
      for index in 0..<2 {
        hub.sites[index].isBroken.toggle()
        if hub.sites[0].isBroken == hub.sites[1].isBroken { hub.sites[1].isBroken.toggle() }
        hub.run(30)
      }
      if hub.phase != .progressing { break }
    }
    #expect(hub.phase == .paused)
    #expect(hub.reason == "stage canary does not settle, clusters come and go: a")
    #expect(hub.versions == "221")
  }
}
