// SPDX-License-Identifier: Apache-2.0

import GitObjects
package import JSONTree

extension HeldTrees {
  /// An entry of `held.json`.
  package var json: JSONValue {
    var members = [
      JSONMember("rollout", .string(rollout)), JSONMember("bundle", .string(bundle)),
      JSONMember("since", .integer(since)), JSONMember("reason", .string(reason)),
      JSONMember("trees", .array(trees.map { .string($0.hex) })),
    ]
    if holdsRemoval { members.append(JSONMember("removal", .bool(true))) }
    if let definition { members.append(JSONMember("definition", .string(definition))) }
    return .object(members)
  }

  /// Reads an entry; nil when it is none.
  package init?(json: JSONValue) {
    guard let rollout = json["rollout"]?.string, let bundle = json["bundle"]?.string,
      let since = json["since"]?.integer
    else { return nil }
    self.init(
      rollout: rollout, bundle: bundle,
      trees: (json["trees"]?.items ?? []).compactMap { $0.string.flatMap { ObjectID(hex: $0) } },
      holdsRemoval: json["removal"]?.bool ?? false, since: since,
      reason: json["reason"]?.string ?? "")
  }
}

extension LeftOutTrees {
  /// An entry of `left-out.json`.
  package var json: JSONValue {
    .object([
      "bundle": .string(bundle),
      "rows": .array(
        rows.map {
          .object([
            "cluster": .string($0.cluster), "tree": $0.tree.map { .string($0.hex) } ?? .null,
          ])
        }),
    ])
  }

  /// Reads an entry; nil when it is none.
  package init?(json: JSONValue) {
    guard let bundle = json["bundle"]?.string else { return nil }
    self.init(
      bundle: bundle,
      rows: (json["rows"]?.items ?? []).compactMap { item in
        item["cluster"]?.string.map {
          Row(cluster: $0, tree: item["tree"]?.string.flatMap { ObjectID(hex: $0) })
        }
      })
  }
}

extension RolloutEvent {
  /// The value of an `Event:` trailer, from which notifications and the history are made.
  package var json: JSONValue {
    var members = [
      JSONMember("kind", .string(kind.rawValue)), JSONMember("rollout", .string(rollout)),
      JSONMember("bundles", .array(bundles.map { .string($0) })),
      JSONMember("stage", .string(stage)), JSONMember("text", .string(text)),
      JSONMember("total", .integer(Int64(total))),
      JSONMember("released", .integer(Int64(released))),
      JSONMember("succeeded", .integer(Int64(succeeded))),
      JSONMember("failed", .integer(Int64(failed))),
      JSONMember("disconnected", .integer(Int64(disconnected))),
    ]
    if let principal { members.append(JSONMember("principal", .string(principal))) }
    return .object(members)
  }

  /// Reads such a value; nil when it is none.
  package init?(json: JSONValue) {
    guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)),
      let rollout = json["rollout"]?.string
    else { return nil }
    func count(_ name: String) -> Int { Int(clamping: json[name]?.integer ?? 0) }
    self.init(
      kind: kind, rollout: rollout,
      bundles: (json["bundles"]?.items ?? []).compactMap(\.string),
      stage: json["stage"]?.string ?? "", text: json["text"]?.string ?? "",
      total: count("total"), released: count("released"), succeeded: count("succeeded"),
      failed: count("failed"), disconnected: count("disconnected"),
      principal: json["principal"]?.string)
  }
}

extension RolloutOrder {
  /// The file `order.json` of a pushed order. Who orders is not in it: that is told by the serving side.
  package var json: JSONValue {
    var members = [
      JSONMember("format", .integer(1)), JSONMember("order", .string(verb.rawValue)),
      JSONMember("rollout", .string(rollout)), JSONMember("reason", .string(reason)),
    ]
    if isFull { members.append(JSONMember("full", .bool(true))) }
    if keeps { members.append(JSONMember("keep", .bool(true))) }
    return .object(members)
  }

  /// The longest reason, in bytes.
  package static let reasonLimit = 500

  /// Reads the file; nil when it is no order of a format that is known. Control characters of the reason
  /// become spaces, and what is too long of it is cut.
  package init?(json: JSONValue, id: String, principal: String?) {
    guard json["format"]?.integer == 1,
      let verb = json["order"]?.string.flatMap(Verb.init(rawValue:)),
      let rollout = json["rollout"]?.string
    else { return nil }
    let reason = (json["reason"]?.string ?? "").unicodeScalars.map { scalar in
      scalar.value < 0x20 || scalar.value == 0x7f ? " " : Character(scalar)
    }
    self.init(
      id: id, verb: verb, rollout: rollout, isFull: json["full"]?.bool ?? false,
      keeps: json["keep"]?.bool ?? false, principal: principal,
      reason: String(String(reason).prefix(Self.reasonLimit)))
  }
}
