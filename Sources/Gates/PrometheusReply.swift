// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// What Prometheus answers to `/api/v1/query`, as one number.
///
/// A scalar is that number. Of a vector it is the mean of its series, those left out that are no numbers
/// (nothing divided by nothing).
enum PrometheusReply: Hashable {
  /// A number, and of how many series it is made.
  case number(Double, series: Int)
  /// The query found nothing.
  case empty
  /// What was found is no number: the sentence.
  case none(String)

  /// Reads the body of an answer with this status.
  static func read(_ body: [UInt8], status: Int) -> PrometheusReply {
    guard let json = JSONParser.parse(body, limits: .machine) else {
      return .none("it answered \(status), and no JSON")
    }
    if json["status"]?.string == "error" {
      let type = json["errorType"]?.string ?? "error"
      let said = json["error"]?.string ?? "answered \(status)"
      return .none("\(type): \(said)")
    }
    guard json["status"]?.string == "success", (200..<300).contains(status),
      let data = json["data"], let type = data["resultType"]?.string,
      let items = data["result"]?.items
    else { return .none("it answered \(status), and not as Prometheus does") }
    switch type {
    case "scalar":
      guard let value = number(items) else { return .none("its answer has a value that is none") }
      return value.isFinite ? .number(value, series: 1) : .none(word(value))
    case "vector":
      if items.isEmpty { return .empty }
      var values: [Double] = []
      for item in items {
        guard let value = number(item["value"]?.items ?? []) else {
          return .none("the query gives a histogram or no value, not a number")
        }
        values.append(value)
      }
      let numbers = values.filter { !$0.isNaN }
      guard !numbers.isEmpty else { return .none("the value is no number (NaN)") }
      // A running mean does not overflow where a sum would.
      var mean = 0.0
      for (index, value) in numbers.enumerated() { mean += (value - mean) / Double(index + 1) }
      return mean.isFinite ? .number(mean, series: numbers.count) : .none(word(mean))
    default: return .none("the query gives a \(type), not a number")
    }
  }

  /// The number of `[time, "text"]`; Prometheus writes `NaN`, `+Inf` and `-Inf` too.
  private static func number(_ pair: [JSONValue]) -> Double? {
    guard pair.count == 2, let text = pair[1].string else { return nil }
    switch text {
    case "NaN": return .nan
    case "+Inf", "Inf": return .infinity
    case "-Inf": return -.infinity
    default: return Double(text)
    }
  }

  private static func word(_ value: Double) -> String {
    value.isNaN ? "the value is no number (NaN)" : "the value is infinite"
  }
}
