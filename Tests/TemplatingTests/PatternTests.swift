// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Regular expressions match as RE2's do")
struct PatternTests {
  static let rows: [TemplateCase] = [
    TemplateCase(
      "regexMatch",
      #"${ regexMatch "^[A-Za-z0-9._%+-]+@[a-z.]+\\.[a-z]{2,}$" "test@acme.com" }${ regexMatch "^b" "ab" }"#,
      "truefalse"),
    TemplateCase(
      "regexFind", #"${ regexFind "[a-zA-Z][1-9]" "abcd1234" }|${ regexFind "x" "a" }"#, "d1|"),
    TemplateCase(
      "regexFindAll",
      #"${ regexFindAll "[2,4,6,8]" "123456789" -1 | toJson }${ regexFindAll "a*" "baaab" 2 | toJson }"#,
      #"["2","4","6","8"]["","aaa"]"#),
    TemplateCase(
      "regexReplaceAll",
      #"${ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }${ regexReplaceAll "a(x*)b" "-ab-axxb-" "$1W" }"#,
      "-W-xxW----"),
    TemplateCase(
      "names and dollars", #"${ regexReplaceAll "(?P<k>\\w+)=(\\w+)" "a=b" "$2:$k $$ $9 $" }"#,
      "b:a $  $"),
    TemplateCase(
      "an empty match", #"${ regexReplaceAll "" "ab" "-" }${ regexReplaceAll "b*" "abc" "-" }"#,
      "-a-b--a-c-"),
    TemplateCase(
      "regexReplaceAllLiteral", #"${ regexReplaceAllLiteral "a(x*)b" "-ab-axxb-" "${1}" }"#,
      "-${1}-${1}-"),
    TemplateCase(
      "regexSplit",
      #"${ regexSplit "z+" "pizza" -1 | toJson }${ regexSplit "a" "banana" 2 | toJson }${ regexSplit "" "ab" -1 | toJson }"#,
      #"["pi","a"]["b","nana"]["a","b"]"#),
    TemplateCase(
      "the first alternative",
      #"${ regexFind "a|ab" "ab" }${ regexFind "(?:ab|a)(?:c|bcd)" "abcd" }"#, "aabc"),
    TemplateCase(
      "lazy and greedy",
      #"${ regexFind "a+?" "aaa" }${ regexFind "<.*>" "<a><b>" }${ regexFind "<.*?>" "<a><b>" }"#,
      "a<a><b><a>"),
    TemplateCase(
      "counts",
      #"${ regexFind "a{2,3}" "aaaa" } ${ regexFind "a{2}" "aaaa" } ${ regexFind "a{x" "a{x" }"#,
      "aaa aa a{x"),
    TemplateCase(
      "flags",
      #"${ regexMatch "(?i)HÉ" "hé" }${ regexMatch "a.b" "a\nb" }${ regexMatch "(?s)a.b" "a\nb" }${ regexFind "(?m)^b$" "a\nb\nc" }"#,
      "truefalsetrueb"),
    TemplateCase(
      "classes",
      #"${ regexFind "[^[:space:]\\d]+" "1 ab" }${ regexFind "[]-]+" "a]-" }${ regexFind "\\W+" "a.é" }"#,
      "ab]-.é"),
    TemplateCase("edges of words", #"${ regexReplaceAll "\\b" "ab c" "|" }"#, "|ab| |c|"),
    TemplateCase(
      "quoted",
      #"${ regexFind "\\Qa.b\\E" "axb a.b" }${ regexMatch (regexQuoteMeta "a+b") "a+b" }"#,
      "a.btrue"),
    TemplateCase(
      "loops of nothing", #"${ regexMatch "(a*)*$" "aaab" }${ regexMatch "(|a)+" "aaa" }"#,
      "truetrue"),
    TemplateCase(
      "what backtracking would never finish",
      #"${ regexMatch "^(a+)+$" (print (repeat 200 "a") "b") }"#, "false"),
    TemplateCase(
      "wrong", #"${ regexMatch "a(" "a" }"#,
      "values:1:4: the regular expression has a '(' without ')'"),
    TemplateCase(
      "look-ahead", #"${ regexMatch "a(?=b)" "a" }"#,
      "values:1:4: the regular expression has the group '(?=', which RE2 does not know"),
    TemplateCase(
      "back-reference", #"${ regexMatch "(a)\\1" "a" }"#,
      #"values:1:4: the regular expression has '\1', which RE2 does not know"#),
    TemplateCase(
      "a Unicode class", #"${ regexMatch "\\pL" "a" }"#,
      #"values:1:4: the regular expression has a Unicode class '\p', which is not supported here"#),
    TemplateCase(
      "too many repetitions", #"${ regexMatch "(((a{100}){100}){100}){100}" "a" }"#,
      "values:1:4: the regular expression is too large"),
  ]

  @Test("functions and syntax", arguments: rows)
  func whole(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }
}
