// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Targeting
import Testing

@Suite("selectors on the command line")
struct SelectorTextTests {
  @Test(
    "a selector is read as kubectl reads it",
    arguments: [
      ("", ""), ("  ", ""), ("a=b", "a=b"), ("a==b", "a=b"), (" a = b , c != d ", "a=b,c!=d"),
      ("a in (x,y)", "a in (x,y)"), ("a in (y, x)", "a in (x,y)"), ("a in (x)", "a=x"),
      ("a notin (x,y)", "a notin (x,y)"), ("!a", "!a"), ("! a", "!a"), ("a", "a"),
      ("a,!b,c=d", "!b,a,c=d"), ("a=", "a="), ("a in ()", "a="), ("a in (,x)", "a in (,x)"),
      ("example.com/a=b", "example.com/a=b"), ("a=,b", "a=,b"), ("in in (in)", "in=in"),
    ])
  func reading(text: String, canonical: String) throws {
    #expect(try SelectorText.parse(text).text == canonical)
  }

  @Test(
    "what is wrong is told with its place",
    arguments: [
      ("a=b,", "expected a label key, found the end", 4),
      ("=b", "expected a label key, found '='", 0),
      ("a in x", "expected '(', found 'x'", 5),
      ("a in (x", "expected ',' or ')', found the end", 7),
      ("a b", "expected '=', '!=', 'in', 'notin' or ',', found 'b'", 2),
      ("a=b c", "expected ',' or the end, found 'c'", 4),
      ("a>1", "expected '=', '!=', 'in', 'notin' or ',', found '>'", 1),
      ("a_=b", "the label key 'a_' may not end with '_'", 0),
      ("a=b/c", "the label value 'b/c' may not have the character '/'", 2),
      ("a=\u{1}", "the label value '\\u{1}' may not have the character '\\u{1}'", 2),
    ])
  func problems(text: String, message: String, offset: Int) {
    let problem = #expect(throws: SelectorText.Problem.self) { try SelectorText.parse(text) }
    #expect(problem?.message == message)
    #expect(problem?.offset == offset)
  }

  @Test(
    "requirements hold as in Kubernetes",
    arguments: [
      ("a=b", true), ("a=c", false), ("x=b", false), ("a!=c", true), ("a!=b", false),
      ("x!=b", true),
      ("a in (b,c)", true), ("a notin (b)", false), ("x notin (b)", true), ("a", true),
      ("x", false),
      ("!x", true), ("!a", false), ("a=b,e", true), ("a=b,x", false), ("", true), ("e=", true),
    ])
  func matching(text: String, expected: Bool) throws {
    let labels = Labels(["a": "b", "e": ""])
    let selector = try SelectorText.parse(text)
    #expect(selector.matches(labels) == expected)
    #expect(!LabelIndex([labels]).matching(selector).isEmpty == expected)
  }
}
