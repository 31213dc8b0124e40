// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// A label or annotation and where it is written.
package struct Label: Sendable, Hashable {
  /// The key.
  package let key: String
  /// The value.
  package let value: String
  /// Where the key is written; nil for labels that are not from a file.
  package let keySpan: SourceSpan?
  /// Where the value is written.
  package let valueSpan: SourceSpan?

  /// Makes a label.
  package init(key: String, value: String, keySpan: SourceSpan? = nil, valueSpan: SourceSpan? = nil)
  {
    self.key = key
    self.value = value
    self.keySpan = keySpan
    self.valueSpan = valueSpan
  }
}

/// A set of labels, sorted by the bytes of their keys.
package struct Labels: Sendable, Hashable {
  /// The labels in order; no key twice.
  package let entries: [Label]

  /// Sorts the labels; of two with one key the last counts.
  package init(_ labels: [Label] = []) {
    // A stable sort, so that of equal keys the last written stands last and stays.
    var sorted: [Label] = []
    sorted.reserveCapacity(labels.count)
    for label in labels.sorted(by: { $0.key.precedesInBytes($1.key) }) {
      if let last = sorted.last, last.key.utf8.elementsEqual(label.key.utf8) { sorted.removeLast() }
      sorted.append(label)
    }
    entries = sorted
  }

  /// Labels that are not from a file.
  package init(_ labels: [String: String]) {
    self.init(labels.map { Label(key: $0.key, value: $0.value) })
  }

  /// The values by key.
  package var byKey: [String: String] {
    Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// Whether there is none.
  package var isEmpty: Bool { entries.isEmpty }

  /// The value of a key, or nil.
  package subscript(_ key: String) -> String? { entry(key)?.value }

  /// The label with a key, or nil.
  package func entry(_ key: String) -> Label? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key.utf8.elementsEqual(key.utf8) { return entries[middle] }
      if entries[middle].key.utf8.lexicographicallyPrecedes(key.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return nil
  }

  /// These labels with the others laid over them.
  package func merged(with others: Labels) -> Labels { Labels(entries + others.entries) }
}
