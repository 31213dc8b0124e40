// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
import Testing
import YAMLTree

@Suite("Trees can be compared, changed, and made JSON")
struct NodeTests {
  @Test(
    "same values, however they are written",
    arguments: [
      ("a: 1", "{\"a\": 1}", true), ("a: 1", "a: 0x1", true), ("a: 1", "a: 1.0", true),
      ("a: 1", "a: '1'", false),
      ("a: x", "a: \"x\"", true), ("a: x", "a: |-\n  x", true), ("a: 1\nb: 2", "b: 2\na: 1", true),
      ("a: 1\nb: 2", "a: 1", false), ("a: 1\nb: 2", "a: 1\nc: 2", false),
      ("a: 1\nb: 2\nc: 3", "a: 1\nc: 3\nb: 3", false),
      ("[1, 2]", "[2, 1]", false), ("[1]", "- 1", true), ("[]", "{}", false), ("~", "null", true),
      ("~", "''", false),
      ("18446744073709551615", "18446744073709551615.0", false),
      ("9223372036854775808", "9.223372036854775808e18", true),
      ("yes", "true", true), ("a: \u{e9}", "a: e\u{301}", false),
      ("\u{e9}: 1", "e\u{301}: 1", false),
      ("a: &x [1]\nb: *x", "a: [1]\nb: [1]", true), ("a: {c: 1, d: 2}", "a: {d: 2, c: 1}", true),
    ])
  func same(_ left: String, _ right: String, _ expected: Bool) throws {
    let one = try #require(parsed(left).first)
    let other = try #require(parsed(right).first)
    #expect(one.isSame(as: other) == expected)
    #expect(other.isSame(as: one) == expected)
  }

  @Test("keys are set in their place, added at the end, removed")
  func changes() throws {
    var node = try #require(parsed("a: 1\nb: 2\nc: 3\n").first)
    var nodeDid = node.set("b", to: .string("x"))
    #expect(nodeDid)
    nodeDid = node.set("d", to: .sequence([]))
    #expect(nodeDid)
    #expect(notation(node) == "{'a'=1 'b'='x' 'c'=3 'd'=[]}")
    do {
      let removed = node.remove("a").map(notation)
      #expect(removed == "1")
    }
    do {
      let removed = node.remove("a")
      #expect(removed == nil)
    }
    nodeDid = node.replace("c", with: .null)
    #expect(nodeDid)
    nodeDid = node.replace("e", with: .null)
    #expect(!nodeDid)
    #expect(notation(node) == "{'b'='x' 'c'=null 'd'=[]}")
    var null = YAMLNode.null
    let nullDid = null.set("a", to: .int(1))
    #expect(nullDid)
    #expect(notation(null) == "{'a'=1}")
    var text = YAMLNode.string("x")
    let textDid = text.set("a", to: .int(1))
    #expect(!textDid)
    do {
      let removed = text.remove("a")
      #expect(removed == nil)
    }
    #expect(notation(text) == "'x'")
    #expect(
      notation(.mapping([("a", .int(1)), ("b", .int(2)), ("a", .int(3))])) == "{'a'=3 'b'=2}")
    #expect(notation(.float(.nan)) == "null")
  }

  @Test(
    "JSON is what kubectl makes of the YAML",
    arguments: [
      ("a: yes\nb: ~\nc: [0x10, 1.5, x]", "{\"a\":true,\"b\":null,\"c\":[16,1.5,\"x\"]}"),
      ("1e3", "1000"), ("3.0", "3"), ("18446744073709551615", "18446744073709552000.0"),
      ("1e21", "1e+21"), ("-0.0", "0"), ("2001-01-01", "\"2001-01-01\""), ("{}", "{}"),
      ("off: 1", "{\"false\":1}"),
    ])
  func json(_ yaml: String, _ json: String) throws {
    var findings = Findings()
    let documents = YAMLParser.parse(Array(yaml.utf8), path: "t", findings: &findings)
    let root = try #require(documents.first?.root)
    var jsonFindings = Findings()
    let expected = try #require(
      JSONParser.parse(Array(json.utf8), path: "t", findings: &jsonFindings))
    #expect(root.json == expected)
    #expect(YAMLNode(expected).json == expected)
  }
}
