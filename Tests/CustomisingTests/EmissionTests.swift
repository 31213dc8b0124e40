// SPDX-License-Identifier: Apache-2.0

@testable import Customising
import Diagnostics
import Testing
import YAMLTree

/// The text that templates stand in. The expectations were written by `toYaml` of helm 3.17.3, which is the
/// same library as Fleet's; with it this code was also compared on 2,400 random maps.
@Suite("values as one text")
struct EmissionTests {
  @Test(
    "values are written byte for byte as Fleet writes them",
    arguments: [
      (
        "numbers and words are quoted",
        ##"{"a": "123", "b": "true", "c": "null", "d": "", "e": "y", "f": "1e3", "g": "0x1F", "h": "12:30:45", "i": "2001-01-01", "j": "1.2.3", "k": "10.0.0.1", "l": "~"}"##,
        ##"""
        a: "123"
        b: "true"
        c: "null"
        d: ""
        e: "y"
        f: "1e3"
        g: "0x1F"
        h: "12:30:45"
        i: "2001-01-01"
        j: 1.2.3
        k: 10.0.0.1
        l: "~"

        """##
      ),
      (
        "templates stay plain",
        ##"{"a": "${ .ClusterLabels.x }", "b": "${ list 1 2 | toJson }", "c": "x-${ .y }"}"##,
        ##"""
        a: ${ .ClusterLabels.x }
        b: ${ list 1 2 | toJson }
        c: x-${ .y }

        """##
      ),
      (
        "what is no plain text has single quotes",
        ##"{"a": "${ .x }: y", "b": " ${ .x }", "c": "#${ .x }", "d": "a #${ .x }", "e": "'${ .x }'", "f": "[${ .x }]", "g": "- ${ .x }"}"##,
        ##"""
        a: '${ .x }: y'
        b: ' ${ .x }'
        c: '#${ .x }'
        d: 'a #${ .x }'
        e: '''${ .x }'''
        f: '[${ .x }]'
        g: '- ${ .x }'

        """##
      ),
      (
        "single quotes are doubled",
        ##"{"a": "it's: ${ .x }"}"##,
        ##"""
        a: 'it''s: ${ .x }'

        """##
      ),
      (
        "double quotes stay inside plain text",
        ##"{"a": "${ .x | default \"y\" }", "b": "\"${ .x }\""}"##,
        ##"""
        a: ${ .x | default "y" }
        b: '"${ .x }"'

        """##
      ),
      (
        "control characters need double quotes",
        ##"{"a": "\t${ .x | default \"y\" }", "b": "😀${ .x }\\"}"##,
        ##"""
        a: "\t${ .x | default \"y\" }"
        b: "\U0001F600${ .x }\\"

        """##
      ),
      (
        "lines are blocks",
        ##"{"a": "x\n${ .y }", "b": "x\n${ .y }\n", "c": "x\n${ .y }\n\n", "d": "\n  x", "e": "  x\ny"}"##,
        ##"""
        a: |-
          x
          ${ .y }
        b: |
          x
          ${ .y }
        c: |+
          x
          ${ .y }

        d: |2-

            x
        e: |2-
            x
          y

        """##
      ),
      (
        "a blank at the end of a line is no block",
        ##"{"a": "x \ny"}"##,
        ##"""
        a: "x \ny"

        """##
      ),
      (
        "long lines are folded",
        ##"{"a": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen ${ .x } sixteen", "b": "one two three four five six seven eight nine ten eleven twelve thirteen: fourteen fifteen  sixteen ${ .x } end"}"##,
        ##"""
        a: one two three four five six seven eight nine ten eleven twelve thirteen fourteen
          fifteen ${ .x } sixteen
        b: 'one two three four five six seven eight nine ten eleven twelve thirteen: fourteen
          fifteen  sixteen ${ .x } end'

        """##
      ),
      (
        "folding inside of a template",
        ##"{"a": "https://one.two.three.four.five.six.seven.eight.nine.ten.eleven.twelve.example.com/${ .x }/a"}"##,
        ##"""
        a: https://one.two.three.four.five.six.seven.eight.nine.ten.eleven.twelve.example.com/${
          .x }/a

        """##
      ),
      (
        "keys are sorted as people count",
        ##"{"a10": 1, "a9": 2, "B": 3, "a": 4, "_": 5, "a01": 6, "a1": 7, "ä": 8, "-": 9}"##,
        ##"""
        '-': 9
        _: 5
        B: 3
        a: 4
        a1: 7
        a01: 6
        a9: 2
        a10: 1
        ä: 8

        """##
      ),
      (
        "keys are quoted, too",
        ##"{"80": 1, "yes": 2, "a: b": 3, "${ .x }": 4, "": 5, "a\nb": 6, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk": 7}"##,
        ##"""
        "": 5
        ${ .x }: 4
        "80": 1
        ? |-
          a
          b
        : 6
        'a: b': 3
        ? kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
        : 7
        "yes": 2

        """##
      ),
      (
        "lists stand below their key",
        ##"{"a": [1, "x", {"b": [], "c": {}}, [2, [3]], null, true, 0.5, -1]}"##,
        ##"""
        a:
        - 1
        - x
        - b: []
          c: {}
        - - 2
          - - 3
        - null
        - true
        - 0.5
        - -1

        """##
      ),
    ])
  func emission(id: String, json: String, expected: String) throws {
    var findings = Findings()
    let root = try #require(
      YAMLParser.parse(Array(json.utf8), path: "a", findings: &findings).first?.root)
    #expect(String(decoding: ValuesText(root).bytes, as: UTF8.self) == expected)
    #expect(findings.all.isEmpty)
  }

  @Test("every byte of a template knows the byte of the text that it comes from")
  func offsets() throws {
    var findings = Findings()
    let json = #"{"a": "it's: ${ .x }", "b": "\t\"${ .y }", "c": "ä\n ${ .z }", "d": "plain"}"#
    let root = try #require(
      YAMLParser.parse(Array(json.utf8), path: "a", findings: &findings).first?.root)
    let text = ValuesText(root)
    #expect(text.pieces.map(\.text) == ["it's: ${ .x }", "\t\"${ .y }", "ä\n ${ .z }"])
    for (offset, byte) in text.bytes.enumerated()
    where "xyz".utf8.contains(byte) && text.bytes[offset - 1] == UInt8(ascii: ".") {
      let (piece, index) = try #require(text.piece(at: offset))
      #expect(Array(piece.text.utf8)[index] == byte)
    }
  }
}
