// SPDX-License-Identifier: Apache-2.0

/// How numbers and lists are said in messages.
package enum Wording {
  /// A number with commas: `2,500`.
  package static func number(_ value: Int) -> String {
    let digits = Array(String(value.magnitude).utf8)
    var result: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(UInt8(ascii: ",")) }
      result.append(digit)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// A number with its noun: `1 cluster`, `2,500 clusters`.
  package static func count(_ value: Int, _ singular: String, _ several: String? = nil) -> String {
    "\(number(value)) \(value == 1 ? singular : several ?? plural(of: singular))"
  }

  /// A share in percent, without digits that say nothing: `10%`, `12.5%`.
  package static func percent(partsPerMillion parts: Int) -> String {
    var fraction = String(parts % 10_000 + 10_000).dropFirst()
    while fraction.utf8.last == UInt8(ascii: "0") { fraction = fraction.dropLast() }
    return "\(parts / 10_000)\(fraction.isEmpty ? "" : ".\(fraction)")%"
  }

  /// The plural of an English noun or of a Kubernetes kind: `Ingress` → `Ingresses`.
  package static func plural(of noun: String) -> String {
    let units = Array(noun.utf8)
    guard let last = units.last else { return noun }
    let beforeLast = units.dropLast().last ?? 0
    let isSibilant =
      last == UInt8(ascii: "s") || last == UInt8(ascii: "x")
      || (last == UInt8(ascii: "h")
        && (beforeLast == UInt8(ascii: "s") || beforeLast == UInt8(ascii: "c")))
    if noun.hasSuffix("Endpoints") { return noun }
    if isSibilant { return noun + "es" }
    if last == UInt8(ascii: "y"), !"aeiou".utf8.contains(beforeLast) {
      return noun.dropLast() + "ies"
    }
    return noun + "s"
  }

  /// The first few of many words: `a, b, c and 4 more`.
  package static func list(_ words: [String], most: Int = 3) -> String {
    if words.count <= most + 1 {
      guard let last = words.last, words.count > 1 else { return words.first ?? "" }
      return words.dropLast().joined(separator: ", ") + " and " + last
    }
    let shown = words.prefix(most).joined(separator: ", ")
    return "\(shown) and \(number(words.count - most)) more"
  }
}

extension Wording {
  /// Breaks text at blanks into lines of at most `width` columns; later lines are indented.
  ///
  /// A word that is longer than a line stands alone on one and is not cut.
  package static func wrap(_ text: String, width: Int = 72, indent: String = "") -> String {
    var lines: [String] = []
    var line = ""
    var length = 0
    // The first line keeps its own leading blanks.
    let lead = String(text.prefix { $0 == " " })
    for word in text.dropFirst(lead.count).split(separator: " ", omittingEmptySubsequences: false) {
      let wordLength = word.unicodeScalars.count
      if line.isEmpty {
        line = (lines.isEmpty ? lead : indent) + word
      } else if length + 1 + wordLength > width {
        lines.append(line)
        line = indent + word
      } else {
        line += " " + word
      }
      length = line.unicodeScalars.count
    }
    lines.append(line)
    return lines.joined(separator: "\n")
  }
}

extension Wording {
  /// The user's own word in single quotes, safe to print and not longer than 80 characters.
  package static func quoted(_ word: String) -> String { "'\(bare(word))'" }

  /// The user's own word without quotes, safe to print and not longer than 80 characters.
  package static func bare(_ word: String) -> String {
    guard word.utf8.count > 80 else { return PrintableText.escape(word) }
    let start = String(String.UnicodeScalarView(word.unicodeScalars.prefix(79)))
    return PrintableText.escape(start + "…")
  }
}

extension Wording {
  /// All words, each in single quotes, with commas.
  package static func quotedList(_ words: some Sequence<String>) -> String {
    words.map { quoted($0) }.joined(separator: ", ")
  }
}
