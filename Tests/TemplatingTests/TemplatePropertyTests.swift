// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Templating
import Testing

@Suite("No template does harm")
struct TemplatePropertyTests {
  private static let words = [
    "${", "${-", "}", "-}", " ", "\n", "(", ")", "|", ".", ".ClusterLabels", ".name", "$", "$x",
    ":=", "=", ",", "if", "else", "end", "range", "with", "define", "template", "block", "break",
    "continue", "nil", "true", "1", "-1", "1.5", "0x", "9223372036854775807", "'a'", "\"a\"",
    "\"%d\"",
    "`b`", "\"", "`", "/*", "*/", "é", "\u{0}", "text", "list", "dict", "printf", "index", "slice",
    "add", "round", "trunc", "substr", "wrap", "set", "merge", "dig", "chunk", "until", "seq",
    "fromJson", "b64dec", "abbrevboth", "snakecase", "repeat", "splitn", "eq", "len",
  ]

  /// Small limits keep the test short; what it looks for is a crash.
  @Test("whatever it is made of, there is a result or an error")
  func random() {
    var random = SeededRandom()
    var limits = TemplateLimits()
    limits.steps = 3_000
    var finished = 0
    for _ in 0..<2_000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...14, using: &random) {
        text +=
          (Self.words.randomElement(using: &random) ?? "")
          + (Bool.random(using: &random) ? " " : "")
      }
      for template in [text, "${ \(text) }"] {
        do {
          _ = try Template(text: template, limits: limits).render(sampleContext)
          finished += 1
        } catch {
          #expect(error.position.offset <= template.utf8.count, "\(random): \(template)")
          #expect(!error.message.isEmpty, "\(random): \(template)")
        }
      }
    }
    #expect(finished > 0, "\(random)")
  }

  @Test("every function takes any values, or says what it wants")
  func functions() {
    var random = SeededRandom()
    let values = [
      "nil", "true", "0", "1", "-1", "9223372036854775807", "-9223372036854775808", "1.5", "-1e300",
      "\"\"", "\"é\"", "\"a b\"", "\"-\"", "(list)", "(list 1 \"a\" nil)", "(dict)",
      "(dict \"a\" 1)", ".", "(until 3)", "(int64 3)",
    ]
    var limits = TemplateLimits()
    limits.steps = 3_000
    for name in Template.functionNames {
      for _ in 0..<40 {
        let arguments = (0..<Int.random(in: 0...4, using: &random)).map { _ in
          values.randomElement(using: &random) ?? ""
        }
        let template = "${ \(name) \(arguments.joined(separator: " ")) }"
        do {
          _ = try Template(text: template, limits: limits).render(sampleContext)
        } catch {
          #expect(!error.message.isEmpty, "\(random): \(template)")
        }
      }
    }
  }

  @Test("the same template and values give the same text")
  func same() throws {
    let template = try Template(text: "${ keys . }${ values .ClusterLabels }${ toJson . }${ . }")
    #expect(try template.render(sampleContext) == template.render(sampleContext))
  }

  static let deep: [TemplateCase] = [
    TemplateCase(
      "lists in lists", "${ $a := list }${ range 200000 }${ $a = list $a }${ end }",
      "values:1:41: a value is nested more than 100 levels deep"),
    TemplateCase(
      "maps in maps", "${ $a := dict }${ range 50000 }${ $a = dict \"a\" $a }${ end }done", "done"),
    TemplateCase(
      "maps put into maps",
      "${ $a := dict }${ $b := $a }${ range 50000 }${ $c := dict }${ $_ := set $b \"a\" $c }${ $b = $c }"
        + "${ end }done", "done"),
    TemplateCase(
      "lists in maps in lists",
      "${ $a := dict }${ range 50000 }${ $a = dict \"a\" (list $a) }${ end }done", "done"),
    TemplateCase(
      "the largest numbers",
      "${ untilStep 9223372036854775000 9223372036854775807 500 }"
        + "${ trunc -9223372036854775808 \"a\" }${ seq 9223372036854775806 9223372036854775806 }",
      "[9223372036854775000 9223372036854775500]a9223372036854775806"),
  ]

  @Test("values of any depth are made and freed", arguments: deep)
  func depth(_ row: TemplateCase) { #expect(rendered(row.template) == row.expected) }
}
