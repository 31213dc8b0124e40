// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Posix
import SliceFormat

/// A line of a shard of the digest, read no further than it has to be.
///
/// Cluster, status commit and contact come first, so that a line whose status is the same is neither read
/// nor written again: what follows them is copied.
struct DigestLine {
  let cluster: String
  let status: ObjectID
  /// As it stands in the line, or is to be written.
  var contact: Int64
  /// Everything behind the contact.
  private let rest: ArraySlice<UInt8>

  /// The lines of a shard; nil when one of them has another form.
  static func read(_ blob: [UInt8]) -> [DigestLine]? {
    var lines: [DigestLine] = []
    var start = 0
    while start < blob.count {
      guard let end = blob[start...].firstIndex(of: 10),
        let line = DigestLine(blob[start..<end])
      else { return nil }
      lines.append(line)
      start = end + 1
    }
    return lines
  }

  private init?(_ bytes: ArraySlice<UInt8>) {
    var scanner = LineScanner(bytes)
    guard scanner.take(#"{"cluster":"#), let cluster = scanner.string(),
      scanner.take(#","status":"#), let status = scanner.id() ?? nil,
      scanner.take(#","contact":"#), let contact = scanner.moment(), scanner.take(",")
    else { return nil }
    self.cluster = cluster
    self.status = status
    self.contact = contact
    rest = bytes[scanner.position...]
  }

  /// Makes the line of a status.
  init(_ status: ClusterStatus) {
    cluster = status.cluster
    self.status = status.status
    contact = status.contact
    rest = Self.encode(status)
  }

  /// The line with its line break.
  func append(to bytes: inout [UInt8]) {
    bytes += #"{"cluster":"#.utf8
    bytes += JSONWriter.compact(.string(cluster))
    bytes += #","status":""#.utf8
    bytes += status.hex.utf8
    bytes += #"","contact":""#.utf8
    bytes += Timestamp(seconds: contact).rfc3339.utf8
    bytes += #"","#.utf8
    bytes += rest
    bytes.append(10)
  }

  private static func encode(_ status: ClusterStatus) -> ArraySlice<UInt8> {
    func moment(_ seconds: Int64) -> JSONValue {
      .string(Timestamp(seconds: seconds).rfc3339)
    }
    var members = [
      JSONMember("arrived", moment(status.arrived)), JSONMember("since", moment(status.since)),
      JSONMember("state", .string(status.state.rawValue)),
      JSONMember("release", .integer(Int64(status.release))),
      JSONMember("slice", .string(status.slice)), JSONMember("source", .string(status.source)),
      JSONMember("time", .string(status.time)),
    ]
    if let removed = status.removed { members.append(JSONMember("removed", .string(removed))) }
    members.append(
      JSONMember(
        "bundles",
        .array(
          status.bundles.map { bundle in
            var members = [
              JSONMember("name", .string(bundle.name)),
              JSONMember("state", .string(bundle.state.rawValue)),
              JSONMember("tree", .string(bundle.tree?.hex ?? "")),
              JSONMember("message", .string(bundle.message)),
            ]
            if bundle.isReverted { members.append(JSONMember("reverted", .bool(true))) }
            if !bundle.drift.isEmpty {
              members.append(JSONMember("drift", .array(bundle.drift.map(\.json))))
            }
            if bundle.untoldDrift > 0 {
              members.append(JSONMember("untoldDrift", .integer(Int64(bundle.untoldDrift))))
            }
            return .object(members)
          })))
    members.append(JSONMember("errors", .array(status.errors.map { .string($0) })))
    if !status.metrics.isEmpty {
      members.append(
        JSONMember(
          "metrics",
          .array(
            status.metrics.map { item in
              var members = [JSONMember("name", .string(item.metric.name))]
              if let bundle = item.metric.bundle {
                members.append(JSONMember("bundle", .string(bundle)))
              }
              members += [
                JSONMember("value", item.metric.value.map { .real($0) } ?? .null),
                JSONMember("samples", .integer(Int64(item.metric.samples))),
                JSONMember("seen", moment(item.seen)),
              ]
              return .object(members)
            })))
    }
    if let facts = status.facts { members.append(JSONMember("facts", SiteFact.json(facts))) }
    // Without the brace, which stands before the head.
    return JSONWriter.compact(.object(members)).dropFirst()
  }
}

extension DigestLine {
  /// The cluster's state, without reading the line any further; nil for a line of another form.
  var state: BundleState? {
    var scanner = LineScanner(rest)
    guard scanner.take(#""arrived":"#), scanner.plain() != nil, scanner.take(#","since":"#),
      scanner.plain() != nil, scanner.take(#","state":"#)
    else { return nil }
    return Self.state(&scanner)
  }

  /// The whole line; nil for one of another form.
  func decode() -> ClusterStatus? {
    var scanner = LineScanner(rest)
    guard scanner.take(#""arrived":"#), let arrived = scanner.moment(),
      scanner.take(#","since":"#), let since = scanner.moment(),
      scanner.take(#","state":"#), let state = Self.state(&scanner),
      scanner.take(#","release":"#), let release = scanner.integer(),
      scanner.take(#","slice":"#), let slice = scanner.string(),
      scanner.take(#","source":"#), let source = scanner.string(),
      scanner.take(#","time":"#), let time = scanner.string()
    else { return nil }
    var removed: String?
    if scanner.take(#","removed":"#) {
      guard let text = scanner.string() else { return nil }
      removed = text
    }
    guard scanner.take(#","bundles":"#), let bundles = Self.list(&scanner, Self.bundle),
      scanner.take(#","errors":"#), let errors = Self.list(&scanner, { $0.string() })
    else { return nil }
    var metrics: [ClusterStatus.Metric] = []
    if scanner.take(#","metrics":"#) {
      guard let list = Self.list(&scanner, Self.metric) else { return nil }
      metrics = list
    }
    var facts: [SiteFact]?
    if scanner.take(#","facts":{"#) {
      guard let list = Self.facts(&scanner) else { return nil }
      facts = list
    }
    guard scanner.take("}"), scanner.isAtEnd else { return nil }
    return ClusterStatus(
      cluster: cluster, status: status, contact: contact, arrived: arrived, since: since,
      state: state, release: Int(release), slice: slice, source: source, time: time,
      removed: removed, bundles: bundles, errors: errors, metrics: metrics, facts: facts)
  }

  /// The rest of an object of texts.
  private static func facts(_ scanner: inout LineScanner) -> [SiteFact]? {
    var facts: [SiteFact] = []
    if scanner.take("}") { return facts }
    while let name = scanner.string(), scanner.take(":"), let value = scanner.string() {
      facts.append(SiteFact(name, value))
      if scanner.take("}") { return facts }
      guard scanner.take(",") else { return nil }
    }
    return nil
  }

  private static let states = BundleState.allCases.map { (Array($0.rawValue.utf8), $0) }

  private static func state(_ scanner: inout LineScanner) -> BundleState? {
    guard let text = scanner.plain() else { return nil }
    return states.first { text.elementsEqual($0.0) }?.1
  }

  private static func list<Item>(
    _ scanner: inout LineScanner, _ read: (inout LineScanner) -> Item?
  ) -> [Item]? {
    guard scanner.take("[") else { return nil }
    var items: [Item] = []
    if scanner.take("]") { return items }
    while let item = read(&scanner) {
      items.append(item)
      if scanner.take("]") { return items }
      guard scanner.take(",") else { return nil }
    }
    return nil
  }

  private static func bundle(_ scanner: inout LineScanner) -> ClusterStatus.Bundle? {
    guard scanner.take(#"{"name":"#), let name = scanner.string(),
      scanner.take(#","state":"#), let state = state(&scanner),
      scanner.take(#","tree":"#), let tree = scanner.id(),
      scanner.take(#","message":"#), let message = scanner.string()
    else { return nil }
    let isReverted = scanner.take(#","reverted":true"#)
    var drift: [StatusDrift] = []
    if scanner.take(#","drift":"#) {
      guard let list = scanner.array() else { return nil }
      drift = StatusDrift.read(JSONParser.parse(Array(list)))
    }
    var untold = 0
    if scanner.take(#","untoldDrift":"#) {
      guard let count = scanner.integer() else { return nil }
      untold = Int(clamping: count)
    }
    guard scanner.take("}") else { return nil }
    return ClusterStatus.Bundle(
      name: name, state: state, tree: tree, message: message, isReverted: isReverted, drift: drift,
      untoldDrift: untold)
  }

  private static func metric(_ scanner: inout LineScanner) -> ClusterStatus.Metric? {
    guard scanner.take(#"{"name":"#), let name = scanner.string() else { return nil }
    var bundle: String?
    if scanner.take(#","bundle":"#) {
      guard let text = scanner.string() else { return nil }
      bundle = text
    }
    guard scanner.take(#","value":"#), let value = scanner.number(),
      scanner.take(#","samples":"#), let samples = scanner.integer(),
      scanner.take(#","seen":"#), let seen = scanner.moment(), scanner.take("}")
    else { return nil }
    return ClusterStatus.Metric(
      metric: StatusMetric(name: name, bundle: bundle, value: value, samples: Int(samples)),
      seen: seen)
  }
}
