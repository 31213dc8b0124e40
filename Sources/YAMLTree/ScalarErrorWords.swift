// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// What to say about an error, and where.
struct ErrorWords {
  var message: String
  var range: Range<Int>
  var note: (message: String, range: Range<Int>)?
  var hint: String?

  /// The note with its place.
  func notes(_ source: SourceText) -> [Finding.Note] {
    note.map { [Finding.Note($0.message, at: source.span($0.range))] } ?? []
  }
}

/// Words for errors inside of quoted texts and block texts.
struct QuoteErrorWords {
  let text: SourceLines
  let problem: String
  let at: Int
  /// Where the quoted text or block begins.
  let start: Int

  /// The words; nil for errors of other kinds.
  var words: ErrorWords? {
    switch problem {
    case "found unexpected end of stream", "found unexpected document indicator":
      let quote = text.string(start..<min(start + 1, text.bytes.count))
      return ErrorWords(
        message: "the quote opened here is not closed",
        range: start..<text.contentOfLine(start).upperBound,
        hint: "add \(quote == "'" ? "\"'\"" : "'\(quote)'") where the text ends")
    case "found unknown escape character":
      let end = text.end(ofCharacterAt: min(at + 1, text.bytes.count))
      return ErrorWords(
        message: "'\(text.string(at..<end))' is no escape in double quotes", range: at..<end,
        hint: "write '\\\\' for a backslash, or use single quotes")
    case "did not find expected hexdecimal number":
      return escape { letter in
        let count = ["x": 2, "u": 4][letter] ?? 8
        return "expected \(count) hexadecimal digits after '\\\(letter)'"
      }
    case "found invalid Unicode character escape code":
      return escape { _ in "this escape is no Unicode character" }
    case "found an indentation indicator equal to 0":
      return ErrorWords(
        message: "the indentation of a block text is a number from 1 to 9", range: at..<(at + 1),
        hint: "leave the number out")
    case "found a tab character where an indentation space is expected":
      return ErrorWords(
        message: "tab in the indentation", range: at..<(at + 1),
        hint: "indent with spaces; YAML allows no tabs there")
    case "found unexpected ':'":
      return ErrorWords(
        message: "unexpected ':' in a value", range: at..<(at + 1), hint: "put the value in quotes")
    default:
      return nil
    }
  }

  /// Words about `\x`, `\u` or `\U`: the mark stands behind the letter.
  private func escape(_ message: (String) -> String) -> ErrorWords {
    let start = max(0, at - 2)
    let letter = text.string(max(0, at - 1)..<at)
    var end = at
    let limit = min(text.bytes.count, at + (["x": 2, "u": 4][letter] ?? 8))
    while end < limit, SourceLines.isHexDigit(text.bytes[end]) { end += 1 }
    return ErrorWords(message: message(letter), range: start..<end)
  }
}

/// Words for errors in anchors, aliases, tags, and after `|` and `>`.
struct MarkErrorWords {
  let text: SourceLines
  let problem: String
  let context: String
  let at: Int
  /// Where the anchor, alias, tag or block begins.
  let start: Int

  /// The words; nil for errors of other kinds.
  var words: ErrorWords? {
    let word = start..<max(text.word(at: start).upperBound, min(start + 1, text.bytes.count))
    switch context {
    case "while scanning an alias":
      return ErrorWords(
        message: "text that begins with '*' is an alias, and this is no name", range: word,
        hint: quoteHint(text.rest(from: start)))
    case "while scanning an anchor":
      return ErrorWords(
        message: "text that begins with '&' is an anchor, and this is no name", range: word,
        hint: quoteHint(text.rest(from: start)))
    case "while scanning a tag", "while parsing a tag":
      return ErrorWords(
        message: "text that begins with '!' is a tag, and this one is malformed", range: word,
        hint: quoteHint(text.rest(from: start)))
    case "while parsing a node" where problem == "found undefined tag handle":
      return ErrorWords(
        message: "the tag '\(text.string(word))' has no meaning here", range: word,
        hint: "text that begins with '!' must stand in quotes")
    case "while scanning a block scalar":
      let indicator = text.string(start..<min(start + 1, text.bytes.count))
      return ErrorWords(
        message: "the text after '\(indicator)' must begin on the next line",
        range: text.rest(from: at))
    default:
      return nil
    }
  }

  private func quoteHint(_ range: Range<Int>) -> String {
    SourceLines.quoted(text.string(range)).map { "put it in quotes: \($0)" } ?? "put it in quotes"
  }
}

/// Words for errors in lines that begin with `%`.
struct DirectiveErrorWords {
  let text: SourceLines
  let problem: String
  let context: String
  let at: Int
  /// Where the directive begins.
  let start: Int

  /// The words; nil for errors of other kinds.
  var words: ErrorWords? {
    let advice = "remove the line, manifests need no directives"
    switch problem {
    case "found duplicate %YAML directive", "found duplicate %TAG directive":
      let name = problem.contains("%YAML") ? "%YAML" : "%TAG"
      return ErrorWords(
        message: "'\(name)' stands twice in one document", range: text.contentOfLine(at),
        hint: advice)
    case "found incompatible YAML document":
      return ErrorWords(
        message: "only YAML 1.1 and 1.2 are read", range: text.contentOfLine(at), hint: advice)
    case "found unknown directive name":
      return ErrorWords(
        message:
          "'\(SourceLines.clipped(text.string(text.word(at: start))))' is no directive of YAML",
        range: text.word(at: start),
        hint: "a line that begins with '%' is a directive; put text in quotes")
    default:
      guard context.contains("directive") || context.contains("%YAML") || context.contains("%TAG")
      else { return nil }
      return ErrorWords(
        message: "a line that begins with '%' is a directive, and this one is malformed",
        range: text.contentOfLine(start), hint: advice)
    }
  }
}
