// SPDX-License-Identifier: Apache-2.0

import Templating
import Testing

@Suite("What is wrong in a template is said with its place")
struct TemplateErrorTests {
  static let rows: [TemplateCase] = [
    TemplateCase(
      "missing key", "a: ${ .ClusterLabels.nme }",
      "values:1:21: '.ClusterLabels' has no key 'nme'\nhint: did you mean 'name'?"),
    TemplateCase(
      "missing key, nothing near", "\n é${ .ClusterLabels.region }",
      "values:2:20: '.ClusterLabels' has no key 'region'\nhint: where it may be missing, ask first: if hasKey .ClusterLabels \"region\""
    ),
    TemplateCase(
      "field of a null", "${ .ClusterValues.nothing.x }",
      "values:1:26: '.ClusterValues.nothing' is null and has no field 'x'"),
    TemplateCase(
      "field of a string", "${ .ClusterName.x }",
      "values:1:16: '.ClusterName' is a string and has no field 'x'"),
    TemplateCase(
      "unknown function", "${ uper .ClusterName }",
      "values:1:4: there is no function 'uper'\nhint: did you mean 'upper'?"),
    TemplateCase(
      "a function of the clock", "${ now }",
      "values:1:4: function 'now' is refused: its result changes with every push, so clusters would be rolled out for nothing"
    ),
    TemplateCase(
      "a function of the surroundings", "${ env \"HOME\" }",
      "values:1:4: function 'env' is refused: a template sees the cluster it is made for, not the hub's surroundings"
    ),
    TemplateCase(
      "a function of Helm", "${ tpl \"\" . }",
      "values:1:4: function 'tpl' is refused: it belongs to Helm's own charts"),
    TemplateCase(
      "unknown variable", "${ $name := 1 }${ $nam }",
      "values:1:19: there is no variable '$nam' here\nhint: did you mean '$name'?"),
    TemplateCase("action not closed", "a\n${ .x", "values:2:1: the action is not closed with '}'"),
    TemplateCase("string not closed", "${ \"a }", "values:1:4: the string is not closed with '\"'"),
    TemplateCase("comment not closed", "${/* a }", "values:1:1: the comment has no end"),
    TemplateCase(
      "parenthesis not closed", "${ (list 1 }", "values:1:1: a '(' of the action is not closed"),
    TemplateCase("parenthesis not opened", "${ 1) }", "values:1:5: there is no '(' for this ')'"),
    TemplateCase("no end", "${ if true }a", "values:1:4: there is no 'end' for this 'if'"),
    TemplateCase("end alone", "a${ end }", "values:1:5: there is no block for this 'end'"),
    TemplateCase("else alone", "a${ else }", "values:1:5: there is no block for this 'else'"),
    TemplateCase(
      "a second else", "${ if 1 }${ else }${ else }${ end }",
      "values:1:22: a second 'else' in one 'if'"),
    TemplateCase("break alone", "${ break }", "values:1:4: 'break' outside of a 'range'"),
    TemplateCase("empty action", "${ }", "values:1:4: a value is missing in the action"),
    TemplateCase(
      "nothing after the pipe", "${ 1 | }", "values:1:8: a function is missing after '|'"),
    TemplateCase(
      "no function after the pipe", "${ 1 | 2 }",
      "values:1:8: an integer after '|' is not a function"),
    TemplateCase(
      "arguments of a field", "${ .ClusterName 1 }",
      "values:1:4: '.ClusterName' is not a function and takes no arguments"),
    TemplateCase("nil alone", "${ nil }", "values:1:4: nil is not a command"),
    TemplateCase(
      "a key with a hyphen", "${ .ClusterLabels.a-b }",
      "values:1:20: unexpected character '-'\nhint: a key with such characters is read with: index .MAP \"KEY\""
    ),
    TemplateCase(
      "too few arguments", "${ upper }", "values:1:4: function 'upper' wants 1 argument, got 0"),
    TemplateCase(
      "too many arguments", "${ upper \"a\" \"b\" }",
      "values:1:4: function 'upper' wants 1 argument, got 2"),
    TemplateCase(
      "a number for a string", "${ upper 1 }",
      "values:1:4: argument 1 of 'upper' must be a string, not an integer\nhint: convert it: (toString …)"
    ),
    TemplateCase(
      "int64 for int", "${ until (add 1 2) }",
      "values:1:4: argument 1 of 'until' must be an integer (int), not int64\nhint: convert it: (int …)"
    ),
    TemplateCase(
      "no map", "${ hasKey .ClusterName \"a\" }",
      "values:1:4: argument 1 of 'hasKey' must be a map, not a string"),
    TemplateCase(
      "no list", "${ first \"a\" }",
      "values:1:4: argument 1 of 'first' must be a list, not a string"),
    TemplateCase(
      "unlike kinds", "${ eq 1 \"1\" }", "values:1:4: 'eq' cannot compare an integer with a string"),
    TemplateCase(
      "integer and float", "${ lt .ClusterValues.real 3 }",
      "values:1:4: 'lt' cannot compare a floating-point number with an integer\nhint: convert both: (int …) or (float64 …)"
    ),
    TemplateCase(
      "index outside", "${ index .ClusterValues.list 3 }",
      "values:1:4: 'index' asks for item 3 of a list of 3 items"),
    TemplateCase("fail", "${ fail \"no region\" }", "values:1:4: no region"),
    TemplateCase(
      "call", "${ call .ClusterName }",
      "values:1:4: 'call' has nothing to call: no value here is a function"),
    TemplateCase("division by zero", "${ div 1 0 }", "values:1:4: 'div' divides by zero"),
    TemplateCase(
      "range over a string", "${ range \"abc\" }${ end }",
      "values:1:10: 'range' cannot go over a string"),
    TemplateCase("unknown template", "${ template \"x\" }", "values:1:4: there is no template 'x'"),
    TemplateCase(
      "a template twice", "${ define \"a\" }1${ end }${ define \"a\" }2${ end }",
      "values:1:28: the template 'a' is defined twice"),
    TemplateCase(
      "a cut character", "${ trunc 1 \"é\" }",
      "values:1:1: the result is not UTF-8\nhint: 'trunc' and 'substr' count bytes and may cut a character"
    ),
    TemplateCase(
      "endless templates", "${ define \"a\" }${ template \"a\" }${ end }${ template \"a\" }",
      "values:1:19: blocks and templates stand more than 200 levels deep"),
    TemplateCase(
      "a large value", "${ repeat 5000000 \"a\" }",
      "values:1:4: a value grows larger than 4,096 KiB"),
    TemplateCase(
      "a large list", "${ until 100000000 }", "values:1:4: a value grows larger than 4,096 KiB"),
    TemplateCase(
      "a large result", "${ $a := repeat 1000000 \"a\" }${ range 5 }${ $a }${ end }",
      "values:1:45: the result is larger than 4,096 KiB"),
    TemplateCase(
      "a value in itself", "${ $d := dict }${ $_ := set $d \"d\" $d }${ $d }",
      "values:1:43: a value is nested more than 100 levels deep"),
  ]

  @Test("the whole text", arguments: rows)
  func whole(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }

  static let bounded: [TemplateCase] = [
    TemplateCase(
      "endless steps", "${ range 9223372036854775807 }${ end }",
      "values:1:10: the template takes more than 10,000 steps"),
    TemplateCase(
      "endless steps in a function", "${ range 999 }${ $_ := seq 50 }${ end }",
      "values:1:24: the template takes more than 10,000 steps"),
    TemplateCase(
      "values that double",
      "${ $a := list 1 }${ range 40 }${ $a = list $a $a }${ end }${ toJson $a }",
      "values:1:39: the template takes more than 10,000 steps"),
    TemplateCase(
      "values that double, as text",
      "${ $a := list 1 }${ range 9 }${ $a = list $a $a }${ end }${ $a }",
      "values:1:61: a value grows larger than 1 KiB"),
    TemplateCase(
      "a large replacement", "${ replace \"a\" (repeat 500 \"b\") (repeat 500 \"a\") }",
      "values:1:4: a value grows larger than 1 KiB"),
  ]

  @Test("the bounds hold, whatever a template asks for", arguments: bounded)
  func bounds(_ row: TemplateCase) {
    var limits = TemplateLimits()
    limits.steps = 10_000
    limits.bytes = 1024
    #expect(rendered(row.template, limits: limits) == row.expected)
  }

  static let nested: [TemplateCase] = [
    TemplateCase(
      "parentheses",
      "${ " + String(repeating: "(", count: 200) + "1"
        + String(repeating: ")", count: 200) + " }",
      "values:1:104: nested more than 100 levels deep"),
    TemplateCase(
      "blocks",
      String(repeating: "${ if 1 }", count: 200) + String(repeating: "${ end }", count: 200),
      "values:1:904: nested more than 100 levels deep"),
    TemplateCase(
      "groups of a regular expression",
      "${ regexMatch \"" + String(repeating: "(", count: 200) + "\" \"a\" }",
      "values:1:4: the regular expression is nested more than 100 levels deep"),
    TemplateCase(
      "JSON", "${ fromJson \"" + String(repeating: "[", count: 200) + "\" }",
      "values:1:4: a value is nested more than 100 levels deep"),
  ]

  @Test("what is nested too deeply is refused", arguments: nested)
  func nesting(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }
}
