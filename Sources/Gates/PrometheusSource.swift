// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Posix

/// A Prometheus, and how it is reached.
struct PrometheusSource {
  /// Why it cannot be asked at all.
  struct Problem: Error, Hashable {
    let reason: String
  }

  /// The address without a slash at its end.
  let address: String
  /// Seconds for all questions of a run, 1 to 25.
  let timeoutSeconds: Int
  private let token: String?
  private let caFile: String?
  private let variables: [String: String]

  /// Reads the site's configuration: `address`, `timeoutSeconds`, `tokenFile`, `caFile`, all of them optional.
  init(_ config: JSONValue, variables: [String: String]) throws(Problem) {
    self.variables = variables
    var address = config["address"]?.string ?? variables["FLEET_PROMETHEUS"] ?? ""
    while address.hasSuffix("/") { address.removeLast() }
    guard !address.isEmpty else {
      throw Problem(
        reason: "the address of Prometheus is missing: FLEET_PROMETHEUS, or 'address' in the gate"
          + " configuration")
    }
    let isURL = address.hasPrefix("http://") || address.hasPrefix("https://")
    guard isURL, address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw Problem(reason: "the address of Prometheus must begin with http:// or https://")
    }
    self.address = address
    timeoutSeconds = min(max(Int(clamping: config["timeoutSeconds"]?.integer ?? 20), 1), 25)
    caFile = config["caFile"]?.string
    guard let path = config["tokenFile"]?.string else {
      token = nil
      return
    }
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(path, limit: 1 << 14)
    } catch {
      throw Problem(reason: "\(error), named by 'tokenFile'")
    }
    let words = bytes.split { $0 <= 0x20 }
    guard words.count == 1, let word = words.first, word.allSatisfy({ $0 < 0x7f }) else {
      throw Problem(reason: "what 'tokenFile' names must hold one word, and nothing else")
    }
    token = String(decoding: word, as: UTF8.self)
  }

  /// Asks one question; `end` is the monotonic millisecond at which nobody waits any more.
  func ask(_ query: String, until end: Int64) -> PrometheusReply {
    let left = end - MonotonicClock.milliseconds()
    guard left > 0 else { return .none("there was no time left to ask") }
    let seconds = Int((left + 999) / 1000)
    let question = HTTPQuery(
      url: address + "/api/v1/query", query: query, token: token, caFile: caFile,
      timeoutSeconds: seconds)
    do throws(HTTPQuery.Failure) {
      let answer = try question.ask(variables)
      return PrometheusReply.read(answer.body, status: answer.status)
    } catch {
      return .none(error.reason)
    }
  }
}
