// SPDX-License-Identifier: Apache-2.0

/// What a step of ``RolloutEngine`` has come to.
package struct RolloutStep: Sendable, Hashable {
  /// All rollouts that have not ended, with their memory.
  package var fleet: FleetRollouts
  /// What the hub has to do, in this order, all of it in one commit.
  package var effects: [RolloutEffect]
  /// The rollouts that have ended in this step, as they ended; they are not in ``fleet`` any more.
  package var ended: [Rollout]
  /// Whether anything besides memory has changed: a commit is due.
  package var hasDecided: Bool
  /// The earliest time at which time alone may change something: the end of a soak, a deadline, an interval, a
  /// wait. Nil: none. Schedules are not among it, those are the caller's.
  package var nextLook: Int64?

  /// Makes a step.
  package init(
    fleet: FleetRollouts, effects: [RolloutEffect] = [], ended: [Rollout] = [],
    hasDecided: Bool = false, nextLook: Int64? = nil
  ) {
    self.fleet = fleet
    self.effects = effects
    self.ended = ended
    self.hasDecided = hasDecided
    self.nextLook = nextLook
  }
}

/// What has become of an order.
package enum OrderOutcome: Sendable, Hashable {
  /// It is carried out. A ``RolloutEngine/step(_:_:release:now:)`` with the same release should follow, its effects go
  /// into the same commit.
  case carriedOut(RolloutStep)
  /// It is refused: why in one sentence for a person, and what to do instead.
  case refused(String, hint: String?)
}
