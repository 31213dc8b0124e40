// SPDX-License-Identifier: Apache-2.0

/// Finding bytes in bytes.
enum Search {
  /// Where `part` stands first at or after `start`.
  static func first(_ part: GoString, in text: GoString, from start: Int) -> Int? {
    guard let head = part.first else { return start <= text.count ? start : nil }
    var at = start
    while at + part.count <= text.count {
      if text[at] == head, text[at..<at + part.count].elementsEqual(part) { return at }
      at += 1
    }
    return nil
  }

  /// Go's `strings.ReplaceAll`: an empty `old` stands before every character and at the end.
  static func replace(
    _ old: GoString, with new: GoString, in text: GoString, _ budget: Budget
  ) throws -> GoString {
    var result: GoString = []
    if old.isEmpty {
      for piece in Scalars.pieces(text) {
        result += new
        result += piece
        try budget.allow(result.count)
      }
      return result + new
    }
    var at = 0
    while let found = first(old, in: text, from: at) {
      result += text[at..<found]
      result += new
      try budget.allow(result.count)
      at = found + old.count
    }
    result += text[at...]
    try budget.allow(result.count)
    return result
  }

  /// Go's `strings.SplitN`; nil is all parts, an empty separator cuts into characters.
  static func split(_ text: GoString, by separator: GoString, most: Int?) -> [GoString] {
    if most == 0 { return [] }
    let limit = most.map { $0 < 0 ? .max : $0 } ?? .max
    if separator.isEmpty {
      let pieces = Scalars.pieces(text)
      guard pieces.count > limit else { return pieces }
      return Array(pieces.prefix(limit - 1)) + [Array(pieces.dropFirst(limit - 1).joined())]
    }
    var parts: [GoString] = []
    var at = 0
    while parts.count < limit - 1, let found = first(separator, in: text, from: at) {
      parts.append(Array(text[at..<found]))
      at = found + separator.count
    }
    parts.append(Array(text[at...]))
    return parts
  }
}
