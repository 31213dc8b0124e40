// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import JSONTree
package import Posix
import SliceFormat

/// Brings together what the sites say: status.git, contacts, and the digest of before.
///
/// The digest stands on `refs/fleet/observed`, which people can read and clusters not: a line per cluster
/// that ever reported in 256 files `clusters/SHARD.jsonl`, counts in `summary.json`, and what the rollout
/// service remembers in `rollouts/ID.json`. The ref is rewritten, it is no history.
package struct Observing {
  let hub: HubLayout
  let fleet: Repository
  private let status: Repository

  /// Opens a hub; the caller holds its lock.
  package init(hub: HubLayout) throws(HubError) {
    self.hub = hub
    fleet = try HubError.wrap { try Repository.open(hub.fleet) }
    status = try HubError.wrap { try Repository.open(hub.status) }
  }

  static let shards = (0..<256).map { number in
    (number < 16 ? "0" : "") + String(number, radix: 16)
  }
  static let summaryFile = Array("summary.json".utf8)
  static let clustersFolder = Array("clusters".utf8)
  static let rolloutsFolder = Array("rollouts".utf8)
  private static let fileLimit = 256 << 20
  /// The layout of the digest; another one is read as none and made anew.
  static let format: Int64 = 2
  /// A contact in the digest may be so many seconds old before it is written again; who was not heard of
  /// for longer counts as disconnected there. Rollouts have the exact times.
  static let contactSeconds: Int64 = 3600

  /// The digest with all that is new; nothing is written.
  ///
  /// Statuses whose commit is the same are not read again. What a cluster says about itself is taken from
  /// its own ref alone; a report under another name counts as none.
  package func look(now: Timestamp) throws(HubError) -> StatusDigest {
    try HubError.wrap {
      var digest = try written()
      digest.contacts = try Contacts.read(hub, now: now)
      var shardOf: [String: (part: Int, line: Int)] = [:]
      shardOf.reserveCapacity(digest.count)
      for (number, part) in digest.parts.enumerated() {
        for (index, line) in part.lines.enumerated() { shardOf[line.cluster] = (number, index) }
      }
      var seen = 0
      var new: [Int: [DigestLine]] = [:]
      for ref in try StatusRefs.read(hub.status) {
        let place = shardOf[ref.cluster]
        let old = place.map { digest.parts[$0.part].lines[$0.line] }
        if old != nil { seen += 1 }
        if let old, old.status == ref.id { continue }
        digest.newStatuses += 1
        digest.contacts.note(ref.cluster, at: now.seconds)
        let line = try self.line(ref.cluster, ref.id, after: old, now: now.seconds)
        if let place {
          digest.parts[place.part].lines[place.line] = line
          digest.parts[place.part].change()
        } else {
          new[Self.shard(of: ref.cluster), default: []].append(line)
        }
      }
      if seen < shardOf.count { try dropVanished(&digest) }
      for (number, lines) in new {
        digest.parts[number].lines = (digest.parts[number].lines + lines).sorted {
          $0.cluster.precedesInBytes($1.cluster)
        }
        digest.parts[number].change()
      }
      refreshContacts(&digest, now: now.seconds)
      return digest
    }
  }

  static func shard(of cluster: String) -> Int { Int(Shard.name(of: cluster), radix: 16) ?? 0 }

  /// Status refs go when somebody removes them.
  private func dropVanished(_ digest: inout StatusDigest) throws {
    let there = Set(try StatusRefs.read(hub.status).map(\.cluster))
    for number in digest.parts.indices {
      let kept = digest.parts[number].lines.filter { there.contains($0.cluster) }
      guard kept.count < digest.parts[number].lines.count else { continue }
      digest.parts[number].lines = kept
      digest.parts[number].change()
    }
  }

  /// Contacts alone make no shard new, unless somebody comes or goes, or an hour has passed; when one is
  /// written, it gets all that is known.
  private func refreshContacts(_ digest: inout StatusDigest, now: Int64) {
    func isConnected(_ seconds: Int64) -> Bool { now - seconds <= Self.contactSeconds }
    for number in digest.parts.indices {
      let isStale = digest.parts[number].lines.contains { line in
        guard let exact = digest.contacts[line.cluster], exact > line.contact else { return false }
        return exact - line.contact >= Self.contactSeconds
          || isConnected(exact) != isConnected(line.contact)
      }
      guard isStale || digest.parts[number].isChanged else { continue }
      digest.parts[number].change()
      for index in digest.parts[number].lines.indices {
        let line = digest.parts[number].lines[index]
        digest.parts[number].lines[index].contact = max(
          line.contact, digest.contacts[line.cluster] ?? 0)
      }
    }
  }

  /// The digest as it was written last; an empty one when there is none that can be used.
  func written() throws -> StatusDigest {
    var digest = StatusDigest(
      parts: Array(repeating: StatusDigest.Part(), count: Self.shards.count), contacts: Contacts())
    guard let commit = try fleet.reference(HubLayout.Ref.observed),
      let root = try? fleet.commit(commit).tree, let files = try? fleet.tree(root),
      let summary = files.first(where: { $0.name == Self.summaryFile }),
      let json = JSONParser.parse(try fleet.blob(summary.id, limit: 1 << 20)),
      json["format"]?.integer == Self.format,
      let clusters = files.first(where: { $0.name == Self.clustersFolder })
    else { return digest }
    digest.written = json["time"]?.string.flatMap { Timestamp(rfc3339: $0) }
    for entry in try fleet.tree(clusters.id) {
      let name = String(decoding: entry.name, as: UTF8.self)
      // A shard of another form is made anew from the statuses.
      guard name.hasSuffix(".jsonl"), let number = Int(name.dropLast(6), radix: 16),
        digest.parts.indices.contains(number),
        let lines = DigestLine.read(try fleet.blob(entry.id, limit: Self.fileLimit))
      else { continue }
      digest.parts[number] = StatusDigest.Part(lines: lines, blob: entry.id)
    }
    if let folder = files.first(where: { $0.name == Self.rolloutsFolder }) {
      for entry in try fleet.tree(folder.id) {
        let name = String(decoding: entry.name, as: UTF8.self)
        guard name.hasSuffix(".json") else { continue }
        let id = String(name.dropLast(5))
        digest.rollouts[id] = Self.unwrap(try fleet.blob(entry.id, limit: Self.fileLimit), id)
      }
    }
    return digest
  }

  private func line(
    _ cluster: String, _ id: ObjectID, after old: DigestLine?, now: Int64
  ) throws -> DigestLine {
    var id = id
    var report = self.report(cluster, id)
    // A push and a repack since the refs were read may have taken the object away.
    if report == nil, let newer = try StatusRefs.read(hub.status, cluster: cluster), newer != id {
      id = newer
      report = self.report(cluster, id)
    }
    return DigestLine(
      ClusterStatus(cluster, status: id, report: report, after: old?.decode(), now: now))
  }

  private func report(_ cluster: String, _ id: ObjectID) -> StatusReport? {
    guard let tree = try? status.commit(id).tree,
      let entry = try? status.tree(tree).first(where: { $0.name == Array("status.json".utf8) }),
      let bytes = try? status.blob(entry.id, limit: 1 << 20),
      let report = StatusReport(json: bytes), report.cluster == cluster
    else { return nil }
    return report
  }
}
