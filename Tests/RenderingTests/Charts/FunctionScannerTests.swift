// SPDX-License-Identifier: Apache-2.0

import Templating
import Testing

@Suite("Function scanner")
struct FunctionScannerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    /// `name line:column` of each use, with ` > ` and the command for those that begin one.
    let uses: [String]
    var stringsNameOne = false
    var testDescription: String { text }
  }

  private static let cases: [Case] = [
    Case(text: "{{ now }}", uses: ["now 1:4 > now"]),
    Case(text: "{{now}}", uses: ["now 1:3 > now"]),
    Case(text: "{{- now -}}", uses: ["now 1:5 > now"]),
    Case(text: "now {{ .now }} {{ $now }} {{ .x.now.y }} {{ $.now }}", uses: []),
    Case(text: "{{/* now */}}{{- /* {{ now }} */ -}}{{ now }}", uses: ["now 1:40 > now"]),
    Case(text: "{{ \"now\" }}{{ `now` }}{{ \"\\\" now\" | len }}", uses: []),
    Case(text: "{{ nowhere }}{{ know }}{{ now2 }}{{ x_now }}", uses: []),
    Case(text: "größe {{ now }}", uses: ["now 1:10 > now"]),
    Case(text: "a\nb: {{ if true }}\n  {{ now }}", uses: ["now 3:6 > now"]),
    Case(
      text: "{{ 16 | randAlphaNum | b64enc }}", uses: ["randAlphaNum 1:9 > randAlphaNum"]),
    Case(text: "{{ randInt 1 (add 2 3) | int }}", uses: ["randInt 1:4 > randInt 1 (add 2 3)"]),
    Case(
      text: "{{ randInt (randInt 1 2) 9 -}}",
      uses: ["randInt 1:4 > randInt (randInt 1 2) 9", "randInt 1:13 > randInt 1 2"]),
    Case(text: "{{ date \"2006\" now }}", uses: ["date 1:4 > date \"2006\" now", "now 1:16"]),
    Case(text: "{{ (now).Unix }}{{ now.Unix }}", uses: ["now 1:5 > now", "now 1:20 > now.Unix"]),
    Case(
      text: "{{ $x := randInt 1 2 }}{{ $x = now }}{{ range $i, $e := now }}{{ end }}",
      uses: ["randInt 1:10 > randInt 1 2", "now 1:32 > now", "now 1:57 > now"]),
    Case(
      text: "{{ if now }}{{ else if now }}{{ with now }}{{ template \"x\" now }}",
      uses: ["now 1:7 > now", "now 1:24 > now", "now 1:38 > now", "now 1:60 > now"]),
    Case(text: "{{ define \"now\" }}{{ end }}{{ template \"now\" }}", uses: []),
    Case(text: "{{ randInt\n  1\n  2 }}", uses: ["randInt 1:4 > randInt\n  1\n  2"]),
    Case(text: "{{ 'n' | now }}{{ '\\'' }}{{ now }}", uses: ["now 1:10 > now", "now 1:29 > now"]),
    Case(text: "{{ tpl \"{{ now }}\" . }}", uses: [], stringsNameOne: true),
    Case(text: "{{ tpl \"{{ \\\"x\\\" | now }}\" . }}", uses: [], stringsNameOne: true),
    Case(text: "{{ tpl `{{ printf \"%s\" now }}` . }}", uses: [], stringsNameOne: true),
    Case(text: "{{ tpl \"{{ .now }} now\" . }}", uses: []),
    // Broken texts: what can be seen is told, and nothing traps.
    Case(text: "{{ now", uses: ["now 1:4 > now"]),
    Case(text: "{{ \"now", uses: []),
    Case(text: "{{ \"abc\\", uses: []),
    Case(text: "{{/* now", uses: []),
    Case(text: "{{ ) now ( }}{{ now", uses: ["now 1:6", "now 1:17 > now"]),
    Case(text: "{", uses: []),
    Case(text: "{{", uses: []),
    Case(text: "{{-", uses: []),
    Case(text: "}} now {{}} now", uses: []),
  ]

  @Test("functions are found by their names, and nothing else", arguments: cases)
  func finds(_ item: Case) {
    let bytes = Array(item.text.utf8)
    let scan = FunctionScanner.scan(bytes, for: ["now", "randAlphaNum", "randInt", "date"])
    let uses = scan.uses.map { use in
      let place = "\(use.name) \(use.line):\(use.column)"
      guard use.isCommand else { return place }
      return "\(place) > " + String(decoding: bytes[use.offset..<use.commandEnd], as: UTF8.self)
    }
    #expect(uses == item.uses)
    #expect(scan.stringsNameOne == item.stringsNameOne)
    for use in scan.uses {
      #expect(String(decoding: bytes[use.nameRange], as: UTF8.self) == use.name)
    }
  }

  @Test("no prefix of a template is too broken to be scanned")
  func survivesPrefixes() {
    let text =
      "{{- $x := tpl \"{{ now }}\" . | 'c' `raw` (randInt 1 (2)) -}} {{/* c */}} {{ .a.b }}"
    let bytes = Array(text.utf8)
    for end in bytes.indices {
      let scan = FunctionScanner.scan(Array(bytes[..<end]), for: ["now", "randInt"])
      #expect(scan.uses.count <= 1)
    }
  }
}
