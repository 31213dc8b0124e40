// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import SliceFormat

/// What one cluster reported last, and when the hub has heard of it: a line of the digest.
package struct ClusterStatus: Sendable, Hashable {
  /// A bundle of the cluster.
  package struct Bundle: Sendable, Hashable {
    /// The name.
    package var name: String
    /// Its state.
    package var state: BundleState
    /// The tree that is applied; nil when none is.
    package var tree: ObjectID?
    /// Why it is not Ready.
    package var message: String
    /// Whether the site has gone back from the released tree by itself.
    package var isReverted: Bool
    /// What is not as it was applied, as far as the digest has room for it.
    package var drift: [StatusDrift] = []
    /// How many objects that are not as they were applied it has no room for.
    package var untoldDrift = 0
  }

  /// A number that the site has measured.
  package struct Metric: Sendable, Hashable {
    /// What the site says.
    package var metric: StatusMetric
    /// When the hub first saw it, seconds since 1970: when the status commit came that has it.
    package var seen: Int64
  }

  /// The cluster.
  package var cluster: String
  /// The commit of its status in status.git.
  package var status: ObjectID
  /// When it was last heard of, seconds since 1970 by the hub's clock.
  package var contact: Int64
  /// When the hub first saw this status commit, likewise.
  package var arrived: Int64
  /// Since when the cluster's state is what it is, likewise.
  package var since: Int64
  /// The worst state of the bundles; ErrApplied for a status that cannot be read.
  package var state: BundleState
  /// The release that it has acted on; 0 for none.
  package var release: Int
  /// The slice commit that it has applied; empty for none.
  package var slice: String
  /// The source commit of that slice; empty for none.
  package var source: String
  /// When it said so, by its own clock: for people.
  package var time: String
  /// `keep` or `remove` when it was taken out of the fleet.
  package var removed: String?
  /// The bundles, in the site's order.
  package var bundles: [Bundle]
  /// What went wrong outside of bundles.
  package var errors: [String]
  /// What the site has measured.
  package var metrics: [Metric]
  /// What it tells of its cluster; nil when it tells nothing.
  package var facts: [SiteFact]?

  /// A status as it comes in; a report that cannot be read is shown as one that says nothing good.
  init(
    _ cluster: String, status: ObjectID, report: StatusReport?, after old: ClusterStatus?,
    now: Int64
  ) {
    self.cluster = cluster
    self.status = status
    contact = now
    arrived = now
    state = report?.state ?? .errApplied
    since = old.flatMap { $0.state == report?.state ?? .errApplied ? $0.since : nil } ?? now
    release = max(report?.release ?? 0, 0)
    slice = report?.slice ?? ""
    source = report?.source ?? ""
    time = report?.time ?? ""
    removed = report?.removed
    var room = DriftRoom()
    bundles = (report?.bundles ?? []).map {
      let drift = room.take($0.drift)
      return Bundle(
        name: $0.name, state: $0.state, tree: ObjectID(hex: $0.tree), message: $0.message,
        isReverted: $0.isReverted, drift: drift.told, untoldDrift: drift.untold)
    }
    errors = report?.errors ?? ["the status cannot be read"]
    metrics = (report?.metrics ?? []).map { Metric(metric: $0, seen: now) }
    facts = report?.facts
    if let ignored = report?.ignoredFacts, ignored > 0 {
      errors.append(
        ignored == 1
          ? "1 fact is out of bounds and ignored" : "\(ignored) facts are out of bounds and ignored"
      )
    }
  }

  /// Takes the parts of a line as they were read.
  init(
    cluster: String, status: ObjectID, contact: Int64, arrived: Int64, since: Int64,
    state: BundleState, release: Int, slice: String, source: String, time: String,
    removed: String?, bundles: [Bundle], errors: [String], metrics: [Metric],
    facts: [SiteFact]? = nil
  ) {
    self.cluster = cluster
    self.status = status
    self.contact = contact
    self.arrived = arrived
    self.since = since
    self.state = state
    self.release = release
    self.slice = slice
    self.source = source
    self.time = time
    self.removed = removed
    self.bundles = bundles
    self.errors = errors
    self.metrics = metrics
    self.facts = facts
  }
}
