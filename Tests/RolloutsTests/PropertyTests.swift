// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Rollouts
import Testing

@Suite("Engine: random fleets")
struct PropertyTests {
  private static let chunks = 10
  private static let runs = 20_000

  @Test("whatever happens, the promises hold", arguments: 0..<chunks)
  func promises(chunk: Int) {
    let settings = SeededRandom.settings(runs: Self.runs)
    var number = chunk
    while number < settings.runs {
      let seed = settings.seed &+ UInt64(number)
      do {
        var run = PropertyRun(seed: seed)
        try run.play()
      } catch {
        Issue.record("FLEET_SEED=\(seed) FLEET_RUNS=1: \(error.text)")
        return
      }
      number += Self.chunks
    }
  }
}

/// One random fleet from start to end.
struct PropertyRun {
  private var fleet: PropertyFleet
  private var check = PropertyCheck()
  /// A memory that was written some time ago, for crashes between two writes.
  private var oldMemory: [String: RolloutMemory] = [:]

  init(seed: UInt64) { fleet = PropertyFleet(seed: seed) }

  /// Lets things happen, then lets the dust settle.
  mutating func play() throws(PropertyViolation) {
    let turns = 4 + fleet.random.below(14)
    for _ in 0..<turns {
      fleet.hub.now += Int64(fleet.random.one([0, 30, 30, 60, 60, 300, 900]))
      for _ in 0..<fleet.random.below(4) { fleet.disturb() }
      fleet.hub.poll()
      if fleet.random.once(in: 12) { try order() }
      if fleet.random.once(in: 15) { loseMemory() }
      try step(isLast: false)
      if fleet.hub.fleet.rollouts.isEmpty { return }
    }
    try settle()
  }

  /// Nothing happens any more but time: every rollout ends, or says what it waits for.
  private mutating func settle() throws(PropertyViolation) {
    fleet.hub.paused = []
    for turn in 0..<400 {
      fleet.hub.now = max(fleet.hub.now + (turn < 8 ? 60 : 900), 0)
      fleet.hub.poll()
      try step(isLast: true)
      if fleet.hub.fleet.rollouts.allSatisfy({ rests($0) }) { return }
    }
    let states = fleet.hub.fleet.rollouts.map {
      "\($0.plan.id) \($0.state.phase) \($0.state.reason)"
    }
    throw PropertyViolation(text: "does not end: \(states)")
  }

  /// Whether a rollout waits for somebody, and says so.
  private func rests(_ rollout: Rollout) -> Bool {
    let state = rollout.state
    if state.reason.isEmpty { return false }
    if state.phase.waitsForPerson { return true }
    if state.reason.hasSuffix("for a window") { return !fleet.hub.closed.isEmpty }
    guard state.reason.hasPrefix("waits for 'r-") else { return false }
    return fleet.hub.fleet.rollouts.contains { state.reason == "waits for '\($0.plan.id)'" }
  }

  private mutating func step(isLast: Bool) throws(PropertyViolation) {
    let hub = fleet.hub
    let observations = hub.observations
    let next = hub.release + 1
    let result = RolloutEngine.step(hub.fleet, observations, release: next, now: hub.now)
    check.note(hub.fleet, observations)
    // The hub is killed before it has written anything: the same look gives the same.
    if fleet.random.once(in: 6) {
      let again = RolloutEngine.step(hub.fleet, observations, release: next, now: hub.now)
      try expect(again == result, "the same inputs give something else")
      if !isLast, fleet.random.once(in: 4) { return }
    }
    try check.check(result, before: hub.fleet, hub: hub, observations: observations)
    if !result.hasDecided { try expectSame(result.fleet, hub.fleet) }
    for rollout in result.ended {
      try expect(rollout.state.phase.isEnd, "\(rollout.plan.id) has not ended")
    }
    for rollout in result.fleet.rollouts where rollout.state.phase.waitsForPerson {
      try expect(!rollout.state.reason.isEmpty, "\(rollout.plan.id) waits without a reason")
    }
    if fleet.random.once(in: 6) { try lookAgain(result, observations, next) }
    if fleet.random.once(in: 8) {
      for rollout in result.fleet.rollouts { oldMemory[rollout.plan.id] = rollout.memory }
    }
    fleet.hub.take(result)
  }

  /// A second look at the same time decides nothing, nor does one before time alone may change something.
  private func lookAgain(
    _ result: RolloutStep, _ observations: Observations, _ release: Int
  ) throws(PropertyViolation) {
    let now = fleet.hub.now
    if let look = result.nextLook { try expect(look > now, "looks into the past") }
    let hasLots = result.fleet.rollouts.contains { $0.plan.policy.maxNew != nil }
    if hasLots { return }
    let quiet = min((result.nextLook ?? .max) - 1, now + 100_000)
    let later = RolloutEngine.step(result.fleet, observations, release: release + 1, now: quiet)
    try expect(
      !later.hasDecided,
      "decides at \(quiet - now) s, though nothing is to change before "
        + "\(result.nextLook.map { $0 - now } ?? -1) s")
  }

  private mutating func order() throws(PropertyViolation) {
    guard let rollout = fleet.hub.fleet.rollouts.first else { return }
    let verb = fleet.random.one([
      RolloutOrder.Verb.pause, .resume, .resume, .approve, .approve, .promote, .abort, .undo,
      .retry,
    ])
    let order = RolloutOrder(
      id: "", verb: verb, rollout: rollout.plan.id, isFull: fleet.random.once(in: 2),
      keeps: fleet.random.once(in: 2))
    let hub = fleet.hub
    let observations = hub.observations
    switch RolloutEngine.apply(
      order, to: hub.fleet, observations: observations, release: hub.release + 1, now: hub.now)
    {
    case .refused(let text, _): try expect(!text.isEmpty, "refuses without a word")
    case .carriedOut(let step):
      try check.check(step, before: hub.fleet, hub: hub, observations: observations)
      try expect(step.hasDecided && !step.effects.isEmpty, "an order without an effect")
      fleet.hub.take(step)
    }
  }

  private mutating func loseMemory() {
    for index in fleet.hub.fleet.rollouts.indices {
      let id = fleet.hub.fleet.rollouts[index].plan.id
      let old = fleet.random.once(in: 2) ? oldMemory[id] : nil
      fleet.hub.fleet.rollouts[index].memory = old ?? RolloutMemory()
    }
  }

  private func expectSame(_ left: FleetRollouts, _ right: FleetRollouts) throws(PropertyViolation) {
    let isSame =
      left.held == right.held && left.rollouts.count == right.rollouts.count
      && zip(left.rollouts, right.rollouts).allSatisfy {
        $0.plan == $1.plan && $0.state == $1.state
      }
    try expect(isSame, "something is decided, and nobody is told")
  }

  private func expect(_ holds: Bool, _ text: @autoclosure () -> String) throws(PropertyViolation) {
    if !holds { throw PropertyViolation(text: text()) }
  }
}
