// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects

/// Work on lists of names that are sorted by their bytes.
enum SortedNames {
  /// Where the names of one list stand in another, rising; those that are not there are left out. Both are
  /// sorted.
  static func positions(of names: [String], in list: [String]) -> [Int] {
    var result: [Int] = []
    var (left, right) = (0, 0)
    while left < names.count, right < list.count {
      if names[left] == list[right] {
        if result.last != right { result.append(right) }
        left += 1
      } else if names[left].precedesInBytes(list[right]) {
        left += 1
      } else {
        right += 1
      }
    }
    return result
  }

  /// Where a name stands in a sorted list; nil when it does not.
  static func position(of name: String, in list: [String]) -> Int? {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle].precedesInBytes(name) { low = middle + 1 } else { high = middle }
    }
    return low < list.count && list[low] == name ? low : nil
  }

  /// Everything of both, once, sorted. Both are sorted.
  static func union(_ left: [String], _ right: [String]) -> [String] {
    if left == right { return left }
    var result: [String] = []
    result.reserveCapacity(max(left.count, right.count))
    var (a, b) = (0, 0)
    while a < left.count || b < right.count {
      let isLeft = b >= right.count || (a < left.count && !right[b].precedesInBytes(left[a]))
      let name = isLeft ? left[a] : right[b]
      if isLeft { a += 1 } else { b += 1 }
      if result.last != name { result.append(name) }
    }
    return result
  }

  /// The order in which names come first in a stage: by the SHA-1 of their bytes, the same for ever and
  /// everywhere, and without regard to how sites are named; ties by name.
  static func hashOrder(_ names: [String]) -> [Int] {
    let digests = names.map { ObjectID(bytes: SHA1.hash(Array($0.utf8))) ?? .zero }
    return names.indices.sorted { left, right in
      digests[left] == digests[right]
        ? names[left].precedesInBytes(names[right]) : digests[left] < digests[right]
    }
  }
}
