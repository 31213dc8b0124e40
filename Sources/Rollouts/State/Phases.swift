// SPDX-License-Identifier: Apache-2.0

/// Where a rollout stands.
package enum RolloutPhase: String, Sendable, Hashable, CaseIterable {
  /// Nothing is released yet: it waits for another rollout, or for its first window.
  case pending = "Pending"
  /// Clusters are being released, or have not succeeded yet.
  case progressing = "Progressing"
  /// The clusters of the stage have succeeded; soak times, timed waits or measurements are not over.
  case soaking = "Soaking"
  /// A person has to approve the next step.
  case awaitingApproval = "AwaitingApproval"
  /// Nothing more is released until a person says so; the reason says why.
  case paused = "Paused"
  /// Clusters are being told their last good trees.
  case rollingBack = "RollingBack"
  /// Ended: nothing more was released, what was released stays.
  case aborted = "Aborted"
  /// Ended: every touched cluster is told its last good trees.
  case rolledBack = "RolledBack"
  /// Ended: released everywhere.
  case complete = "Complete"
  /// Ended: a later push has taken over.
  case superseded = "Superseded"

  /// Whether nothing happens to it any more.
  package var isEnd: Bool {
    switch self {
    case .aborted, .rolledBack, .complete, .superseded: true
    case .pending, .progressing, .soaking, .awaitingApproval, .paused, .rollingBack: false
    }
  }

  /// Whether it goes on by an order of a person alone.
  package var waitsForPerson: Bool { self == .paused || self == .awaitingApproval }
}

/// Where one cluster of a rollout stands.
package enum ClusterPhase: String, Sendable, Hashable, CaseIterable {
  /// Not released yet.
  case pending = "Pending"
  /// Released; not Ready with the new trees yet, or not for long enough.
  case progressing = "Progressing"
  /// Ready with the new trees for `minSuccessTime`.
  case succeeded = "Succeeded"
  /// The site could not apply them, or has gone back by itself.
  case failed = "Failed"
  /// Not Ready within `progressDeadline`.
  case timedOut = "TimedOut"
  /// In no stage, taken out of the fleet, or paused: not waited for.
  case skipped = "Skipped"
  /// Released, and without contact for `disconnectedAfter`: a straggler.
  case disconnected = "Disconnected"
}

/// What a metric of a stage has come to.
package enum MetricPhase: String, Sendable, Hashable, CaseIterable {
  case pending = "Pending"
  case successful = "Successful"
  case failed = "Failed"
  case error = "Error"
  case inconclusive = "Inconclusive"
}
