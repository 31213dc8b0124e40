// SPDX-License-Identifier: Apache-2.0

import Templating
import Testing

@Suite("Templates give what Go's text/template gives")
struct LanguageTests {
  static let fleet: [TemplateCase] = [
    TemplateCase("V02", "${ .ClusterLabels.name }", "local"),
    TemplateCase("V03", "${ .ClusterAnnotations.testAnnotation }", "test"),
    TemplateCase("V04", "${ .ClusterNamespace }", "dev-clusters"),
    TemplateCase("V05", "${ .ClusterName }", "my-cluster"),
    TemplateCase(
      "V06",
      #"kubernets.io/cluster/${ index .ClusterLabels "really-long-label-name-with-many-many-characters-in-it" }"#,
      "kubernets.io/cluster/foobar"),
    TemplateCase(
      "V07",
      #"${ if hasKey .ClusterLabels "missing" }${ .ClusterLabels.missing }${ else }missing${ end}"#,
      "missing"),
    TemplateCase("V08", "${ .ClusterValues.topLevel }", "foo"),
    TemplateCase("V09", "${ .ClusterValues.nested.secondTier.thirdTier }", "bar"),
    TemplateCase(
      "mapData",
      "${- range $key := .ClusterValues.items }\n\"${ $key }\":\n  nested: \"true\"\n${- end}\n",
      "\n\"one\":\n  nested: \"true\"\n\"two\":\n  nested: \"true\"\n"),
    TemplateCase(
      "listData",
      "${- range $key := .ClusterValues.items }\n- \"${ $key }\":\n  nested: \"true\"\n${- end}\n",
      "\n- \"one\":\n  nested: \"true\"\n- \"two\":\n  nested: \"true\"\n"),
    TemplateCase("fixture: list", "list: ${ list 1 2 3 | toJson }", "list: [1,2,3]"),
    TemplateCase(
      "fixture: listb",
      "${- range $key, $val := .ClusterLabels }\n- name: ${ $key }\n  value: ${ $val | quote}\n${- end }",
      """

      - name: envType
        value: "dev"
      - name: name
        value: "local"
      - name: really-long-label-name-with-many-many-characters-in-it
        value: "foobar"
      """),
    TemplateCase("the escape of the docs", "${`${PWD}`}", "${PWD}"),
  ]

  @Test("Fleet's own cases", arguments: fleet)
  func checkFleet(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }

  static let rows: [TemplateCase] = [
    TemplateCase("text alone", "a $ { } b", "a $ { } b"),
    TemplateCase("brace in a string", #"${ "}" }${ `}` }"#, "}}"),
    TemplateCase("trim", "a \n ${- 1 -} \n b", "a1b"),
    TemplateCase("a minus with a digit does not trim", "a ${-3}", "a -3"),
    TemplateCase("comment", "a${/* } */}b ${- /* x */ -} c", "abc"),
    TemplateCase(
      "literals", #"${ 0x1F } ${ 1_000 } ${ 1.5 } ${ 'a' } ${ true } ${ 0b11 } ${ 1e3 }"#,
      "31 1000 1.5 97 true 3 1000"),
    TemplateCase(
      "a large float", "${ 1e6 } ${ 123456789.0 } ${ 0.00001 }", "1e+06 1.23456789e+08 1e-05"),
    TemplateCase("escapes", #"${ "a\tb\x41\u00e9\"" }"#, "a\tbA\u{e9}\""),
    TemplateCase("pipeline", "${ .ClusterName | upper | printf \"%s-%s\" \"a\" }", "a-MY-CLUSTER"),
    TemplateCase("parentheses", "${ (index .ClusterValues.list 1) }${ (dict \"a\" 1).a }", "beta1"),
    TemplateCase("variable", "${ $x := 1 }${ $x }${ $x = 2 }${ $x }", "12"),
    TemplateCase(
      "variable of a block", "${ $x := 1 }${ if true }${ $x := 2 }${ $x = 3 }${ end }${ $x }", "1"),
    TemplateCase(
      "fields of a variable", "${ $x := .ClusterValues }${ $x.nested.secondTier.thirdTier }", "bar"),
    TemplateCase(
      "the data", "${ with .ClusterLabels }${ .name }${ $.ClusterName }${ end }", "localmy-cluster"),
    TemplateCase("with, else with", "${ with 0 }a${ else with 2 }${ . }${ else }c${ end }", "2"),
    TemplateCase(
      "if, else if", "${ if 0 }a${ else if \"\" }b${ else if .ClusterName }c${ else }d${ end }", "c"
    ),
    TemplateCase(
      "truth",
      "${ range list 0 1 0.0 \"\" \"a\" false true nil (list) (dict) }${ if . }1${ else }0${ end }${ end }",
      "0100101000"),
    TemplateCase(
      "range over a list", "${ range $i, $v := .ClusterValues.list }${ $i }${ $v } ${ end }",
      "0alpha 1beta 2omega "),
    TemplateCase(
      "range over an integer", "${ range 3 }${ . }${ end }${ range $i := 2 }${ $i }${ end }",
      "01201"),
    TemplateCase(
      "range, else",
      "${ range list }a${ else }b${ end }${ range .ClusterValues.nothing }a${ else }c${ end }", "bc"
    ),
    TemplateCase(
      "break and continue",
      "${ range 9 }${ if eq . 1 }${ continue }${ end }${ if eq . 4 }${ break }${ end }${ . }${ end }",
      "023"),
    TemplateCase("range assigns", "${ $x := 0 }${ range $x = list 4 5 }${ end }${ $x }", "5"),
    TemplateCase(
      "define", "${ define \"a\" }<${ . }>${ end }${ template \"a\" 1 }${ template \"a\" }",
      "<1><<no value>>"),
    TemplateCase("block", "${ block \"b\" .ClusterName }[${ . }]${ end }", "[my-cluster]"),
    TemplateCase("null", "${ .ClusterValues.nothing } ${ print nil }", "<no value> <nil>"),
    TemplateCase("index of what is missing", "${ index .ClusterLabels \"x\" }", "<no value>"),
    TemplateCase(
      "values as Go prints them", "${ list 1 \"a b\" nil } ${ dict \"b\" 2 \"a\" (list true) }",
      "[1 a b <nil>] map[a:[true] b:2]"),
    TemplateCase(
      "numbers of the data",
      "${ .ClusterValues.number } ${ .ClusterValues.real } ${ .ClusterValues.million }",
      "7 2.5 1e+06"),
    TemplateCase("eq of several", "${ eq 1 2 3 1 }${ eq \"a\" \"b\" }${ ne 1 2 }", "truefalsetrue"),
    TemplateCase(
      "order", "${ lt 1 2 }${ le 2 2 }${ gt \"b\" \"a\" }${ ge 1.5 2.5 }", "truetruetruefalse"),
    TemplateCase("int and int64 compare", "${ eq (add 1 1) 2 }", "true"),
    TemplateCase(
      "and, or, not", "${ and 1 0 2 } ${ or 0 \"\" 3 } ${ not 0 } ${ 1 | and true }", "0 3 true 1"),
    TemplateCase("and stops", "${ and false (fail \"x\") }${ or true (fail \"x\") }", "falsetrue"),
    TemplateCase(
      "len and index",
      "${ len \"héllo\" } ${ len .ClusterLabels } ${ index (list 1 (list 2 3)) 1 0 } ${ index \"a\" 0 }",
      "6 3 2 97"),
    TemplateCase("print", "${ print 1 2 \"a\" 3 4 } ${ println 1 \"a\" }", "1 2a3 4 1 a\n"),
    TemplateCase(
      "html, js, urlquery", #"${ html "<a&'\">" } ${ js "<'\n" } ${ urlquery "a b&é" }"#,
      #"&lt;a&amp;&#39;&#34;&gt; \u003C\'\u000A a+b%26%C3%A9"#),
    TemplateCase("set changes the map", "${ $d := dict }${ $_ := set $d \"a\" 1 }${ $d.a }", "1"),
    TemplateCase("lines in an action", "${ list\n 1\n 2\n}", "[1 2]"),
  ]

  @Test("the language", arguments: rows)
  func language(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }

  static let formats: [TemplateCase] = [
    TemplateCase(
      "%d", "${ printf \"%d|%5d|%-5d|%05d|%+d\" 42 42 42 -42 42 }", "42|   42|42   |-0042|+42"),
    TemplateCase(
      "%s", "${ printf \"%s|%5s|%-5s|%.2s|%05s\" \"abc\" \"abc\" \"abc\" \"äöü\" \"abc\" }",
      "abc|  abc|abc  |äö|00abc"),
    TemplateCase("%v", "${ printf \"%v %v %v %v\" 1 true (list 1 2) nil }", "1 true [1 2] <nil>"),
    TemplateCase("%q", #"${ printf "%q %q %q" "a\n\"é" 'x' (list "a") }"#, #""a\n\"é" 'x' ["a"]"#),
    TemplateCase("%x", "${ printf \"%x %X %#x %x\" 255 255 255 \"hé\" }", "ff FF 0xff 68c3a9"),
    TemplateCase(
      "%f", "${ printf \"%f %.2f %05.2f %8.3f|%-8.1f|\" 1.5 2.345 1.5 3.14159 2.25 }",
      "1.500000 2.35 01.50    3.142|2.2     |"),
    TemplateCase(
      "%e %g", "${ printf \"%e %.1e %g %.3g\" 1234.5678 1234.5678 1e21 1234.5678 }",
      "1.234568e+03 1.2e+03 1e+21 1.23e+03"),
    TemplateCase(
      "%t %T", "${ printf \"%t %T %T %T %T %T\" true 1 1.0 \"\" (list) (dict) }",
      "true int float64 string []interface {} map[string]interface {}"),
    TemplateCase("%c %U %o %b", "${ printf \"%c %U %o %b\" 233 233 8 5 }", "é U+00E9 10 101"),
    TemplateCase("%% and *", "${ printf \"%d%% %*d\" 5 4 7 }", "5%    7"),
    TemplateCase(
      "wrong verbs", "${ printf \"%d %s %z\" \"a\" 1 2 }", "%!d(string=a) %!s(int=1) %!z(int=2)"),
    TemplateCase(
      "too few, too many", "${ printf \"%d %d\" 1 }${ printf \"a\" 1 \"b\" }${ printf \"%\" }",
      "1 %!d(MISSING)a%!(EXTRA int=1, string=b)%!(NOVERB)"),
  ]

  @Test("printf", arguments: formats)
  func printf(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }

  @Test("the delimiters can be chosen")
  func delimiters() throws {
    let template = try Template(text: "{{ .a }} ${ .a }", delimiters: ("{{", "}}"))
    #expect(try template.render(["a": 1]) == "1 ${ .a }")
  }

  @Test("a rendering leaves the caller's values as they are")
  func isolated() throws {
    let template = try Template(text: "${ hasKey . \"n\" }${ $_ := set . \"n\" 1 }")
    let context: TemplateValue = ["a": 1]
    #expect(try template.render(context) == "false")
    #expect(try template.render(context) == "false")
  }

  @Test("a digest that the caller adds is a function")
  func added() throws {
    let template = try Template(
      text: "${ \"a\" | sha256sum }", functions: ["sha256sum": { "<\($0)>" }])
    #expect(try template.render([:]) == "<a>")
  }
}
