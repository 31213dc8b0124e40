// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Extensions
import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite("fleet-check-schema")
struct SchemaProgramTests {
  private func program(_ schemas: String?) throws -> CheckProgram {
    let program = ExtensionProgram(
      name: "fleet-check-schema", path: try HubFixture.program("fleet-check-schema"))
    return CheckProgram(program, settings: schemas.map { ["FLEET_SCHEMAS": $0] } ?? [:])
  }

  /// A document with a kind `Thing` whose `spec` has one field.
  private func document(_ field: String) -> String {
    #"{"definitions":{"T":{"type":"object","x-kubernetes-group-version-kind":[{"group":"","kind":"Thing","version":"v1"}],"properties":{"apiVersion":{},"kind":{},"metadata":{},"spec":{"type":"object","properties":{"\#(field)":{"type":"integer"}}}}}}}"#
  }

  private let thing = "apiVersion: v1\nkind: Thing\nmetadata: {name: a}\nspec:\n  old: 1\n"

  @Test("custom kinds of the fleet need no folder; findings lead to the line")
  func custom() throws {
    let outcome = try program(nil).run(
      Sample.input(
        """
        apiVersion: example.org/v1
        kind: Widget
        metadata: {name: a}
        spec:
          size: big
          colour: red
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: b}
        """, definitions: WidgetDefinition.text))
    #expect(
      Sample.lines(outcome.findings) == [
        "error: apps/pos/web.yaml:5:9: 'spec.size' must be an integer, found the string 'big'",
        "note: 'fleet-check-schema' says so about Widget a of bundle 'pos'",
        "error: apps/pos/web.yaml:6:11: there is no field 'spec.colour'",
        "note: 'fleet-check-schema' says so about Widget a of bundle 'pos'",
        "hint: did you mean 'color'?",
      ])
    #expect(outcome.findings.map(\.code) == ["schema-wrong-type", "schema-unknown-field"])
    #expect(outcome.summary == "1 object checked, 1 object without a schema: v1 ConfigMap")
  }

  @Test("the documents of the clusters' version count, else those for all versions")
  func versions() throws {
    let scratch = try ScratchFolder()
    try scratch.write(document("new"), to: "all.json")
    #expect(
      Sample.lines(try program(scratch.path).run(Sample.input(thing)).findings).first
        == "error: apps/pos/web.yaml:5:8: there is no field 'spec.old'")
    try scratch.write(document("old"), to: "v1.29/all.json")
    try scratch.write(document("other"), to: "1.30/all.json")
    let outcome = try program(scratch.path).run(Sample.input(thing))
    #expect(Sample.lines(outcome.findings) == [])
    #expect(outcome.summary == "1 object checked")
  }

  @Test("without documents everything is passed over and counted")
  func nothing() throws {
    let outcome = try program(nil).run(Sample.input(thing + "---\n" + thing))
    #expect(outcome.findings.isEmpty)
    #expect(outcome.summary == "0 objects checked, 2 objects without a schema: v1 Thing")
  }

  @Test("documents that cannot be read fail the check")
  func broken() throws {
    let scratch = try ScratchFolder()
    try scratch.write("{}", to: "bad.json")
    let outcome = try program(scratch.path).run(Sample.input(thing))
    #expect(
      Sample.lines(outcome.findings).prefix(2) == [
        "error: the check 'fleet-check-schema' ended with exit code 70",
        "note: it said: fleet-check-schema: '\(scratch.path)/bad.json' is no OpenAPI document",
      ])
    let missing = try program(scratch.path + "/none").run(Sample.input(thing))
    #expect(
      Sample.lines(missing.findings).prefix(2) == [
        "error: the check 'fleet-check-schema' ended with exit code 70",
        "note: it said: fleet-check-schema: cannot list '\(scratch.path)/none': no such file or directory",
      ])
  }

  @Test(
    "a request that it cannot read is refused with 64",
    arguments: [
      ("hello", "the request on standard input is no JSON"),
      ("{}", "the request has no 'format' that can be read"),
      (#"{"format":9}"#, "the request has format 9, this program reads format 1"),
    ])
  func requests(_ text: String, _ message: String) throws {
    let result = try Child.run(
      [try HubFixture.program("fleet-check-schema")], input: .bytes(Array(text.utf8)),
      timeoutSeconds: 60)
    #expect(result.status == .exit(64))
    #expect(
      String(decoding: result.errorOutput, as: UTF8.self) == "fleet-check-schema: \(message)\n")
    #expect(result.output.isEmpty)
  }
}
