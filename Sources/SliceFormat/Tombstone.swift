// SPDX-License-Identifier: Apache-2.0

internal import JSONTree

/// The `tombstone.json` that stands for a cluster taken out of the inventory.
package struct Tombstone: Sendable, Hashable {
  /// Whether the site deletes what it applied; otherwise everything stays and is only forgotten.
  package let removes: Bool

  /// Makes a tombstone.
  package init(removes: Bool) {
    self.removes = removes
  }

  /// The file's bytes.
  package var json: [UInt8] {
    JSONWriter.compact(
      .object([
        "format": .integer(Int64(SliceLayout.format)),
        "action": .string(removes ? "remove" : "keep"),
      ]))
  }
}
