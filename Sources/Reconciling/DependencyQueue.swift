// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

/// The order in which the bundles of a slice get their turn, and which of them get none in this run.
///
/// A bundle that is on the cluster as it is wanted waits for nobody: nothing is changed about it. Any
/// other waits until all of its dependencies had their turn and are in a state that it accepts; if one
/// is not, the bundle keeps what it has until the next run. Circles wait, and hold nobody else.
package struct DependencyQueue: Sendable {
  private var waiting: [DesiredBundle]
  private let names: Set<String>
  private let isInPlace: Set<String>
  private var states: [String: BundleState] = [:]

  /// Makes the queue of a slice over what is recorded.
  package init(_ slice: DesiredSlice, recorded: Inventory) {
    waiting = slice.bundles
    names = Set(slice.bundles.map(\.name))
    isInPlace = Set(
      slice.bundles.filter { recorded[$0.name]?.tree == $0.tree }.map(\.name))
  }

  /// The bundles whose turn it is, by name; none at the end.
  package var ready: [String] {
    waiting.filter { bundle in
      isInPlace.contains(bundle.name)
        || bundle.descriptor.dependencies.allSatisfy { dependency in
          states[dependency.name]?.isAccepted(by: dependency.acceptedStates) ?? false
        }
    }.map(\.name)
  }

  /// Tells the state of a bundle that had its turn, or gets none.
  package mutating func settle(_ name: String, _ state: BundleState) {
    states[name] = state
    waiting.removeAll { $0.name == name }
  }

  /// The reports of the bundles that got no turn, by name.
  package var heldBack: [BundleReport] {
    waiting.map { bundle in
      let reasons = bundle.descriptor.dependencies.compactMap { dependency -> String? in
        guard names.contains(dependency.name) else {
          return "waits for bundle '\(dependency.name)', which this cluster does not have"
        }
        let state = states[dependency.name] ?? .waitApplied
        if state.isAccepted(by: dependency.acceptedStates), states[dependency.name] != nil {
          return nil
        }
        return "waits for bundle '\(dependency.name)' (\(state.rawValue))"
      }
      return BundleReport(
        name: bundle.name, state: .waitApplied, message: BundleReport.summary(reasons))
    }
  }
}
