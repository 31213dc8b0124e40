// SPDX-License-Identifier: Apache-2.0

import Glibc
import Posix

/// A network line on loopback that counts bytes and can be cut, until the value goes away.
package final class LineProxy {
  /// Bytes and connections so far.
  package struct Counts: Sendable, Hashable {
    /// Bytes from the client.
    package let up: Int
    /// Bytes to the client.
    package let down: Int
    /// Connections.
    package let connections: Int

    package static func - (left: Counts, right: Counts) -> Counts {
      Counts(
        up: left.up - right.up, down: left.down - right.down,
        connections: left.connections - right.connections)
    }
  }

  /// Whether the program is there, for `.enabled(if:)`; what is missing is said in one line.
  package static let isPossible: Bool = {
    if Child.find("python3") != nil { return true }
    StandardStream.error.line("not run: the tests of bad networks, there is no 'python3'")
    return false
  }()

  /// `127.0.0.1:PORT`.
  package let place: String
  private let scratch: ScratchFolder
  private let process: BackgroundProcess

  /// Starts a line to the host of a URL, or a forward proxy when there is none.
  package init(to url: String? = nil) throws {
    scratch = try ScratchFolder("line")
    let target = url.map { Self.parts($0).place }
    let process = try BackgroundProcess(
      ["python3", TestTools.path("line-proxy.py"), scratch.path, String(getpid())]
        + (target.map { [$0] } ?? []),
      in: "/", variables: ["PATH": Environment.get("PATH") ?? ""], output: scratch.path + "/log")
    let file = scratch.path + "/port"
    try Waiting.until("the proxy") {
      if process.hasEnded { throw BackgroundProcess.Failure(description: process.text) }
      return TestFiles.read(file) != nil
    }
    self.process = process
    place = "127.0.0.1:" + String(decoding: TestFiles.read(file) ?? [], as: UTF8.self)
  }

  /// A URL with this line in the place of its host.
  package func url(_ url: String) -> String {
    let parts = Self.parts(url)
    return parts.before + place + parts.after
  }

  /// What has gone through.
  package var counts: Counts {
    let words = String(decoding: TestFiles.read(scratch.path + "/counts") ?? [], as: UTF8.self)
      .split(separator: " ").map { Int($0) ?? 0 }
    guard words.count == 3 else { return Counts(up: 0, down: 0, connections: 0) }
    return Counts(up: words[0], down: words[1], connections: words[2])
  }

  /// Cuts connections that begin from now on: `down N`, `path TEXT`, or nothing.
  package func cut(_ rule: String) throws { try scratch.write(rule, to: "cut") }

  private static func parts(_ url: String) -> (before: String, place: String, after: String) {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    let authority = url[start...].prefix { $0 != "/" }
    let host =
      authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
      ?? authority
    return (
      String(url[..<host.startIndex]), String(host), String(url[host.endIndex...])
    )
  }
}
