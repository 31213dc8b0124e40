// SPDX-License-Identifier: Apache-2.0

import Glibc
package import JSONTree
import Posix

/// A receiver of notifications on loopback that writes down what it gets and answers as it is told, until the value
/// goes away.
package final class NotifyServer {
  /// What was posted.
  package struct Request: Sendable {
    /// The path of the URL.
    package let path: String
    /// How it was answered; 0 when the connection was dropped.
    package let status: Int
    /// By name in lower case.
    package let headers: [String: String]
    /// The body as it came.
    package let body: [UInt8]

    /// The body as JSON.
    package var json: JSONValue { JSONParser.parse(body) ?? .null }
  }

  /// How a path is answered.
  package struct Answer: Sendable {
    /// The status.
    package var status = 200
    /// `Retry-After` and the like.
    package var headers: [String: String] = [:]
    /// What it says.
    package var body = "ok"
    /// Seconds before it answers.
    package var delay = 0
    /// Whether the connection is closed without an answer.
    package var drops = false

    /// Makes an answer.
    package init(
      _ status: Int = 200, headers: [String: String] = [:], body: String = "ok", delay: Int = 0,
      drops: Bool = false
    ) {
      self.status = status
      self.headers = headers
      self.body = body
      self.delay = delay
      self.drops = drops
    }
  }

  /// Whether the programs are there, for `.enabled(if:)`; what is missing is said in one line.
  package static let isPossible: Bool = {
    let missing = ["python3", "curl", "openssl"].filter { Child.find($0) == nil }
    if let first = missing.first {
      StandardStream.error.line("not run: the tests of notifications over HTTP, no '\(first)'")
    }
    return missing.isEmpty
  }()

  /// `http://127.0.0.1:PORT`.
  package private(set) var url = ""
  private let scratch: ScratchFolder
  private var process: BackgroundProcess?
  private var port = 0

  /// Starts a server.
  package init() throws {
    scratch = try ScratchFolder("notify")
    try start()
  }

  /// Starts the server again, on the port that it had.
  package func start() throws {
    let file = scratch.path + "/port"
    unlink(file)
    let process = try BackgroundProcess(
      [
        "python3", TestTools.path("notify-server.py"), scratch.path, String(port), String(getpid()),
      ], in: "/", variables: ["PATH": Environment.get("PATH") ?? ""],
      output: scratch.path + "/log")
    self.process = process
    try Waiting.until("the notification server") {
      if process.hasEnded { throw BackgroundProcess.Failure(description: process.text) }
      return TestFiles.read(file) != nil
    }
    port = Int(String(decoding: TestFiles.read(file) ?? [], as: UTF8.self)) ?? 0
    url = "http://127.0.0.1:\(port)"
  }

  /// Stops the server, as a receiver that is down: connections are refused.
  package func stop() throws {
    process?.kill()
    try process?.wait()
    process = nil
  }

  /// Says how paths are answered from now on; others with 200.
  package func answer(_ answers: [String: Answer]) throws {
    let json = JSONValue.object(
      answers.map { path, answer in
        JSONMember(
          path,
          .object([
            "status": .integer(Int64(answer.status)), "body": .string(answer.body),
            "headers": .object(answer.headers.map { JSONMember($0.key, .string($0.value)) }),
            "delay": .integer(Int64(answer.delay)), "drop": .bool(answer.drops),
          ]))
      })
    try Files.writeAtomically(
      scratch.path + "/answers.json", JSONWriter.compact(json), durable: false)
  }

  /// What has come, in its order; of one path, or of all.
  package func requests(_ path: String? = nil) -> [Request] {
    let lines = (TestFiles.read(scratch.path + "/requests.jsonl") ?? []).split(separator: 0x0a)
    let all = lines.compactMap { line -> Request? in
      guard let json = JSONParser.parse(Array(line)) else { return nil }
      let headers = (json["headers"]?.members ?? []).map { ($0.name, $0.value.string ?? "") }
      return Request(
        path: json["path"]?.string ?? "", status: Int(json["status"]?.integer ?? 0),
        headers: Dictionary(headers, uniquingKeysWith: { $1 }),
        body: Array((json["body"]?.string ?? "").utf8))
    }
    return all.filter { path == nil || $0.path == path }
  }
}
