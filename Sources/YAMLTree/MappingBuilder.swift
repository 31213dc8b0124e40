// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Collects the pairs of one mapping: finds keys that stand twice, resolves the merge key.
struct MappingBuilder {
  private var pairs: [YAMLPair] = []
  private var merged: [YAMLPair] = []
  private var mergeIndex = 0
  /// Where each key stands in `pairs`; used only in large maps.
  private var index: [ByteKey: Int] = [:]
  /// Where the merge key stands.
  private(set) var merge: SourceSpan?

  /// Up to so many keys, looking at each is faster than a table.
  private static let smallCount = 12

  /// Adds a pair; gives the place of the key's first use, and adds nothing, when it was there already.
  mutating func add(_ pair: YAMLPair) -> SourceSpan? {
    guard let text = pair.key.scalar?.text else { return nil }
    if pairs.count < Self.smallCount {
      for other in pairs where other.key.isKey(text) { return other.key.span }
    } else {
      if index.isEmpty {
        for (position, other) in pairs.enumerated() {
          index[ByteKey(other.key.scalar?.text ?? "")] = position
        }
      }
      let key = ByteKey(text)
      if let position = index[key] { return pairs[position].key.span }
      index[key] = pairs.count
    }
    pairs.append(pair)
    return nil
  }

  /// Gives a key that was there already the value of another pair.
  mutating func replace(_ pair: YAMLPair) {
    guard let text = pair.key.scalar?.text,
      let position = pairs.firstIndex(where: { $0.key.isKey(text) })
    else { return }
    pairs[position] = pair
  }

  /// Remembers the pairs of the maps to be merged, the strongest first.
  mutating func addMerge(at place: SourceSpan, _ more: [YAMLPair]) {
    merge = place
    mergeIndex = pairs.count
    merged = more
  }

  /// All pairs; the merged ones stand where the merge key stood.
  func finished() -> [YAMLPair] {
    if merge == nil { return pairs }
    var seen = Set<ByteKey>()
    for pair in pairs { seen.insert(ByteKey(pair.key.scalar?.text ?? "")) }
    let kept = merged.filter { seen.insert(ByteKey($0.key.scalar?.text ?? "")).inserted }
    return Array(pairs[..<mergeIndex]) + kept + Array(pairs[mergeIndex...])
  }
}

extension String {
  /// Whether both are the same bytes: Swift's own comparison calls `é` and `e´` the same, Kubernetes
  /// doesn't. Asking Swift first is faster, for most strings are ASCII and most keys differ.
  func isSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && self == other && utf8.elementsEqual(other.utf8)
  }
}

/// A string that is equal only to the same bytes.
struct ByteKey: Hashable {
  private let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ByteKey, right: ByteKey) -> Bool {
    left.text.isSameBytes(as: right.text)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
