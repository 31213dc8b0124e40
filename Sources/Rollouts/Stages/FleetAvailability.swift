// SPDX-License-Identifier: Apache-2.0

/// What Fleet counts when it decides whether a partition may go on.
///
/// Source: `isUnavailable`, `upToDate`, `Unavailable`, `updatePartitionStatus` in Fleet's `target/status.go`
/// and the loop over `maxNew` in `target/rollout.go`. A rollout of ours counts by ``ClusterPhase``; this is
/// what the comparison with Fleet is made with.
package enum FleetAvailability {
  /// A bundle on a cluster as Fleet keeps it (`BundleDeployment`).
  package struct Deployment: Sendable, Hashable {
    /// The version that is prepared, the one that is told, and the one that the agent has applied.
    package var staged: String
    package var told: String
    package var applied: String
    /// Whether all that it brings is ready.
    package var isReady: Bool

    /// Makes a deployment.
    package init(staged: String = "", told: String, applied: String, isReady: Bool) {
      self.staged = staged
      self.told = told
      self.applied = applied
      self.isReady = isReady
    }
  }

  /// A cluster that is to run a version; it has a deployment once it was among the first `maxNew`.
  package struct Target: Sendable, Hashable {
    /// The version that it is to run.
    package var version: String
    /// What it has; nil when nothing was ever told.
    package var deployment: Deployment?

    /// Makes a target.
    package init(version: String, deployment: Deployment?) {
      self.version = version
      self.deployment = deployment
    }
  }

  /// How many deployments Fleet makes in one pass where nothing is written (`DefaultMaxNew`).
  package static let defaultMaxNew = 50

  /// Whether a deployment is unavailable; where there is none, nothing is.
  package static func isUnavailable(_ deployment: Deployment?) -> Bool {
    guard let deployment else { return false }
    return deployment.applied != deployment.told || !deployment.isReady
  }

  /// Whether a cluster runs its version.
  package static func isUpToDate(_ target: Target) -> Bool {
    guard let deployment = target.deployment else { return false }
    return deployment.staged == target.version && deployment.told == target.version
      && deployment.applied == target.version
  }

  /// How many are unavailable.
  package static func unavailable(_ targets: [Target]) -> Int {
    targets.count { isUnavailable($0.deployment) }
  }

  /// Whether a partition holds up the next: more of it than `maxUnavailable` are not available with their version.
  package static func isPartitionUnavailable(_ targets: [Target], maxUnavailable: Int) -> Bool {
    targets.count { !isUpToDate($0) || isUnavailable($0.deployment) } > maxUnavailable
  }

  /// How many deployments one pass makes for so many clusters without one.
  package static func created(missing: Int, maxNew: Int?) -> Int {
    max(0, min(missing, maxNew ?? defaultMaxNew))
  }
}
