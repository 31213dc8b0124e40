// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import SliceFormat

/// A tree that a site has applied lately and still watches, and all that it has seen of it.
///
/// Time is counted only between two runs that could both tell how the bundle is: while the cluster is out
/// of reach, nothing speaks for the tree and nothing against it.
package struct Trial: Sendable, Hashable {
  /// How it stands.
  package enum Outcome: Sendable, Hashable {
    /// It is watched.
    case watching
    /// It has proved good.
    case passed
    /// It has failed, and the site did not go back: why it has failed.
    case failed(String)
  }

  /// What is known of a gate.
  package struct Gate: Sendable, Hashable {
    /// What a measurement has come to.
    package enum Phase: String, Sendable, Hashable, CaseIterable {
      case successful = "Successful"
      case failed = "Failed"
      case inconclusive = "Inconclusive"
    }

    /// What the last measurement has come to; nil before the first.
    package internal(set) var phase: Phase?
    /// Its number; nil when there was none.
    package internal(set) var value: Double?
    /// Its samples.
    package internal(set) var samples = 0
    /// Why it is not Successful; empty when it is.
    package internal(set) var message = ""
    /// How many measurements have failed, and how many were inconclusive.
    package internal(set) var failures = 0
    package internal(set) var inconclusive = 0
    /// Seconds since the last measurement, or since the bundle was Ready first.
    package internal(set) var waited: Int64 = 0

    init() {}
  }

  /// What was measured: a number, or the reason why there is none.
  package struct Measurement: Sendable, Hashable {
    package var value: Double?
    package var samples: Int
    package var message: String

    /// Makes a measurement.
    package init(value: Double?, samples: Int, message: String = "") {
      self.value = value
      self.samples = samples
      self.message = message
    }
  }

  /// The tree of the bundle.
  package let tree: ObjectID
  /// When it was applied first, in seconds since 1970 by the site's clock; for people, decides nothing.
  package let since: Int64
  /// How it stands.
  package var outcome = Outcome.watching
  /// How long the bundle is Ready without a break, in seconds.
  package internal(set) var soaked: Int64 = 0
  /// How long it was not Ready, all together.
  package internal(set) var unready: Int64 = 0
  /// How long it is ErrApplied without a break.
  package internal(set) var failing: Int64 = 0
  /// The gates by name.
  package internal(set) var gates: [String: Gate] = [:]

  /// The state at the last run that could tell; nil before the first.
  var lastState: BundleState?
  /// When that was; nil when the last run could not tell.
  var clock: SiteClock?

  /// Begins to watch a tree.
  package init(_ tree: ObjectID, since: Int64) {
    self.tree = tree
    self.since = since
  }

  /// Whether it is watched.
  package var isOpen: Bool { outcome == .watching }
}

extension BundleState {
  /// Whether a bundle works: Modified is drift, not a failure.
  package var isAvailable: Bool { self == .ready || self == .modified }

  /// Whether it tells that a bundle does not work; the rest says that nobody could try.
  var isTrouble: Bool { self == .notReady || self == .errApplied }
}
