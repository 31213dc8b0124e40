// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import FleetModel
package import GitObjects
package import GitStore
import JSONTree
import SliceFormat

/// A commit on `refs/fleet/facts`: which facts of which clusters count. The chain of these commits says who
/// changed what, and when.
///
/// The tree has a file `SHARD.jsonl` for each shard with facts, and in it a line for each cluster in the order of
/// the names: `{"cluster":"store-0001","facts":{"architecture":"arm64"}}`. The same facts give the same tree.
package struct FactsCommit: Sendable, Hashable {
  /// The commit.
  package let id: ObjectID
  /// Its tree.
  package let tree: ObjectID
  /// The one before it; nil for the first.
  package let parent: ObjectID?
  /// When it was made, seconds since 1970.
  package let seconds: Int64
  /// What it says.
  package let facts: ReportedFacts

  private static let format = "1"
  private static let fileLimit = 64 << 20
  /// So many clusters are told in the message; the tree has all.
  private static let tellLimit = 100

  /// Writes the tree of facts.
  static func writeTree(
    of facts: ReportedFacts, to writer: some ObjectWriter
  ) throws(ObjectAccessError) -> ObjectID {
    var shards: [String: [UInt8]] = [:]
    for cluster in facts.clusters {
      shards[Shard.name(of: cluster), default: []] +=
        JSONWriter.compact(
          .object(["cluster": .string(cluster), "facts": SiteFact.json(facts[cluster])])) + [10]
    }
    var entries: [TreeEntry] = []
    for (name, bytes) in shards.byName {
      entries.append(TreeEntry(name + ".jsonl", .file, try writer.write(.blob, bytes)))
    }
    return try writer.writeTree(entries)
  }

  /// Writes a commit on top of another. The caller moves the ref.
  static func write(
    _ facts: ReportedFacts, after old: FactsCommit?, source: ObjectID, overrides: [String],
    seconds: Int64, to writer: some ObjectWriter
  ) throws(ObjectAccessError) -> FactsCommit {
    let tree = try writeTree(of: facts, to: writer)
    let before = old.reported
    let changed = facts.difference(from: before)
    let commit = Commit(
      tree: tree, parents: old.map { [$0.id] } ?? [],
      author: HubIdentity.signature(seconds: seconds),
      message: CommitMessage.make(
        subject: "facts of \(Wording.list(changed)) have changed",
        body: sentences(facts, before).joined(separator: "\n"),
        trailers: [Trailer("Source", source.hex)] + overrides.map { Trailer("Override", $0) }
          + [Trailer("Format", format)]))
    return FactsCommit(
      id: try writer.write(.commit, commit.content), tree: tree, parent: old?.id,
      seconds: seconds, facts: facts)
  }

  /// Reads a commit; nil stands for "nothing counts yet".
  package static func read(
    _ id: ObjectID?, from repository: Repository
  ) throws(HubError) -> FactsCommit? {
    guard let id else { return nil }
    guard let commit = try? repository.commit(id), let files = try? repository.tree(commit.tree)
    else { throw problem(id, "cannot be read", "restore fleet.git from a backup") }
    guard commit.trailer("Format") == format else {
      throw problem(
        id, "cannot be understood",
        "was it written by a newer version? upgrade the hub's programs")
    }
    var facts = ReportedFacts()
    for file in files {
      guard let bytes = try? repository.blob(file.id, limit: fileLimit) else {
        throw problem(id, "cannot be read", "restore fleet.git from a backup")
      }
      for line in bytes.split(separator: 10) {
        guard let json = JSONParser.parse(Array(line)), let cluster = json["cluster"]?.string
        else { continue }
        facts[cluster] = SiteFact.read(json["facts"])?.facts ?? []
      }
    }
    return FactsCommit(
      id: id, tree: commit.tree, parent: commit.parents.first, seconds: commit.committer.seconds,
      facts: facts)
  }

  /// What has changed, a line for each cluster: `store-0001: architecture arm64 (was amd64), os linux (new)`.
  package static func sentences(_ new: ReportedFacts, _ old: ReportedFacts) -> [String] {
    let changed = new.difference(from: old)
    var lines = changed.prefix(tellLimit).map { cluster in
      "\(cluster): \(words(new[cluster], old[cluster]).joined(separator: ", "))"
    }
    if changed.count > tellLimit {
      lines.append("and \(Wording.number(changed.count - tellLimit)) more")
    }
    return lines
  }

  private static func words(_ new: [SiteFact], _ old: [SiteFact]) -> [String] {
    let names = Set((new + old).map(\.name)).sorted { $0.precedesInBytes($1) }
    return names.compactMap { name in
      let after = new.first { $0.name == name }?.value
      let before = old.first { $0.name == name }?.value
      switch (before, after) {
      case (nil, let value?): return "\(name) \(value) (new)"
      case (let value?, nil): return "\(name) is gone (was \(value))"
      case (let before?, let after?) where before != after:
        return "\(name) \(after) (was \(before))"
      default: return nil
      }
    }
  }

  private static func problem(_ id: ObjectID, _ what: String, _ hint: String) -> HubError {
    HubError("the facts commit \(id.hex) \(what)", hint: hint)
  }
}

extension FactsCommit? {
  /// What it says; nothing where no site has reported anything yet.
  package var reported: ReportedFacts { self?.facts ?? ReportedFacts() }
}
