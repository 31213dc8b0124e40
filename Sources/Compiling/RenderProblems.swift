// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Targeting

/// What could not be rendered: the same problem of many inputs of a bundle is told once, for all their
/// clusters.
struct RenderProblems {
  private struct Key: Hashable {
    let bundle: Int
    let finding: Finding
  }

  private var places: [Key: Int] = [:]
  private var entries: [(key: Key, inputs: Set<Int>)] = []

  /// Takes note of a problem of one input.
  mutating func add(_ finding: Finding, bundle: Int, input: Int) {
    let key = Key(bundle: bundle, finding: finding)
    if let place = places[key] {
      entries[place].inputs.insert(input)
      return
    }
    places[key] = entries.count
    entries.append((key, [input]))
  }

  /// Makes a finding of each problem, in the order in which they came; a note says which clusters it is
  /// about, unless it is about all of the bundle.
  func report(_ bundles: [PlannedBundle], _ inventory: Inventory, into findings: inout Findings) {
    for (key, inputs) in entries {
      let assignment = bundles[key.bundle].assignment
      let clusters = assignment.indices.filter { cluster in
        assignment[cluster].map(inputs.contains) ?? false
      }
      if clusters.isEmpty || clusters.count == assignment.count(where: { $0 != nil }) {
        findings.add(key.finding)
        continue
      }
      let names = Wording.list(clusters.map { inventory.clusters[$0].name })
      findings.add(
        key.finding.adding(note: "for \(Wording.count(clusters.count, "cluster")): \(names)"))
    }
  }
}
