// SPDX-License-Identifier: Apache-2.0

import Compiling
package import GitObjects
package import GitStore
package import Rollouts

extension PlanCommit {
  /// The rules by which a plan is released; such that say nothing when the plan cannot be read any more.
  package static func policies(
    _ id: ObjectID, from repository: Repository
  ) throws(HubError) -> PlanPolicies {
    guard let plan = read(id, from: repository) else { return PlanPolicies() }
    guard let policies = try HubError.wrap({ try plan.policies(from: repository) }) else {
      throw HubError(
        "the policies of the plan \(id.short) cannot be understood",
        hint: "were they written by a newer version? upgrade the hub's programs")
    }
    return policies
  }
}
