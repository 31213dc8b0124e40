// SPDX-License-Identifier: Apache-2.0

internal import JSONTree

/// A number that a site has measured, in its `status.json`.
package struct StatusMetric: Sendable, Hashable {
  /// The name of the metric, as rollout policies use it.
  package var name: String
  /// The bundle that it was measured for; nil for the whole cluster.
  package var bundle: String?
  /// The value, a finite number; nil when the site could not measure, which is an error of the metric.
  package var value: Double?
  /// Of how many requests or probes it is made, 0 or more.
  package var samples: Int

  /// Makes a metric.
  package init(name: String, bundle: String? = nil, value: Double?, samples: Int) {
    self.name = name
    self.bundle = bundle
    self.value = value
    self.samples = samples
  }

  /// The most metrics that are read from one report: of a site gone mad the digest must not grow.
  package static let countLimit = 200
  /// The most bytes of a name.
  package static let nameLimit = 253
  /// Larger values are no measurements; up to here a double counts exactly.
  package static let valueLimit = 9_007_199_254_740_992.0
  /// More samples than any interval has.
  package static let sampleLimit: Int64 = 1 << 53

  var json: JSONValue {
    var members = [JSONMember("name", .string(name))]
    if let bundle { members.append(JSONMember("bundle", .string(bundle))) }
    members.append(JSONMember("value", value.map { .real($0) } ?? .null))
    members.append(JSONMember("samples", .integer(Int64(samples))))
    return .object(members)
  }

  /// The metrics of a report. Left out are: what has no name, the second of a name and bundle, what is
  /// beyond a limit, a value that is neither a number nor null, a count that is negative or no integer.
  static func read(_ json: JSONValue?) -> [StatusMetric] {
    var seen: Set<[String]> = []
    var result: [StatusMetric] = []
    for item in json?.items ?? [] where result.count < countLimit {
      guard let metric = StatusMetric(item),
        seen.insert([metric.name, metric.bundle ?? ""]).inserted
      else { continue }
      result.append(metric)
    }
    return result
  }

  private init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, Self.isName(name) else { return nil }
    let bundle: String?
    switch json["bundle"] {
    case nil, .null: bundle = nil
    case .string(let text) where Self.isName(text): bundle = text
    default: return nil
    }
    // A query may have no answer, but the site says so.
    guard let said = json["value"], said == .null || said.number != nil else { return nil }
    let value = said.number
    // A comparison with what is no number is false, so that falls out here too.
    if let value, !(value.magnitude <= Self.valueLimit) { return nil }
    guard let samples = json["samples"]?.integer, (0...Self.sampleLimit).contains(samples) else {
      return nil
    }
    self.init(name: name, bundle: bundle, value: value, samples: Int(samples))
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= nameLimit && text.utf8.allSatisfy { $0 >= 0x20 }
  }
}
