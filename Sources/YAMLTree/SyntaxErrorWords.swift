// SPDX-License-Identifier: Apache-2.0

import CYAML
import Diagnostics

/// Says in our words what libyaml found; its own sentences name two places at once, and neither the
/// cause nor the remedy.
///
/// The `problem` strings are those of libyaml 0.2.5's `scanner.c` and `parser.c`; a sentence that is not
/// among them is shown as it is.
struct SyntaxErrorWords {
  private let problem: String
  private let context: String
  private let at: Int
  private let contextAt: Int
  private let hasContext: Bool
  private let text: SourceLines
  private let source: SourceText

  init(parser: yaml_parser_t, source: SourceText) {
    problem = parser.problem.map { String(cString: $0) } ?? "the text cannot be read"
    context = parser.context.map { String(cString: $0) } ?? ""
    hasContext = parser.context != nil
    at = source.offset(of: parser.problem_mark)
    contextAt = source.offset(of: parser.context_mark)
    text = SourceLines(bytes: source.bytes)
    self.source = source
  }

  /// The finding for the error.
  func finding() -> Finding {
    if let tab = tabFinding() { return tab }
    switch problem {
    case "found character that cannot start any token":
      let word = text.rest(from: at)
      let mark = text.string(at..<text.end(ofCharacterAt: at))
      if mark == "\t" {
        return error(
          "tab where a space must stand", at: at..<(at + 1), hint: "use spaces instead of the tab")
      }
      return error(
        "a value cannot begin with '\(mark)'", at: word, hint: quoteHint(word))
    case "could not find expected ':'":
      return missingColon()
    case "block sequence entries are not allowed in this context":
      return error(
        "a list cannot begin here", at: at..<(at + 1),
        hint: "put '-' on a line of its own below, or the value in quotes")
    case "mapping keys are not allowed in this context":
      return error(
        "a '?' key cannot stand here", at: at..<(at + 1), hint: "put the value in quotes")
    case "mapping values are not allowed in this context":
      return unexpectedColon()
    case "did not find expected key":
      return expectedKey()
    case "did not find expected '-' indicator":
      return error(
        "expected '-' for the next item of the list", at: text.word(at: at),
        note: "the list begins here",
        hint: indentHint("items of the list"))
    case "did not find expected ',' or ']'":
      return notClosed("list", closing: "]")
    case "did not find expected ',' or '}'":
      return notClosed("map", closing: "}")
    case "did not find expected node content":
      return missingValue()
    case "did not find expected <document start>":
      return afterDocument()
    default:
      return scalarProblem() ?? markProblem() ?? directiveProblem() ?? unknown()
    }
  }

  /// What to do about a chart's template among plain manifests.
  static let templateHint = "quote it, or move the file to a chart's 'templates' folder"

  /// What to say about it.
  static let templateMessage = "'{{' begins a template, which is not YAML"

  private func missingColon() -> Finding {
    // In `{{- if … }}` it is the template that can't be read, not a key.
    if let template = templateFinding(contextAt) { return template }
    return missingColon(in: text.contentOfLine(contextAt))
  }

  private func missingColon(in line: Range<Int>) -> Finding {
    let content = text.string(line)
    if content.hasPrefix("-"), !content.hasPrefix("- ") {
      return error(
        "expected a space after '-'", at: line,
        hint: "write '- \(SourceLines.clipped(String(content.dropFirst())))'")
    }
    if let colon = content.utf8.firstIndex(of: UInt8(ascii: ":")) {
      let key = String(content[..<colon])
      let value = String(content[colon...].dropFirst())
      return error(
        "expected a space after ':'", at: line,
        hint: "write '\(SourceLines.clipped(key)): \(SourceLines.clipped(value))'")
    }
    return error("expected 'key: value', there is no ': ' in this line", at: line)
  }

  private func unexpectedColon() -> Finding {
    if let template = templateFinding(at) { return template }
    let line = text.contentOfLine(at)
    if at - line.lowerBound > 1024 {
      return error("a key cannot be longer than 1024 characters", at: line.lowerBound..<at)
    }
    if let first = text.keyEnd(in: line), first < at {
      return valueWithColon(line, keyEnd: first)
    }
    // The line is a proper `key: value`, so the one before has run into it.
    guard let above = text.contentOfLineAbove(line.lowerBound) else {
      return error("a value cannot stand here", at: at..<(at + 1))
    }
    let key = SourceLines.clipped(text.string(line.lowerBound..<at))
    guard let keyEnd = text.keyEnd(in: above) else {
      if text.string(above).hasPrefix("- ") {
        return error(
          "'\(key)' cannot stand below a list item that is a text", at: line.lowerBound..<at,
          notes: [Finding.Note("the item is here", at: source.span(above))],
          hint: "check the indentation of both lines")
      }
      return missingColon(in: above)
    }
    let keyAbove = SourceLines.clipped(text.key(before: keyEnd, in: above))
    return error(
      "'\(key)' is indented below '\(keyAbove)', which has a value already",
      at: line.lowerBound..<at,
      notes: [
        Finding.Note("the value is here", at: source.span(text.value(after: keyEnd, in: above)))
      ],
      hint: "indent '\(key)' like '\(keyAbove)', or remove the value of '\(keyAbove)'")
  }

  private func valueWithColon(_ line: Range<Int>, keyEnd: Int) -> Finding {
    let value = text.value(after: keyEnd, in: line)
    let words = text.string(value)
    let key = SourceLines.clipped(text.key(before: keyEnd, in: line))
    let quoted = SourceLines.quoted(words)
    return error(
      "the value of '\(key)' has another ': ' in it", at: at..<(at + 1),
      hint: quoted.map { "put the value in quotes: \($0)" } ?? "put the value in quotes")
  }

  private func expectedKey() -> Finding {
    if let template = templateFinding(at) { return template }
    let word = text.word(at: at)
    let line = text.contentOfLine(at)
    if line.lowerBound < at {
      let words = SourceLines.clipped(text.string(word))
      return error(
        "unexpected '\(words)' after the end of the value", at: word,
        hint: "put the whole value in quotes")
    }
    let first = text.string(word).first
    if first == ":" {
      return error("a key is missing before ':'", at: word, hint: "write the key before it")
    }
    if first == "]" || first == "}" {
      return error("'\(text.string(word))' closes nothing", at: word, hint: "remove it")
    }
    return error(
      "the indentation matches no line above", at: text.contentOfLine(at),
      note: "the map begins here",
      hint: indentHint("keys of this map"))
  }

  /// How far the line of the problem is indented, and how far the collection that libyaml names.
  private func indentHint(_ what: String) -> String? {
    guard hasContext, text.contentOfLine(at).lowerBound == at else { return nil }
    let here = text.column(of: at)
    let there = text.column(of: contextAt)
    if here == there { return nil }
    return "the line is indented by \(here), the \(what) by \(there)"
  }

  private func notClosed(_ what: String, closing: String) -> Finding {
    if let template = templateFinding(contextAt) { return template }
    let note = "the \(what) opened here is not closed"
    let hint = "add '\(closing)' where the \(what) ends"
    if text.isAtEnd(at) {
      return error(
        "expected ',' or '\(closing)' before the end of the file", at: text.lastContent(),
        note: note,
        hint: hint)
    }
    var place = at
    let line = text.contentOfLine(at)
    // The mark of a missing comma before `d: 1` stands at the colon; people look for `d`.
    if source.bytes[at] == UInt8(ascii: ":") { place = line.lowerBound }
    let word = text.word(at: place)
    return error(
      "expected ',' or '\(closing)' before '\(SourceLines.clipped(text.string(word)))'", at: word,
      note: note, hint: hint)
  }

  private func missingValue() -> Finding {
    if let template = templateFinding(at) { return template }
    if text.isAtEnd(at) {
      return error("expected a value before the end of the file", at: text.lastContent())
    }
    let word = at..<text.end(ofCharacterAt: at)
    let mark = text.string(word)
    if context.contains("flow") {
      return error("expected a value before '\(mark)'", at: word, hint: "remove one '\(mark)'")
    }
    return error(
      "a value cannot begin with '\(mark)'", at: word, hint: quoteHint(text.rest(from: at)))
  }

  private func afterDocument() -> Finding {
    if let template = templateFinding(at) { return template }
    let line = text.contentOfLine(at)
    let indented = text.firstContent().map { text.column(of: $0.lowerBound) } ?? 0
    if indented > 0, text.column(of: line.lowerBound) < indented {
      return error(
        "this line is indented less than the first line of the document", at: line,
        notes: text.firstContent().map {
          [Finding.Note("the first line is here", at: source.span($0))]
        }
          ?? [], hint: "indent all lines of one map alike")
    }
    return error(
      "the document has ended before this line", at: line,
      hint: "separate documents with a line '---'")
  }

  /// A tab where blanks must stand: libyaml has four ways to say so.
  private func tabFinding() -> Finding? {
    let isAboutTab = problem.contains("tab character")
    let indent = text.indentation(ofLine: at)
    guard let tab = indent.first(where: { source.bytes[$0] == 0x09 }) else { return nil }
    guard
      isAboutTab
        || tab <= at
          && (problem == "found character that cannot start any token" && source.bytes[at] == 0x09
            || problem == "mapping values are not allowed in this context"
            || problem == "did not find expected key" || problem == "could not find expected ':'")
    else { return nil }
    return Finding(
      .error, "yaml-tab", "tab in the indentation", at: source.span(tab..<(tab + 1)),
      hints: ["indent with spaces; YAML allows no tabs there"])
  }

  /// The most frequent cause of odd errors: a chart template among the plain manifests.
  private func templateFinding(_ offset: Int) -> Finding? {
    let line = text.contentOfLine(offset)
    guard let place = text.find("{{", in: line) else { return nil }
    return error(
      Self.templateMessage, at: place..<line.upperBound,
      hint: Self.templateHint)
  }

  private func scalarProblem() -> Finding? {
    QuoteErrorWords(text: text, problem: problem, at: at, start: contextAt)
      .words.map { self.error($0.message, at: $0.range, notes: $0.notes(source), hint: $0.hint) }
  }

  private func markProblem() -> Finding? {
    MarkErrorWords(text: text, problem: problem, context: context, at: at, start: contextAt)
      .words.map { self.error($0.message, at: $0.range, notes: $0.notes(source), hint: $0.hint) }
  }

  private func directiveProblem() -> Finding? {
    DirectiveErrorWords(text: text, problem: problem, context: context, at: at, start: contextAt)
      .words.map { self.error($0.message, at: $0.range, notes: $0.notes(source), hint: $0.hint) }
  }

  /// A sentence that this version of libyaml does not have.
  private func unknown() -> Finding {
    error(
      problem, at: text.isAtEnd(at) ? text.lastContent() : text.word(at: at),
      notes: hasContext && !context.isEmpty
        ? [Finding.Note(context, at: source.span(text.word(at: contextAt)))] : [])
  }

  private func quoteHint(_ range: Range<Int>) -> String {
    SourceLines.quoted(text.string(range)).map { "put it in quotes: \($0)" } ?? "put it in quotes"
  }

  private func error(
    _ message: String, at range: Range<Int>, note: String, hint: String?
  ) -> Finding {
    error(
      message, at: range,
      notes: [
        Finding.Note(note, at: source.span(contextAt..<min(contextAt + 1, source.bytes.count)))
      ],
      hint: hint)
  }

  private func error(
    _ message: String, at range: Range<Int>, notes: [Finding.Note] = [], hint: String? = nil
  ) -> Finding {
    Finding(
      .error, "yaml-syntax", message, at: source.span(range), notes: notes,
      hints: hint.map { [$0] } ?? [])
  }
}
