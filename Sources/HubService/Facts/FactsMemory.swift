// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Posix

/// What the last look at reported facts came to: `facts.json`. It saves looks and nothing else; a lost one costs one.
struct FactsMemory: Hashable {
  /// What was looked at.
  struct Basis: Hashable {
    /// The digest of statuses.
    let observed: ObjectID?
    /// The plan.
    let plan: ObjectID
    /// The facts in force.
    let facts: ObjectID?
  }

  /// What was looked at.
  let basis: Basis
  /// When it was looked at, seconds since 1970.
  let at: Int64
  /// When the same may come to something else; nil for never.
  let until: Int64?

  /// Whether a look at the same would come to the same.
  func answers(_ basis: Basis, now: Int64) -> Bool {
    // A clock that went back says nothing.
    self.basis == basis && now >= at && until.map { now < $0 } ?? true
  }

  /// Reads the file; nil when there is none that can be used.
  static func read(_ hub: HubLayout) -> FactsMemory? {
    guard let bytes = try? Files.readIfPresent(hub.factsMemory, limit: 1 << 16),
      let json = JSONParser.parse(bytes), json["format"]?.integer == 1,
      let plan = json["plan"]?.string.flatMap({ ObjectID(hex: $0) }),
      let at = json["at"]?.integer
    else { return nil }
    return FactsMemory(
      basis: Basis(
        observed: json["observed"]?.string.flatMap { ObjectID(hex: $0) }, plan: plan,
        facts: json["facts"]?.string.flatMap { ObjectID(hex: $0) }),
      at: at, until: json["until"]?.integer)
  }

  /// Writes the file.
  func write(to hub: HubLayout) throws(PosixError) {
    let json = JSONValue.object([
      "format": .integer(1),
      "observed": basis.observed.map { .string($0.hex) } ?? .null,
      "plan": .string(basis.plan.hex),
      "facts": basis.facts.map { .string($0.hex) } ?? .null,
      "at": .integer(at),
      "until": until.map { .integer($0) } ?? .null,
    ])
    try Files.writeAtomically(hub.factsMemory, JSONWriter.pretty(json))
  }
}
