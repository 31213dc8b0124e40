// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Testing
import YAMLTree

@Suite("Anchors, merge keys, duplicate keys and limits")
struct StructureTests {
  private func check(
    _ marked: String, limits: YAMLLimits = .standard, good: Int = 0, _ expected: ExpectedFinding...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let text = MarkedText(marked)
    var findings = Findings()
    let documents = YAMLParser.parse(
      text.bytes, path: text.path, limits: limits, findings: &findings)
    #expect(documents.count == good, sourceLocation: sourceLocation)
    expect(findings.all, in: text, are: expected, sourceLocation: sourceLocation)
  }

  @Test(
    "aliases and merge keys are resolved",
    arguments: [
      ("a: &x [1]\nb: *x", "{'a'=[1] 'b'=[1]}"), ("a: &x 1\nb: &x 2\nc: *x", "{'a'=1 'b'=2 'c'=2}"),
      ("&k a: 1\nb: *k", "{'a'=1 'b'='a'}"), ("&k a: {*k : 1}", "{'a'={'a'=1}}"),
      ("a: &x [&x 1, *x]\nb: *x", "{'a'=[1 1] 'b'=1}"),
      (
        "x: &x {a: 1, b: 2}\nw:\n  z: 0\n  <<: *x\n  b: 3",
        "{'x'={'a'=1 'b'=2} 'w'={'z'=0 'a'=1 'b'=3}}"
      ),
      ("b: 3\n<<: {a: 1, b: 2}", "{'b'=3 'a'=1}"),
      ("<<: [{a: 1}, {a: 2, b: 2}]\nc: 3", "{'a'=1 'b'=2 'c'=3}"),
      ("\"<<\": 1", "{'<<'=1}"), ("!!merge <<: {a: 1}", "{'a'=1}"), ("<<: []\na: 1", "{'a'=1}"),
      ("? a\n: 1", "{'a'=1}"), ("- - a\n- b:\n  - c", "[['a'] {'b'=['c']}]"),
      ("{a: 1, b}", "{'a'=1 'b'=null}"), ("[a: 1, b]", "[{'a'=1} 'b']"),
    ])
  func resolved(_ text: String, _ expected: String) {
    #expect(parsed(text).map(notation) == [expected])
  }

  @Test("what came through an alias keeps the place of the anchored text")
  func aliasSpan() throws {
    let root = try #require(parsed("a: &x {k: v}\nb: *x\n").first)
    #expect(root["b"]?.span.start.line == 1)
    #expect(root["b"]?["k"]?.span.start.column == 11)
    #expect(root.span.end == SourcePosition(line: 2, column: 6, offset: 18))
  }

  @Test("anchors end with their document")
  func anchorsPerDocument() {
    check(
      "a: 1️⃣*x\n---\nb: &x 1\n---\nc: 2️⃣*x", good: 1,
      .error(
        "1️⃣", "no anchor '&x' stands before this",
        hints: ["text that begins with '*' must stand in quotes"]),
      .error("2️⃣", "no anchor '&x' stands before this"))
  }

  @Test("documents without an error are returned from both sides of one with an error")
  func goodDocuments() {
    var findings = Findings()
    let documents = YAMLParser.parse(
      Array("a: 1\n---\nb: *x\n---\nc: 1\n".utf8), path: "t", findings: &findings)
    #expect(documents.map { notation($0.root) } == ["{'a'=1}", "{'c'=1}"])
    #expect(findings.all.count == 1)
  }

  @Test("an alias without an anchor, with a near name, or inside of its own anchor")
  func badAliases() {
    check(
      "defaults: &defaults {}\na: 1️⃣*default\n",
      .error("1️⃣", "no anchor '&default' stands before this", hints: ["did you mean '*defaults'?"]))
    check(
      "a: 2️⃣&x\n  b: 1️⃣*x\n",
      .error("1️⃣", "'*x' stands inside of what '&x' names", notes: ["2️⃣ the anchor is here"]))
    check(
      "a: 1️⃣*x\n<<: *x\n", .error("1️⃣", "no anchor '&x' stands before this"),
      .error("2:5", "no anchor '&x' stands before this"))
  }

  @Test("keys that stand twice, that are no text, that are empty")
  func badKeys() {
    check(
      "2️⃣a: 1\nb: 2\n1️⃣a: 3\n",
      .error("1️⃣", "the key 'a' stands twice in this map", notes: ["2️⃣ it is here already"]))
    check("2️⃣1: a\n1️⃣\"1\": b\n", .error("1️⃣", "the key '1' stands twice in this map"))
    check(
      "{2️⃣a: 1, 1️⃣a: 2}\n",
      .error("1️⃣", "the key 'a' stands twice in this map", notes: ["2️⃣ it is here already"]))
    check("1️⃣[a]: 1\n", .error("1️⃣", "a key must be a text, not a list or a map"))
    check("? 1️⃣{a: 1}\n: 1\n", .error("1️⃣", "a key must be a text, not a list or a map"))
    check("1️⃣~: 1\n", .error("1️⃣", "a key cannot be empty", hints: ["put the key in quotes"]))
    check("1️⃣: 1\n", .error("1️⃣", "a key is missing before ':'"))
    check("1️⃣18446744073709551615: 1\n", .error("1️⃣", "a key cannot be this number"))
    check("a: &x [1]\n1️⃣*x : 1\n", .error("1️⃣", "a key must be a text, not a list or a map"))
  }

  @Test("a key that stands twice is found in large maps too")
  func duplicateInLargeMap() {
    var text = ""
    for number in 0..<1000 { text += (number == 500 ? "2️⃣" : "") + "key\(number): 1\n" }
    check(
      text + "1️⃣key500: 2\n",
      .error("1️⃣", "the key 'key500' stands twice in this map", notes: ["2️⃣ it is here already"]))
  }

  @Test("keys that only look alike are different keys")
  func unicodeKeys() {
    #expect(parsed("\u{e9}: 1\ne\u{301}: 2\n").first?.pairs?.count == 2)
    let many = (0..<20).map { "k\($0): 1\n" }.joined()
    #expect(parsed(many + "\u{e9}: 1\ne\u{301}: 2\n").first?.pairs?.count == 22)
  }

  @Test("merge keys that cannot be merged")
  func badMerges() {
    check("1️⃣<<: 1\n", .error("1️⃣", "'<<' takes a map, or a list of maps"))
    check("1️⃣<<: [{a: 1}, 2]\n", .error("1️⃣", "'<<' takes a map, or a list of maps"))
    check("1️⃣<<: [[{a: 1}]]\n", .error("1️⃣", "'<<' takes a map, or a list of maps"))
    check("1️⃣<<:\n", .error("1️⃣", "'<<' takes a map, or a list of maps"))
    check(
      "2️⃣<<: {a: 1}\n1️⃣<<: {b: 1}\n",
      .error(
        "1️⃣", "the merge key '<<' stands twice in this map", notes: ["2️⃣ it is here already"],
        hints: ["merge several maps with a list: '<<: [*a, *b]'"]))
  }

  @Test("several independent errors are all reported, up to a limit")
  func manyErrors() {
    check(
      "a: 1\n1️⃣a: 2\nb: 2️⃣*x\nc: 3️⃣!foo x\n", .error("1️⃣", "the key 'a' stands twice in this map"),
      .error("2️⃣", "no anchor '&x' stands before this"),
      .error("3️⃣", "the tag '!foo' has no meaning in Kubernetes manifests"))
    var findings = Findings()
    let text = String(repeating: "- *x\n", count: 5000)
    #expect(YAMLParser.parse(Array(text.utf8), path: "t", findings: &findings).isEmpty)
    #expect(findings.all.count == YAMLLimits.standard.maxFindings)
  }

  @Test("a hundred levels are read, one more is refused")
  func depth() {
    func nested(_ count: Int) -> String {
      String(repeating: "[", count: count) + String(repeating: "]", count: count)
    }
    #expect(parsed(nested(100)).count == 1)
    var findings = Findings()
    #expect(YAMLParser.parse(Array(nested(101).utf8), path: "t", findings: &findings).isEmpty)
    #expect(findings.all.map(\.message) == ["lists and maps are nested more than 100 deep here"])
    #expect(findings.all.first?.span?.start.column == 101)
  }

  @Test("depth that comes through aliases counts")
  func depthThroughAliases() {
    let limits = YAMLLimits(maxDepth: 4)
    check(
      "a: &x [[[1]]]\nb: [1️⃣*x]\n", limits: limits,
      .error("1️⃣", "lists and maps are nested more than 4 deep here"))
    var findings = Findings()
    let text = "a: &x [[[1]]]\nb: *x\n"
    #expect(
      YAMLParser.parse(Array(text.utf8), path: "t", limits: limits, findings: &findings).count == 1)
    #expect(findings.all.isEmpty)
  }

  @Test(
    "a million opening brackets, dashes or braces end quickly",
    arguments: ["[", "- ", "{a: ", "[\n", "? ", "- [", "&a [", "!!seq ["])
  func deepBombs(_ piece: String) {
    let bytes = Array(String(repeating: piece, count: 1_000_000).utf8)
    var findings = Findings()
    let duration = ContinuousClock().measure {
      _ = YAMLParser.parse(
        bytes, path: "t", limits: YAMLLimits(maxBytes: 100 << 20), findings: &findings)
    }
    #expect(findings.all.count == 1)
    #expect(duration < .seconds(20))
  }

  @Test("a file that grows to billions of values through aliases is refused quickly")
  func aliasBomb() {
    var text = "a0: 2️⃣&a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      let marker = level == 5 ? "1️⃣" : ""
      let rest = Array(repeating: "*a\(level - 1)", count: 8).joined(separator: ", ")
      text += "a\(level): &a\(level) [*a\(level - 1), \(marker)\(rest)]\n"
    }
    let marked = MarkedText(text)
    var findings = Findings()
    let duration = ContinuousClock().measure {
      #expect(YAMLParser.parse(marked.bytes, path: marked.path, findings: &findings).isEmpty)
    }
    #expect(findings.all.map(\.code) == ["yaml-too-many-nodes"])
    #expect(
      findings.all.first?.message
        == "the file has more than 1000000 values, aliases counted in full")
    #expect(duration < .seconds(10))
  }

  @Test("merge keys cannot be used to grow either")
  func mergeBomb() {
    var text = "m0: &m0 {k0: 1, k1: 1, k2: 1}\n"
    for level in 1...40 {
      let rest = Array(repeating: "*m\(level - 1)", count: 10).joined(separator: ", ")
      text += "m\(level): &m\(level)\n  <<: [\(rest)]\n  x\(level): 1\n"
    }
    var findings = Findings()
    _ = YAMLParser.parse(Array(text.utf8), path: "t", findings: &findings)
    #expect(findings.all.map(\.code) == ["yaml-too-many-nodes"])
  }
}
