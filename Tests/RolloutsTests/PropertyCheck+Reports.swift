// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Rollouts
import SliceFormat

/// What the reports of sites say of the members of a rollout, read without the engine.
extension PropertyCheck {
  func allowed(_ limit: Limit, _ size: Int) -> Int {
    switch limit {
    case .count(let count): max(1, min(count, size))
    case .share(let share): max(1, size * share / 1_000_000)
    }
  }

  func seen(
    _ index: Int, _ rollout: Rollout, _ observations: Observations
  ) -> ClusterObservation? {
    guard let seen = observations.clusters[rollout.plan.members[index].cluster], !seen.isPaused,
      !rollout.state.skipped.contains(index)
    else { return nil }
    return seen
  }

  func isReady(_ index: Int, _ rollout: Rollout, _ seen: ClusterObservation) -> Bool {
    rollout.plan.members[index].moves.allSatisfy { move in
      let bundle = seen.bundles[move.bundle]
      guard let target = move.target else {
        return bundle == nil && seen.release >= (rollout.state.releasedBy[index] ?? .max)
      }
      return bundle?.tree == target && bundle?.isReverted == false
        && (bundle?.state == .ready || bundle?.state == .modified)
    }
  }

  /// Whether a member has gone back from the new trees by itself.
  func hasGoneBack(_ index: Int, _ rollout: Rollout, _ seen: ClusterObservation) -> Bool {
    seen.release >= (rollout.state.releasedBy[index] ?? .max)
      && rollout.plan.members[index].moves.contains {
        seen.bundles[$0.bundle]?.isReverted == true
      }
  }

  /// Whether what a member runs before its release does not work.
  func isBroken(_ index: Int, _ rollout: Rollout, _ seen: ClusterObservation) -> Bool {
    !rollout.plan.members[index].isNew
      && rollout.plan.members[index].moves.contains { move in
        guard move.fallback != nil else { return false }
        guard let bundle = seen.bundles[move.bundle] else { return true }
        return bundle.isReverted || (bundle.state != .ready && bundle.state != .modified)
      }
  }
}
