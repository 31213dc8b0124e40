// SPDX-License-Identifier: Apache-2.0

import Rollouts
import Testing

@Suite("Engine: Fleet's partitions")
struct EnginePartitionTests {
  /// A rollout over partitions with these gates.
  private func hub(
    _ sizes: [Int], gates: [Int], unavailableStages: Int = 0, isNew: Bool = false,
    overall: Limit? = nil, stage edit: (inout StagePolicy) -> Void = { _ in }
  ) -> EngineFixture {
    var hub = EngineFixture(
      sizes, isNew: isNew,
      policy: { $0.stages = .partitions(PartitionPolicy(maxUnavailable: overall)) }, stage: edit)
    for (index, gate) in gates.enumerated() { hub.fleet.rollouts[0].plan.stages[index].gate = gate }
    hub.fleet.rollouts[0].plan.unavailableStages = unavailableStages
    return hub
  }

  @Test("with gates that all may exceed everything goes out at once, as Fleet's default does")
  func defaults() {
    var hub = self.hub([2, 3], gates: [2, 3])
    hub.run()
    #expect(hub.versions == "22222")
    #expect(hub.phase == .progressing)
    hub.run(60)
    #expect(hub.phase == .complete)
  }

  @Test("a partition is released as far as its gate, and the next one when no more are unavailable")
  func gates() {
    var hub = self.hub([4, 2], gates: [2, 1])
    hub.run()
    #expect(hub.versions == "221111")
    hub.sites[3].delay = 90
    hub.run(30)
    // Two of the four are not up to date now, which the gate lets pass; of the next two one may be unavailable.
    #expect(hub.versions == "222221")
    #expect(hub.rollout?.state.stage == 1)
    hub.run(30)
    #expect(hub.versions == "222222")
    #expect(hub.phases[3] == .progressing)
    hub.run(90)
    #expect(hub.phase == .complete)
  }

  @Test("so many partitions may be unavailable while the next ones go on; they are filled later")
  func unavailablePartitions() {
    var hub = self.hub([3, 1, 1], gates: [1, 1, 1], unavailableStages: 1)
    hub.run()
    #expect(hub.versions == "21122")
    hub.run(60)
    #expect(hub.versions == "22222")
    hub.run(60)
    #expect(hub.phase == .complete)
  }

  @Test("a partition that failures within its gate keep from being released waits for a person")
  func stuck() {
    var hub = self.hub([3, 1], gates: [1, 1])
    hub.fault(.error, at: 0)
    hub.run(240)
    #expect(hub.versions == "2111")
    hub.run(600)
    #expect(hub.phase == .paused)
    #expect(
      hub.reason == "2 clusters of stage canary are not released: 1 unavailable, 1 may be: a")
    hub.order(.resume)
    hub.run(90)
    #expect(hub.phase == .complete)
  }

  @Test("more failures than the gate fail the rollout at once")
  func failsAtOnce() {
    var hub = self.hub([3, 1], gates: [1, 1], stage: { $0.maxUnavailable = .count(3) })
    for index in 0..<2 { hub.fault(.error, at: index) }
    hub.run(150)
    #expect(hub.phase == .rolledBack)
    #expect(
      hub.reason
        == "2 of 3 clusters of stage canary failed, 1 may: "
        + "a (Failed: no such image) and b (Failed: no such image)")
  }

  @Test("what may fail of a partition is made up by partitions that may be unavailable")
  func failsByPartitions() {
    var hub = self.hub([1, 1, 1], gates: [0, 0, 0], unavailableStages: 1)
    hub.fault(.error, at: 0)
    hub.run(150)
    #expect(hub.phase == .complete)
    #expect(
      hub.events.last
        == "stragglers: 1 cluster is not at the new version: a (Failed: no such image)")
  }

  @Test("the limit of the whole strategy holds beside those of the partitions")
  func overall() {
    var hub = self.hub([3, 3], gates: [3, 3], overall: .count(2))
    hub.run()
    #expect(hub.versions == "221111")
    hub = self.hub([3, 3], gates: [3, 3], overall: .count(2))
    for index in 4..<6 { hub.sites[index].isBroken = true }
    hub.poll()
    hub.now += 60
    hub.run()
    // Fleet's rule: the places are taken, but who is not Ready may be released.
    #expect(hub.versions == "111122")
  }

  @Test("a rollout that nobody has succeeded in is not complete")
  func nobody() {
    var hub = self.hub([2], gates: [2])
    for index in 0..<2 { hub.fault(.stuck, at: index) }
    hub.run()
    hub.run(630)
    #expect(hub.phase == .paused)
    #expect(hub.reason == "none of 2 clusters has succeeded")
    hub.order(.resume)
    hub.run()
    #expect(hub.phase == .complete)
  }
}
