// SPDX-License-Identifier: Apache-2.0

internal import JSONTree

/// The `status.json` that a site pushes.
package struct StatusReport: Sendable, Hashable {
  /// What a site says of one bundle.
  package struct Bundle: Sendable, Hashable {
    /// The bundle's name.
    package var name: String
    /// Its state.
    package var state: BundleState
    /// The tree that is applied, 40 digits; empty when none is.
    package var tree: String
    /// Why it is not Ready; empty when it is.
    package var message: String
    /// Whether the site has gone back from the tree that it was told, by itself; `tree` is then the old one.
    package var isReverted: Bool
    /// What is not as it was applied; a site tells the first of many.
    package var drift: [StatusDrift]

    /// Makes an entry.
    package init(
      name: String, state: BundleState, tree: String, message: String, isReverted: Bool = false,
      drift: [StatusDrift] = []
    ) {
      self.name = name
      self.state = state
      self.tree = tree
      self.message = message
      self.isReverted = isReverted
      self.drift = drift
    }
  }

  /// The cluster's name.
  package var cluster: String
  /// Counts the site's reports; never falls.
  package var counter: Int
  /// The slice commit that is applied, 40 digits; empty when none is.
  package var slice: String
  /// The source commit of that slice, 40 digits; empty when none is.
  package var source: String
  /// The release number of that slice; 0 when none is.
  package var release: Int
  /// When the report was made, RFC 3339 in UTC.
  package var time: String
  /// The worst state of the bundles.
  package var state: BundleState
  /// The bundles, in the order of their names.
  package var bundles: [Bundle]
  /// `keep` or `remove` when the cluster was taken out of the fleet; nil while it is in it.
  package var removed: String?
  /// What went wrong outside of any bundle.
  package var errors: [String]
  /// What the site has measured, in its order.
  package var metrics: [StatusMetric]
  /// What the site tells of its cluster; nil when it tells nothing, which is not the same as that there are none.
  package var facts: [SiteFact]?
  /// Facts of a status that was read, which were out of bounds and are not in `facts`.
  package var ignoredFacts = 0

  /// Makes a report.
  package init(
    cluster: String, counter: Int, slice: String, source: String, release: Int, time: String,
    state: BundleState, bundles: [Bundle], removed: String? = nil, errors: [String],
    metrics: [StatusMetric] = [], facts: [SiteFact]? = nil
  ) {
    self.cluster = cluster
    self.counter = counter
    self.slice = slice
    self.source = source
    self.release = release
    self.time = time
    self.state = state
    self.bundles = bundles
    self.removed = removed
    self.errors = errors
    self.metrics = metrics
    self.facts = facts
  }

  /// The file's bytes: members in a fixed order, one line; what is not known is left out or empty.
  package var json: [UInt8] {
    var members: [JSONMember] = [
      JSONMember("format", .integer(Int64(SliceLayout.format))),
      JSONMember("cluster", .string(cluster)), JSONMember("counter", .integer(Int64(counter))),
      JSONMember("slice", .string(slice)), JSONMember("source", .string(source)),
      JSONMember("release", .integer(Int64(release))), JSONMember("time", .string(time)),
      JSONMember("state", .string(state.rawValue)),
      JSONMember(
        "bundles",
        .array(
          bundles.map { bundle in
            .object(
              [
                JSONMember("name", .string(bundle.name)),
                JSONMember("state", .string(bundle.state.rawValue)),
                JSONMember("tree", .string(bundle.tree)),
                JSONMember("message", .string(bundle.message)),
              ] + (bundle.isReverted ? [JSONMember("reverted", .bool(true))] : [])
                + (bundle.drift.isEmpty
                  ? [] : [JSONMember("drift", .array(bundle.drift.map(\.json)))]))
          })),
    ]
    if let removed { members.append(JSONMember("removed", .string(removed))) }
    members.append(JSONMember("errors", .array(errors.map { .string($0) })))
    // Left out where there are none, so that the reports of sites without metrics stay the same bytes.
    if !metrics.isEmpty { members.append(JSONMember("metrics", .array(metrics.map(\.json)))) }
    if let facts { members.append(JSONMember("facts", SiteFact.json(facts))) }
    return JSONWriter.compact(.object(members))
  }

  /// Whether another report says the same, apart from when it was made.
  package func says(sameAs other: StatusReport) -> Bool {
    var later = other
    later.counter = counter
    later.time = time
    return self == later
  }

  /// Reads the file; nil when it is no status of a format that we know.
  ///
  /// Metrics and facts that make no sense are left out, see `StatusMetric` and `SiteFact`.
  package init?(json: [UInt8]) {
    guard let value = JSONParser.parse(json), let format = value["format"]?.integer,
      (1...Int64(SliceLayout.format) + 1).contains(format),
      let cluster = value["cluster"]?.string,
      let state = value["state"]?.string.flatMap(BundleState.init(rawValue:))
    else { return nil }
    let bundles = (value["bundles"]?.items ?? []).compactMap { item -> Bundle? in
      guard let name = item["name"]?.string,
        let state = item["state"]?.string.flatMap(BundleState.init(rawValue:))
      else { return nil }
      return Bundle(
        name: name, state: state, tree: item["tree"]?.string ?? "",
        message: item["message"]?.string ?? "", isReverted: item["reverted"]?.bool ?? false,
        drift: StatusDrift.read(item["drift"]))
    }
    let facts = SiteFact.read(value["facts"])
    self.init(
      cluster: cluster, counter: Int(clamping: value["counter"]?.integer ?? 0),
      slice: value["slice"]?.string ?? "", source: value["source"]?.string ?? "",
      release: Int(clamping: value["release"]?.integer ?? 0), time: value["time"]?.string ?? "",
      state: state, bundles: bundles, removed: value["removed"]?.string,
      errors: (value["errors"]?.items ?? []).compactMap(\.string),
      metrics: StatusMetric.read(value["metrics"]), facts: facts?.facts)
    ignoredFacts = facts?.leftOut ?? 0
  }
}
