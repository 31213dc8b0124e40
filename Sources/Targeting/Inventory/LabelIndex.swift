// SPDX-License-Identifier: Apache-2.0

package import FleetModel

/// Which of a list of things has which label; turns selectors into sets of positions.
package struct LabelIndex: Sendable {
  /// How many things there are.
  package let count: Int
  // Lists and not sets: a label that is different on every cluster would need a bit for every pair.
  private var positions: [String: [String: [Int32]]] = [:]

  /// Builds the index over labels, by position.
  package init(_ all: [Labels]) {
    count = all.count
    for (position, labels) in all.enumerated() {
      for label in labels.entries {
        positions[label.key, default: [:]][label.value, default: []].append(
          Int32(truncatingIfNeeded: position))
      }
    }
  }

  /// Those with a label of this key and value.
  package func having(_ key: String, _ value: String) -> BitSet {
    var set = BitSet(count: count)
    for position in positions[key]?[value] ?? [] { set.insert(Int(position)) }
    return set
  }

  /// Those with a label of this key.
  package func having(_ key: String) -> BitSet {
    var set = BitSet(count: count)
    guard let values = positions[key] else { return set }
    for list in values.values { for position in list { set.insert(Int(position)) } }
    return set
  }

  /// Those that a requirement holds for.
  package func matching(_ requirement: LabelSelector.Requirement) -> BitSet {
    switch requirement.comparison {
    case .exists: return having(requirement.key)
    case .doesNotExist: return BitSet.all(count: count).subtracting(having(requirement.key))
    case .in, .notIn:
      var set = BitSet(count: count)
      for value in requirement.values { set.formUnion(having(requirement.key, value)) }
      return requirement.comparison == .in ? set : BitSet.all(count: count).subtracting(set)
    }
  }

  /// Those that a selector matches.
  package func matching(_ selector: LabelSelector) -> BitSet {
    var set = BitSet.all(count: count)
    for requirement in selector.requirements { set.formIntersection(matching(requirement)) }
    return set
  }

  /// The keys that are in use among some, sorted by bytes.
  package func keys(among some: BitSet) -> [String] {
    positions.filter { _, values in
      values.values.contains { list in list.contains { some.contains(Int($0)) } }
    }.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The values of a key that are in use among some, sorted by bytes.
  package func values(of key: String, among some: BitSet) -> [String] {
    (positions[key] ?? [:]).filter { _, list in
      list.contains { some.contains(Int($0)) }
    }.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
