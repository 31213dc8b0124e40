// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Testing
import YAMLTree

/// A file with one mistake, and what is to be said about it.
struct Mistake: Sendable, CustomTestStringConvertible {
  let id: String
  let text: String
  let message: String
  let notes: [String]
  let hints: [String]
  /// How many documents stand before the mistake.
  let before: Int

  init(
    _ id: String, _ text: String, _ message: String, notes: [String] = [], before: Int = 0,
    _ hints: String...
  ) {
    self.before = before
    self.id = id
    self.text = text
    self.message = message
    self.notes = notes
    self.hints = hints
  }

  var testDescription: String { id }
}

@Suite("Mistakes of syntax are named in our own words, at the place that a person looks for")
struct SyntaxErrorTests {
  @Test("every mistake that libyaml can find", arguments: structure + scalars + marks)
  func mistake(_ mistake: Mistake) {
    let text = MarkedText(mistake.text)
    var findings = Findings()
    let documents = YAMLParser.parse(text.bytes, path: text.path, findings: &findings)
    #expect(documents.count == mistake.before)
    expect(
      findings.all, in: text,
      are: [.error("1️⃣", mistake.message, notes: mistake.notes, hints: mistake.hints)])
  }

  static let template = "quote it, or move the file to a chart's 'templates' folder"
  static let spaces = "indent with spaces; YAML allows no tabs there"
  static let directive = "remove the line, manifests need no directives"

  static let structure: [Mistake] = [
    Mistake(
      "open list", "a: 2️⃣[b, c\n1️⃣patches: 1\n", "expected ',' or ']' before 'patches'",
      notes: ["2️⃣ the list opened here is not closed"], "add ']' where the list ends"),
    Mistake(
      "open list at the end", "a: 2️⃣[1, 1️⃣2", "expected ',' or ']' before the end of the file",
      notes: ["2️⃣ the list opened here is not closed"], "add ']' where the list ends"),
    Mistake(
      "open map", "a: 2️⃣{b: c\n1️⃣d: 1\n", "expected ',' or '}' before 'd'",
      notes: ["2️⃣ the map opened here is not closed"], "add '}' where the map ends"),
    Mistake(
      "no comma", "a: 2️⃣[\"b\" 1️⃣\"c\"]\n", "expected ',' or ']' before '\"c\"'",
      notes: ["2️⃣ the list opened here is not closed"], "add ']' where the list ends"),
    Mistake(
      "two commas", "a: [b, 1️⃣, c]\n", "expected a value before ','", "remove one ','"),
    Mistake("open list without an item", "a: [1️⃣,", "expected a value before ','", "remove one ','"),
    Mistake("open list, nothing else", "a: 1️⃣[\n", "expected a value before the end of the file"),
    Mistake("closing nothing", "a: 1\n1️⃣]\n", "']' closes nothing", "remove it"),
    Mistake(
      "closing at once", "a: 1️⃣]\n", "a value cannot begin with ']'", "put it in quotes: \"]\""),
    Mistake(
      "too shallow", "2️⃣a:\n  b: 1\n 1️⃣c: 2\n", "the indentation matches no line above",
      notes: ["2️⃣ the map begins here"], "the line is indented by 1, the keys of this map by 0"),
    Mistake(
      "too deep", "a: 2️⃣1\n  1️⃣b: 2\n", "'b' is indented below 'a', which has a value already",
      notes: ["2️⃣ the value is here"], "indent 'b' like 'a', or remove the value of 'a'"),
    Mistake(
      "too deep in a list", "- a: 2️⃣1\n\n   1️⃣b: 2\n",
      "'b' is indented below 'a', which has a value already", notes: ["2️⃣ the value is here"],
      "indent 'b' like 'a', or remove the value of 'a'"),
    Mistake(
      "too deep behind a comment", "- 2️⃣a: 1 # one\n   1️⃣b: 2\n",
      "the indentation matches no line above",
      notes: ["2️⃣ the map begins here"], "the line is indented by 3, the keys of this map by 2"),
    Mistake(
      "key below a text item", "a:\n  2️⃣- b\n    1️⃣c: d\n",
      "'c' cannot stand below a list item that is a text", notes: ["2️⃣ the item is here"],
      "check the indentation of both lines"),
    Mistake(
      "key among items", "l:\n  2️⃣- a\n  1️⃣b: 1\n", "expected '-' for the next item of the list",
      notes: ["2️⃣ the list begins here"]),
    Mistake(
      "key among items, deeper", "2️⃣- a: 1\n 1️⃣b: 2\n", "expected '-' for the next item of the list",
      notes: ["2️⃣ the list begins here"], "the line is indented by 1, the items of the list by 0"),
    Mistake(
      "second colon", "image: foo1️⃣: bar # x\n", "the value of 'image' has another ': ' in it",
      "put the value in quotes: \"foo: bar\""),
    Mistake(
      "second colon in an item", "a:\n  - b: c1️⃣: 'd'\n", "the value of 'b' has another ': ' in it",
      "put the value in quotes: \"c: 'd'\""),
    Mistake(
      "no colon", "spec:\n  1️⃣replicas 3\n  x: 1\n",
      "expected 'key: value', there is no ': ' in this line"),
    Mistake(
      "no colon, last line", "a: 1\n1️⃣foo\nb: 2\n",
      "expected 'key: value', there is no ': ' in this line"),
    Mistake(
      "no space after the colon", "spec:\n  1️⃣replicas:3\n  x: 1\n", "expected a space after ':'",
      "write 'replicas: 3'"),
    Mistake(
      "no space after the dash", "a:\n1️⃣-b\n-c\n", "expected a space after '-'", "write '- b'"),
    Mistake(
      "very long key", "1️⃣" + String(repeating: "a", count: 1100) + ": 1\n",
      "a key cannot be longer than 1024 characters"),
    Mistake(
      "list behind a key", "a: 1️⃣- b\n", "a list cannot begin here",
      "put '-' on a line of its own below, or the value in quotes"),
    Mistake(
      "complex key behind a key", "a: 1️⃣? b\n", "a '?' key cannot stand here",
      "put the value in quotes"),
    Mistake(
      "second document without a mark", "{a: 1}\n1️⃣b: 2\n",
      "the document has ended before this line", before: 1,
      "separate documents with a line '---'"),
    Mistake(
      "indented first line", "# x\n  2️⃣a: 1\n1️⃣b: 2\n",
      "this line is indented less than the first line of the document",
      notes: ["2️⃣ the first line is here"], before: 1, "indent all lines of one map alike"),
    Mistake("tab", "a:\n1️⃣\tb: 1\n", "tab in the indentation", spaces),
    Mistake("tab after keys", "a:\n  b: 1\n1️⃣\tc: 2\n", "tab in the indentation", spaces),
    Mistake("tab after spaces", "a:\n  1️⃣\tb: 1\n  c: 2\n", "tab in the indentation", spaces),
    Mistake("tab in a text", "a: b\n1️⃣\tc\n", "tab in the indentation", spaces),
    Mistake("tab in a block text", "a: |\n1️⃣\tfoo\n", "tab in the indentation", spaces),
    Mistake(
      "tab after a dash", "-1️⃣\ta: 1\n", "tab where a space must stand",
      "use spaces instead of the tab"),
    Mistake(
      "template as a value", "a: 1️⃣{{ .Values.x }}\n", "'{{' begins a template, which is not YAML",
      template),
    Mistake(
      "template as a line", "a: 1\n1️⃣{{- if x }}\nb: 1\n",
      "'{{' begins a template, which is not YAML", template),
    Mistake(
      "template at the start", "1️⃣{{- if x }}\na: 1\n", "'{{' begins a template, which is not YAML",
      template),
  ]

  static let scalars: [Mistake] = [
    Mistake(
      "open quote", "a: 1\nb: 1️⃣\"foo\nc: 1\n", "the quote opened here is not closed",
      "add '\"' where the text ends"),
    Mistake(
      "open quote before a document", "a: 1️⃣'foo\n---\nc: 2\n",
      "the quote opened here is not closed",
      "add \"'\" where the text ends"),
    Mistake(
      "text after a quote", "ä: \"ü\" 1️⃣yes\n", "unexpected 'yes' after the end of the value",
      "put the whole value in quotes"),
    Mistake(
      "backslash", "a: \"C:1️⃣\\path\"\n", "'\\p' is no escape in double quotes",
      "write '\\\\' for a backslash, or use single quotes"),
    Mistake("short escape", "a: \"1️⃣\\xzz\"\n", "expected 2 hexadecimal digits after '\\x'"),
    Mistake("short wide escape", "a: \"1️⃣\\U00zz\"\n", "expected 8 hexadecimal digits after '\\U'"),
    Mistake("half a pair", "a: \"1️⃣\\ud83d\"\n", "this escape is no Unicode character"),
    Mistake(
      "block without indentation", "a: |1️⃣0\n  foo\n",
      "the indentation of a block text is a number from 1 to 9", "leave the number out"),
    Mistake(
      "text behind a block", "a: > 1️⃣foo bar\n", "the text after '>' must begin on the next line"),
    Mistake(
      "at sign", "a: 1️⃣@b c # d\n", "a value cannot begin with '@'", "put it in quotes: \"@b c\""),
    Mistake(
      "back quote", "a: 1️⃣`b`\n", "a value cannot begin with '`'", "put it in quotes: \"`b`\""),
    Mistake("percent", "a: 1️⃣%b\n", "a value cannot begin with '%'", "put it in quotes: \"%b\""),
    Mistake("comma", "a: 1️⃣,b\n", "a value cannot begin with ','", "put it in quotes: \",b\""),
  ]

  static let marks: [Mistake] = [
    Mistake(
      "star", "host: 1️⃣*.example.com\n",
      "text that begins with '*' is an alias, and this is no name",
      "put it in quotes: \"*.example.com\""),
    Mistake(
      "ampersand", "a: 1️⃣&\n", "text that begins with '&' is an anchor, and this is no name",
      "put it in quotes: \"&\""),
    Mistake(
      "two anchors", "a: &x 1️⃣&y b\n", "unexpected '&y' after the end of the value",
      "put the whole value in quotes"),
    Mistake(
      "open tag", "a: 1️⃣!<foo\n", "text that begins with '!' is a tag, and this one is malformed",
      "put it in quotes: \"!<foo\""),
    Mistake(
      "tag with a brace", "a: 1️⃣!foo{ x\n",
      "text that begins with '!' is a tag, and this one is malformed",
      "put it in quotes: \"!foo{ x\""),
    Mistake(
      "tag with a bad escape", "a: 1️⃣!!%zz x\n",
      "text that begins with '!' is a tag, and this one is malformed",
      "put it in quotes: \"!!%zz x\""),
    Mistake(
      "unknown tag handle", "a: 1️⃣!e!foo x\n", "the tag '!e!foo' has no meaning here",
      "text that begins with '!' must stand in quotes"),
    Mistake(
      "unknown directive", "1️⃣%foo\na: 1\n", "'%foo' is no directive of YAML",
      "a line that begins with '%' is a directive; put text in quotes"),
    Mistake("version 2", "1️⃣%YAML 2.0\n---\na: 1\n", "only YAML 1.1 and 1.2 are read", directive),
    Mistake(
      "no version", "1️⃣%YAML x\n---\na: 1\n",
      "a line that begins with '%' is a directive, and this one is malformed", directive),
    Mistake(
      "text behind the version", "1️⃣%YAML 1.1 foo\n---\na\n",
      "a line that begins with '%' is a directive, and this one is malformed", directive),
    Mistake(
      "version without a point", "1️⃣%YAML 1\n---\na\n",
      "a line that begins with '%' is a directive, and this one is malformed", directive),
    Mistake(
      "endless version", "1️⃣%YAML 1.12345678901\n---\na\n",
      "a line that begins with '%' is a directive, and this one is malformed", directive),
    Mistake(
      "version twice", "%YAML 1.1\n1️⃣%YAML 1.1\n---\na: 1\n", "'%YAML' stands twice in one document",
      directive),
    Mistake(
      "bad tag directive", "1️⃣%TAG foo\n---\na: 1\n",
      "a line that begins with '%' is a directive, and this one is malformed", directive),
    Mistake(
      "tag directive twice", "%TAG !e! x:\n1️⃣%TAG !e! y:\n---\na: 1\n",
      "'%TAG' stands twice in one document", directive),
    Mistake(
      "nameless directive", "1️⃣% x\n---\na: 1\n",
      "a line that begins with '%' is a directive, and this one is malformed", directive),
  ]

  @Test("documents before the mistake are returned, and columns count characters, not bytes")
  func documentsBefore() {
    let text = MarkedText("größe: groß\n---\nb: 2\n---\nmaße: \"äöü\" 1️⃣x\n---\nc: 3\n")
    var findings = Findings()
    let documents = YAMLParser.parse(text.bytes, path: text.path, findings: &findings)
    #expect(documents.map { $0.root.pairs?.first?.key.scalar?.text } == ["größe", "b"])
    expect(findings.all, in: text, are: [.error("1️⃣", "unexpected 'x' after the end of the value")])
    #expect(findings.all.first?.span?.start == text.positions["1️⃣"])
  }

  @Test("a file cut off at any byte never crashes, and names at most one mistake of syntax")
  func truncation() {
    let text = """
      a: &x {b: [1, "ü\\u00e4", 'it''s'], c: !!str 5}
      d: |-
        text ☺
      e: *x
      ? f
      : - g
      <<: *x
      """
    let bytes = Array(text.utf8)
    for count in 0...bytes.count {
      var findings = Findings()
      _ = YAMLParser.parse(Array(bytes[..<count]), path: "t", findings: &findings)
      #expect(findings.all.count { $0.code == "yaml-syntax" } <= 1, "cut at byte \(count)")
      for finding in findings.all {
        #expect((finding.span?.end.offset ?? 0) <= count, "cut at byte \(count)")
      }
    }
  }
}
