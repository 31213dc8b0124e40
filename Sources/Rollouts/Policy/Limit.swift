// SPDX-License-Identifier: Apache-2.0

/// A number of clusters, or a share of a set of them, as people write it: `5`, `10%`, `12.5%`.
package enum Limit: Sendable, Hashable {
  /// So many; never negative.
  case count(Int)
  /// So many in a million of the set, so that `12.5%` is exact.
  case share(partsPerMillion: Int)

  /// All of the set: what Fleet takes where nothing is written (`defLimit` of its target package).
  package static let all = Limit.share(partsPerMillion: 1_000_000)
}
