// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import SliceFormat

/// What the hub knows of one cluster now.
package struct ClusterObservation: Sendable, Hashable {
  /// What the site says of a bundle.
  package struct Bundle: Sendable, Hashable {
    /// The tree that is applied; nil when none is.
    package var tree: ObjectID?
    /// Its state.
    package var state: BundleState
    /// Whether the site has gone back from the released tree by itself.
    package var isReverted: Bool
    /// Why it is not Ready.
    package var message: String

    /// Makes an entry.
    package init(
      tree: ObjectID?, state: BundleState, isReverted: Bool = false, message: String = ""
    ) {
      self.tree = tree
      self.state = state
      self.isReverted = isReverted
      self.message = message
    }
  }

  /// A number that the site has measured.
  package struct Measurement: Sendable, Hashable {
    /// The value; nil when the site could not measure, which is an error.
    package var value: Double?
    /// Of how many requests or probes it is made.
    package var samples: Int
    /// When the hub has first seen this number, seconds since 1970.
    package var seenAt: Int64

    /// Makes a measurement.
    package init(value: Double?, samples: Int, seenAt: Int64) {
      self.value = value
      self.samples = samples
      self.seenAt = seenAt
    }
  }

  /// When the site was last heard of, by a poll or a report, seconds since 1970 by the hub's clock; nil: never.
  package var contact: Int64?
  /// The state commit's number that the site has acted on last; 0: none.
  package var release = 0
  /// The bundles by name.
  package var bundles: [String: Bundle] = [:]
  /// The measurements by name of the metric.
  package var metrics: [String: Measurement] = [:]
  /// Whether a schedule or a freeze forbids to release it now.
  package var isClosed = false
  /// Whether its inventory entry says `paused`: nothing is released to it, and nobody waits for it.
  package var isPaused = false

  /// Makes an observation of a cluster that was never heard of.
  package init() {}
}

/// What the hub knows of all clusters of its inventory.
package struct Observations: Sendable, Hashable {
  /// By name; a cluster that is not here has left the fleet.
  package var clusters: [String: ClusterObservation]

  /// Makes observations.
  package init(_ clusters: [String: ClusterObservation] = [:]) { self.clusters = clusters }
}
