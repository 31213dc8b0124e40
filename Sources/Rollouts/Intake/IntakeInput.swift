// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// What a plan says of a bundle, as far as a rollout needs it.
package struct BundleRules: Sendable, Hashable {
  /// The name, unique in the workspace.
  package var name: String
  /// The workspace.
  package var workspace: String
  /// What `dependsOn` and `atomic` connect has the same text here; empty for a bundle that stands alone.
  package var group: String
  /// Its policy; nil for a bundle that is released at once.
  package var policy: RolloutPolicy?
  /// A digest of everything that the repository says of the bundle, without the inventory.
  package var definition: String

  /// Makes rules.
  package init(
    name: String, workspace: String = "", group: String = "", policy: RolloutPolicy? = nil,
    definition: String
  ) {
    self.name = name
    self.workspace = workspace
    self.group = group
    self.policy = policy
    self.definition = definition
  }
}

/// What an intake is made of.
package struct IntakeInput: Sendable {
  /// What is released, what is good, and what the plan says.
  package var released: ReleaseTable
  package var good: ReleaseTable
  package var plan: ReleaseTable
  /// The bundles of the plan, and those of the plan before: a bundle that goes away goes by its old policy.
  package var rules: [BundleRules]
  package var oldRules: [BundleRules]
  /// The rollouts and what is held.
  package var rollouts: FleetRollouts
  /// The clusters of the inventory.
  package var observations: Observations
  /// The workspace of each cluster; needed only where there are several.
  package var workspaces: [String: String] = [:]
  /// Seconds since 1970, by the hub's clock.
  package var now: Int64
  /// The number of the state commit that will carry the result.
  package var number: Int
  /// The source commit of the plan.
  package var source: ObjectID
  /// Who has pushed it.
  package var principal: String?

  /// Makes an input.
  package init(
    released: ReleaseTable, good: ReleaseTable, plan: ReleaseTable, rules: [BundleRules],
    oldRules: [BundleRules], rollouts: FleetRollouts, observations: Observations, now: Int64,
    number: Int, source: ObjectID, principal: String? = nil
  ) {
    self.released = released
    self.good = good
    self.plan = plan
    self.rules = rules
    self.oldRules = oldRules
    self.rollouts = rollouts
    self.observations = observations
    self.now = now
    self.number = number
    self.source = source
    self.principal = principal
  }
}

/// What an intake asks of Git; the caller remembers the answers.
package struct IntakeObjects<Failure: Error> {
  /// The identities of the objects that a tree brings.
  package var names: (ObjectID) throws(Failure) -> [String]
  /// The fallback with the objects of the target that must not go back; nil when nothing is left.
  package var compose: (ObjectID, ObjectID?, [ExemptObject]) throws(Failure) -> ObjectID?

  /// Makes the two questions.
  package init(
    names: @escaping (ObjectID) throws(Failure) -> [String],
    compose: @escaping (ObjectID, ObjectID?, [ExemptObject]) throws(Failure) -> ObjectID?
  ) {
    self.names = names
    self.compose = compose
  }
}
