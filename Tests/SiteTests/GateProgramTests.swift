// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GateFormat
import JSONTree
import Posix
import Testing

/// The built `fleet-gate-prometheus` against a server that answers what it is told to.
@Suite("fleet-gate-prometheus", .enabled(if: GateServer.isPossible))
struct GateProgramTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let answer: GateServer.Answer
    /// The value, the samples and the message.
    let result: String

    init(_ id: String, _ answer: GateServer.Answer, _ result: String) {
      self.id = id
      self.answer = answer
      self.result = result
    }

    var testDescription: String { id }
  }

  static func run(
    _ request: String, environment: [String: String] = [:]
  ) throws -> (code: Int, output: [UInt8], error: String) {
    var variables = ["PATH": Environment.get("PATH") ?? "/usr/bin:/bin"]
    variables.merge(environment) { $1 }
    let result = try Child.run(
      [TestSite.program("fleet-gate-prometheus")], environment: variables,
      input: .bytes(Array(request.utf8)), timeoutSeconds: 60)
    guard case .exit(let code) = result.status else { return (-1, [], "\(result.status)") }
    return (code, result.output, TestSite.text(result.errorOutput))
  }

  static func request(_ server: String, _ more: String = "", gate: String = "") -> String {
    #"{"format":1,"cluster":"store-0001","gates":[{"name":"a","bundle":"pos","query":"q"\#(gate)}],"#
      + #""config":{"address":"\#(server)"\#(more)}}"#
  }

  static func text(_ answer: GateAnswer) -> [String] {
    answer.results.map { result in
      "\(result.bundle)/\(result.name): \(result.value.map { "\($0)" } ?? "none") of"
        + " \(result.samples)" + (result.message.isEmpty ? "" : ", \(result.message)")
    }
  }

  static let histogram =
    #"{"metric":{},"histogram":[1800000000,{"count":"5","sum":"1","buckets":[]}]}"#

  @Test(
    "every answer of Prometheus has an end",
    arguments: [
      Case("one series", .vector("99.5"), "pos/a: 99.5 of 1"),
      Case("several series", .vector("1", "2", "NaN", "6"), "pos/a: 3.0 of 3"),
      Case("an exponent", .vector("1.5e-7"), "pos/a: 1.5e-07 of 1"),
      Case(
        "a scalar",
        .init(body: #"{"status":"success","data":{"resultType":"scalar","result":[1,"0.5"]}}"#),
        "pos/a: 0.5 of 1"),
      Case("nothing", .vector(), "pos/a: none of 0, the query finds nothing"),
      Case("no number", .vector("NaN"), "pos/a: none of 0, the value is no number (NaN)"),
      Case("no end", .vector("+Inf"), "pos/a: none of 0, the value is infinite"),
      Case("both ends", .vector("+Inf", "-Inf"), "pos/a: none of 0, the value is no number (NaN)"),
      Case(
        "a range",
        .init(body: #"{"status":"success","data":{"resultType":"matrix","result":[]}}"#),
        "pos/a: none of 0, the query gives a matrix, not a number"),
      Case(
        "a histogram",
        .init(
          body: #"{"status":"success","data":{"resultType":"vector","result":[\#(histogram)]}}"#),
        "pos/a: none of 0, the query gives a histogram or no value, not a number"),
      Case(
        "an error",
        .init(400, body: #"{"status":"error","errorType":"bad_data","error":"parse error"}"#),
        "pos/a: none of 0, bad_data: parse error"),
      Case(
        "a proxy's page", .init(502, body: "<html>"),
        "pos/a: none of 0, it answered 502, and no JSON"),
      Case(
        "something else", .init(body: #"{"hello":"world"}"#),
        "pos/a: none of 0, it answered 200, and not as Prometheus does"),
      Case(
        "a closed connection", .init(body: "", drops: true),
        "pos/a: none of 0, curl: (52) Empty reply from server"),
    ])
  func answers(_ test: Case) throws {
    let server = try GateServer()
    try server.answer(["q": test.answer])
    let result = try Self.run(Self.request(server.url))
    #expect(result.code == 0)
    #expect(result.error == "")
    #expect(Self.text(try #require(GateAnswer(result.output))) == [test.result])
  }

  @Test("samples are counted by a query of their own; what cannot be counted judges nothing")
  func samples() throws {
    let server = try GateServer()
    let counted = { (answer: GateServer.Answer) throws -> [String] in
      try server.answer(["q": .vector("7"), "sum(c)\n by (x)": answer, "sum(c)  by (x)": answer])
      let result = try Self.run(
        Self.request(server.url, gate: #","samplesQuery":"sum(c)\n by (x)""#))
      return Self.text(try #require(GateAnswer(result.output)))
    }
    #expect(try counted(.vector("240.7")) == ["pos/a: 7.0 of 240"])
    #expect(try counted(.vector("-3")) == ["pos/a: 7.0 of 0"])
    #expect(try counted(.vector("1e300")) == ["pos/a: 7.0 of 9007199254740992"])
    #expect(try counted(.vector()) == ["pos/a: 7.0 of 0"])
    #expect(
      try counted(.init(503, body: "down")) == [
        "pos/a: none of 0, the samples cannot be counted: it answered 503, and no JSON"
      ])
  }

  @Test("a Prometheus that is slow or not there takes no longer than it may")
  func slow() throws {
    let server = try GateServer()
    try server.answer(["q": .init(body: "", delay: 30)])
    let result = try Self.run(Self.request(server.url, #","timeoutSeconds":1"#))
    #expect(result.code == 0)
    let said = Self.text(try #require(GateAnswer(result.output)))
    #expect(said.count == 1)
    #expect(said.first?.hasPrefix("pos/a: none of 0, curl: (28) Operation timed out after") == true)
    let gone = try Self.run(Self.request("http://127.0.0.1:1"))
    let words = Self.text(try #require(GateAnswer(gone.output))).first
    #expect(words?.hasPrefix("pos/a: none of 0, curl: (7) Failed to connect to 127.0.0.1") == true)
  }

  @Test("the address, and the word that opens the door")
  func configuration() throws {
    let server = try GateServer()
    try server.answer(["q": .vector("1")])
    let plain = #"{"format":1,"gates":[{"name":"a","bundle":"pos","query":"q"}]}"#
    let missing = try Self.run(plain)
    #expect(
      Self.text(try #require(GateAnswer(missing.output))) == [
        "pos/a: none of 0, the address of Prometheus is missing: FLEET_PROMETHEUS, or 'address' in"
          + " the gate configuration"
      ])
    let variable = try Self.run(plain, environment: ["FLEET_PROMETHEUS": server.url + "/"])
    #expect(Self.text(try #require(GateAnswer(variable.output))) == ["pos/a: 1.0 of 1"])
    let strange = try Self.run(plain, environment: ["FLEET_PROMETHEUS": "file:///etc/passwd"])
    #expect(
      Self.text(try #require(GateAnswer(strange.output))) == [
        "pos/a: none of 0, the address of Prometheus must begin with http:// or https://"
      ])
    let scratch = try ScratchFolder("token")
    try scratch.write("s3cret\n", to: "token")
    try scratch.write("two words", to: "wrong")
    let signed = try Self.run(
      Self.request(server.url, #","tokenFile":"\#(scratch.path)/token""#))
    #expect(Self.text(try #require(GateAnswer(signed.output))) == ["pos/a: 1.0 of 1"])
    #expect(server.queries() == ["q", "q (Bearer s3cret)"])
    let wrong = try Self.run(Self.request(server.url, #","tokenFile":"\#(scratch.path)/wrong""#))
    #expect(
      Self.text(try #require(GateAnswer(wrong.output))) == [
        "pos/a: none of 0, what 'tokenFile' names must hold one word, and nothing else"
      ])
  }

  @Test(
    "what is no request ends with 64",
    arguments: [
      ("no JSON", "the request on standard input is no JSON"),
      (
        #"{"format":2,"gates":[]}"#,
        "the request has format 2, this program reads format 1"
      ),
      (#"{"format":1,"gates":[{"name":"a"}]}"#, "the request has no 'gates' that can be read"),
    ])
  func refused(_ request: String, _ reason: String) throws {
    let result = try Self.run(request)
    #expect(result.code == 64)
    #expect(result.error == "fleet-gate-prometheus: \(reason)")
    #expect(result.output.isEmpty)
  }
}
