// SPDX-License-Identifier: Apache-2.0

import Posix

/// A GET with one parameter, made by the program `curl`: TLS, proxies and name resolution are as the machine's
/// administrator knows them.
struct HTTPQuery {
  /// What came.
  struct Answer: Hashable {
    var status: Int
    var body: [UInt8]
  }

  /// Why nothing came.
  struct Failure: Error, Hashable {
    let reason: String
  }

  /// Where to, without the parameter.
  var url: String
  /// The parameter `query`.
  var query: String
  /// The word behind `Authorization: Bearer`; nil for none.
  var token: String?
  /// A file with the certificates to trust instead of the system's.
  var caFile: String?
  /// Seconds for all of it, at least 1.
  var timeoutSeconds: Int

  /// The most that is read of an answer, in bytes.
  private static let answerLimit = 4 << 20

  /// Asks; `variables` is the environment.
  func ask(_ variables: [String: String]) throws(Failure) -> Answer {
    var environment = variables
    environment["LC_ALL"] = "C"
    let result: ChildResult
    do throws(PosixError) {
      // Arguments can be read by every user; the configuration on standard input cannot.
      result = try Child.run(
        ["curl", "-q", "-K", "-"], environment: environment, directory: "/",
        input: .bytes(configuration), ownGroup: true, timeoutSeconds: timeoutSeconds + 2,
        outputLimit: Self.answerLimit)
    } catch {
      throw Failure(reason: "cannot run curl: \(error.reason)")
    }
    guard result.succeeded else {
      guard case .exit = result.status else { throw Failure(reason: "curl \(result.status)") }
      let said = String(decoding: result.errorOutput, as: UTF8.self)
      let line = said.split(separator: "\n").first.map(String.init)
      throw Failure(reason: line ?? "curl \(result.status)")
    }
    // The status stands behind the body, in a line of its own.
    guard let end = result.output.lastIndex(of: 0x0a),
      let status = Int(String(decoding: result.output[(end + 1)...], as: UTF8.self))
    else { throw Failure(reason: "curl told no status") }
    return Answer(status: status, body: Array(result.output[..<end]))
  }

  var configuration: [UInt8] {
    var lines = [
      "silent", "show-error", "get", #"proto = "=https,http""#,
      "connect-timeout = \(min(timeoutSeconds, 5))", "max-time = \(timeoutSeconds)",
      "url = \(Self.quoted(url))", #"header = "User-Agent: kubectl-fleet""#,
      "data-urlencode = \(Self.quoted("query=" + query))",
      #"write-out = "\n%{http_code}""#,
    ]
    if let token { lines.append("header = \(Self.quoted("Authorization: Bearer \(token)"))") }
    if let caFile { lines.append("cacert = \(Self.quoted(caFile))") }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  /// A value as curl's configuration has it. Line breaks of a query are blanks to its language; other control
  /// characters are left out, they would end the line.
  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 where byte != 0x7f {
      switch byte {
      case 0x09, 0x0a, 0x0d: bytes.append(0x20)
      case 0..<0x20: continue
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    return String(decoding: bytes, as: UTF8.self)
  }
}
