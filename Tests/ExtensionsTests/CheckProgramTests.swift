// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Extensions
import FleetTestSupport
import Posix
import Testing

@Suite("Check programs")
struct CheckProgramTests {
  /// A check that is a shell script.
  private func check(
    _ script: String, in scratch: ScratchFolder, limits: CheckProgram.Limits = .init(),
    settings: [String: String] = [:]
  ) throws -> CheckProgram {
    let path = try scratch.write("#!/bin/sh\n\(script)\n", to: "fleet-check-test")
    let made = try Child.run(["chmod", "755", path])
    #expect(made.succeeded)
    return CheckProgram(
      ExtensionProgram(name: "fleet-check-test", path: path), settings: settings, limits: limits)
  }

  private func answer(_ findings: String) -> String {
    "cat >/dev/null; cat <<'END'\n{\"format\":1,\"findings\":[\(findings)],\"summary\":\"one \\u001b[31m line\"}\nEND"
  }

  static let object =
    #""bundle":"pos","object":{"apiVersion":"apps/v1","kind":"Deployment","namespace":"shop","name":"web"}"#

  struct Row: CustomTestStringConvertible {
    let finding: String
    let expected: [String]
    var testDescription: String { finding }
  }

  @Test(
    "a finding is shown at the place in the file that its pointer leads to",
    arguments: [
      Row(
        finding:
          #"{"severity":"error","code":"x","message":"bad",\#(object),"pointer":"/spec/replicas","hints":["do a","do b","do c"]}"#,
        expected: [
          "error: apps/pos/web.yaml:9:13: bad",
          "note: 'fleet-check-test' says so about Deployment shop/web of bundle 'pos'",
          "hint: do a",
          "hint: do b",
        ]),
      Row(
        finding:
          #"{"severity":"warning","message":"bad",\#(object),"pointer":"/spec/template/spec/containers/0/image"}"#,
        expected: [
          "warning: apps/pos/web.yaml:14:16: bad",
          "note: 'fleet-check-test' says so about Deployment shop/web of bundle 'pos'",
        ]),
      Row(
        finding:
          #"{"severity":"error","message":"bad",\#(object),"pointer":"/metadata/labels/a~1b"}"#,
        expected: [
          "error: apps/pos/web.yaml:7:10: bad",
          "note: 'fleet-check-test' says so about Deployment shop/web of bundle 'pos'",
        ]),
      Row(
        finding:
          #"{"severity":"error","message":"bad",\#(object),"pointer":"/spec/template/metadata/labels"}"#,
        expected: [
          "error: apps/pos/web.yaml:10:3: bad",
          "note: 'fleet-check-test' says so about Deployment shop/web of bundle 'pos'",
        ]),
      Row(
        finding: #"{"severity":"error","message":"bad",\#(object)}"#,
        expected: [
          "error: apps/pos/web.yaml:2:7: bad",
          "note: 'fleet-check-test' says so about Deployment shop/web of bundle 'pos'",
        ]),
      Row(
        finding: #"{"severity":"error","message":"bad","bundle":"pos"}"#,
        expected: ["error: bad", "note: 'fleet-check-test' says so about bundle 'pos'"]),
      Row(
        finding: #"{"severity":"error","message":"bad"}"#,
        expected: ["error: bad", "note: 'fleet-check-test' says so about the push"]),
      Row(
        finding:
          #"{"severity":"error","message":"\u001b[2Jgone","object":{"kind":"A\n","name":"b"}}"#,
        expected: [
          "error: \\u{1b}[2Jgone", "note: 'fleet-check-test' says so about A\\u{a} b",
        ]),
    ])
  func places(_ row: Row) throws {
    let scratch = try ScratchFolder()
    let outcome = try check(answer(row.finding), in: scratch).run(Sample.input(Sample.deployment))
    #expect(Sample.lines(outcome.findings) == row.expected)
    #expect(outcome.summary == "one \\u{1b}[31m line")
    #expect(!outcome.isFailure)
  }

  @Test("a program's code has the check's name before it, and is dropped when it is none")
  func codes() throws {
    let scratch = try ScratchFolder()
    let script = answer(
      #"{"severity":"error","code":"wrong-type","message":"a"},{"severity":"error","code":"No Code","message":"b"}"#
    )
    let outcome = try check(script, in: scratch).run(Sample.input(""))
    #expect(outcome.findings.map(\.code) == ["test-wrong-type", "test"])
  }

  @Test("a long message is cut, a line of a Secret is not shown")
  func limits() throws {
    let scratch = try ScratchFolder()
    let long = String(repeating: "a", count: 1000)
    let script = answer(
      #"{"severity":"error","message":"\#(long)","object":{"apiVersion":"v1","kind":"Secret","name":"s"}}"#
    )
    let outcome = try check(script, in: scratch)
      .run(Sample.input("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {p: x}\n"))
    #expect(outcome.findings.map(\.message) == [String(repeating: "a", count: 299) + "…"])
    #expect(outcome.findings.map(\.showsSource) == [false])
  }

  @Test("of many findings the errors are told first, the rest is counted")
  func many() throws {
    let scratch = try ScratchFolder()
    var few = CheckProgram.Limits()
    few.findings = 2
    let findings = ["warning", "error", "error", "error"].enumerated().map {
      #"{"severity":"\#($0.element)","message":"m\#($0.offset)"}"#
    }
    let outcome = try check(answer(findings.joined(separator: ",")), in: scratch, limits: few)
      .run(Sample.input(""))
    #expect(
      outcome.findings.map { "\($0.severity.rawValue): \($0.message)" } == [
        "error: m1", "error: m2", "error: the check 'fleet-check-test' found 2 more",
      ])
  }

  struct Failure: CustomTestStringConvertible {
    let script: String
    let expected: [String]
    init(_ script: String, _ what: String, said: String? = nil) {
      self.script = script
      expected =
        ["error: the check 'fleet-check-test' \(what)"]
        + (said.map { ["note: it said: \($0)"] } ?? []) + [
          "note: the fault is the check's or the hub's, not that of the push",
          "hint: ask the administrator of the hub to look at 'PATH'",
        ]
    }
    var testDescription: String { script }
  }

  @Test(
    "a check that fails refuses the push, and says whose fault it is",
    arguments: [
      Failure(
        "printf '\\n\\033[31mno disk\\nmore\\n' >&2; exit 3", "ended with exit code 3",
        said: "\\u{1b}[31mno disk"),
      Failure("kill -SEGV $$", "was ended by signal 11"),
      Failure("sleep 60", "did not end within 1 s"),
      Failure("sleep 60 & exec sleep 60", "did not end within 1 s"),
      Failure("while :; do echo 0123456789; done", "wrote more than 1 KiB"),
      Failure("echo hello", "answered no JSON"), Failure("true", "answered no JSON"),
      Failure("echo '{}'", "answered without a usable 'format'"),
      Failure("echo '{\"format\":7}'", "answered in format 7, this hub reads 1"),
      Failure("echo '{\"format\":1}'", "answered without a usable 'findings'"),
      Failure(
        "echo '{\"format\":1,\"findings\":[{\"severity\":\"bad\",\"message\":\"x\"}]}'",
        "answered without a usable 'findings[].severity'"),
      Failure(
        "echo '{\"format\":1,\"findings\":[{\"severity\":\"error\"}]}'",
        "answered without a usable 'findings[].message'"),
    ])
  func failures(_ failure: Failure) throws {
    let scratch = try ScratchFolder()
    var limits = CheckProgram.Limits()
    limits.seconds = 1
    limits.answerBytes = 1024
    let check = try check(failure.script, in: scratch, limits: limits)
    let outcome = check.run(Sample.input(Sample.deployment))
    let lines = Sample.lines(outcome.findings).map {
      $0.split(separator: check.program.path).joined(separator: "PATH")
    }
    #expect(lines == failure.expected)
    #expect(outcome.isFailure)
    #expect(outcome.findings.map(\.severity) == [.error])
  }

  @Test("a program that cannot be started fails too")
  func notStarted() throws {
    let scratch = try ScratchFolder()
    let program = ExtensionProgram(name: "fleet-check-test", path: scratch.path + "/nothing")
    let outcome = CheckProgram(program).run(Sample.input(""))
    #expect(
      outcome.findings.map(\.message) == [
        "the check 'fleet-check-test' could not be run: no such file or directory"
      ])
    #expect(outcome.isFailure)
  }

  @Test("a check that is not installed, or could not be, is an error")
  func missing() {
    #expect(
      Sample.lines([CheckProgram.missing("fleet-check-x", at: nil)]) == [
        "error: the check 'fleet-check-x' is not installed on the hub",
        "hint: put the program into the folder 'checks' of the hub, or on its PATH",
      ])
    #expect(
      Sample.lines([CheckProgram.missing("../../bin/sh", at: nil)]) == [
        "error: '../../bin/sh' cannot be the name of a check",
        "hint: a check is called 'fleet-check-' and lower case letters, digits and dashes",
      ])
  }

  @Test("programs are found in FLEET_CHECKS_PATH, then in the given folders, then on PATH")
  func found() throws {
    let scratch = try ScratchFolder()
    for folder in ["a", "b", "c"] {
      let path = try scratch.write("#!/bin/sh\n", to: "\(folder)/fleet-check-\(folder)")
      let both = try scratch.write("#!/bin/sh\n", to: "\(folder)/fleet-check-all")
      _ = try Child.run(["chmod", "755", path, both])
    }
    _ = try scratch.write("not executable", to: "a/fleet-check-text")
    func find(_ name: String) -> String? {
      ExtensionProgram.check(
        named: name, folders: [scratch.path + "/b", "relative"],
        variables: ["FLEET_CHECKS_PATH": scratch.path + "/a", "PATH": scratch.path + "/c"])?.path
    }
    #expect(find("fleet-check-all") == scratch.path + "/a/fleet-check-all")
    #expect(find("fleet-check-b") == scratch.path + "/b/fleet-check-b")
    #expect(find("fleet-check-c") == scratch.path + "/c/fleet-check-c")
    #expect(find("fleet-check-text") == nil)
    #expect(find("fleet-check-d") == nil)
    #expect(find("fleet-check-../c/fleet-check-c") == nil)
    #expect(find("sh") == nil)
  }

  @Test("a program gets the request and its settings, and nothing else of the environment")
  func environment() throws {
    let scratch = try ScratchFolder()
    let script =
      "cat >'\(scratch.path)/in'; env | sort | grep -v ^_= | grep -v ^PWD= >'\(scratch.path)/env'; pwd >>'\(scratch.path)/env'"
    let input = Sample.input(Sample.deployment)
    _ = try check(script, in: scratch, settings: ["FLEET_SCHEMAS": "/s", "PATH": "/evil"]).run(
      input)
    #expect(TestFiles.read(scratch.path + "/in") == input.bytes)
    #expect(
      String(decoding: TestFiles.read(scratch.path + "/env") ?? [], as: UTF8.self) == """
        FLEET_CHECK_FORMAT=1
        FLEET_SCHEMAS=/s
        HOME=/proc/nonexistent
        LC_ALL=C
        PATH=/usr/local/bin:/usr/bin:/bin
        TZ=UTC
        /

        """)
  }

  @Test("the key changes with the program, its settings, the files that they name, and the input")
  func key() throws {
    let scratch = try ScratchFolder()
    let input = Sample.input(Sample.deployment)
    func key(_ check: CheckProgram, _ input: CheckInput) throws -> String {
      try #require(check.key(input))
    }
    try scratch.write("{}", to: "schemas/a.json")
    let settings = ["FLEET_SCHEMAS": scratch.path + "/schemas"]
    let first = try check("true", in: scratch, settings: settings)
    let start = try key(first, input)
    #expect(start.utf8.count == 64)
    #expect(try key(first, input) == start)
    #expect(try key(first, Sample.input("")) != start)
    #expect(try key(CheckProgram(first.program), input) != start)
    try scratch.write("{ }", to: "schemas/a.json")
    let second = try key(first, input)
    #expect(second != start)
    _ = try check("true ", in: scratch)
    #expect(try key(first, input) != second)
  }

  @Test("an answer that was kept means the same as a new one")
  func kept() throws {
    let scratch = try ScratchFolder()
    let check = try check(
      answer(#"{"severity":"error","message":"bad",\#(Self.object),"pointer":"/spec/replicas"}"#),
      in: scratch)
    let input = Sample.input(Sample.deployment)
    let outcome = check.run(input)
    let again = check.outcome(ofKept: try #require(outcome.answer), input)
    #expect(again.findings == outcome.findings)
    #expect(again.summary == outcome.summary)
  }
}
