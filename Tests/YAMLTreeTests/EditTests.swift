// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Testing
import YAMLTree

@Suite("Single values are changed in a text, and every other byte stays")
struct EditTests {
  enum Step: Sendable {
    case replace([String], String)
    case remove([String])
    case append([String], String)
    case add([String], String, String)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let text: String
    let step: Step
    /// The text after it, or `error: ` and why it cannot be.
    let expected: String
    var document = 0
    var path = "a.yaml"

    var testDescription: String { id }
  }

  static let web = """
    # of the shop
    spec:
        replicas:   2   # two are enough
        args:  # in order
        - "--a"
        - --b

        env:
          - name: A   # first
            value: '1'
          # the second
          - name: B
            value: two
        text: |
          a
            b
        map: {x: 1, "y": [p, q], z: {}}
    last: end

    """

  private static func web(_ old: String, _ new: String) -> String {
    web.replacing(old, with: new)
  }

  static let cases: [Case] = [
    Case(
      id: "a number keeps the blanks and the comment around it", text: web,
      step: .replace(["spec", "replicas"], "3"),
      expected: web("replicas:   2   #", "replicas:   3   #")),
    Case(
      id: "a text that was quoted stays so", text: web,
      step: .replace(["spec", "args", "0"], #""x: \"y\"""#),
      expected: web(#""--a""#, #""x: \"y\"""#)),
    Case(
      id: "single quotes stay, and are doubled inside", text: web,
      step: .replace(["spec", "env", "0", "value"], #""it's""#),
      expected: web("'1'", "'it''s'")),
    Case(
      id: "a text that would be read as a number gets quotes", text: web,
      step: .replace(["spec", "env", "1", "value"], #""2""#),
      expected: web("value: two", #"value: "2""#)),
    Case(
      id: "lines in the place of a word", text: web,
      step: .replace(["spec", "env", "1", "value"], #""a\n\nb\n""#),
      expected: web("value: two\n", "value: |\n          a\n\n          b\n")),
    Case(
      id: "lines in the place of lines", text: web,
      step: .replace(["spec", "text"], #""c\nd""#),
      expected: web("text: |\n      a\n        b\n", "text: |-\n      c\n      d\n")),
    Case(
      id: "a word in the place of lines", text: web, step: .replace(["spec", "text"], #""c""#),
      expected: web("text: |\n      a\n        b\n", "text: c\n")),
    Case(
      id: "a list in the place of a list", text: web,
      step: .replace(["spec", "args"], #"["x",{"z":1}]"#),
      expected: web("- \"--a\"\n    - --b\n", "- x\n    - z: 1\n")),
    Case(
      id: "a map in the place of a word", text: web,
      step: .replace(["last"], #"{"a":{"b":[]}}"#),
      expected: web("last: end\n", "last:\n  a:\n    b: []\n")),
    Case(
      id: "a word in the place of a list loses no comment", text: web,
      step: .replace(["spec", "args"], #""none""#),
      expected: "error: a comment stands before the value"),
    Case(
      id: "an item in the place of an item", text: web,
      step: .replace(["spec", "env", "1"], #""plain""#),
      expected: web("- name: B\n        value: two\n", "- plain\n")),
    Case(
      id: "inside of brackets texts are safe there", text: web,
      step: .replace(["spec", "map", "y"], #"["a,b","c",{"d":"x: y"}]"#),
      expected: web("[p, q]", #"["a,b", c, {d: "x: y"}]"#)),
    Case(
      id: "brackets in the place of brackets", text: web,
      step: .replace(["spec", "map"], #"{"a":1}"#),
      expected: web(#"{x: 1, "y": [p, q], z: {}}"#, "{a: 1}")),
    Case(
      id: "a key goes with its lines", text: web, step: .remove(["spec", "env", "0", "value"]),
      expected: web("        value: '1'\n", "")),
    Case(
      id: "an item goes, the comment before it stays", text: web,
      step: .remove(["spec", "env", "1"]),
      expected: web("      - name: B\n        value: two\n", "")),
    Case(
      id: "a key that shares its line with the dash does not go", text: web,
      step: .remove(["spec", "env", "1", "name"]), expected: "error: the key shares its line"),
    Case(
      id: "in brackets the comma goes too", text: web, step: .remove(["spec", "map", "x"]),
      expected: web("{x: 1, \"y\"", "{\"y\"")),
    Case(
      id: "in brackets the last goes with the comma before it", text: web,
      step: .remove(["spec", "map", "z"]), expected: web(", z: {}}", "}")),
    Case(
      id: "the only key leaves an empty map", text: "a:\n  b: 1\nc: 2\n",
      step: .remove(["a", "b"]), expected: "a: {}\nc: 2\n"),
    Case(
      id: "the only item leaves an empty list", text: "a:\n- b\nc: 2\n", step: .remove(["a", "0"]),
      expected: "a: []\nc: 2\n"),
    Case(
      id: "an item more", text: web, step: .append(["spec", "env"], #"{"name":"C","value":"3"}"#),
      expected: web("value: two\n", "value: two\n      - name: C\n        value: \"3\"\n")),
    Case(
      id: "an item more at the end of a file without a line break", text: "a:\n- b # c",
      step: .append(["a"], #""d""#), expected: "a:\n- b # c\n- d"),
    Case(
      id: "an item more in brackets", text: web, step: .append(["spec", "map", "y"], #""r""#),
      expected: web("[p, q]", "[p, q, r]")),
    Case(
      id: "a first item", text: "a: [ ]\n", step: .append(["a"], #""r""#),
      expected: "a: [r ]\n"),
    Case(
      id: "a key more", text: web, step: .add([], "new", #"{"a":["b"]}"#),
      expected: web + "new:\n  a:\n  - b\n"),
    Case(
      id: "a key more inside", text: web, step: .add(["spec", "env", "0"], "more", "true"),
      expected: web("value: '1'\n", "value: '1'\n        more: true\n")),
    Case(
      id: "a key more in brackets", text: web, step: .add(["spec", "map", "z"], "more", "true"),
      expected: web("z: {}", "z: {more: true}")),
    Case(
      id: "a key where nothing was written", text: "a:\nb: 1\n", step: .add(["a"], "c", "2"),
      expected: "a:\n  c: 2\nb: 1\n"),
    Case(
      id: "the second document", text: "a: 1\n--- # two\na: 1\n...\n", step: .replace(["a"], "2"),
      expected: "a: 1\n--- # two\na: 2\n...\n", document: 1),
    Case(
      id: "line ends of Windows", text: "a: 1\r\nb: 2\r\n", step: .replace(["a"], #"{"c":[1]}"#),
      expected: "a:\r\n  c:\r\n  - 1\r\nb: 2\r\n"),
    Case(
      id: "a byte order mark and letters of two bytes", text: "\u{feff}\u{e4}: \u{f6} # \u{fc}\n",
      step: .replace(["\u{e4}"], #""o""#), expected: "\u{feff}\u{e4}: o # \u{fc}\n"),
    Case(
      id: "JSON stays JSON", text: #"{"a": {"b": [1, 2]}}"#, step: .replace(["a", "b"], #"["x"]"#),
      expected: #"{"a": {"b": ["x"]}}"#, path: "a.json"),
    Case(
      id: "what an alias brings is not changed", text: "a: &x {b: 1}\nc: *x\n",
      step: .replace(["c", "b"], "2"), expected: "error: the value comes through an alias"),
    Case(
      id: "what others have through an anchor is not changed", text: "a: &x {b: 1}\nc: *x\n",
      step: .replace(["a", "b"], "2"), expected: "error: the value has an anchor or a tag"),
    Case(
      id: "what a merge key brings is not changed", text: "a: &x {b: 1}\nc: {<<: *x, d: 2}\n",
      step: .replace(["c", "b"], "2"), expected: "error: the value comes through an alias"),
    Case(
      id: "what has a tag is not changed", text: "a: !!str 1\n", step: .replace(["a"], #""2""#),
      expected: "error: the value has an anchor or a tag"),
    Case(
      id: "an alias among the items is not changed", text: "a: [&x p, *x]\n",
      step: .replace(["a", "1"], #""2""#), expected: "error: the value comes through an alias"),
    Case(
      id: "what is not there", text: web, step: .replace(["spec", "env", "2"], "1"),
      expected: "error: there is no item 2"),
    Case(
      id: "a key that is not there", text: web, step: .remove(["spec", "what"]),
      expected: "error: there is no key 'what'"),
  ]

  @Test(arguments: cases)
  func changed(_ test: Case) throws {
    var result: String
    do {
      var edit = try YAMLEdit(Array(test.text.utf8), path: test.path, document: test.document)
      switch test.step {
      case .replace(let way, let json): try edit.replace(way, by: try Self.value(json))
      case .remove(let way): try edit.remove(way)
      case .append(let way, let json): try edit.append(try Self.value(json), to: way)
      case .add(let way, let key, let json): try edit.add(key, try Self.value(json), to: way)
      }
      result = String(decoding: edit.bytes, as: UTF8.self)
      let wanted = try #require(edit.root)
      switch test.step {
      case .replace(let way, let json):
        #expect(Self.find(way, in: wanted)?.json == (try Self.value(json)))
      default: break
      }
    } catch let problem as YAMLEdit.Problem {
      result = "error: \(problem.message)"
    }
    #expect(result == test.expected)
  }

  private static func value(_ json: String) throws -> JSONValue {
    try #require(JSONParser.parse(Array("[\(json)]".utf8))?.items?.first)
  }

  private static func find(_ way: [String], in root: YAMLNode) -> YAMLNode? {
    way.reduce(root as YAMLNode?) { node, step in
      Int(step).flatMap { node?.items?[$0] } ?? node?[step]
    }
  }
}
