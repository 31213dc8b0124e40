// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import GitObjects
package import GitStore
import JSONTree
import Posix
package import Rollouts

/// Orders that people have pushed to `refs/fleet/orders/ID` and that are not carried out yet.
///
/// The commit's author says nothing about who ordered; that stands in `HUB/orders/OID.json`, which
/// pre-receive wrote from what the serving side told it.
package struct OrderInbox {
  /// The prefix of the refs.
  package static let prefix = "refs/fleet/orders/"
  /// The most ids of carried-out orders that the state remembers.
  static let memory = 100
  private static let file = Array("order.json".utf8)
  private static let limit = 64 << 10

  /// A pushed order with its ref.
  struct Pending {
    let ref: String
    let commit: ObjectID
    /// Nil for what is no order: the ref is removed and nothing happens.
    let order: RolloutOrder?
  }

  /// The name after the prefix has 1 to 64 small letters, digits and `-`.
  package static func isValid(ref: String) -> Bool {
    let name = ref.utf8.dropFirst(prefix.utf8.count)
    return ref.utf8.starts(with: prefix.utf8) && (1...64).contains(name.count)
      && name.allSatisfy {
        ($0 >= 0x61 && $0 <= 0x7a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2d
      }
  }

  /// All pending orders: older refs first, as far as their records tell.
  static func read(_ hub: HubLayout, _ repository: Repository) throws(HubError) -> [Pending] {
    var pending: [(time: Int64, Pending)] = []
    for ref in try HubError.wrap({ try repository.references(prefix: prefix) }) {
      let record = OrderRecord.read(ref.id, from: hub)
      let order = order(in: ref.id, principal: record?.principal, repository)
      // Without a record nobody has said who ordered it: it came past the hook.
      pending.append(
        (
          record?.time ?? 0,
          Pending(ref: ref.name, commit: ref.id, order: record == nil ? nil : order)
        ))
    }
    return pending.sorted {
      $0.time != $1.time ? $0.time < $1.time : $0.1.ref.precedesInBytes($1.1.ref)
    }.map { $0.1 }
  }

  /// Removes the refs of orders that were carried out or dropped, and their records.
  static func remove(
    _ orders: [Pending], _ hub: HubLayout, _ repository: Repository
  ) throws(HubError) {
    for order in orders {
      try HubError.wrap {
        try repository.deleteReference(order.ref, expecting: order.commit)
        try OrderRecord.remove(order.commit, from: hub)
      }
    }
  }

  /// The order in a commit: its tree is the one file `order.json`; nil for anything else.
  package static func order(
    in commit: ObjectID, principal: String?, _ repository: Repository
  ) -> RolloutOrder? {
    guard let tree = try? repository.commit(commit).tree,
      let entries = try? repository.tree(tree), entries.count == 1, entries[0].name == file,
      entries[0].mode == .file, let bytes = try? repository.blob(entries[0].id, limit: limit),
      let json = JSONParser.parse(bytes)
    else { return nil }
    return RolloutOrder(json: json, id: commit.hex, principal: principal)
  }

  /// Writes the commit of an order; the caller makes a ref of it. Each order is a commit of its own, also when
  /// the same was ordered before: `nonce` makes it so.
  package static func write(
    _ order: RolloutOrder, nonce: String, seconds: Int64, to store: some ObjectWriter
  ) throws(ObjectAccessError) -> ObjectID {
    let blob = try store.write(.blob, JSONWriter.pretty(order.json))
    let commit = Commit(
      tree: try store.writeTree([TreeEntry(name: file, mode: .file, id: blob)]), parents: [],
      author: HubIdentity.signature(seconds: seconds),
      message: CommitMessage.make(
        subject: "\(order.verb.rawValue) \(order.rollout)", body: order.reason,
        trailers: [Trailer("Nonce", nonce)]))
    return try store.write(.commit, commit.content)
  }
}

/// Who pushed an order, and when: `orders/OID.json`.
struct OrderRecord {
  let principal: String?
  let time: Int64

  private static func path(_ hub: HubLayout, _ id: ObjectID) -> String {
    "\(hub.orders)/\(id.hex).json"
  }

  func write(_ id: ObjectID, to hub: HubLayout) throws(PosixError) {
    try Files.makeDirectories(hub.orders)
    try Files.writeAtomically(
      Self.path(hub, id),
      JSONWriter.pretty(
        .object([
          "format": .integer(1), "principal": principal.map { .string($0) } ?? .null,
          "time": .integer(time),
        ])))
  }

  static func read(_ id: ObjectID, from hub: HubLayout) -> OrderRecord? {
    guard let bytes = try? Files.readIfPresent(path(hub, id), limit: 1 << 16),
      let json = JSONParser.parse(bytes), json["format"]?.integer == 1,
      let time = json["time"]?.integer
    else { return nil }
    return OrderRecord(principal: json["principal"]?.string, time: time)
  }

  static func remove(_ id: ObjectID, from hub: HubLayout) throws(PosixError) {
    _ = try Files.remove(path(hub, id))
  }
}
