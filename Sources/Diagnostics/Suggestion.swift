// SPDX-License-Identifier: Apache-2.0

/// Finds the word that was probably meant.
package enum Suggestion {
  /// The one candidate that is clearly nearest to `word`, or nil.
  ///
  /// Clearly nearest: at most a third of the letters differ (at least one, at most three edits; a swap
  /// of neighbours is one edit), and no other candidate is as near. Letter case does not count.
  package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(word.lowercased().utf8)
    guard !wanted.isEmpty, wanted.count <= 100 else { return nil }
    let limit = min(3, max(1, wanted.count / 3))
    var best: String?
    var bestDistance = limit + 1
    var isUnique = true
    for candidate in candidates where candidate.utf8.count <= 100 {
      let distance = editDistance(wanted, Array(candidate.lowercased().utf8))
      if distance < bestDistance {
        best = candidate
        bestDistance = distance
        isUnique = true
      } else if distance == bestDistance, candidate != best {
        isUnique = false
      }
    }
    return isUnique ? best : nil
  }

  /// The number of insertions, deletions, replacements and swaps of neighbours between two words.
  static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1] + [Int](repeating: 0, count: right.count)
      for column in 0..<right.count {
        let cost = left[row] == right[column] ? 0 : 1
        var value = min(
          previous[column + 1] + 1, current[column] + 1, previous[column] + cost)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          value = min(value, beforePrevious[column - 1] + 1)
        }
        current[column + 1] = value
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
