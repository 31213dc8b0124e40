// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// Which of several bundles on one cluster bring the same object, now or later.
///
/// Its new owner must not come while the old one still has it, and must not be taken back alone: the two
/// move together. Clusters with the same trees share the work.
struct IntakeMeetings {
  /// A node of ``IntakeGroups``, and the trees that it has or may have on the cluster.
  struct Touch: Hashable {
    var node: Int
    var trees: [ObjectID]

    /// The same node without anything that others could have, too.
    var empty: Touch { Touch(node: node, trees: []) }
  }

  private var known: [[Touch]: [Int]] = [:]

  /// For each of them the number of the part that it is in; those of one part share objects.
  mutating func parts<Failure: Error>(
    _ touches: [Touch], _ names: (ObjectID) throws(Failure) -> [String]
  ) throws(Failure) -> [Int] {
    if let parts = known[touches] { return parts }
    var parts = Array(touches.indices)
    var first: [String: Int] = [:]
    for (index, touch) in touches.enumerated() {
      for tree in touch.trees {
        for name in try names(tree) {
          guard let other = first[name] else {
            first[name] = index
            continue
          }
          let (old, new) = (max(parts[index], parts[other]), min(parts[index], parts[other]))
          if old != new {
            for position in parts.indices where parts[position] == old { parts[position] = new }
          }
        }
      }
    }
    known[touches] = parts
    return parts
  }
}
