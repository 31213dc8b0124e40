// SPDX-License-Identifier: Apache-2.0

/// Fleet's names for the state of a bundle deployment, best first.
///
/// Source: Fleet's `StateRank`; the worst state of its bundles is the cluster's.
package enum BundleState: String, Sendable, Hashable, CaseIterable, Comparable {
  case ready = "Ready"
  case notReady = "NotReady"
  case pending = "Pending"
  case outOfSync = "OutOfSync"
  case modified = "Modified"
  case waitApplied = "WaitApplied"
  case errApplied = "ErrApplied"

  /// Fleet's rank: 1 for Ready to 7 for ErrApplied.
  package var rank: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

  package static func < (left: BundleState, right: BundleState) -> Bool { left.rank < right.rank }

  /// Whether a dependency in this state lets others go on; where no states are given, Ready does.
  package func isAccepted(by states: [BundleState]) -> Bool {
    states.isEmpty ? self == .ready : states.contains(self)
  }
}
