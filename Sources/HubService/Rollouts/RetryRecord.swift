// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import JSONTree
import SliceFormat

/// What `retry` has let go: `retries.json` of a state, the newest order for each bundle.
///
/// A site that went back by itself refuses the tree until it is told another one. The rollback of the hub tells
/// another one, but a site that was offline all the time has not heard it.
struct RetryRecord: Sendable, Hashable {
  /// A bundle that is to be tried again.
  fileprivate struct Entry: Sendable, Hashable {
    let bundle: String
    let mark: RetryMarks.Mark
  }

  /// So many bundles are remembered; a site that was away for longer waits for the next change, as without an order.
  private static let limit = 200

  /// The entries, the oldest first.
  private var entries: [Entry]

  /// Whether nothing was ever ordered.
  var isEmpty: Bool { entries.isEmpty }

  /// Reads the record of a state.
  init(_ blob: ObjectID?, _ reader: some ObjectReader) throws {
    entries = try RolloutFiles.items(blob, reader).compactMap { Entry(json: $0) }
  }

  /// Adds bundles that an order has let go.
  mutating func add(_ bundles: [String], _ mark: RetryMarks.Mark) {
    let bundles = Set(bundles)
    entries.removeAll { bundles.contains($0.bundle) }
    entries += bundles.sorted { $0.precedesInBytes($1) }.map { Entry(bundle: $0, mark: mark) }
    entries = entries.suffix(Self.limit)
  }

  /// Writes the record; nil when there is nothing in it.
  func write(to store: some ObjectWriter) throws(ObjectAccessError) -> ObjectID? {
    try RolloutFiles.write(entries.map(\.json), to: store)
  }

  /// The marks for a slice with these bundles.
  func marks(of bundles: Set<String>) -> RetryMarks {
    RetryMarks(
      Dictionary(
        entries.filter { bundles.contains($0.bundle) }.map { ($0.bundle, $0.mark) },
        uniquingKeysWith: { $1 }))
  }
}

extension RetryRecord.Entry {
  fileprivate var json: JSONValue {
    .object([
      "bundle": .string(bundle), "epoch": .integer(Int64(mark.epoch)),
      "release": .integer(Int64(mark.release)),
    ])
  }

  fileprivate init?(json: JSONValue) {
    guard let bundle = json["bundle"]?.string, let epoch = json["epoch"]?.integer,
      let release = json["release"]?.integer
    else { return nil }
    self.bundle = bundle
    mark = RetryMarks.Mark(epoch: Int(clamping: epoch), release: Int(clamping: release))
  }
}
