// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import JSONTree
package import Posix

/// What pre-receive found out about a source commit that it accepted: `accepted/OID.json`.
///
/// post-receive and the hub's cron take the plan from here instead of compiling again, and the audit
/// log the names. A lost file costs a compile and the names, nothing else.
package struct Acceptance: Sendable, Hashable {
  /// The accepted source commit.
  package var source: ObjectID
  /// What the branch named before the push; nil for a first push.
  package var base: ObjectID?
  /// The plan commit that was compiled from it.
  package var plan: ObjectID
  /// Who pushed, as the serving side says; nil for a local path.
  package var principal: String?
  /// The push options that overrode a budget.
  package var overrides: [String]
  /// The blast radius as it was shown.
  package var summary: String

  /// Makes a record.
  package init(
    source: ObjectID, base: ObjectID?, plan: ObjectID, principal: String?, overrides: [String],
    summary: String
  ) {
    self.source = source
    self.base = base
    self.plan = plan
    self.principal = principal
    self.overrides = overrides
    self.summary = summary
  }

  /// Writes the record, so that a crash leaves either nothing or all of it.
  package func write(to hub: HubLayout) throws(PosixError) {
    try Files.makeDirectories(hub.accepted)
    let json = JSONValue.object([
      "format": .integer(1),
      "source": .string(source.hex),
      "base": base.map { .string($0.hex) } ?? .null,
      "plan": .string(plan.hex),
      "principal": principal.map { .string($0) } ?? .null,
      "overrides": .array(overrides.map { .string($0) }),
      "summary": .string(summary),
    ])
    try Files.writeAtomically(Self.path(hub, source), JSONWriter.pretty(json))
  }

  /// Reads the record of a source commit; nil when there is none that can be used.
  package static func read(_ source: ObjectID, from hub: HubLayout) -> Acceptance? {
    guard let bytes = try? Files.readIfPresent(path(hub, source), limit: 1 << 20),
      let json = JSONParser.parse(bytes), json["format"]?.integer == 1,
      json["source"]?.string == source.hex,
      let plan = json["plan"]?.string.flatMap({ ObjectID(hex: $0) })
    else { return nil }
    return Acceptance(
      source: source, base: json["base"]?.string.flatMap({ ObjectID(hex: $0) }), plan: plan,
      principal: json["principal"]?.string,
      overrides: (json["overrides"]?.items ?? []).compactMap(\.string),
      summary: json["summary"]?.string ?? "")
  }

  /// Removes the records that nobody needs any more, when `current` is settled.
  ///
  /// That of `current` stays, and those of pushes on top of it: Git may be about to move the branch.
  package static func removeSettled(
    _ current: ObjectID, in hub: HubLayout
  ) throws(PosixError) {
    guard Files.isDirectory(hub.accepted) else { return }
    for entry in try Files.entries(in: hub.accepted) where entry.text != "\(current.hex).json" {
      let isNext = ObjectID(hex: entry.text.dropLast(5)).flatMap { read($0, from: hub) }
        .map { $0.base == current }
      if isNext != true { try Files.remove(hub.accepted + "/" + entry.text) }
    }
  }

  private static func path(_ hub: HubLayout, _ source: ObjectID) -> String {
    "\(hub.accepted)/\(source.hex).json"
  }
}
