// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import JSONTree
import Planning
package import Posix
import SliceFormat

/// The digest of the sites' statuses on `refs/fleet/observed`, which people can read and clusters not.
///
/// `clusters.jsonl` has a line per cluster that ever reported, `summary.json` the counts. The ref is
/// rewritten, it is no history.
package struct Observation {
  private let hub: HubLayout
  private let fleet: Repository
  private let status: Repository

  /// Opens a hub; the caller holds its lock.
  package init(hub: HubLayout) throws(HubError) {
    self.hub = hub
    fleet = try HubError.wrap { try Repository.open(hub.fleet) }
    status = try HubError.wrap { try Repository.open(hub.status) }
  }

  private static let linesFile = Array("clusters.jsonl".utf8)
  private static let summaryFile = Array("summary.json".utf8)
  private static let fileLimit = 256 << 20

  /// Brings the digest up to date; false when no status has changed since the last one.
  ///
  /// Statuses whose commit is the same are not read again. What a cluster says about itself is taken
  /// from its own ref alone; a report under another name is left out.
  package func update(now: Timestamp) throws(HubError) -> Bool {
    try HubError.wrap {
      let old = try fleet.reference(HubLayout.Ref.observed)
      let known = try knownLines(old)
      let refs = try status.references(prefix: HubLayout.Ref.statusPrefix)
      var lines: [UInt8] = []
      var states: [BundleState: Int] = [:]
      var hasChanged = old == nil || refs.count != known.count
      for ref in refs {
        let cluster = String(
          decoding: ref.name.utf8.dropFirst(HubLayout.Ref.statusPrefix.utf8.count), as: UTF8.self)
        let line: JSONValue
        if let same = known[cluster], same["status"]?.string == ref.id.hex {
          line = same
        } else {
          hasChanged = true
          line = self.line(cluster, ref.id)
        }
        if let state = line["state"]?.string.flatMap(BundleState.init(rawValue:)) {
          states[state, default: 0] += 1
        }
        lines += JSONWriter.compact(line) + [10]
      }
      guard hasChanged else { return false }
      let summary = JSONValue.object([
        "format": .integer(Int64(SliceLayout.format)), "time": .string(now.rfc3339),
        "reported": .integer(Int64(refs.count)),
        "states": .object(
          BundleState.allCases.compactMap { state in
            states[state].map { JSONMember(state.rawValue, .integer(Int64($0))) }
          }),
      ])
      let tree = try fleet.writeTree([
        TreeEntry(name: Self.linesFile, mode: .file, id: try fleet.write(.blob, lines)),
        TreeEntry(
          name: Self.summaryFile, mode: .file,
          id: try fleet.write(.blob, JSONWriter.pretty(summary))),
      ])
      let commit = Commit(
        tree: tree, parents: [], author: HubIdentity.signature(seconds: now.seconds),
        message: CommitMessage.make(subject: "observed at \(now.rfc3339)"))
      let id = try fleet.write(.commit, commit.content)
      try fleet.updateReference(
        HubLayout.Ref.observed, to: id, expecting: old ?? .zero, message: "observed")
      return true
    }
  }

  private func knownLines(_ commit: ObjectID?) throws -> [String: JSONValue] {
    guard let commit else { return [:] }
    let tree = try fleet.commit(commit).tree
    guard let entry = try fleet.tree(tree).first(where: { $0.name == Self.linesFile }) else {
      return [:]
    }
    var result: [String: JSONValue] = [:]
    for line in try fleet.blob(entry.id, limit: Self.fileLimit).split(separator: 10) {
      guard let value = JSONParser.parse(Array(line)), let cluster = value["cluster"]?.string else {
        continue
      }
      result[cluster] = value
    }
    return result
  }

  private func line(_ cluster: String, _ id: ObjectID) -> JSONValue {
    var members = [JSONMember("cluster", .string(cluster)), JSONMember("status", .string(id.hex))]
    guard let report = report(cluster, id) else {
      // A site that says nonsense is shown as one that says nothing good.
      members.append(JSONMember("state", .string(BundleState.errApplied.rawValue)))
      members.append(JSONMember("errors", .array([.string("the status cannot be read")])))
      return .object(members)
    }
    members += [
      JSONMember("state", .string(report.state.rawValue)),
      JSONMember("release", .integer(Int64(report.release))),
      JSONMember("slice", .string(report.slice)),
      JSONMember("source", .string(report.source)),
      JSONMember("time", .string(report.time)),
      JSONMember(
        "bundles",
        .array(
          report.bundles.map {
            .object([
              "name": .string($0.name), "state": .string($0.state.rawValue),
              "message": .string($0.message),
            ])
          })),
      JSONMember("errors", .array(report.errors.map { .string($0) })),
    ]
    return .object(members)
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
