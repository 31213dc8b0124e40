// SPDX-License-Identifier: Apache-2.0

extension Array where Element == UInt8 {
  /// Whether the bytes of a text stand somewhere in these.
  package func contains(text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard let first = wanted.first, count >= wanted.count else { return wanted.isEmpty }
    var position = startIndex
    let last = count - wanted.count
    while position <= last {
      if self[position] == first, self[position..<(position + wanted.count)].elementsEqual(wanted) {
        return true
      }
      position += 1
    }
    return false
  }
}
