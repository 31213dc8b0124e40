// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// What a program `fleet-gate-*` reads on standard input: the numbers that a site wants, all those of one
/// provider at once.
package struct GateRequest: Sendable, Hashable {
  /// The version of this contract.
  package static let version: Int64 = 1

  /// A number that is wanted.
  package struct Gate: Sendable, Hashable {
    /// The name of the metric.
    package var name: String
    /// The bundle that it is about.
    package var bundle: String
    /// What is asked, in the provider's language.
    package var query: String
    /// What tells of how many requests or probes the number is made; nil where nothing does.
    package var samplesQuery: String?

    /// Makes a question.
    package init(name: String, bundle: String, query: String, samplesQuery: String? = nil) {
      self.name = name
      self.bundle = bundle
      self.query = query
      self.samplesQuery = samplesQuery
    }
  }

  /// The cluster that asks.
  package var cluster: String
  /// What is wanted.
  package var gates: [Gate]
  /// What the site's administrator says to the program: an object; null for nothing.
  package var config: JSONValue

  /// Makes a request.
  package init(cluster: String, gates: [Gate], config: JSONValue = .null) {
    self.cluster = cluster
    self.gates = gates
    self.config = config
  }

  /// The request as a program reads it: one line of JSON, with a line break at the end.
  package var bytes: [UInt8] {
    let gates = gates.map { gate in
      var members = [
        JSONMember("name", .string(gate.name)), JSONMember("bundle", .string(gate.bundle)),
        JSONMember("query", .string(gate.query)),
      ]
      if let query = gate.samplesQuery {
        members.append(JSONMember("samplesQuery", .string(query)))
      }
      return JSONValue.object(members)
    }
    return JSONWriter.compact(
      .object([
        "format": .integer(Self.version), "cluster": .string(cluster), "gates": .array(gates),
        "config": config,
      ])) + [0x0a]
  }
}

extension GateRequest {
  /// Why something is no request.
  package enum Refusal: Error, Sendable, Hashable {
    /// It is no JSON.
    case noJSON
    /// A member is missing or has the wrong type.
    case malformed(String)
    /// The format's number is not ours.
    case format(Int64)
  }

  /// Reads a request; members that are not known are left alone.
  package init(_ bytes: [UInt8]) throws(Refusal) {
    guard let json = JSONParser.parse(bytes) else { throw .noJSON }
    guard let format = json["format"]?.integer else { throw .malformed("format") }
    guard format == Self.version else { throw .format(format) }
    guard let items = json["gates"]?.items else { throw .malformed("gates") }
    var gates: [Gate] = []
    for item in items {
      guard let name = item["name"]?.string, let query = item["query"]?.string else {
        throw .malformed("gates")
      }
      gates.append(
        Gate(
          name: name, bundle: item["bundle"]?.string ?? "", query: query,
          samplesQuery: item["samplesQuery"]?.string))
    }
    self.init(
      cluster: json["cluster"]?.string ?? "", gates: gates, config: json["config"] ?? .null)
  }
}
