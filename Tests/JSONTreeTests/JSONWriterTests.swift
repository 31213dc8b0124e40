// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
import Testing

@Suite("JSON is written stably")
struct JSONWriterTests {
  private func compact(_ value: JSONValue, _ order: JSONWriter.Order = .asGiven) -> String {
    String(decoding: JSONWriter.compact(value, order: order), as: UTF8.self)
  }

  @Test("one line, or a member a line")
  func layout() {
    let value = JSONValue.object([
      "b": .integer(1), "a": .array([.null, .object([JSONMember]()), .array([])]),
      "c": .object(["é": .bool(true), "z": .real(1.5), "Z": .string("x")]),
    ])
    #expect(
      compact(value) == "{\"b\":1,\"a\":[null,{},[]],\"c\":{\"é\":true,\"z\":1.5,\"Z\":\"x\"}}")
    #expect(
      compact(value, .sorted)
        == "{\"a\":[null,{},[]],\"b\":1,\"c\":{\"Z\":\"x\",\"z\":1.5,\"é\":true}}")
    #expect(
      String(decoding: JSONWriter.pretty(value), as: UTF8.self) == """
        {
          "b": 1,
          "a": [
            null,
            {},
            []
          ],
          "c": {
            "é": true,
            "z": 1.5,
            "Z": "x"
          }
        }

        """)
  }

  @Test(
    "texts and numbers",
    arguments: [
      (.string("a\"b\\c/d"), "\"a\\\"b\\\\c/d\""),
      (.string("\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}"), "\"\\b\\t\\n\\f\\r\\u0000\\u001f\\u007f\""),
      (.string("ä☺𝄞\u{2028}"), "\"ä☺𝄞\u{2028}\""), (.real(0.1), "0.1"), (.real(1), "1.0"),
      (.real(1e22), "1e+22"),
      (.real(.leastNonzeroMagnitude), "5e-324"), (.real(-0.0), "-0.0"), (.real(.infinity), "null"),
      (.real(.nan), "null"),
      (.integer(.min), "-9223372036854775808"), (.integer(.max), "9223372036854775807"),
      (.bool(false), "false"),
    ] as [(JSONValue, String)])
  func scalars(_ value: JSONValue, _ expected: String) {
    #expect(compact(value) == expected)
  }

  @Test("what is written reads back as the same value")
  func roundTrip() throws {
    var state: UInt64 = 42
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 16
    }
    func text() -> String {
      let pieces = [
        "a", "\"", "\\", "\n", "\u{0}", "\u{1f}", "\u{7f}", "ä", "☺", "𝄞", "\u{2028}", "e\u{301}",
        " ", "/",
      ]
      return (0..<Int(next() % 6)).map { _ in pieces[Int(next() % UInt64(pieces.count))] }.joined()
    }
    func make(_ depth: Int) -> JSONValue {
      switch next() % (depth > 4 ? 5 : 8) {
      case 0: return .null
      case 1: return .bool(next() % 2 == 0)
      case 2: return .integer(Int64(truncatingIfNeeded: next() &* next()))
      case 3:
        let real = Double(bitPattern: next() << 32 ^ next() << 8 ^ next())
        return .real(real.isFinite ? real : 0.5)
      case 4: return .string(text())
      case 5: return .array((0..<next() % 4).map { _ in make(depth + 1) })
      default:
        var names = Set<[UInt8]>()
        return .object(
          (0..<next() % 4).compactMap { _ in
            let name = text()
            // jansson refuses NUL in names.
            if name.utf8.contains(0) || !names.insert(Array(name.utf8)).inserted { return nil }
            return JSONMember(name, make(depth + 1))
          })
      }
    }
    for _ in 0..<2000 {
      let value = make(0)
      for bytes in [JSONWriter.compact(value), JSONWriter.pretty(value)] {
        var findings = Findings()
        let back = try #require(
          JSONParser.parse(bytes, path: "t", findings: &findings),
          "\(String(decoding: bytes, as: UTF8.self))")
        #expect(JSONWriter.compact(back) == JSONWriter.compact(value))
        #expect(back == value)
      }
    }
  }

  @Test("findings for programs")
  func findings() {
    let place = SourceSpan(
      path: "a.yaml", start: SourcePosition(line: 1, column: 2, offset: 1),
      end: SourcePosition(line: 3, column: 4, offset: 9))
    let text = FindingsJSON.text([
      Finding(
        .error, "x", "bad \u{1b}", at: place,
        notes: [Finding.Note("here", at: place), Finding.Note("and")], hints: ["do"]),
      Finding(.warning, "y", "large", path: "b"), Finding(.error, "z", "none", at: nil),
    ])
    #expect(
      String(decoding: text, as: UTF8.self) == """
        [
          {
            "severity": "error",
            "code": "x",
            "message": "bad \\u001b",
            "path": "a.yaml",
            "line": 1,
            "column": 2,
            "endLine": 3,
            "endColumn": 4,
            "notes": [
              {
                "message": "here",
                "path": "a.yaml",
                "line": 1,
                "column": 2,
                "endLine": 3,
                "endColumn": 4
              },
              {
                "message": "and"
              }
            ],
            "hints": [
              "do"
            ]
          },
          {
            "severity": "warning",
            "code": "y",
            "message": "large",
            "path": "b",
            "notes": [],
            "hints": []
          },
          {
            "severity": "error",
            "code": "z",
            "message": "none",
            "notes": [],
            "hints": []
          }
        ]

        """)
  }
}
