// SPDX-License-Identifier: Apache-2.0

import Rollouts
import Testing

@Suite("Engine: orders and tasks")
struct EngineOrderTests {
  @Test("approvals before and after a stage, and a wait")
  func tasks() {
    var hub = EngineFixture([1, 1]) { _ in
    } stage: { stage in
      if stage.name == "canary" {
        stage.before = [.approval]
        stage.after = [.timedWait(seconds: 300), .approval]
      }
    }
    hub.run()
    #expect(hub.phase == .awaitingApproval)
    #expect(hub.reason == "approval before stage canary")
    #expect(hub.versions == "11")
    #expect(hub.order(.approve, reason: "change 4711") == nil)
    hub.run(60)
    #expect(hub.phase == .soaking)
    #expect(hub.reason == "waits 5m after stage canary")
    let end = hub.now + 300
    #expect(hub.last.nextLook == end || hub.last.nextLook == end - 30)
    hub.run(300)
    #expect(hub.phase == .awaitingApproval)
    #expect(hub.reason == "approval after stage canary")
    #expect(hub.last.nextLook == nil)
    hub.order(.approve)
    hub.run(60)
    #expect(hub.phase == .complete)
    #expect(
      hub.events.filter { $0.contains("approv") } == [
        "awaiting-approval: stage canary waits for approval before its first cluster is released",
        "approved: approved by alice: change 4711",
        "awaiting-approval: stage canary waits for approval: 1 of 1 cluster succeeded",
        "approved: approved by alice",
      ])
  }

  @Test("a cluster that fails while an approval is waited for fails the rollout")
  func failsWhileWaiting() {
    var hub = EngineFixture([1, 1], stage: { $0.after = [.approval] })
    hub.run(60)
    #expect(hub.phase == .awaitingApproval)
    hub.fault(.error, at: 0)
    hub.run(90)
    #expect(hub.phase == .rollingBack)
  }

  @Test("pause releases nothing more and judges nothing; resume goes on")
  func pause() {
    var hub = EngineFixture([1, 1])
    hub.run()
    #expect(hub.order(.pause, reason: "too many calls") == nil)
    #expect(hub.reason == "paused by alice: too many calls")
    #expect(hub.order(.pause) == "'pos-1' is already paused by alice: too many calls")
    hub.run(300)
    #expect(hub.versions == "21")
    #expect(hub.phases[0] == .succeeded)
    #expect(
      hub.order(.approve)
        == "'pos-1' is paused by alice: too many calls\nhint: kubectl fleet rollout resume pos-1"
    )
    hub.order(.resume)
    #expect(hub.order(.resume) == "'pos-1' is not paused, it is Progressing")
    hub.run(60)
    #expect(hub.phase == .complete)
  }

  @Test("a strategy that says paused starts when a person resumes it")
  func startsPaused() {
    var hub = EngineFixture([1], policy: { $0.isPaused = true })
    hub.run(60)
    #expect(hub.phase == .paused)
    #expect(hub.reason == "the strategy says paused")
    #expect(hub.versions == "1")
    hub.order(.resume)
    hub.run(60)
    #expect(hub.phase == .complete)
  }

  @Test(
    "promote passes the stage whatever it waits for; who has not succeeded there counts no more")
  func promote() {
    var hub = EngineFixture([2, 1], stage: { $0.after = [.approval] })
    hub.fault(.stuck, at: 0)
    hub.run(60)
    #expect(hub.order(.promote) == nil)
    hub.run()
    #expect(hub.versions == "222")
    #expect(
      hub.events.contains(
        "promoted: promoted past stage canary by alice: 1 of 2 clusters succeeded"))
    hub.run(900)
    #expect(hub.phase == .awaitingApproval)
    hub.order(.promote)
    hub.run()
    #expect(hub.phase == .complete)
  }

  @Test("promote with full releases all that is left at once, windows aside")
  func promoteFull() {
    var hub = EngineFixture([1, 4, 2], stage: { $0.maxConcurrency = .count(1) })
    hub.closed = [6]
    hub.run()
    #expect(hub.versions == "2111111")
    hub.order(.promote, full: true)
    hub.run()
    #expect(hub.versions == "2222221")
    hub.run(60)
    #expect(hub.reason == "1 cluster waits for a window")
    #expect(hub.order(.promote) == "every stage of 'pos-1' has passed")
    hub.closed = []
    hub.run(60)
    #expect(hub.phase == .complete)
  }

  @Test("abort goes back, or leaves what is released")
  func abort() {
    var hub = EngineFixture([1, 1])
    hub.run(30)
    hub.order(.abort, reason: "wrong price list")
    #expect(hub.versions == "11")
    #expect(hub.order(.abort) == "'pos-1' is being rolled back already")
    hub.run(30)
    #expect(hub.phase == .rolledBack)
    #expect(hub.reason == "aborted by alice: wrong price list")
    hub = EngineFixture([1, 1])
    hub.run(30)
    hub.order(.abort, keep: true)
    #expect(hub.versions == "21")
    #expect(hub.phase == .aborted)
    #expect(hub.fleet.held.count == 1)
    hub = EngineFixture([1])
    hub.order(.undo)
    #expect(
      hub.events == [
        "undone: undone by alice", "rolled-back: no cluster had the new version",
      ])
  }

  @Test("what cannot be done is refused in one sentence")
  func refusals() {
    var hub = EngineFixture([1])
    hub.run()
    #expect(
      hub.order(.pause, "pos-2") == "no rollout 'pos-2' is running\nhint: did you mean 'pos-1'?")
    #expect(hub.order(.pause, "till") == "no rollout 'till' is running")
    #expect(hub.order(.approve) == "'pos-1' waits for no approval, it is Progressing")
    #expect(
      hub.order(.retry)
        == "'pos-1' has not ended, there is nothing to retry\nhint: kubectl fleet rollout status pos-1"
    )
  }
}
