// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import JSONTree
import Posix
import SliceFormat

/// The hub's digest of what the sites reported: `refs/fleet/observed`.
struct ObservedDigest {
  /// What one cluster reported last.
  struct Line {
    /// The cluster.
    let cluster: String
    /// Fleet's word for its state.
    let state: BundleState
    /// The release that it has applied; 0 for none.
    let release: Int
    /// When it said so.
    let time: Timestamp?
    /// When the hub last heard of it; up to an hour older than what the hub itself knows.
    let contact: Timestamp?
    /// Its bundles.
    let bundles: [Bundle]
    /// What went wrong outside of bundles.
    let errors: [String]
    /// The line itself.
    let json: JSONValue

    /// The first thing that is wrong, for a table; empty when nothing is.
    var message: String {
      if let error = errors.first { return error }
      let bad = bundles.filter { $0.state > .ready || $0.isReverted }
      guard let worst = bad.max(by: { $0.state < $1.state }) else { return "" }
      return worst.message.isEmpty ? worst.name : "\(worst.name): \(worst.message)"
    }
  }

  /// A bundle of a cluster.
  struct Bundle {
    /// The name.
    let name: String
    /// Its state.
    let state: BundleState
    /// Why it is not ready, or has gone back.
    let message: String
    /// Whether the site has gone back from what is released, by itself.
    let isReverted: Bool
    /// What is not as it was applied.
    let drift: [StatusDrift]
    /// How many more objects the digest has no room for.
    let untoldDrift: Int
  }

  /// When the digest was written: the last time that a site said something new.
  let time: Timestamp?
  /// The clusters that ever reported.
  let lines: [Line]

  private static let fileLimit = 256 << 20

  /// Reads the digest; one without a line where the hub has none yet.
  init(_ commit: ObjectID?, from store: Repository) throws(CommandError) {
    guard let commit else {
      time = nil
      lines = []
      return
    }
    let files = try failing { try store.tree(try store.commit(commit).tree) }
    func entry(_ name: String) -> TreeEntry? { files.first { $0.name == Array(name.utf8) } }
    // A file of all clusters was what hubs wrote before; they make the folder with their next tick.
    guard let summary = entry("summary.json"), let shards = entry("clusters") else {
      time = nil
      lines = []
      return
    }
    time = try failing {
      JSONParser.parse(try store.blob(summary.id, limit: Self.fileLimit))?["time"]?.string
        .flatMap { Timestamp(rfc3339: $0) }
    }
    lines = try failing {
      try store.tree(shards.id).flatMap { shard in
        try store.blob(shard.id, limit: Self.fileLimit).split(separator: 0x0a).compactMap { line in
          JSONParser.parse(Array(line)).flatMap { Line($0) }
        }
      }
    }
  }
}

extension ObservedDigest.Line {
  /// Reads a line; nil when it is not one of ours.
  init?(_ json: JSONValue) {
    guard let cluster = json["cluster"]?.string,
      let state = json["state"]?.string.flatMap(BundleState.init(rawValue:))
    else { return nil }
    self.cluster = cluster
    self.state = state
    self.json = json
    release = Int(clamping: json["release"]?.integer ?? 0)
    time = json["time"]?.string.flatMap { Timestamp(rfc3339: $0) }
    contact = json["contact"]?.string.flatMap { Timestamp(rfc3339: $0) }
    errors = (json["errors"]?.items ?? []).compactMap(\.string)
    bundles = (json["bundles"]?.items ?? []).compactMap { item in
      guard let name = item["name"]?.string,
        let state = item["state"]?.string.flatMap(BundleState.init(rawValue:))
      else { return nil }
      return ObservedDigest.Bundle(
        name: name, state: state, message: item["message"]?.string ?? "",
        isReverted: item["reverted"]?.bool ?? false,
        drift: StatusDrift.read(item["drift"]),
        untoldDrift: Int(clamping: item["untoldDrift"]?.integer ?? 0))
    }
  }
}
