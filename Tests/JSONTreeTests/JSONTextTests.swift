// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
import Testing

@Suite("JSON text") struct JSONTextTests {
  @Test(
    "what is written is read again, in the same order",
    arguments: [
      "null", "true", "-1", "9223372036854775807", "1.5", "\"a\\\"b\\\\c\\nd\\u0000é\"", "[]", "{}",
      "[1,[2,{\"b\":1,\"a\":null}],\"\"]", "{\"z\":{\"y\":[]},\"a\":false}",
    ])
  func roundTrip(text: String) throws {
    let value = try #require(JSONText.parse(Array(text.utf8)))
    #expect(String(decoding: JSONText.compact(value), as: UTF8.self) == text)
    #expect(JSONText.parse(JSONText.pretty(value)) == value)
  }

  @Test("the pretty form is indented by two blanks")
  func pretty() throws {
    let value = try #require(JSONText.parse(Array("{\"a\":[1,{}],\"b\":{\"c\":\"x\"}}".utf8)))
    #expect(
      String(decoding: JSONText.pretty(value), as: UTF8.self) == """
        {
          "a": [
            1,
            {}
          ],
          "b": {
            "c": "x"
          }
        }

        """)
  }

  @Test(
    "malformed text is not read",
    arguments: [
      "", "{", "{\"a\":1,\"a\":2}", "[1,]", "nul", "\"\u{1}\"", "1e999",
      String(repeating: "[", count: 5000),
    ])
  func malformed(text: String) {
    #expect(JSONText.parse(Array(text.utf8)) == nil)
  }

  @Test("an error says where it is")
  func position() {
    var findings = Findings()
    #expect(
      JSONText.parse(Array("{\n  \"a\": 1,\n  \"b\" 2\n}".utf8), path: "x.json", findings: &findings)
        == nil)
    #expect(findings.all.first?.span?.start.line == 3)
    #expect(findings.all.first?.message == "this is not JSON: ':' expected near '2'")
  }
}
