// SPDX-License-Identifier: Apache-2.0

/// What a person tells a rollout.
package struct RolloutOrder: Sendable, Hashable {
  /// The verbs.
  package enum Verb: String, Sendable, Hashable, CaseIterable {
    /// Release nothing more.
    case pause
    /// Go on after `pause`, or after a pause that the policy made; failures up to now are forgiven.
    case resume
    /// Approve the step that it waits for.
    case approve
    /// Pass the stage now, whatever it waits for; with `full` all stages.
    case promote
    /// End it: by its failure strategy `Rollback`, or `Halt` with `keep`.
    case abort
    /// Go back from a rollout that has ended, over all its clusters at once.
    case undo
    /// Release held trees again: a new rollout from the first stage.
    case retry
  }

  /// The order's id: 40 digits, the commit that was pushed.
  package var id: String
  /// What to do.
  package var verb: Verb
  /// Which rollout.
  package var rollout: String
  /// `promote`: all stages.
  package var isFull: Bool
  /// `abort`: leave what is released.
  package var keeps: Bool
  /// Who, as the serving side says; nil for a local path.
  package var principal: String?
  /// Why, in one line; may be empty.
  package var reason: String

  /// Makes an order.
  package init(
    id: String, verb: Verb, rollout: String, isFull: Bool = false, keeps: Bool = false,
    principal: String? = nil, reason: String = ""
  ) {
    self.id = id
    self.verb = verb
    self.rollout = rollout
    self.isFull = isFull
    self.keeps = keeps
    self.principal = principal
    self.reason = reason
  }
}
