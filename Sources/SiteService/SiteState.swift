// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import JSONTree
import Reconciling
import SliceFormat

/// What a site remembers between runs, in `site.json` of its state folder.
struct SiteState: Sendable, Hashable {
  /// A slice that was verified and is applied from then on.
  struct Accepted: Sendable, Hashable {
    let commit: ObjectID
    let tree: ObjectID
    let source: String
    let age: SliceAge
    /// What the hub had taken away until then; nil where it did not count.
    var tally: RemovalTally?
  }

  static let format: Int64 = 1

  /// The cluster; a state folder serves one.
  let cluster: String
  /// The slice that is applied; nil before the first.
  var accepted: Accepted?
  /// The slice commit and target of a run after which nothing was left to do.
  var settled: Settled?
  /// The counter of the status that was written last.
  var counter: Int64
  /// When a status was pushed last, in seconds since 1970.
  var pushedAt: Int64 = 0
  /// Whether `status.json` has still to be pushed.
  var owesPush = false
  /// The hub that statuses go to.
  var hub = ""
  /// What is remembered of each hub, in the order in which they are asked.
  var hubs: [HubMemory] = []
  /// Whether a slice was taken, and no run has come to the end of applying it.
  var isOnItsWay = false
  /// Whether the slice was accepted although nobody could tell what it would remove.
  var isUnjudged = false
  /// The trees that are watched, or were watched last, by bundle.
  var trials: [String: Trial] = [:]
  /// The trees that are not applied again while the hub tells them, by bundle.
  var refused: [String: RefusedTree] = [:]
  /// What the cluster is like.
  var facts = KnownFacts()

  /// A slice commit with the target that it was applied to.
  struct Settled: Sendable, Hashable {
    let commit: ObjectID
    let target: String
  }

  /// The state of a site that knows nothing.
  init(cluster: String, counter: Int64) {
    self.cluster = cluster
    self.counter = counter
  }

  /// What `site.json` holds.
  var json: JSONValue {
    .object([
      "format": .integer(Self.format),
      "cluster": .string(cluster),
      "accepted": accepted.map { accepted in
        .object([
          "commit": .string(accepted.commit.hex),
          "tree": .string(accepted.tree.hex),
          "source": .string(accepted.source),
          "epoch": .integer(accepted.age.epoch),
          "release": .integer(accepted.age.release),
          "removed": accepted.tally.map { .string($0.text) } ?? .null,
        ])
      } ?? .null,
      "settled": settled.map {
        .object(["commit": .string($0.commit.hex), "target": .string($0.target)])
      } ?? .null,
      "counter": .integer(counter),
      "pushedAt": .integer(pushedAt),
      "owesPush": .bool(owesPush),
      "hub": .string(hub),
      "hubs": .array(hubs.map(\.json)),
      "onItsWay": .bool(isOnItsWay),
      "unjudged": .bool(isUnjudged),
      "trials": .array(trials.byName.map { $0.value.json(bundle: $0.key) }),
      "refused": .array(refused.byName.map { $0.value.json(bundle: $0.key) }),
      "facts": facts.json,
    ])
  }

  /// Reads `site.json`; nil when it is damaged.
  init?(_ json: JSONValue) {
    guard json["format"]?.integer == Self.format, let cluster = json["cluster"]?.string,
      let counter = json["counter"]?.integer
    else { return nil }
    self.cluster = cluster
    self.counter = counter
    if let record = json["accepted"], record != .null {
      guard let commit = record["commit"]?.string.flatMap({ ObjectID(hex: $0) }),
        let tree = record["tree"]?.string.flatMap({ ObjectID(hex: $0) }),
        let source = record["source"]?.string, let epoch = record["epoch"]?.integer,
        let release = record["release"]?.integer
      else { return nil }
      accepted = Accepted(
        commit: commit, tree: tree, source: source, age: SliceAge(epoch: epoch, release: release),
        tally: record["removed"]?.string.flatMap { RemovalTally(text: $0) })
    }
    if let commit = json["settled"]?["commit"]?.string.flatMap({ ObjectID(hex: $0) }),
      let target = json["settled"]?["target"]?.string
    {
      settled = Settled(commit: commit, target: target)
    }
    pushedAt = json["pushedAt"]?.integer ?? 0
    owesPush = json["owesPush"]?.bool ?? true
    hub = json["hub"]?.string ?? ""
    hubs = (json["hubs"]?.items ?? []).compactMap { HubMemory($0) }
    isOnItsWay = json["onItsWay"]?.bool ?? false
    isUnjudged = json["unjudged"]?.bool ?? false
    trials = Trial.read(json["trials"])
    refused = RefusedTree.read(json["refused"])
    facts = KnownFacts(json["facts"])
  }
}
