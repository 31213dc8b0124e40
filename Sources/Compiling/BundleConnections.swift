// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Which bundles are released together: those that `dependsOn` or the same `atomic` connects, over any
/// number of steps, in one workspace.
struct BundleConnections {
  /// A bundle as far as connections are concerned.
  struct Bundle {
    let workspace: String
    let name: String
    /// The names of the bundles that it waits for, in its workspace.
    let dependencies: [String]
    /// The word of `atomic`; nil where none is written.
    let atomic: String?
  }

  /// For each bundle, in the order given, the first name (bytes) of its group; empty for one that stands alone.
  static func groups(of bundles: [Bundle]) -> [String] {
    var roots = Array(bundles.indices)
    func root(_ index: Int) -> Int {
      var index = index
      while roots[index] != index {
        roots[index] = roots[roots[index]]
        index = roots[index]
      }
      return index
    }
    var byName: [[String]: Int] = [:]
    for (index, bundle) in bundles.enumerated() {
      byName[[bundle.workspace, bundle.name]] = index
    }
    var byWord: [[String]: Int] = [:]
    for (index, bundle) in bundles.enumerated() {
      var others = bundle.dependencies.compactMap { byName[[bundle.workspace, $0]] }
      if let word = bundle.atomic {
        let key = [bundle.workspace, word]
        others.append(byWord[key] ?? index)
        byWord[key] = byWord[key] ?? index
      }
      for other in others {
        let (mine, its) = (root(index), root(other))
        roots[max(mine, its)] = min(mine, its)
      }
    }
    var sizes = [Int](repeating: 0, count: bundles.count)
    var first = [String](repeating: "", count: bundles.count)
    for (index, bundle) in bundles.enumerated() {
      let group = root(index)
      sizes[group] += 1
      if sizes[group] == 1 || bundle.name.precedesInBytes(first[group]) {
        first[group] = bundle.name
      }
    }
    return bundles.indices.map { index in
      let group = root(index)
      return sizes[group] > 1 ? first[group] : ""
    }
  }
}
