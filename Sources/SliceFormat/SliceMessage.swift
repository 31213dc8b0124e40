// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// The message of a slice commit: whose it is, and how new.
package struct SliceMessage: Sendable, Hashable {
  /// The cluster's name.
  package let cluster: String
  /// The source commit that was released.
  package let source: ObjectID
  /// The number of the state commit that last changed this slice.
  package let release: Int
  /// The hub's epoch, raised after a restore from a backup.
  package let epoch: Int
  /// What the hub says about removals.
  package let removals: RemovalWord
  /// Which bundles are to be tried again.
  package let retries: RetryMarks

  /// Makes a message.
  package init(
    cluster: String, source: ObjectID, release: Int, epoch: Int,
    removals: RemovalWord = RemovalWord(), retries: RetryMarks = RetryMarks()
  ) {
    self.removals = removals
    self.retries = retries
    self.cluster = cluster
    self.source = source
    self.release = release
    self.epoch = epoch
  }

  /// The text, with trailers at the end.
  package var text: String {
    """
    slice \(cluster)

    Cluster: \(cluster)
    Source: \(source.hex)
    Release: \(release)
    Epoch: \(epoch)
    \(removals.lines)\(retries.line)Format: \(SliceLayout.format)

    """
  }

  /// Reads a message; nil when a trailer is missing or the format is not ours.
  package init?(text: some StringProtocol) {
    var trailers: [Substring: Substring] = [:]
    for line in Substring(text).split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      trailers[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
    }
    guard let cluster = trailers["Cluster"], !cluster.isEmpty,
      let source = trailers["Source"].flatMap({ ObjectID(hex: $0) }),
      let release = trailers["Release"].flatMap({ Int($0) }), release > 0,
      let epoch = trailers["Epoch"].flatMap({ Int($0) }), epoch > 0,
      let format = trailers["Format"].flatMap({ Int($0) }),
      (1...SliceLayout.format + 1).contains(format)
    else { return nil }
    self.init(
      cluster: String(cluster), source: source, release: release, epoch: epoch,
      removals: RemovalWord { trailers[Substring($0)].map(String.init) },
      retries: RetryMarks(trailer: trailers[Substring(RetryMarks.trailer)].map(String.init)))
  }

  /// Whether this slice may follow the other: no older epoch, no older release.
  package func mayFollow(_ other: SliceMessage) -> Bool {
    (epoch, release) >= (other.epoch, other.release)
  }
}
