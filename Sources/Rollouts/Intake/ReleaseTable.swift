// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import GitObjects

/// A table `cluster × bundle → tree`: what is released, what is good, what a plan says.
///
/// Four flat lists, so that 10,000 clusters with ten bundles are read and compared in milliseconds.
package struct ReleaseTable: Sendable, Hashable {
  /// A bundle of a cluster and its tree.
  package struct Entry: Sendable, Hashable {
    /// The bundle's name.
    package var bundle: String
    /// Its tree.
    package var tree: ObjectID

    /// Makes an entry.
    package init(_ bundle: String, _ tree: ObjectID) {
      self.bundle = bundle
      self.tree = tree
    }
  }

  /// A cluster and its bundles.
  package struct Row: Sendable, Hashable {
    /// The cluster's name.
    package var cluster: String
    /// Its bundles.
    package var entries: [Entry]

    /// Makes a row.
    package init(_ cluster: String, _ entries: [Entry]) {
      self.cluster = cluster
      self.entries = entries
    }
  }

  /// The clusters, sorted by their bytes; one without bundles may be among them.
  package let clusters: [String]
  /// The names of all bundles, sorted by their bytes.
  package let bundles: [String]
  /// Where the entries of each cluster begin, and where the last ones end.
  let starts: [Int]
  /// The bundle of each entry, as its position in `bundles`; rising in each row.
  let bundleOf: [Int]
  /// The tree of each entry.
  let trees: [ObjectID]

  /// A table of nothing.
  package init() { self.init([]) }

  /// Makes a table. Rows and entries in the order of their bytes cost nothing; others are sorted. Of two rows
  /// of a cluster, or two entries of a bundle, the later counts.
  package init(_ rows: [Row]) {
    var positions: [String: Int] = [:]
    var names: [String] = []
    for row in rows {
      for entry in row.entries where positions[entry.bundle] == nil {
        positions[entry.bundle] = names.count
        names.append(entry.bundle)
      }
    }
    bundles = names.sorted { $0.precedesInBytes($1) }
    for (position, name) in bundles.enumerated() { positions[name] = position }

    var clusters: [String] = []
    var starts: [Int] = []
    var bundleOf: [Int] = []
    var trees: [ObjectID] = []
    for row in Self.sorted(rows) {
      if clusters.last == row.cluster, let start = starts.popLast() {
        clusters.removeLast()
        bundleOf.removeSubrange(start...)
        trees.removeSubrange(start...)
      }
      clusters.append(row.cluster)
      starts.append(trees.count)
      let start = trees.count
      for entry in Self.sorted(row.entries) {
        let bundle = positions[entry.bundle] ?? 0
        if bundleOf.count > start, bundleOf.last == bundle {
          trees[trees.count - 1] = entry.tree
        } else {
          bundleOf.append(bundle)
          trees.append(entry.tree)
        }
      }
    }
    starts.append(trees.count)
    self.clusters = clusters
    self.starts = starts
    self.bundleOf = bundleOf
    self.trees = trees
  }

  /// The tree of a bundle on a cluster; nil when it has none.
  package subscript(_ cluster: String, _ bundle: String) -> ObjectID? {
    guard let row = SortedNames.position(of: cluster, in: clusters),
      let wanted = SortedNames.position(of: bundle, in: bundles)
    else { return nil }
    return entries(row).first { bundleOf[$0] == wanted }.map { trees[$0] }
  }

  /// The rows, in the order of the clusters.
  package var rows: [Row] {
    clusters.indices.map { row in
      Row(clusters[row], entries(row).map { Entry(bundles[bundleOf[$0]], trees[$0]) })
    }
  }

  /// The positions of the entries of a row.
  func entries(_ row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }

  /// The rows of some clusters.
  func filtered(_ isIncluded: (String) -> Bool) -> ReleaseTable {
    ReleaseTable(rows.filter { isIncluded($0.cluster) })
  }

  private static func sorted(_ rows: [Row]) -> [Row] {
    for (left, right) in zip(rows, rows.dropFirst())
    where !left.cluster.precedesInBytes(right.cluster) {
      return stable(rows, \.cluster)
    }
    return rows
  }

  private static func sorted(_ entries: [Entry]) -> [Entry] {
    for (left, right) in zip(entries, entries.dropFirst())
    where !left.bundle.precedesInBytes(right.bundle) {
      return stable(entries, \.bundle)
    }
    return entries
  }

  private static func stable<Item>(_ items: [Item], _ name: (Item) -> String) -> [Item] {
    items.enumerated().sorted { left, right in
      let (a, b) = (name(left.element), name(right.element))
      return a == b ? left.offset < right.offset : a.precedesInBytes(b)
    }.map(\.element)
  }
}
