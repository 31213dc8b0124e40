// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore

/// The facts in force, whatever was killed on the way to them.
///
/// Plan and facts move together and are two refs. The plan's comes first, and says in its trailer `Facts:` which facts
/// it was made with; so one that names the next commit of the chain tells that the other ref has still to follow.
enum FactsRef {
  /// The facts that count now; nil for none.
  static func current(_ repository: Repository) throws(HubError) -> FactsCommit? {
    let ref = try HubError.wrap { try repository.reference(HubLayout.Ref.facts) }
    return try FactsCommit.read(try ahead(of: ref, repository) ?? ref, from: repository)
  }

  /// Lets the ref follow the plan, where a killed job has not done it.
  static func settle(_ repository: Repository) throws(HubError) {
    try HubError.wrap {
      let ref = try repository.reference(HubLayout.Ref.facts)
      guard let next = try ahead(of: ref, repository) else { return }
      try repository.updateReference(
        HubLayout.Ref.facts, to: next, expecting: ref ?? .zero, message: "facts of the plan")
    }
  }

  /// The commit that the plan was made with, when it is the one after the ref's.
  private static func ahead(
    of ref: ObjectID?, _ repository: Repository
  ) throws(HubError) -> ObjectID? {
    // A plan that cannot be read is made anew, with what the ref says.
    let plan = try? repository.reference(HubLayout.Ref.plan)
    guard let next = PlanCommit.read(plan ?? nil, from: repository)?.facts, next != ref,
      repository.hasObject(next), let commit = try? repository.commit(next),
      commit.parents.first == ref
    else { return nil }
    return next
  }
}
