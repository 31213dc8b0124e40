// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSONTree
import Posix

/// A real Prometheus on loopback that scrapes one target five times a second, until the value goes away.
package final class PrometheusServer {
  /// Whether the programs are there, for `.enabled(if:)`; what is missing is said in one line.
  package static let isPossible: Bool = {
    guard GateServer.isPossible else { return false }
    if Child.find("prometheus") != nil { return true }
    StandardStream.error.line("not run: the tests with a Prometheus, there is none")
    return false
  }()

  /// `http://127.0.0.1:PORT`.
  package private(set) var url = ""
  private let scratch: ScratchFolder
  private var process: BackgroundProcess?

  /// Starts a Prometheus that scrapes a target.
  package init(target: String) throws {
    scratch = try ScratchFolder("prometheus")
    try scratch.write(
      """
      global: {scrape_interval: 200ms, scrape_timeout: 200ms}
      scrape_configs:
      - job_name: shop
        static_configs: [{targets: ['\(target)']}]

      """, to: "prometheus.yml")
    // A port that was free a moment ago may be somebody else's by now.
    for attempt in 1...5 where process == nil {
      try start(isLast: attempt == 5)
    }
  }

  private func start(isLast: Bool) throws {
    let port = try Self.freePort()
    let process = try BackgroundProcess(
      [
        "prometheus", "--config.file=\(scratch.path)/prometheus.yml",
        "--storage.tsdb.path=\(scratch.path)/data", "--web.listen-address=127.0.0.1:\(port)",
        "--log.level=warn",
      ], in: "/", variables: ["PATH": Environment.get("PATH") ?? "", "GOMAXPROCS": "1"],
      output: scratch.path + "/log")
    url = "http://127.0.0.1:\(port)"
    try Waiting.until("prometheus") {
      if process.hasEnded {
        guard isLast else { return true }
        throw BackgroundProcess.Failure(description: process.text)
      }
      let result = try Child.run(
        ["curl", "-q", "--silent", "--fail", "--max-time", "5", url + "/-/ready"],
        timeoutSeconds: 10)
      return result.succeeded
    }
    if !process.hasEnded { self.process = process }
  }

  /// The value of a query that finds one series; nil when it finds none or more.
  package func value(_ query: String) throws -> String? {
    let result = try Child.run(
      [
        "curl", "-q", "--silent", "--max-time", "5", "--get", "--data-urlencode",
        "query=\(query)", url + "/api/v1/query",
      ], timeoutSeconds: 10)
    let items = JSONParser.parse(result.output)?["data"]?["result"]?.items ?? []
    return items.count == 1 ? items.first?["value"]?.items?.last?.string : nil
  }

  /// Waits until a query has a value.
  package func wait(for query: String, toBe value: String) throws {
    try Waiting.until("'\(query)' to be \(value)") { try self.value(query) == value }
  }

  private static func freePort() throws -> UInt16 {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard number >= 0 else { throw BackgroundProcess.Failure(description: "no socket") }
    defer { close(number) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(number, $0, size) == 0 ? getsockname(number, $0, &size) : -1
      }
    }
    guard result == 0 else { throw BackgroundProcess.Failure(description: "no free port") }
    return UInt16(bigEndian: address.sin_port)
  }
}
