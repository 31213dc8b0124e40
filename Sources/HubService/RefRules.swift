// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// Which refs of fleet.git people may move, and how.
package enum RefRules {
  /// What happens with an update.
  package enum Decision: Sendable, Hashable {
    /// It is the hub's branch: compile it.
    case compile
    /// It is an order to a rollout: check it.
    case order
    /// Nothing depends on it: let it pass.
    case pass
    /// It may not be.
    case refuse(Finding)
  }

  /// Decides one update.
  ///
  /// - Parameters:
  ///   - update: what is pushed.
  ///   - branch: the branch that the hub compiles, `refs/heads/main`.
  ///   - isFastForward: whether the new id contains the old one; asked only for the hub's branch.
  package static func decide(
    _ update: RefUpdate, branch: String, isFastForward: () -> Bool
  ) -> Decision {
    let shortName = HubBranch(ref: branch).name
    if update.name == branch {
      if update.new == nil {
        return .refuse(
          Finding(
            .error, "branch-deletion",
            "the branch \(Wording.quoted(shortName)) cannot be deleted: it is what the fleet runs",
            at: nil))
      }
      if update.old != nil, !isFastForward() {
        return .refuse(
          Finding(
            .error, "forced-push",
            "the push would rewrite the history of \(Wording.quoted(shortName)), which is the audit "
              + "log",
            at: nil,
            hints: [
              "take your commits on top: git pull --rebase",
              "to undo a change: git revert COMMIT, then push",
            ]))
      }
      return .compile
    }
    for prefix in ["refs/heads/", "refs/tags/"] where update.name.utf8.starts(with: prefix.utf8) {
      return .pass
    }
    if update.name.utf8.starts(with: OrderInbox.prefix.utf8) {
      guard update.new != nil, update.old == nil, OrderInbox.isValid(ref: update.name) else {
        return .refuse(
          Finding(
            .error, "bad-order",
            "\(Wording.quoted(update.name)) cannot be written like this: an order is a new ref of small "
              + "letters, digits and '-'", at: nil,
            hints: ["order with 'kubectl fleet rollout pause ROLLOUT'"]))
      }
      return .order
    }
    if update.name.utf8.starts(with: "refs/fleet/".utf8) {
      return .refuse(
        Finding(
          .error, "hub-ref",
          "\(Wording.quoted(update.name)) is written by the hub alone", at: nil,
          hints: ["push your change to \(Wording.quoted(shortName)); the hub does the rest"]))
    }
    return .refuse(
      Finding(
        .error, "unknown-ref",
        "\(Wording.quoted(update.name)) is neither a branch nor a tag", at: nil,
        hints: ["push to refs/heads/… or refs/tags/…"]))
  }
}
