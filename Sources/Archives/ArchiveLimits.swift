// SPDX-License-Identifier: Apache-2.0

/// How much an archive may hold; what is larger is refused before it is unpacked.
package struct ArchiveLimits: Sendable, Hashable {
  /// The most files.
  package var fileCount: Int
  /// The most bytes of all files together, unpacked.
  package var totalBytes: Int

  /// Limits for charts: the largest public ones hold a few MiB.
  package static let chart = ArchiveLimits(fileCount: 10_000, totalBytes: 64 << 20)

  /// Makes limits.
  package init(fileCount: Int, totalBytes: Int) {
    self.fileCount = fileCount
    self.totalBytes = totalBytes
  }
}
