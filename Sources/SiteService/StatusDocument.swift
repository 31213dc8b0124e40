// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Reconciling

/// What a site reports: `status.json` of `refs/status/NAME`.
struct StatusDocument: Sendable, Hashable {
  static let format: Int64 = 1
  /// Longer messages are cut: statuses are many, and the site's log has the whole.
  static let messageLimit = 1024

  let cluster: String
  let accepted: SiteState.Accepted?
  let state: BundleState
  let bundles: [BundleReport]
  /// Tree ids by bundle, of the slice that is applied.
  let trees: [String: String]
  /// `keep` or `remove` when the cluster was taken out of the fleet.
  let removed: String?
  /// What went wrong beyond single bundles.
  let errors: [String]

  /// The whole document.
  func json(counter: Int64, time: String) -> JSONValue {
    var members = [
      JSONMember("format", .integer(Self.format)), JSONMember("cluster", .string(cluster)),
      JSONMember("counter", .integer(counter)),
    ]
    members += head
    members.append(JSONMember("time", .string(time)))
    members += tail
    return .object(members)
  }

  /// The document without what changes in every run: two runs that found the same say the same here.
  var content: JSONValue { .object(head + tail) }

  /// The same of a document that was written; nil when it is none.
  static func content(of json: JSONValue) -> JSONValue? {
    json.members.map { members in
      .object(members.filter { !["format", "cluster", "counter", "time"].contains($0.name) })
    }
  }

  /// The counter of a document that was written; nil when it is none.
  static func counter(of bytes: [UInt8]) -> Int64? {
    MachineJSON.parse(bytes)?["counter"]?.integer
  }

  private var head: [JSONMember] {
    [
      JSONMember("slice", accepted.map { .string($0.commit.hex) } ?? .null),
      JSONMember("source", accepted.map { .string($0.source) } ?? .null),
      JSONMember("release", accepted.map { .integer($0.age.release) } ?? .null),
    ]
  }

  private var tail: [JSONMember] {
    var members = [
      JSONMember("state", .string(state.rawValue)),
      JSONMember(
        "bundles",
        .array(
          bundles.map { bundle in
            .object([
              "name": .string(bundle.name), "state": .string(bundle.state.rawValue),
              "tree": trees[bundle.name].map { .string($0) } ?? .null,
              "message": .string(Self.cut(bundle.message)),
            ])
          })),
    ]
    if let removed { members.append(JSONMember("removed", .string(removed))) }
    members.append(JSONMember("errors", .array(errors.map { .string(Self.cut($0)) })))
    return members
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > messageLimit else { return text }
    return String(decoding: text.utf8.prefix(messageLimit), as: UTF8.self) + "…"
  }
}
