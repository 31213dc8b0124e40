// SPDX-License-Identifier: Apache-2.0

/// Colours the words at the beginning of lines that Git's client colours in the answer to a push.
enum Colours {
  private static let words: [(word: String, colour: String)] = [
    ("error:", "\u{1b}[1;31m"), ("warning:", "\u{1b}[1;33m"), ("hint:", "\u{1b}[33m"),
    ("note:", "\u{1b}[36m"), ("ok:", "\u{1b}[1;32m"),
  ]
  private static let reset = "\u{1b}[m"

  /// The text with its severities in colour.
  static func paint(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      for (word, colour) in words where line.utf8.starts(with: word.utf8) {
        return colour + word + reset + Substring(line.utf8.dropFirst(word.utf8.count))
      }
      return String(line)
    }.joined(separator: "\n")
  }
}
