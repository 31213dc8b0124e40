// SPDX-License-Identifier: Apache-2.0

import GitObjects
package import Posix
package import Rollouts
import SliceFormat

/// What the hub knows of all clusters at one moment: the digest on `refs/fleet/observed` with the statuses
/// and contacts that have come since it was written.
package struct StatusDigest {
  /// One shard of the digest.
  struct Part {
    var lines: [DigestLine] = []
    /// The blob that has these lines; nil when they have changed, or when there are none.
    private(set) var blob: ObjectID?
    /// Whether it has to be written.
    private(set) var isChanged = false

    /// An empty shard, or one as it was written.
    init(lines: [DigestLine] = [], blob: ObjectID? = nil) {
      self.lines = lines
      self.blob = blob
    }

    mutating func change() {
      blob = nil
      isChanged = true
    }
  }

  /// By shard, `00` to `ff`, lines in the order of the names.
  var parts: [Part]
  /// When the digest was written that this one goes out from; nil for none.
  package internal(set) var written: Timestamp?
  /// What the rollout service has put down, by rollout.
  package internal(set) var rollouts: [String: [UInt8]] = [:]
  /// The exact last contacts, of clusters that never reported too.
  package internal(set) var contacts: Contacts
  /// How many statuses were new.
  package internal(set) var newStatuses = 0

  /// What is known of a hub now; the caller holds its lock. Nothing is written.
  package static func read(
    _ hub: HubLayout, now: Timestamp = .now()
  ) throws(HubError) -> StatusDigest {
    try Observing(hub: hub).look(now: now)
  }

  /// How many clusters have ever reported.
  package var count: Int { parts.reduce(0) { $0 + $1.lines.count } }

  /// All statuses, by shard and name, with the exact contacts.
  package func statuses() -> [ClusterStatus] {
    var result: [ClusterStatus] = []
    result.reserveCapacity(count)
    for part in parts {
      for line in part.lines {
        guard var status = line.decode() else { continue }
        status.contact = max(status.contact, contacts[status.cluster] ?? 0)
        result.append(status)
      }
    }
    return result
  }

  /// All statuses by cluster.
  package func clusters() -> [String: ClusterStatus] {
    Dictionary(statuses().map { ($0.cluster, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// What a rollout may know. Who is paused or closed is the caller's to fill in.
  ///
  /// Every cluster that was ever heard of is there, also one that has left the fleet. A metric is found by
  /// its name and, when it is of a bundle, by `BUNDLE/NAME`; the name alone means that of the whole cluster,
  /// or that of a bundle when only one bundle has it.
  package func observations() -> Observations {
    var result: [String: ClusterObservation] = [:]
    result.reserveCapacity(contacts.times.count)
    for status in statuses() { result[status.cluster] = status.observation }
    for (cluster, seconds) in contacts.times where result[cluster] == nil {
      var silent = ClusterObservation()
      silent.contact = seconds
      result[cluster] = silent
    }
    return Observations(result)
  }
}

extension ClusterStatus {
  /// What a rollout may know of this cluster.
  package var observation: ClusterObservation {
    var result = ClusterObservation()
    result.contact = contact
    result.release = release
    result.bundles.reserveCapacity(bundles.count)
    for bundle in bundles {
      result.bundles[bundle.name] = ClusterObservation.Bundle(
        tree: bundle.tree, state: bundle.state, isReverted: bundle.isReverted,
        message: bundle.message)
    }
    var ambiguous: Set<String> = []
    for item in metrics {
      let metric = item.metric
      let measurement = ClusterObservation.Measurement(
        value: metric.value, samples: metric.samples, seenAt: item.seen)
      guard let bundle = metric.bundle else { continue }
      result.metrics["\(bundle)/\(metric.name)"] = measurement
      if result.metrics.updateValue(measurement, forKey: metric.name) != nil {
        ambiguous.insert(metric.name)
      }
    }
    for name in ambiguous { result.metrics[name] = nil }
    for item in metrics where item.metric.bundle == nil {
      result.metrics[item.metric.name] = ClusterObservation.Measurement(
        value: item.metric.value, samples: item.metric.samples, seenAt: item.seen)
    }
    return result
  }
}

extension StatusDigest {
  /// The statuses of the digest as it was written last, without what has come since.
  package static func stored(_ hub: HubLayout) throws(HubError) -> [ClusterStatus] {
    let observing = try Observing(hub: hub)
    return try HubError.wrap { try observing.written().statuses() }
  }
}
