// SPDX-License-Identifier: Apache-2.0

/// Functions of Unicode scalars (Go's runes); bytes that are none count as one each.
enum Scalars {
  static func pieces(_ text: GoString) -> [GoString] {
    var result: [GoString] = []
    var at = 0
    while at < text.count {
      let length = GoFormat.decode(text, at).1
      result.append(Array(text[at..<at + length]))
      at += length
    }
    return result
  }

  static func of(_ text: GoString) -> [Unicode.Scalar] {
    Array(String(decoding: text, as: UTF8.self).unicodeScalars)
  }

  static func bytes(_ scalars: some Sequence<Unicode.Scalar>) -> GoString {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return Array(String(view).utf8)
  }

  static func without(_ text: GoString, _ isGone: (Unicode.Scalar) -> Bool) -> GoString {
    bytes(of(text).filter { !isGone($0) })
  }

  static func trim(_ text: GoString, _ isGone: (Unicode.Scalar) -> Bool) -> GoString {
    var (start, end) = (0, text.count)
    while start < end {
      let (scalar, length) = GoFormat.decode(text, start)
      guard let scalar, isGone(scalar) else { break }
      start += length
    }
    while end > start {
      var first = end - 1
      while first > start, text[first] & 0xc0 == 0x80, end - first < 4 { first -= 1 }
      let (scalar, length) = GoFormat.decode(text, first)
      guard let scalar, first + length == end, isGone(scalar) else { break }
      end = first
    }
    return Array(text[start..<end])
  }

  /// Go changes the case of each scalar alone: `ß` stays.
  static func upper(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    single(scalar.properties.uppercaseMapping, scalar)
  }

  static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    single(scalar.properties.lowercaseMapping, scalar)
  }

  private static func single(_ text: String, _ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard let first = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
      return scalar
    }
    return first
  }

  static func map(_ text: GoString, _ change: (Unicode.Scalar) -> Unicode.Scalar) -> GoString {
    if text.allSatisfy({ $0 < 0x80 }) {
      return text.map { UInt8(truncatingIfNeeded: change(Unicode.Scalar($0)).value) }
    }
    return bytes(of(text).map(change))
  }

  /// Go's `strings.Title`: after anything that is no letter, digit or `_`.
  static func title(_ text: GoString) -> GoString {
    var before: Unicode.Scalar = " "
    return map(text) { scalar in
      defer { before = scalar }
      return isSeparator(before) ? upper(scalar) : scalar
    }
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "_" || scalar.properties.isAlphabetic { return false }
    if scalar.properties.numericType == .decimal { return false }
    return scalar.isASCII || scalar.properties.isWhitespace
  }

  /// goutils' `Uncapitalize`: the first letter of every word.
  static func untitle(_ text: GoString) -> GoString {
    var before: Unicode.Scalar = " "
    return map(text) { scalar in
      defer { before = scalar }
      return before.properties.isWhitespace ? lower(scalar) : scalar
    }
  }
}
