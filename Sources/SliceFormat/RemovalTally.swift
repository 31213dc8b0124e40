// SPDX-License-Identifier: Apache-2.0

/// What a hub has ever taken away from the slice of one cluster: two numbers that only grow.
///
/// The difference of two slices' tallies is what the hub allowed a site to remove between them, however many
/// releases the site has missed.
package struct RemovalTally: Sendable, Hashable {
  /// Objects and hooks that went, with their bundle or without.
  package private(set) var objects = 0
  /// Bundles that went.
  package private(set) var bundles = 0

  /// More than any fleet has; sums of a few stay far from what an integer holds.
  private static let limit = 1 << 40

  /// Nothing was ever taken away.
  package init() {}

  /// Makes a tally; numbers are kept between 0 and 2^40.
  package init(objects: Int, bundles: Int) {
    self.objects = min(max(objects, 0), Self.limit)
    self.bundles = min(max(bundles, 0), Self.limit)
  }

  /// Reads what `text` writes; nil for anything else.
  package init?(text: some StringProtocol) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 4, words[1] == "objects,", words[3] == "bundles",
      let objects = Int(words[0]), let bundles = Int(words[2]),
      (0...Self.limit).contains(objects), (0...Self.limit).contains(bundles)
    else { return nil }
    self.init(objects: objects, bundles: bundles)
  }

  /// The form of trailers and records: `214 objects, 12 bundles`.
  package var text: String { "\(objects) objects, \(bundles) bundles" }

  /// What was taken away since an earlier tally; nothing where that is the higher one.
  package func since(_ earlier: RemovalTally) -> RemovalTally {
    RemovalTally(objects: objects - earlier.objects, bundles: bundles - earlier.bundles)
  }

  package static func + (left: RemovalTally, right: RemovalTally) -> RemovalTally {
    RemovalTally(objects: left.objects + right.objects, bundles: left.bundles + right.bundles)
  }
}

/// What the trailers of a slice commit say about removals.
package struct RemovalWord: Sendable, Hashable {
  /// What the hub has ever taken away from this slice; nil for a hub that does not count.
  package var tally: RemovalTally?
  /// Whether a site that comes from an older epoch may remove whatever the slice lacks.
  package var opensEpoch = false

  /// The names of the trailers.
  package static let tallyTrailer = "Removed"
  package static let openTrailer = "Removals-Allowed"
  private static let openValue = "epoch"

  /// Makes a word.
  package init(tally: RemovalTally? = nil, opensEpoch: Bool = false) {
    self.tally = tally
    self.opensEpoch = opensEpoch
  }

  /// Reads the trailers; what cannot be understood allows nothing.
  package init(trailer: (String) -> String?) {
    tally = trailer(Self.tallyTrailer).map { RemovalTally(text: $0) ?? RemovalTally() }
    opensEpoch = trailer(Self.openTrailer) == Self.openValue
  }

  /// The lines of the message, each with its newline.
  var lines: String {
    (tally.map { "\(Self.tallyTrailer): \($0.text)\n" } ?? "")
      + (opensEpoch ? "\(Self.openTrailer): \(Self.openValue)\n" : "")
  }
}
