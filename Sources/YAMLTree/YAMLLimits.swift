// SPDX-License-Identifier: Apache-2.0

/// How large a file may be before it is refused, so that one push can't occupy the hub.
package struct YAMLLimits: Sendable, Hashable {
  /// The largest file, in bytes.
  package var maxBytes: Int
  /// The deepest nesting of lists and maps, aliases followed.
  package var maxDepth: Int
  /// The largest number of nodes in a file, every alias counted with all that it stands for.
  package var maxNodes: Int
  /// After so many findings in one file the rest of it is not looked at.
  package var maxFindings: Int

  /// Makes limits; what is not given is as in `standard`.
  package init(
    maxBytes: Int = 4 << 20, maxDepth: Int = 100, maxNodes: Int = 1_000_000, maxFindings: Int = 100
  ) {
    self.maxBytes = maxBytes
    self.maxDepth = maxDepth
    self.maxNodes = maxNodes
    self.maxFindings = maxFindings
  }

  /// 4 MiB, 100 levels, a million nodes: a thousand times a large manifest.
  package static let standard = YAMLLimits()
}
