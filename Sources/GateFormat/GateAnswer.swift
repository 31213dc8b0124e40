// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// What a program `fleet-gate-*` writes to standard output: a number for each that is wanted.
package struct GateAnswer: Sendable, Hashable {
  /// What one measurement has come to.
  package struct Result: Sendable, Hashable {
    /// The metric and the bundle, as in the request.
    package var name: String
    package var bundle: String
    /// The number, finite; nil when there is none.
    package var value: Double?
    /// Of how many requests, probes or series it is made, 0 or more.
    package var samples: Int
    /// Why there is no number; empty when there is one.
    package var message: String

    /// Makes a result.
    package init(
      name: String, bundle: String, value: Double?, samples: Int, message: String = ""
    ) {
      self.name = name
      self.bundle = bundle
      self.value = value
      self.samples = samples
      self.message = message
    }
  }

  /// The results, in the order of the request.
  package var results: [Result]

  /// Makes an answer.
  package init(_ results: [Result]) { self.results = results }

  /// The longest message that is taken, in characters.
  package static let messageLimit = 300

  /// The answer as it is written: one line of JSON, with a line break at the end.
  package var bytes: [UInt8] {
    let items = results.map { result in
      JSONValue.object([
        "name": .string(result.name), "bundle": .string(result.bundle),
        "value": result.value.map { .real($0) } ?? .null,
        "samples": .integer(Int64(result.samples)), "message": .string(result.message),
      ])
    }
    return JSONWriter.compact(
      .object(["format": .integer(GateRequest.version), "results": .array(items)])) + [0x0a]
  }

  /// Reads an answer; nil when it is none. Entries that make no sense are left out: nobody has measured
  /// them.
  package init?(_ bytes: [UInt8]) {
    guard let json = JSONParser.parse(bytes), json["format"]?.integer == GateRequest.version,
      let items = json["results"]?.items
    else { return nil }
    results = items.compactMap { Result($0) }
  }
}

extension GateAnswer.Result {
  fileprivate init?(_ json: JSONValue) {
    guard let name = json["name"]?.string else { return nil }
    let value: Double?
    switch json["value"] {
    case nil, .null: value = nil
    case .integer(let number): value = Double(number)
    case .real(let number) where number.isFinite: value = number
    default: return nil
    }
    let samples = json["samples"]?.integer ?? 0
    let message = json["message"]?.string ?? ""
    self.init(
      name: name, bundle: json["bundle"]?.string ?? "", value: value,
      samples: Int(clamping: max(0, samples)),
      message: String(
        String.UnicodeScalarView(message.unicodeScalars.prefix(GateAnswer.messageLimit))))
  }
}
