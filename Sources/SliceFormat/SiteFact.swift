// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// What a site reports about its cluster: `architecture` is `arm64`. A report, not a declaration: the hub decides
/// which of them count.
package struct SiteFact: Sendable, Hashable {
  /// The name: `nodes`, or like the key of a label, `feature.node.kubernetes.io/cpu-model.family`.
  package var name: String
  /// The value, as the site has it.
  package var value: String

  /// Facts that a status tells, and bytes of a name and of a value: a hub ignores what is out of bounds.
  package static let countLimit = 128
  package static let nameLimit = 128
  package static let valueLimit = 128

  /// Makes a fact.
  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Whether a text may be the name of a fact: letters, digits, `.`, `-`, `_`, one `/` at most, and letters or
  /// digits at the ends of both parts.
  package static func isName(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard text.utf8.count <= nameLimit, parts.count <= 2 else { return false }
    return parts.allSatisfy { part in
      guard let first = part.first, let last = part.last else { return false }
      return isAlphanumeric(first) && isAlphanumeric(last)
        && part.allSatisfy { isAlphanumeric($0) || [0x2d, 0x2e, 0x5f].contains($0) }
    }
  }

  /// Whether a text may be the value of a fact: it is short, and nothing in it moves a cursor.
  package static func isValue(_ text: String) -> Bool {
    text.utf8.count <= valueLimit && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
  }

  /// Facts within the bounds, by name; of two with one name the last counts.
  /// - Returns: how many were left out, too.
  package static func bounded(_ facts: [SiteFact]) -> (facts: [SiteFact], leftOut: Int) {
    var byName: [String: SiteFact] = [:]
    var leftOut = 0
    for fact in facts {
      if isName(fact.name), isValue(fact.value) {
        byName[fact.name] = fact
      } else {
        leftOut += 1
      }
    }
    let sorted = byName.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return (Array(sorted.prefix(countLimit)), leftOut + max(0, sorted.count - countLimit))
  }

  /// Facts as an object of texts.
  package static func json(_ facts: [SiteFact]) -> JSONValue {
    .object(facts.map { JSONMember($0.name, .string($0.value)) })
  }

  /// Reads an object of texts; nil when there is none.
  package static func read(_ json: JSONValue?) -> (facts: [SiteFact], leftOut: Int)? {
    guard let members = json?.members else { return nil }
    let facts = members.compactMap { member in
      member.value.string.map { SiteFact(member.name, $0) }
    }
    let result = bounded(facts)
    return (result.facts, result.leftOut + members.count - facts.count)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }
}
