// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import NotifyFormat
import Posix

/// A POST of JSON, made by the program `curl`: TLS, proxies and name resolution are as the machine's administrator knows
/// them.
struct Curl {
  /// What the receiver has answered.
  struct Answer: Hashable {
    var status: Int
    /// By name in lower case; of two the last counts.
    var headers: [String: String]
    var body: [UInt8]
  }

  /// Where to.
  var url: String
  /// Lines such as `X-Fleet-Event: started`, besides the content's type.
  var headers: [String] = []
  /// The JSON, in which the writer has escaped all control characters.
  var body: [UInt8]
  /// A file with the certificates to trust instead of the system's.
  var caFile: String?
  /// Seconds for all of it.
  var timeoutSeconds: Int

  /// The most that is read of an answer, in bytes.
  private static let answerLimit = 1 << 18

  /// Sends it; the answer, or why there is none.
  func post(variables: [String: String]) -> Result<Answer, Failure> {
    var environment = variables
    environment["LC_ALL"] = "C"
    let result: ChildResult
    do throws(PosixError) {
      // Everything else stands in the configuration on standard input: arguments can be read by every user.
      result = try Child.run(
        ["curl", "-q", "-K", "-"], environment: environment, directory: "/",
        input: .bytes(configuration), ownGroup: true, timeoutSeconds: timeoutSeconds + 3,
        outputLimit: Self.answerLimit)
    } catch {
      return .failure(Failure("cannot run curl: \(error.reason)"))
    }
    // What ends a transfer after the status has come changes nothing: the receiver has decided.
    if let answer = Self.answer(result.output) { return .success(answer) }
    guard case .exit = result.status else { return .failure(Failure("curl \(result.status)")) }
    let said = String(decoding: result.errorOutput, as: UTF8.self)
    let line = said.split(separator: "\n").first.map(String.init)
    return .failure(Failure(line ?? "curl \(result.status)"))
  }

  /// Why there is no answer.
  struct Failure: Error, Hashable {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  var configuration: [UInt8] {
    var lines = [
      "silent", "show-error", "include", "suppress-connect-headers", #"proto = "=https,http""#,
      "connect-timeout = \(min(timeoutSeconds, 10))", "max-time = \(timeoutSeconds)",
      #"request = "POST""#, "url = \(Self.quoted(url))",
      #"header = "Content-Type: application/json""#, #"header = "User-Agent: kubectl-fleet""#,
      // Else curl waits for a leave to send a larger body.
      #"header = "Expect:""#,
    ]
    lines += headers.map { "header = \(Self.quoted($0))" }
    if let caFile { lines.append("cacert = \(Self.quoted(caFile))") }
    lines.append("data-raw = \(Self.quoted(String(decoding: body, as: UTF8.self)))")
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  /// A value as curl's configuration has it; control characters are left out, they would end the line.
  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 where byte >= 0x20 && byte != 0x7f {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        bytes.append(UInt8(ascii: "\\"))
      }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads what `include` writes: blocks of headers, of which those with a status of 1xx are followed by another.
  static func answer(_ output: [UInt8]) -> Answer? {
    var rest = output[...]
    while rest.starts(with: Array("HTTP/".utf8)) {
      var lines: [String] = []
      var isComplete = false
      while let end = rest.firstIndex(of: 0x0a) {
        var line = rest[rest.startIndex..<end]
        rest = rest[(end + 1)...]
        if line.last == 0x0d { line = line.dropLast() }
        if line.isEmpty {
          isComplete = true
          break
        }
        lines.append(String(decoding: line, as: UTF8.self))
      }
      guard isComplete, let first = lines.first,
        let word = first.split(separator: " ").dropFirst().first, let status = Int(word),
        (100...599).contains(status)
      else { return nil }
      if status < 200 { continue }
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, parts.count == 2, let value = parts.last else { continue }
        headers[name.lowercased()] = String(value.drop { $0 == " " || $0 == "\t" })
      }
      return Answer(status: status, headers: headers, body: Array(rest))
    }
    return nil
  }
}
