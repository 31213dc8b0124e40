// SPDX-License-Identifier: Apache-2.0

/// Rising numbers as text, `0-24,30`: the members of a rollout, which are mostly released in runs.
package enum IndexRanges {
  /// Writes numbers; they may come in any order, doubles count once.
  package static func text(_ numbers: some Sequence<Int>) -> String {
    var result = ""
    var start: Int?
    var last = 0
    func close() {
      guard let start else { return }
      if !result.isEmpty { result += "," }
      result += start == last ? "\(start)" : "\(start)-\(last)"
    }
    for number in Set(numbers).sorted() {
      if start != nil, number == last + 1 {
        last = number
        continue
      }
      close()
      start = number
      last = number
    }
    close()
    return result
  }

  /// Reads numbers below `count`; nil when the text is of another form or names others.
  package static func numbers(_ text: String, below count: Int) -> [Int]? {
    if text.isEmpty { return [] }
    var result: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
        first >= 0, first <= last, last < count, result.last.map({ $0 < first }) ?? true
      else { return nil }
      result += first...last
    }
    return result
  }
}
