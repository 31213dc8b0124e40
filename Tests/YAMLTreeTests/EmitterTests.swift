// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Testing
import YAMLTree

private func emitted(_ node: YAMLNode) -> String {
  String(decoding: YAMLEmitter.emit(node), as: UTF8.self)
}

@Suite("Trees are written as YAML that reads back as the same tree")
struct EmitterTests {
  @Test("block style, as kubectl writes it")
  func layout() {
    let tree = YAMLNode.mapping([
      ("apiVersion", .string("v1")), ("empty", .mapping([])), ("none", .null),
      ("list", .sequence([])),
      (
        "spec",
        .mapping([
          ("replicas", .int(3)), ("ratio", .float(0.5)), ("on", .bool(true)),
          (
            "containers",
            .sequence([
              .mapping([
                ("name", .string("a")), ("args", .sequence([.string("--x"), .string("-y")])),
                ("env", .sequence([.mapping([("name", .string("N")), ("value", .string("1"))])])),
              ]),
              .mapping([("name", .string("b"))]),
              .sequence([.sequence([.int(1), .int(2)]), .sequence([])]),
              .mapping([]), .string("line 1\nline 2\n"),
            ])
          ),
        ])
      ),
      ("script", .string("#!/bin/sh\n\tset -e\n\n  echo hi")), ("last", .string("")),
    ])
    let text = emitted(tree)
    #expect(
      text == """
        apiVersion: v1
        empty: {}
        none: null
        list: []
        spec:
          replicas: 3
          ratio: 0.5
          "on": true
          containers:
          - name: a
            args:
            - --x
            - -y
            env:
            - name: "N"
              value: "1"
          - name: b
          - - - 1
              - 2
            - []
          - {}
          - |
            line 1
            line 2
        script: |-
          #!/bin/sh
          \tset -e

            echo hi
        last: ""

        """)
    #expect(parsed(text).first?.isSame(as: tree) == true)
  }

  @Test(
    "texts that need quotes, and texts that don't",
    arguments: [
      ("a", "a"), ("a b", "a b"), ("yes", "\"yes\""), ("y", "\"y\""), ("Off", "\"Off\""),
      ("yEs", "yEs"),
      ("null", "\"null\""), ("~", "\"~\""), ("~a", "~a"), ("", "\"\""), ("0123", "\"0123\""),
      ("08", "\"08\""),
      ("0o7", "\"0o7\""), ("0x1f", "\"0x1f\""), ("0b1", "\"0b1\""), ("1e3", "\"1e3\""),
      ("1e400", "\"1e400\""),
      ("1_000", "\"1_000\""), ("1.", "\"1.\""), (".5", "\".5\""), (".inf", "\".inf\""),
      ("-.inf", "\"-.inf\""),
      (".nan", "\".nan\""), ("1.2.3", "1.2.3"), ("500m", "500m"), ("2001-01-01", "\"2001-01-01\""),
      ("2001-01-01T00:00:00Z", "\"2001-01-01T00:00:00Z\""), ("12:30:45", "\"12:30:45\""),
      ("10:20", "\"10:20\""),
      ("a:b", "a:b"), ("a: b", "\"a: b\""), ("a:", "\"a:\""), ("a #b", "\"a #b\""), ("a#b", "a#b"),
      ("#x", "\"#x\""), ("- x", "\"- x\""), ("-", "\"-\""), ("-x", "-x"), ("--x=y", "--x=y"),
      ("---", "\"---\""),
      ("--- a", "\"--- a\""), ("...", "\"...\""), ("..a", "..a"), (" x", "\" x\""),
      ("x ", "\"x \""), (" ", "\" \""),
      ("=", "\"=\""), ("<<", "\"<<\""), ("<a>", "<a>"), ("!x", "\"!x\""), ("&x", "\"&x\""),
      ("*x", "\"*x\""),
      ("%x", "\"%x\""), ("@x", "\"@x\""), ("`x`", "\"`x`\""), ("|x", "\"|x\""), (">x", "\">x\""),
      ("?x", "\"?x\""),
      (":x", "\":x\""), (",x", "\",x\""), ("[x]", "\"[x]\""), ("{x}", "\"{x}\""),
      ("'x'", "\"'x'\""),
      ("\"x\"", "'\"x\"'"), ("x\"y", "x\"y"), ("{\"a\": 'b'}", "'{\"a\": ''b''}'"),
      ("C:\\x", "C:\\x"), ("[\\", "'[\\'"),
      ("a\tb", "\"a\\tb\""), ("a\rb", "\"a\\rb\""), ("\u{1b}", "\"\\x1b\""), ("\u{0}", "\"\\x00\""),
      ("\u{85}", "\"\\x85\""), ("\u{2028}", "\"\\u2028\""), ("\u{feff}a", "\"\\ufeffa\""),
      ("\u{ffff}", "\"\\uffff\""),
      ("ä☺𝄞", "ä☺𝄞"), ("\n", "\"\\n\""), ("\n\n", "\"\\n\\n\""), ("a\n \nb", "\"a\\n \\nb\""),
      ("a\nb\r\n", "\"a\\nb\\r\\n\""),
      ("true", "\"true\""), ("True", "\"True\""), ("truE", "truE"), ("+1", "\"+1\""), ("+", "+"),
      ("1Gi", "1Gi"),
    ])
  func quoting(_ text: String, _ expected: String) throws {
    #expect(emitted(.string(text)) == expected + "\n")
    #expect(emitted(.mapping([("k", .string(text))])) == "k: " + expected + "\n")
    #expect(emitted(.mapping([(text, .int(1))])) == expected + ": 1\n")
    let tree = YAMLNode.mapping([(text, .sequence([.string(text)]))])
    let back = try #require(parsed(emitted(tree)).first)
    #expect(back.isSame(as: tree))
  }

  @Test(
    "texts of several lines are blocks",
    arguments: [
      ("a\nb", "|-\n  a\n  b\n"), ("a\nb\n", "|\n  a\n  b\n"), ("a\n\n", "|+\n  a\n\n"),
      ("a\n\n\n", "|+\n  a\n\n\n"), ("  a\nb", "|2-\n    a\n  b\n"), ("\na", "|2-\n\n  a\n"),
      ("\n\n a\n", "|2\n\n\n   a\n"),
      ("\ta\nb", "|2-\n  \ta\n  b\n"), ("a\n\tb\n", "|\n  a\n  \tb\n"),
      ("a\n\n\nb", "|-\n  a\n\n\n  b\n"),
      ("# a\n- b: c\n", "|\n  # a\n  - b: c\n"), ("a \nb\t\n", "|\n  a \n  b\t\n"),
      ("---\na\n...\n", "|\n  ---\n  a\n  ...\n"),
      ("a\n", "|\n  a\n"), ("ü\n☺", "|-\n  ü\n  ☺\n"),
    ])
  func blocks(_ text: String, _ expected: String) throws {
    #expect(emitted(.string(text)) == expected)
    #expect(parsed(emitted(.string(text))).first?.string == text)
    // Below keys, in lists, before other keys.
    let tree = YAMLNode.mapping([
      (
        "a",
        .sequence([.string(text), .sequence([.string(text)]), .mapping([("b", .string(text))])])
      ),
      ("c", .mapping([("d", .string(text)), ("e", .string(text))])), ("f", .int(1)),
    ])
    #expect(parsed(emitted(tree)).first?.isSame(as: tree) == true)
  }

  @Test(
    "values keep their meaning, numbers their spelling",
    arguments: [
      ("yes", "true"), ("Off", "false"), ("~", "null"), ("", "null"), ("0x1F", "0x1F"),
      ("017", "017"),
      ("1_000", "1_000"), ("1e3", "1e3"), ("1.50", "1.50"), ("!!int \"12\"", "12"),
      ("!!float 3", "3.0"),
      ("!!str 3", "\"3\""), ("18446744073709551615", "18446744073709551615"), ("'x'", "x"),
      (">-\n  a\n  b", "a b"),
      ("!!binary aGk=", "hi"), ("-0.0", "-0.0"), ("08", "08"), ("\"a\"", "a"),
      ("2001-01-01", "\"2001-01-01\""),
    ])
  func normalised(_ text: String, _ expected: String) throws {
    let root = try #require(parsed("v: \(text)\n").first)
    let again = emitted(root)
    #expect(again == "v: \(expected)\n")
    #expect(parsed(again).first?.isSame(as: root) == true)
  }

  @Test("a key of any length is written so that it can be read")
  func longKeys() throws {
    for length in [999, 1000, 1001, 1023, 1024, 1025, 5000] {
      let key = String(repeating: "ä", count: length / 2) + " x"
      let tree = YAMLNode.mapping([
        ("a", .mapping([(key, .mapping([("b", .int(1))])), ("c", .sequence([.int(1)]))])),
        (key, .sequence([.mapping([(key, .string("x\ny"))])])),
      ])
      #expect(parsed(emitted(tree)).first?.isSame(as: tree) == true, "\(length)")
    }
  }

  @Test("several documents are separated")
  func documents() {
    let bytes = YAMLEmitter.emit(documents: [
      .mapping([("a", .int(1))]), .string("x"), .sequence([.null]),
    ])
    #expect(String(decoding: bytes, as: UTF8.self) == "a: 1\n---\nx\n---\n- null\n")
  }

  @Test("two thousand random trees read back as they were written, and write back the same bytes")
  func random() throws {
    var random = SeededRandom(seed: 20_261_121)
    for number in 0..<2000 {
      let tree = RandomTree.make(&random, depth: 0)
      let bytes = YAMLEmitter.emit(tree)
      var findings = Findings()
      let documents = YAMLParser.parse(bytes, path: "r.yaml", findings: &findings)
      let root = try #require(
        documents.first?.root,
        "tree \(number): \(findings.all.map(\.message)) \(String(decoding: bytes, as: UTF8.self))")
      #expect(findings.all.isEmpty)
      #expect(notation(root) == notation(tree), "tree \(number)")
      #expect(root.isSame(as: tree), "tree \(number)")
      #expect(YAMLEmitter.emit(root) == bytes, "tree \(number)")
    }
  }
}
