// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Testing
import YAMLTree

/// Parses and fails the test on any finding.
func parsed(
  _ text: String, sourceLocation: SourceLocation = #_sourceLocation
) -> [YAMLNode] {
  var findings = Findings()
  let documents = YAMLParser.parse(Array(text.utf8), path: "test.yaml", findings: &findings)
  #expect(findings.all.map(\.message) == [], sourceLocation: sourceLocation)
  return documents.map(\.root)
}

/// A short notation of a tree: what Kubernetes would read.
func notation(_ node: YAMLNode) -> String {
  switch node.content {
  case .sequence(let items): return "[" + items.map(notation).joined(separator: " ") + "]"
  case .mapping(let pairs):
    return "{" + pairs.map { notation($0.key) + "=" + notation($0.value) }.joined(separator: " ")
      + "}"
  case .scalar(let scalar):
    switch scalar.resolved {
    case .null: return "null"
    case .bool(let value): return "\(value)"
    case .int(let value): return "\(value)"
    case .uint(let value): return "\(value)u"
    case .float(let value): return "\(value)f"
    case .string: return "'\(scalar.text)'"
    }
  }
}

@Suite("Files become documents, and nodes know where they are written")
struct DocumentTests {
  @Test(
    "documents are separated, empty ones are left out",
    arguments: [
      ("", 0), ("# only a comment\n", 0), ("---\n", 0), ("---\n---\n", 0), ("a: 1", 1),
      ("---\na: 1\n---\n# nothing\n---\nb: 1\n...\n", 2), ("\u{feff}a: 1\n", 1),
      ("--- x\n--- y\n", 2),
      ("---\n~\n", 1), ("\"\"\n", 1), ("\n\n\n", 0), ("\u{feff}", 0),
    ])
  func documents(_ text: String, _ count: Int) {
    #expect(parsed(text).count == count)
  }

  @Test("spans are those of the text, in bytes, lines and columns")
  func spans() throws {
    let text = MarkedText(
      """
      # ü
      2️⃣kinderschuhe: 1️⃣größe3️⃣
      list: 4️⃣[a, "ß"]5️⃣
      6️⃣block: 7️⃣|
        zwei
        äpfel8️⃣

      9️⃣end:
      """)
    var findings = Findings()
    let root = try #require(
      YAMLParser.parse(text.bytes, path: text.path, findings: &findings).first?.root)
    let pairs = try #require(root.pairs)
    func place(_ marker: String) -> SourcePosition? { text.positions[marker] }
    #expect(root.span.start == place("2️⃣"))
    #expect(pairs[0].value.span.start == place("1️⃣"))
    #expect(pairs[0].value.span.end == place("3️⃣"))
    #expect(pairs[1].value.span.start == place("4️⃣"))
    #expect(pairs[1].value.span.end == place("5️⃣"))
    #expect(pairs[2].key.span.start == place("6️⃣"))
    #expect(pairs[2].value.span.start == place("7️⃣"))
    #expect(pairs[2].value.span.end == place("8️⃣"))
    #expect(pairs[3].key.span.start == place("9️⃣"))
    #expect(pairs[3].value.isNull)
    #expect(root.span.end == SourcePosition(line: 8, column: 5, offset: text.bytes.count))
    #expect(pairs.allSatisfy { $0.key.span.path == "test.yaml" })
  }

  @Test("lines are counted as editors count them, whatever YAML calls a line break")
  func rareLineBreaks() throws {
    let node = try #require(parsed("a: 1\u{2028}b: 2\r\nc: \u{85} 3\nd: x").first)
    let last = try #require(node.pairs?.last)
    #expect((last.key.span.start.line, last.key.span.start.column) == (3, 1))
    #expect(last.key.span.start.offset == 21)
  }

  @Test("a byte order mark counts as bytes, not as a column")
  func byteOrderMark() throws {
    let node = try #require(parsed("\u{feff}a: ü").first)
    let value = try #require(node["a"])
    #expect((value.span.start.column, value.span.start.offset, value.span.end.offset) == (4, 6, 8))
  }

  @Test(
    "text that is no text is refused at the byte",
    arguments: [
      ([0x61, 0x3a, 0x20, 0xff], "1️⃣", "byte 0xff is not UTF-8"),
      ([0x61, 0x3a, 0x20, 0xc3], "1️⃣", "byte 0xc3 is not UTF-8"),
      ([0x61, 0x3a, 0x20, 0xc0, 0x80], "1️⃣", "byte 0xc0 is not UTF-8"),
      ([0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80], "1️⃣", "byte 0xed is not UTF-8"),
      ([0x61, 0x3a, 0x20, 0xf4, 0x90, 0x80, 0x80], "1️⃣", "byte 0xf4 is not UTF-8"),
      ([0x61, 0x3a, 0x20, 0x80], "1️⃣", "byte 0x80 is not UTF-8"),
      ([0x61, 0x3a, 0x20, 0x00], "1️⃣", "a NUL byte cannot stand in YAML"),
      ([0x61, 0x3a, 0x20, 0x1b], "1️⃣", "the control character U+001B cannot stand in YAML"),
      ([0x61, 0x3a, 0x20, 0x7f], "1️⃣", "the control character U+007F cannot stand in YAML"),
      ([0x61, 0x3a, 0x20, 0xc2, 0x9b], "1️⃣", "the control character U+009B cannot stand in YAML"),
      (
        [0x61, 0x3a, 0x20, 0xef, 0xbf, 0xbf], "1️⃣",
        "the control character U+FFFF cannot stand in YAML"
      ),
      ([0xff, 0xfe, 0x61, 0x00], nil, "the file is UTF-16 or UTF-32; it must be UTF-8"),
      (
        [0x61, 0x00, 0x3a, 0x00, 0x31, 0x00], nil, "the file is UTF-16 or UTF-32; it must be UTF-8"
      ),
    ] as [([UInt8], String?, String)])
  func encoding(_ bytes: [UInt8], _ marker: String?, _ message: String) {
    var findings = Findings()
    #expect(YAMLParser.parse(bytes, path: "test.yaml", findings: &findings).isEmpty)
    expect(findings.all, in: MarkedText("a: 1️⃣"), are: [.error(marker, message)])
  }

  @Test("a wrong byte is found at its line and column, behind characters of several bytes")
  func encodingPosition() {
    var findings = Findings()
    _ = YAMLParser.parse(
      Array("ä: 1\nü☺𝄞: ".utf8) + [0xe4, 0x0a], path: "t", findings: &findings)
    #expect(findings.all.first?.span?.start == SourcePosition(line: 2, column: 6, offset: 17))
    #expect(
      findings.all.first?.hints == [
        "convert it with 'iconv -f ISO-8859-1 -t UTF-8' if it is Latin-1"
      ])
    #expect(findings.all.first?.showsSource == false)
  }

  @Test("a file of 50 MB is refused before it is read")
  func tooLarge() {
    let bytes = [UInt8](repeating: 0x61, count: 50_000_000)
    var findings = Findings()
    let duration = ContinuousClock().measure {
      _ = YAMLParser.parse(bytes, path: "big.yaml", findings: &findings)
    }
    #expect(duration < .seconds(1))
    expect(
      findings.all, in: MarkedText(""),
      are: [
        .error(
          nil, "the file has 50000000 bytes, more than the 4194304 allowed",
          hints: ["split it into several files"])
      ])
    #expect(findings.all.first?.path == "big.yaml")
  }
}
