// SPDX-License-Identifier: Apache-2.0

import Templating
import Testing

@Suite("Sprig's functions give what Sprig gives")
struct FunctionTests {
  static let text: [TemplateCase] = [
    TemplateCase("trim", "[${ trim \"  a b\\n\" }]", "[a b]"),
    TemplateCase("trimAll", "${ trimAll \"$\" \"$5.00$\" }", "5.00"),
    TemplateCase("trimall", "${ trimall \"ab\" \"abcba\" }", "c"),
    TemplateCase("trimSuffix", "${ trimSuffix \"-\" \"hello--\" }", "hello-"),
    TemplateCase("trimPrefix", "${ trimPrefix \"-\" \"--hello\" }", "-hello"),
    TemplateCase("upper", "${ upper \"héß\" }", "HÉß"),
    TemplateCase("lower", "${ lower \"HÉ\" }", "hé"),
    TemplateCase("title", "${ title \"hello wORLD a-b_c it's\" }", "Hello WORLD A-B_c It'S"),
    TemplateCase("untitle", "${ untitle \"Hello World\" }", "hello world"),
    TemplateCase("repeat", "${ repeat 3 \"ab\" }", "ababab"),
    TemplateCase(
      "substr", "${ substr 1 3 \"hello\" } ${ substr -1 2 \"hello\" } ${ substr 2 -1 \"hello\" }",
      "el he llo"),
    TemplateCase(
      "trunc",
      "${ trunc 3 \"hello\" } ${ trunc -3 \"hello\" } ${ trunc 9 \"a\" } ${ trunc -9 \"ab\" }",
      "hel llo a ab"),
    TemplateCase("nospace", "${ nospace \" a b\\tc \" }", "abc"),
    TemplateCase("contains", "${ contains \"ell\" \"hello\" }", "true"),
    TemplateCase("hasPrefix", "${ hasPrefix \"he\" \"hello\" }", "true"),
    TemplateCase(
      "hasSuffix", "${ hasSuffix \"lo\" \"hello\" }${ hasSuffix \"hello!\" \"lo\" }", "truefalse"),
    TemplateCase("quote", "${ quote \"a\\\"b\" 1 nil true }", #""a\"b" "1" "true""#),
    TemplateCase("squote", "${ squote \"a\" 1 nil }", "'a' '1'"),
    TemplateCase("cat", "${ cat \"a\" 1 nil true }", "a 1 true"),
    TemplateCase("indent", "${ indent 2 \"a\\nb\" }", "  a\n  b"),
    TemplateCase("nindent", "${ nindent 2 \"a\\nb\" }", "\n  a\n  b"),
    TemplateCase(
      "replace", "${ \"a b c\" | replace \" \" \"--\" } ${ replace \"\" \"-\" \"ab\" }",
      "a--b--c -a-b-"),
    TemplateCase(
      "plural", "${ plural \"one\" \"many\" 1 }${ plural \"one\" \"many\" 2 }", "onemany"),
    TemplateCase(
      "snakecase",
      "${ range list \"FirstName\" \"HTTPServer\" \"NoHTTPS\" \"GO_PATH\" \"GO PATH\" \"http2xx\" \"HTTP20xOK\" \"Duration2m3s\" \"Bld4Floor3rd\" }${ snakecase . } ${ end }",
      "first_name http_server no_https go_path go_path http_2xx http_20x_ok duration_2m3s bld4_floor_3rd "
    ),
    TemplateCase("kebabcase", "${ kebabcase \"HTTPServer\" }", "http-server"),
    TemplateCase(
      "camelcase",
      "${ camelcase \"http_server\" } ${ camelcase \"_complex__case_\" } ${ camelcase \"some words\" }",
      "HttpServer _Complex_Case_ SomeWords"),
    TemplateCase("swapcase", "${ swapcase \"Hello 1\" }", "hELLO 1"),
    TemplateCase("initials", "${ initials \"First Try\" }", "FT"),
    TemplateCase("wrap", "${ wrap 5 \"hello a b c wonderful x\" }", "hello\na b c\nwonderful\nx"),
    TemplateCase("wrapWith", "${ wrapWith 5 \"|\" \"HelloWorld abc\" }", "Hello|World|abc"),
    TemplateCase("abbrev", "${ abbrev 5 \"hello world\" } ${ abbrev 20 \"a\" }", "he... a"),
    TemplateCase("abbrevboth", "${ abbrevboth 5 10 \"1234 5678 9123\" }", "...5678..."),
    TemplateCase("regexQuoteMeta", "${ regexQuoteMeta \"1.2.3\" }", #"1\.2\.3"#),
    TemplateCase(
      "split", "${ (split \"$\" \"foo$bar\")._1 } ${ kindOf (split \",\" \"\") }", "bar map"),
    TemplateCase("splitn", "${ splitn \"$\" 2 \"a$b$c\" }", "map[_0:a _1:b$c]"),
    TemplateCase(
      "splitList", "${ splitList \",\" \"a,b,\" | toJson } ${ splitList \"\" \"hé\" }",
      #"["a","b",""] [h é]"#),
    TemplateCase(
      "join", "${ join \"-\" (list 1 \"a\" nil true) } ${ join \"-\" \"x\" }", "1-a-true x"),
    TemplateCase("toStrings", "${ toStrings (list 1 true \"a\") | toJson }", #"["1","true","a"]"#),
    TemplateCase("toString", "${ toString 1 | kindOf } ${ hello }", "string Hello!"),
    TemplateCase("atoi", "${ atoi \"12\" } ${ atoi \"x\" }", "12 0"),
  ]

  @Test("strings", arguments: text)
  func checkText(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }

  static let numbers: [TemplateCase] = [
    TemplateCase("add", "${ add 1 2 \"3\" 1.9 }", "7"),
    TemplateCase("add1", "${ add1 4 } ${ typeOf (add1 4) }", "5 int64"),
    TemplateCase("sub", "${ sub 5 7 }", "-2"),
    TemplateCase("mul", "${ mul 2 3 4 }", "24"),
    TemplateCase("div", "${ div 7 2 } ${ div -7 2 }", "3 -3"),
    TemplateCase("mod", "${ mod 7 3 } ${ mod -7 3 }", "1 -1"),
    TemplateCase("wrapping", "${ add 9223372036854775807 1 }", "-9223372036854775808"),
    TemplateCase("max, min", "${ max 1 5 2 } ${ biggest 1 2 } ${ min 3 2 5 }", "5 2 2"),
    TemplateCase("maxf, minf", "${ maxf 1 2.5 } ${ minf 1.5 2 }", "2.5 1.5"),
    TemplateCase(
      "addf and others",
      "${ addf 0.1 0.2 } ${ add1f 1.5 } ${ subf 7.5 2 3 } ${ mulf 1.5 2 } ${ divf 10 2 4 }",
      "0.3 2.5 2.5 3 1.25"),
    TemplateCase("ceil, floor", "${ ceil 1.2 } ${ floor -1.2 }", "2 -2"),
    TemplateCase(
      "round", "${ round 123.555555 3 } ${ round 123.5 0 } ${ round 2.4 0 0.3 }", "123.556 124 3"),
    TemplateCase(
      "int", "${ int \"12\" } ${ int 2.9 } ${ int \"x\" } ${ int true } ${ int \"0x1f\" }",
      "12 2 0 1 31"),
    TemplateCase("int64", "${ typeOf (int64 1) }", "int64"),
    TemplateCase("float64", "${ float64 \"1.5\" } ${ float64 2 }", "1.5 2"),
    TemplateCase("toDecimal", "${ toDecimal 777 }", "511"),
    TemplateCase("until", "${ until 3 } ${ until -2 }", "[0 1 2] [0 -1]"),
    TemplateCase("untilStep", "${ untilStep 3 9 2 } ${ untilStep 1 9 0 }", "[3 5 7] []"),
    TemplateCase(
      "seq", "${ seq 5 }|${ seq -1 }|${ seq 2 4 }|${ seq 0 2 6 }|${ seq 3 1 }|${ seq }",
      "1 2 3 4 5|1 0 -1|2 3 4|0 2 4 6|3 2 1|"),
  ]

  @Test("numbers", arguments: numbers)
  func checkNumbers(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }

  static let lists: [TemplateCase] = [
    TemplateCase(
      "first, last", "${ first (list 1 2 3) }${ last (list 1 2 3) }${ mustFirst (list 4) }", "134"),
    TemplateCase("first of nothing", "${ first list }", "<no value>"),
    TemplateCase("rest, initial", "${ rest (list 1 2 3) }${ initial (list 1 2 3) }", "[2 3][1 2]"),
    TemplateCase(
      "append, prepend", "${ append (list 1) 2 }${ prepend (list 1) 2 }${ push (list 1) 3 }",
      "[1 2][2 1][1 3]"),
    TemplateCase("concat", "${ concat (list 1) (list 2 3) list }", "[1 2 3]"),
    TemplateCase("reverse", "${ reverse (list 1 2 3) }", "[3 2 1]"),
    TemplateCase("uniq", "${ uniq (list 1 2 1 \"1\") }", "[1 2 1]"),
    TemplateCase("without", "${ without (list 1 2 3) 1 3 }", "[2]"),
    TemplateCase("has", "${ has 2 (list 1 2) }${ has \"2\" (list 1 2) }", "truefalse"),
    TemplateCase("compact", "${ compact (list 0 1 \"\" \"a\" nil) }", "[1 a]"),
    TemplateCase("slice", "${ slice (list 1 2 3 4) 1 3 }${ slice (list 1 2 3) 1 }", "[2 3][2 3]"),
    TemplateCase("chunk", "${ chunk 2 (list 1 2 3) }", "[[1 2] [3]]"),
    TemplateCase("sortAlpha", "${ sortAlpha (list \"b\" \"a\" 1) }", "[1 a b]"),
    TemplateCase("tuple", "${ tuple 1 2 }", "[1 2]"),
  ]

  @Test("lists", arguments: lists)
  func checkLists(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }

  static let maps: [TemplateCase] = [
    TemplateCase("dict", "${ dict \"a\" 1 \"b\" }", "map[a:1 b:]"),
    TemplateCase("get", "${ get (dict \"a\" 1) \"a\" }${ get dict \"x\" }", "1"),
    TemplateCase(
      "set, unset",
      "${ $d := dict \"a\" 1 }${ $_ := set $d \"b\" 2 }${ $_ := unset $d \"a\" }${ $d }", "map[b:2]"
    ),
    TemplateCase("hasKey", "${ hasKey .ClusterLabels \"name\" }", "true"),
    TemplateCase("pluck", "${ pluck \"a\" (dict \"a\" 1) (dict \"b\" 2) (dict \"a\" 3) }", "[1 3]"),
    TemplateCase(
      "dig",
      "${ dig \"nested\" \"secondTier\" \"thirdTier\" \"x\" .ClusterValues }${ dig \"n\" \"m\" \"-\" .ClusterValues }",
      "bar-"),
    TemplateCase(
      "merge",
      "${ merge (dict \"a\" 1 \"c\" (dict \"x\" 1)) (dict \"a\" 2 \"b\" 3 \"c\" (dict \"x\" 2 \"y\" 3)) }",
      "map[a:1 b:3 c:map[x:1 y:3]]"),
    TemplateCase(
      "mergeOverwrite", "${ mergeOverwrite (dict \"a\" 1) (dict \"a\" 2 \"b\" 3) }", "map[a:2 b:3]"),
    TemplateCase(
      "keys, values", "${ keys (dict \"b\" 1 \"a\" 2) } ${ values (dict \"b\" 1 \"a\" 2) }",
      "[a b] [2 1]"),
    TemplateCase(
      "pick, omit", "${ pick (dict \"a\" 1 \"b\" 2) \"a\" }${ omit (dict \"a\" 1 \"b\" 2) \"a\" }",
      "map[a:1]map[b:2]"),
    TemplateCase(
      "deepCopy", "${ $d := dict \"a\" 1 }${ $c := deepCopy $d }${ $_ := set $c \"a\" 2 }${ $d.a }",
      "1"),
    TemplateCase(
      "default", "${ default \"x\" \"\" } ${ .ClusterName | default \"x\" } ${ default 1 }",
      "x my-cluster 1"),
    TemplateCase("empty", "${ empty \"\" }${ empty 0 }${ empty (list 1) }", "truetruefalse"),
    TemplateCase("coalesce", "${ coalesce 0 \"\" 3 4 }", "3"),
    TemplateCase(
      "all, any", "${ all 1 \"\" }${ any 1 \"\" }${ all }${ any }", "falsetruetruefalse"),
    TemplateCase("ternary", "${ true | ternary \"a\" \"b\" }${ ternary 1 2 false }", "a2"),
    TemplateCase(
      "kindOf",
      "${ kindOf 1 } ${ kindOf \"\" } ${ kindOf (list) } ${ kindOf (dict) } ${ kindOf 1.5 } ${ kindOf true } ${ kindOf nil }",
      "int string slice map float64 bool invalid"),
    TemplateCase(
      "kindIs, typeIs",
      "${ kindIs \"int\" 1 }${ typeIs \"string\" \"\" }${ typeIsLike \"bool\" true }",
      "truetruetrue"),
    TemplateCase(
      "typeOf", "${ typeOf (until 1) } ${ typeOf (splitList \",\" \"\") } ${ typeOf nil }",
      "[]int []string <nil>"),
    TemplateCase(
      "deepEqual",
      "${ deepEqual (list 1 (dict \"a\" 2)) (list 1 (dict \"a\" 2)) }${ deepEqual 1 (int64 1) }",
      "truefalse"),
  ]

  @Test("maps and values of any type", arguments: maps)
  func checkMaps(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }

  static let encodings: [TemplateCase] = [
    TemplateCase(
      "b64enc", "${ b64enc \"hello\" } ${ b64enc \"\" } ${ b64enc \"ab\" }", "aGVsbG8=  YWI="),
    TemplateCase(
      "b64dec", "${ b64dec \"aGVsbG8=\" } ${ b64dec \"a!\" }",
      "hello illegal base64 data at input byte 1"),
    TemplateCase(
      "b32", "${ b32enc \"hello\" } ${ b32dec \"NBSWY3DP\" } ${ b32enc \"a\" }",
      "NBSWY3DP hello ME======"),
    TemplateCase("adler32sum", "${ adler32sum \"Wikipedia\" }", "300286872"),
    TemplateCase(
      "toJson", "${ toJson (dict \"b\" (list 1 2.5 nil true) \"a\" \"<é\\n\") }",
      #"{"a":"\u003cé\n","b":[1,2.5,null,true]}"#),
    TemplateCase("toRawJson", "${ toRawJson \"<&>\" }", #""<&>""#),
    TemplateCase(
      "numbers in JSON", "${ toJson (list 1e6 1e21 0.0000001 1.0) }", "[1000000,1e+21,1e-7,1]"),
    TemplateCase(
      "toPrettyJson", "${ toPrettyJson (dict \"a\" (list 1) \"b\" list) }",
      "{\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}"),
    TemplateCase(
      "fromJson",
      #"${ $v := fromJson "{\"a\": [1, \"\\u00e9\"]}" }${ index $v.a 1 } ${ typeOf (index $v.a 0) } ${ fromJson "x" }"#,
      "é float64 <no value>"),
    TemplateCase("base", "${ base \"a/b.txt\" } ${ base \"/\" } ${ base \"\" }", "b.txt / ."),
    TemplateCase("dir", "${ dir \"a/b/c\" } ${ dir \"a\" } ${ dir \"/a\" }", "a/b . /"),
    TemplateCase("ext", "${ ext \"a.b/c.txt\" }|${ ext \"a.b/c\" }", ".txt|"),
    TemplateCase(
      "clean",
      "${ clean \"a//b/../c/.\" } ${ clean \"/..\" } ${ clean \"../a\" } ${ osClean \"\" }",
      "a/c / ../a ."),
    TemplateCase("isAbs", "${ isAbs \"/a\" }${ osIsAbs \"a\" }", "truefalse"),
  ]

  @Test("encodings and paths", arguments: encodings)
  func checkEncodings(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }
}
