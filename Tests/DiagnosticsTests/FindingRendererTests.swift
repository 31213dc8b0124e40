// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Testing

@Suite("Findings are written for people")
struct FindingRendererTests {
  /// Renders findings in files that exist only here.
  private func render(
    _ findings: [Finding], _ files: [String: String] = [:], columns: Int = 72, limit: Int = 20,
    seeAll: String? = "kubectl fleet check"
  ) -> String {
    FindingRenderer(columns: columns, limit: limit, seeAll: seeAll) { path in
      files[path].map { Array($0.utf8) }
    }.text(findings)
  }

  /// An error from `1️⃣` to `2️⃣` of a marked text, and the text.
  private func finding(
    _ marked: String, _ message: String = "this is wrong", path: String = "a.yaml"
  ) throws -> (Finding, [String: String]) {
    let text = MarkedText(marked, path: path)
    let start = try #require(text.positions["1️⃣"])
    let span = SourceSpan(path: path, start: start, end: text.positions["2️⃣"] ?? start)
    return (Finding(.error, "test", message, at: span), [path: text.text])
  }

  private func excerpt(_ marked: String, columns: Int = 72) throws -> String {
    let (finding, files) = try finding(marked)
    let lines = render([finding], files, columns: columns).split(
      separator: "\n", omittingEmptySubsequences: false)
    return lines.dropFirst().dropLast().joined(separator: "\n")
  }

  @Test("the place, the line with carets, the hint")
  func worked() throws {
    let marked = MarkedText(
      String(repeating: "#\n", count: 13) + "    - matchLabels: { 1️⃣regoin2️⃣: eu-west }\n",
      path: "gitrepos/pos.yaml")
    let span = SourceSpan(
      path: marked.path, start: try #require(marked.positions["1️⃣"]),
      end: try #require(marked.positions["2️⃣"]))
    let text = render(
      [
        Finding(
          .error, "label", "no cluster has the label key 'regoin'", at: span,
          hints: ["did you mean 'region'? (set on 2,480 of 2,500 clusters)"])
      ], [marked.path: marked.text])
    #expect(
      text == """
        error: gitrepos/pos.yaml:14:22: no cluster has the label key 'regoin'
          14 |     - matchLabels: { regoin: eu-west }
             |                      ^^^^^^
        hint: did you mean 'region'? (set on 2,480 of 2,500 clusters)

        """)
  }

  @Test("notes have their own place, messages are wrapped below their first word")
  func wrapping() {
    let place = SourceSpan(
      path: "targets/search.yaml", start: SourcePosition(line: 8, column: 5, offset: 0),
      end: SourcePosition(line: 8, column: 13, offset: 8))
    let other = SourceSpan(
      path: "targets/canary.yaml", start: SourcePosition(line: 5, column: 5, offset: 0),
      end: SourcePosition(line: 5, column: 6, offset: 1))
    let finding = Finding(
      .warning, "x",
      "rule 'eu' and rule 'canary' both set 'replicas' of Deployment 'search' on cluster 'eu-west-1'",
      at: place,
      notes: [
        Finding.Note("rule 'canary' is here, same priority (10)", at: other),
        Finding.Note("the rules of one priority must not meet on any field of an object, ever"),
      ],
      hints: [
        "give one of them a higher 'priority:', or narrow its 'match:' until they do not meet",
        "see every rule for a cluster: 'kubectl fleet explain search eu-west-1'",
      ], showsSource: false)
    #expect(
      render([finding]) == """
        warning: targets/search.yaml:8:5: rule 'eu' and rule 'canary' both set
                 'replicas' of Deployment 'search' on cluster 'eu-west-1'
        note: targets/canary.yaml:5:5: rule 'canary' is here, same priority (10)
        note: the rules of one priority must not meet on any field of an object,
              ever
        hint: give one of them a higher 'priority:', or narrow its 'match:'
              until they do not meet
        hint: see every rule for a cluster:
              'kubectl fleet explain search eu-west-1'

        """)
  }

  @Test("a word that is longer than a line stays whole, so does what stands in quotes")
  func longWords() {
    let long = String(repeating: "x", count: 90)
    #expect(
      render([Finding(.error, "x", "a \(long) b", at: nil)])
        == "error: a\n       \(long)\n       b\n")
    let unclosed = Finding(.error, "x", "the 's of " + "many words " + "and more", at: nil)
    #expect(
      render([unclosed], columns: 20) == "error: the 's of\n       many words\n       and more\n")
  }

  @Test("findings about a file, or about nothing in particular")
  func withoutPlace() {
    let text = render([
      Finding(
        .error, "x", "the file is too large", path: "big\u{1b}[31m.yaml", hints: ["split it"]),
      Finding(.warning, "y", "nothing was pushed", at: nil),
    ])
    #expect(
      text == """
        error: big\\u{1b}[31m.yaml: the file is too large
        hint: split it

        warning: nothing was pushed

        """)
  }

  @Test("what came from a file cannot move the reader's cursor")
  func escapes() throws {
    let (finding, files) = try finding("a: 1️⃣\u{1b}[2Jb2️⃣ \u{202e}c\n", "no key '\u{1b}[2J' here\n")
    #expect(
      render([finding], files) == """
        error: a.yaml:1:4: no key '\\u{1b}[2J' here\\u{a}
           1 | a: \\u{1b}[2Jb \\u{202e}c
             |    ^^^^^^^^^^

        """)
  }

  @Test("bytes that are not UTF-8 are shown as numbers")
  func invalidBytes() {
    let position = SourcePosition(line: 1, column: 4, offset: 3)
    let span = SourceSpan(
      path: "a", start: position, end: SourcePosition(line: 1, column: 5, offset: 4))
    let renderer = FindingRenderer { _ in [0x61, 0x3a, 0x20, 0xff, 0xc3, 0x0a] }
    #expect(
      renderer.text([Finding(.error, "x", "bad", at: span)])
        == "error: a:1:4: bad\n   1 | a: \\xff\\xc3\n     |    ^^^^\n")
  }

  @Test("carets stand below the place, whatever stands before it")
  func carets() throws {
    #expect(try excerpt("\ta:\t1️⃣b2️⃣ c\n") == "   1 | \ta:\tb c\n     | \t  \t^")
    #expect(try excerpt("ä: 1️⃣ö2️⃣\n") == "   1 | ä: ö\n     |    ^")
    #expect(try excerpt("漢字: 1️⃣漢字2️⃣ x\n") == "   1 | 漢字: 漢字 x\n     |       ^^^^")
    #expect(try excerpt("e\u{301}: 1️⃣b2️⃣\n") == "   1 | e\u{301}: b\n     |    ^")
    #expect(try excerpt("a: 1️⃣b\r\nc: d2️⃣\r\n") == "   1 | a: b\n     |    ^")
    #expect(try excerpt("a:1️⃣2️⃣ b\n") == "   1 | a: b\n     |   ^")
    #expect(try excerpt("a: b1️⃣2️⃣\n") == "   1 | a: b\n     |     ^")
    #expect(try excerpt("a: 1️⃣b\n") == "   1 | a: b\n     |    ^")
    #expect(try excerpt("a\n1️⃣\nb\n") == "   2 |\n     | ^")
    #expect(try excerpt("a\n1️⃣") == "   2 |\n     | ^")
    #expect(try excerpt("1️⃣\t2️⃣a\n") == "   1 | \ta\n     | ^")
    #expect(
      try excerpt(String(repeating: "\n", count: 12344) + "1️⃣ab2️⃣\n") == "12345 | ab\n      | ^^")
  }

  @Test("a byte order mark is not shown")
  func byteOrderMark() {
    let span = SourceSpan(
      path: "a", start: SourcePosition(line: 1, column: 4, offset: 6),
      end: SourcePosition(line: 1, column: 5, offset: 7))
    let text = render([Finding(.error, "x", "bad", at: span)], ["a": "\u{feff}a: b\n"])
    #expect(text == "error: a:1:4: bad\n   1 | a: b\n     |    ^\n")
  }

  @Test("long lines are cut around the place")
  func longLines() throws {
    let digits = String(repeating: "0123456789", count: 10)
    #expect(
      try excerpt("a: 1️⃣b2️⃣ \(digits)\n", columns: 47)
        == "   1 | a: b 0123456789012345678901234567890123…\n     |    ^")
    #expect(
      try excerpt("\(digits)1️⃣X2️⃣\(digits)\n", columns: 47)
        == "   1 | …9012345678901234567890123456789X012345…\n     | "
        + String(repeating: " ", count: 32) + "^")
    #expect(
      try excerpt("\(digits)1️⃣\(digits)2️⃣\n", columns: 47)
        == "   1 | …78901234567890123456789012345678901234…\n     | "
        + String(repeating: " ", count: 14) + String(repeating: "^", count: 25))
  }

  @Test("a line of many megabytes costs nothing")
  func hugeLine() throws {
    let position = SourcePosition(line: 1, column: 3_000_001, offset: 3_000_000)
    let bytes = [UInt8](repeating: 0x61, count: 4_000_000)
    let span = SourceSpan(path: "a", start: position, end: position)
    let renderer = FindingRenderer(columns: 30) { _ in bytes }
    let text = renderer.text([Finding(.error, "x", "bad", at: span)])
    #expect(text.utf8.count < 200)
    #expect(text.hasPrefix("error: a:1:3000001: bad\n   1 | …aaa"))
  }

  @Test("a file that is not there, or too short, is not shown")
  func noSource() {
    let position = SourcePosition(line: 3, column: 1, offset: 100)
    let span = SourceSpan(path: "a", start: position, end: position)
    let finding = Finding(.error, "x", "bad", at: span)
    #expect(render([finding]) == "error: a:3:1: bad\n")
    #expect(render([finding], ["a": "short"]) == "error: a:3:1: bad\n")
    let secret = Finding(.error, "x", "bad", at: span, showsSource: false)
    #expect(
      render([secret], ["a": String(repeating: "password\n", count: 20)]) == "error: a:3:1: bad\n")
  }

  @Test("at most twenty are shown, errors before warnings, in their order")
  func limit() {
    let mixed =
      (1...3).map { Finding(.warning, "w", "warning \($0)", at: nil) }
      + (1...3).map { Finding(.error, "e", "error \($0)", at: nil) }
    #expect(
      render(mixed, limit: 4) == """
        warning: warning 1

        error: error 1

        error: error 2

        error: error 3

        warning: 2 more; run 'kubectl fleet check' to see all

        """)
    #expect(
      render(mixed, limit: 2, seeAll: nil) == "error: error 1\n\nerror: error 2\n\nerror: 4 more\n")
    let many = (1...32).map { Finding(.error, "e", "error \($0)", at: nil) }
    let text = render(many)
    #expect(text.split(separator: "\n").count == 21)
    #expect(text.hasSuffix("\nerror: 12 more; run 'kubectl fleet check' to see all\n"))
    #expect(render([]) == "")
  }

  @Test(
    "the summary counts",
    arguments: [
      (0, 0, "no errors"), (1, 0, "1 error"), (2, 0, "2 errors"), (0, 1, "1 warning"),
      (0, 2, "2 warnings"),
      (1, 1, "1 error, 1 warning"), (12, 3, "12 errors, 3 warnings"),
    ])
  func summary(_ errors: Int, _ warnings: Int, _ expected: String) {
    let findings =
      (0..<errors).map { Finding(.error, "e", "\($0)", at: nil) }
      + (0..<warnings).map { Finding(.warning, "w", "\($0)", at: nil) }
    #expect(FindingRenderer.summary(findings) == expected)
  }
}

@Suite("Findings are values")
struct FindingTests {
  @Test("they are shown by file, place, severity, and without repetitions")
  func order() {
    func at(_ path: String, _ offset: Int) -> SourceSpan {
      let position = SourcePosition(line: 1, column: offset + 1, offset: offset)
      return SourceSpan(path: path, start: position, end: position)
    }
    var findings = Findings()
    findings.error("x", "fourth", at: at("b", 0))
    findings.error("x", "third", at: at("a", 5))
    findings.warning("x", "second", at: at("a", 3))
    findings.error("x", "first", at: at("a", 3))
    findings.error("x", "first", at: at("a", 3))
    findings.add(Finding(.error, "x", "whole file", path: "a"))
    findings.error("x", "nowhere", at: nil)
    #expect(
      findings.sorted.map(\.message) == [
        "nowhere", "whole file", "first", "second", "third", "fourth",
      ])
    #expect(findings.hasErrors)
    #expect(!Findings().hasErrors)
    #expect(findings.sorted[2].asWarning().severity == .warning)
    #expect(findings.sorted[1].asWarning().path == "a")
  }

  @Test(
    "the word that was probably meant",
    arguments: [
      ("regoin", "region"), ("Region", "region"), ("nmae", "name"), ("x", nil), ("", nil),
      ("repositry", nil), ("naem", "name"), ("zone", nil), ("ab", nil), ("namespac", "namespace"),
    ] as [(String, String?)])
  func suggestion(_ word: String, _ expected: String?) {
    #expect(
      Suggestion.nearest(to: word, among: ["region", "name", "namespace", "aa", "bb"]) == expected)
  }

  @Test("the more of the same distance, the less is suggested")
  func ambiguous() {
    #expect(Suggestion.nearest(to: "cat", among: ["car", "cut"]) == nil)
    #expect(Suggestion.nearest(to: "cat", among: ["car", "dog"]) == "car")
  }
}
