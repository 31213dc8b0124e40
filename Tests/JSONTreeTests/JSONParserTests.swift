// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import JSONTree
import Testing

@Suite("JSON is read strictly, with places")
struct JSONParserTests {
  private func read(_ text: String) -> JSONValue? {
    var findings = Findings()
    let value = JSONParser.parse(Array(text.utf8), path: "t.json", findings: &findings)
    #expect(findings.all.map(\.message) == [])
    return value
  }

  @Test(
    "values",
    arguments: [
      ("null", .null), (" true ", .bool(true)), ("[false]", .array([.bool(false)])),
      ("0", .integer(0)),
      ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)),
      ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .real(9223372036854775808)),
      ("-9223372036854775809", .real(-9223372036854775808)),
      ("18446744073709551615", .real(18_446_744_073_709_551_616)),
      ("[10000000000000000000000,1]", .array([.real(1e22), .integer(1)])),
      ("12345678901234567890.5", .real(1.2345678901234567e19)),
      ("12345678901234567890e3", .real(1.2345678901234568e22)),
      ("1.0", .real(1)), ("1e3", .real(1000)), ("5e-324", .real(.leastNonzeroMagnitude)),
      ("1e-400", .real(0)),
      ("\"\"", .string("")),
      ("\"a\\u00e4\\n\\\"\\/\"", .string("aä\n\"/")), ("\"\\ud83d\\ude00\"", .string("😀")),
      ("\"\\u0000\"", .string("\u{0}")),
      ("\"9999999999999999999\"", .string("9999999999999999999")), ("{}", .object([JSONMember]())),
      ("[]", .array([])),
      (
        "{\"b\":1,\"a\":{\"c\":[null]}}",
        .object(["b": .integer(1), "a": .object(["c": .array([.null])])])
      ),
      (
        "{\"z\":99999999999999999999,\"\\u00e9\":2,\"e\u{301}\":3}",
        .object(["z": .real(1e20), "é": .integer(2), "e\u{301}": .integer(3)])
      ),
    ] as [(String, JSONValue)])
  func values(_ text: String, _ expected: JSONValue) {
    #expect(read(text) == expected)
  }

  @Test(
    "mistakes, at the place that a person looks for",
    arguments: [
      ("{\"a\": 1,\n \"b\" 1️⃣2}", "expected ':' after the key", nil),
      ("{\"a\": 1\n 1️⃣\"b\": 2}", "expected ',' or '}'", nil),
      ("[1 1️⃣2]", "expected ',' or ']'", nil),
      ("{\"a\": 1,1️⃣}", "expected a key in double quotes", "remove the ',' before it"),
      ("[1, 1️⃣]", "expected a value", "remove the ',' before it"),
      ("{1️⃣a: 1}", "expected a key in double quotes", nil),
      ("[\"ä\", 1️⃣nope]", "'nope' is no JSON value", nil),
      ("[1️⃣'a']", "''' is no JSON value", "put texts in double quotes"),
      ("{\"a\": 1, 1️⃣\"a\": 2}", "the key 'a' stands twice in this object", nil),
      ("[1] 1️⃣x", "the file goes on after its value", "keep one value in a file"),
      ("{\"a\": 1️⃣[", "expected ',' or ']' before the end of the file", nil),
      ("[1, 1️⃣2\n", "expected ',' or ']' before the end of the file", nil),
      ("{\"a\": 1️⃣1", "expected ',' or '}' before the end of the file", nil),
      ("1️⃣{", "expected a key in double quotes before the end of the file", nil),
      ("{\"a1️⃣\"", "expected ':' after the key before the end of the file", nil),
      ("[\"ab1️⃣c", "expected '\"' before the end of the file", nil),
      ("[99999999999999999999, 1️⃣x]", "'x' is no JSON value", nil),
      ("[1️⃣01]", "a number cannot begin with '0' and more digits", nil),
      ("[1️⃣-]", "'-' is no JSON value", nil),
      ("[1️⃣1e999]", "the number is too large", nil),
      (
        "1️⃣\u{feff}{}", "JSON cannot begin with a byte order mark",
        "save the file as UTF-8 without it"
      ),
    ] as [(String, String, String?)])
  func mistakes(_ marked: String, _ message: String, _ hint: String?) {
    let text = MarkedText(marked, path: "t.json")
    var findings = Findings()
    #expect(JSONParser.parse(text.bytes, path: text.path, findings: &findings) == nil)
    expect(findings.all, in: text, are: [.error("1️⃣", message, hints: hint.map { [$0] } ?? [])])
  }

  @Test(
    "texts that no text can be",
    arguments: [
      ("[\"a\nb\"]", "a line break cannot stand in a text"),
      ("[\"a\u{1}b\"]", "a control character cannot stand in a text"),
      ("[\"\\q\"]", "this is no escape of JSON"),
      ("[\"\\ud83d\"]", "this escape is no Unicode character"),
      ("[\"\\u12g4\"]", "this is no escape of JSON"),
      ("{\"\\u0000\": 1}", "a key cannot hold a NUL character"),
    ])
  func texts(_ text: String, _ message: String) {
    var findings = Findings()
    #expect(JSONParser.parse(Array(text.utf8), path: "t", findings: &findings) == nil)
    #expect(findings.all.map(\.message) == [message])
    #expect(findings.all.first?.span != nil)
  }

  @Test("bytes that are not UTF-8, an empty file")
  func noText() {
    for (bytes, message) in [
      ([0x22, 0xff, 0x22], "this byte is not UTF-8"), ([], "the file is empty"),
      ([0x20, 0x0a], "the file is empty"),
    ] as [([UInt8], String)] {
      var findings = Findings()
      #expect(JSONParser.parse(bytes, path: "t", findings: &findings) == nil)
      #expect(findings.all.map(\.message) == [message])
    }
  }

  @Test("depth and size are limited")
  func limits() {
    func nested(_ count: Int) -> String {
      String(repeating: "[", count: count) + String(repeating: "]", count: count)
    }
    #expect(read(nested(100)) != nil)
    #expect(read("[\"" + String(repeating: "[", count: 200) + "\"]") != nil)
    var findings = Findings()
    #expect(JSONParser.parse(Array(nested(1_000_000).utf8), path: "t", findings: &findings) == nil)
    #expect(
      findings.all.map(\.message) == ["arrays and objects are nested more than 100 deep here"])
    #expect(findings.all.first?.span?.start.column == 101)
    findings = Findings()
    let big = [UInt8](repeating: 0x20, count: 50_000_000)
    #expect(JSONParser.parse(big, path: "t", findings: &findings) == nil)
    #expect(
      findings.all.map(\.message) == ["the file has 50000000 bytes, more than the 16777216 allowed"]
    )
  }

  @Test("a text cut off or changed at any byte never crashes")
  func damage() {
    let bytes = Array(
      "{\"a\": [1, -2.5e3, \"ü\\u00e4\\\\\"], \"b\": {\"c\": null, \"d\": true}, \"e\": 99999999999999999999}"
        .utf8)
    for count in 0..<bytes.count {
      var findings = Findings()
      #expect(JSONParser.parse(Array(bytes[..<count]), path: "t", findings: &findings) == nil)
      #expect(findings.all.count == 1)
      for replacement: UInt8 in [0x22, 0x5c, 0x7b, 0x5d, 0x00, 0xff, 0x2c] {
        var changed = bytes
        changed[count] = replacement
        findings = Findings()
        let value = JSONParser.parse(changed, path: "t", findings: &findings)
        #expect((value == nil) == (findings.all.count == 1))
      }
    }
  }
}
