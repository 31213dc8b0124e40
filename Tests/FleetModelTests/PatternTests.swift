// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Testing

@Suite("patterns and .fleetignore")
struct PatternTests {
  @Test(
    "a pattern matches whole names as Go does",
    arguments: [
      ("abc", "abc", true), ("*", "abc", true), ("*c", "abc", true), ("a*", "a", true),
      ("a*", "ab/c", false), ("a*b?c*x", "abxbbxdbxebxczzx", true),
      ("a*b?c*x", "abxbbxdbxebxczzy", false), ("ab[c]", "abc", true), ("ab[b-d]", "abc", true),
      ("ab[e-g]", "abc", false), ("ab[^c]", "abc", false), ("ab[^e-g]", "abc", true),
      ("a\\*b", "a*b", true), ("a\\*b", "ab", false), ("a?b", "a☺b", true), ("a[^a]b", "a☺b", true),
      ("a???b", "a☺b", false), ("[a-ζ]*", "α", true), ("*[a-ζ]", "A", false), ("a?b", "a/b", false),
      ("a*b", "a/b", false), ("[\\]a]", "]", true), ("[\\-]", "-", true), ("[x\\-]", "z", false),
      ("*x", "xxx", true), ("*.yaml", ".yaml", true), ("", "", true), ("", "a", false),
      ("**", "a", true), ("!a", "a", false), ("[!a]", "a", true), ("[z-a]", "b", false),
    ])
  func matching(pattern: String, name: String, expected: Bool) throws {
    #expect(try #require(GoPattern(pattern)).matches(name) == expected)
  }

  @Test(
    "a malformed pattern is not a pattern",
    arguments: [
      "[", "[a", "[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "[^", "[^bc", "a[", "a\\", "[",
    ])
  func malformed(pattern: String) {
    #expect(GoPattern(pattern) == nil)
  }

  struct IgnoreCase: CustomTestStringConvertible, Sendable {
    let id: String
    let files: [String]
    let ignore: [String: String]
    let kept: [String]
    var testDescription: String { id }
  }

  @Test(
    "a bundle keeps the files that no .fleetignore leaves out",
    arguments: [
      IgnoreCase(id: "F01", files: ["something.yaml"], ignore: [:], kept: ["something.yaml"]),
      IgnoreCase(id: "F02", files: ["something.yaml"], ignore: ["": ""], kept: ["something.yaml"]),
      IgnoreCase(
        id: "F03", files: ["#something_else.yaml", "something.yaml"],
        ignore: ["": "#something.yaml\n\\#something_else.yaml"], kept: ["something.yaml"]),
      IgnoreCase(
        id: "F04", files: ["something.yaml", "something_else.yaml"],
        ignore: ["": "not_here.txt\nsomething.yaml"], kept: ["something_else.yaml"]),
      IgnoreCase(id: "F05", files: ["something.yaml"], ignore: ["": "something*"], kept: []),
      IgnoreCase(
        id: "F06", files: ["something.yaml ", "something_else.yaml  "],
        ignore: ["": "something_else.yaml\\ \\ \nsomething.yaml "], kept: ["something.yaml "]),
      IgnoreCase(
        id: "F07", files: ["something.yaml", "subdir/in_dir.yaml"], ignore: ["": "subdir"],
        kept: ["something.yaml"]),
      IgnoreCase(
        id: "F08", files: ["something.yaml", "subdir/subsubdir/in_dir.yaml"],
        ignore: ["": "in_dir.yaml"], kept: ["something.yaml"]),
      IgnoreCase(
        id: "F09", files: ["something.yaml", "subdir1/in_dir.yaml", "subdir2/in_dir.yaml"],
        ignore: ["subdir1": "in_dir.yaml"], kept: ["something.yaml", "subdir2/in_dir.yaml"]),
      IgnoreCase(
        id: "rules of directories above are inherited",
        files: [
          "bar/always.yaml", "bar/something.yaml", "bar/two.yaml", "foo/always.yaml",
          "foo/something.yaml", "something.yaml",
        ], ignore: ["": "always.yaml", "bar": "something.yaml"],
        kept: ["bar/two.yaml", "foo/something.yaml", "something.yaml"]),
      IgnoreCase(
        id: "DIR/* leaves out directories of that name at any depth",
        files: ["bar/foo/a.yaml", "bar/foo2.yaml", "foo/a.yaml", "foo.yaml"],
        ignore: ["": "foo/*\r\n"], kept: ["bar/foo2.yaml", "foo.yaml"]),
      IgnoreCase(
        id: "DIR/* only counts below its own directory",
        files: ["bar/foo/a.yaml", "foo/a.yaml"], ignore: ["bar": "foo/*"], kept: ["foo/a.yaml"]),
      IgnoreCase(
        id: "DIR/* does not leave out a file of that name", files: ["foo"], ignore: ["": "foo/*"],
        kept: ["foo"]),
      IgnoreCase(
        id: "a pattern with more behind the directory matches nothing", files: ["foo/a.yaml"],
        ignore: ["": "foo/*.yaml\na/foo/*"], kept: ["foo/a.yaml"]),
      IgnoreCase(
        id: "rules of foo do not reach foobar", files: ["foobar/a.yaml"], ignore: ["foo": "a.yaml"],
        kept: ["foobar/a.yaml"]),
      IgnoreCase(
        id: "hidden files and directories", files: [".a.yaml", ".b/a.yaml", "c.yaml"], ignore: [:],
        kept: ["c.yaml"]),
    ])
  func ignoring(_ example: IgnoreCase) {
    var findings = Findings()
    let rules = IgnoreRules(
      example.ignore.mapValues {
        IgnoreFile(Array($0.utf8), path: ".fleetignore", findings: &findings)
      })
    #expect(example.files.filter { !rules.ignores($0) } == example.kept)
    #expect(findings.all.isEmpty)
  }

  @Test("a malformed pattern is reported where it stands")
  func malformedLine() throws {
    var findings = Findings()
    _ = IgnoreFile(Array("ok\n[a\n".utf8), path: "apps/.fleetignore", findings: &findings)
    #expect(findings.all.map(\.message) == ["the pattern '[a' is malformed"])
    let span = try #require(findings.all.first?.span)
    #expect(
      [span.start.line, span.start.column, span.start.offset, span.end.offset] == [2, 1, 3, 5])
  }
}
