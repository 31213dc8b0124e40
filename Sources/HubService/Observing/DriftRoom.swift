// SPDX-License-Identifier: Apache-2.0

import JSONTree
import SliceFormat

/// The room that the digest has for the drift of one cluster: a status may have a megabyte, and a fleet
/// may drift all at once.
struct DriftRoom {
  /// The bytes that all drift of a cluster may have in its line.
  static let limit = 4096

  private var left = limit

  /// The drift of a bundle as far as there is room: first objects with all their fields, then with fewer,
  /// then those that are only counted.
  mutating func take(_ drift: [StatusDrift]) -> (told: [StatusDrift], untold: Int) {
    var told: [StatusDrift] = []
    for entry in drift {
      var entry = entry
      while Self.size(entry) > left, !entry.operations.isEmpty {
        entry.operations.removeLast()
        entry.more += 1
      }
      let size = Self.size(entry)
      guard size <= left else { return (told, drift.count - told.count) }
      left -= size
      told.append(entry)
    }
    return (told, 0)
  }

  private static func size(_ entry: StatusDrift) -> Int {
    // With the comma.
    JSONWriter.compact(entry.json).count + 1
  }
}
