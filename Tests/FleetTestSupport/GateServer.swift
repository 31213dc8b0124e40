// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSONTree
import Posix

/// An application with metrics on loopback that also answers as a Prometheus does, until the value goes away.
package final class GateServer {
  /// How a query is answered.
  package struct Answer: Sendable {
    /// The status, and what it says.
    package var status: Int
    package var body: String
    /// Seconds before it answers.
    package var delay: Int
    /// Whether the connection is closed without an answer.
    package var drops: Bool

    /// Makes an answer.
    package init(_ status: Int = 200, body: String, delay: Int = 0, drops: Bool = false) {
      self.status = status
      self.body = body
      self.delay = delay
      self.drops = drops
    }

    /// A vector with a series for each value, as Prometheus writes them.
    package static func vector(_ values: String...) -> Answer {
      let items = values.enumerated().map { index, value in
        #"{"metric":{"instance":"\#(index)"},"value":[1800000000.123,"\#(value)"]}"#
      }
      return Answer(
        body:
          #"{"status":"success","data":{"resultType":"vector","result":[\#(items.joined(separator: ","))]}}"#
      )
    }
  }

  /// Whether the programs are there, for `.enabled(if:)`; what is missing is said in one line.
  package static let isPossible: Bool = {
    let missing = ["python3", "curl"].filter { Child.find($0) == nil }
    if let first = missing.first {
      StandardStream.error.line("not run: the tests of gate programs, no '\(first)'")
    }
    return missing.isEmpty
  }()

  /// `127.0.0.1:PORT`.
  package let address: String
  /// `http://127.0.0.1:PORT`.
  package var url: String { "http://\(address)" }
  private let scratch: ScratchFolder
  private let process: BackgroundProcess

  /// Starts a server.
  package init() throws {
    let scratch = try ScratchFolder("gate")
    let process = try BackgroundProcess(
      ["python3", TestTools.path("gate-server.py"), scratch.path, String(getpid())],
      in: "/", variables: ["PATH": Environment.get("PATH") ?? ""], output: scratch.path + "/log")
    let file = scratch.path + "/port"
    try Waiting.until("the gate server") {
      if process.hasEnded { throw BackgroundProcess.Failure(description: process.text) }
      return TestFiles.read(file) != nil
    }
    self.scratch = scratch
    self.process = process
    address = "127.0.0.1:" + String(decoding: TestFiles.read(file) ?? [], as: UTF8.self)
  }

  /// Says how queries are answered from now on; others find nothing.
  package func answer(_ answers: [String: Answer]) throws {
    let json = JSONValue.object(
      answers.map { query, answer in
        JSONMember(
          query,
          .object([
            "status": .integer(Int64(answer.status)), "body": .string(answer.body),
            "delay": .integer(Int64(answer.delay)), "drop": .bool(answer.drops),
          ]))
      })
    try Files.writeAtomically(
      scratch.path + "/answers.json", JSONWriter.compact(json), durable: false)
  }

  /// Says what `/metrics` shows from now on.
  package func show(_ metrics: String) throws {
    try Files.writeAtomically(scratch.path + "/metrics", Array(metrics.utf8), durable: false)
  }

  /// The queries that have come, in their order, each with the word of its `Authorization`.
  package func queries() -> [String] {
    let lines = (TestFiles.read(scratch.path + "/queries.jsonl") ?? []).split(separator: 0x0a)
    return lines.compactMap { line in
      guard let json = JSONParser.parse(Array(line)) else { return nil }
      let word = json["authorization"]?.string ?? ""
      return (json["query"]?.string ?? "") + (word.isEmpty ? "" : " (\(word))")
    }
  }
}
