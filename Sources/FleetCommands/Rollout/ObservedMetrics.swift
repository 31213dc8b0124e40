// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Rollouts

/// What the sites measure now, for the numbers that they will report in a simulation.
enum ObservedMetrics {
  /// Fewer clusters than this say little about the others.
  private static let fewest = 5

  /// The metrics that enough clusters report, by name.
  static func read(_ refs: HubRefs) throws(CommandError) -> [String: SiteModel.Metric] {
    let digest = try ObservedDigest(refs.read("observed"), from: refs.store)
    var values: [String: [(value: Double, samples: Int)]] = [:]
    for line in digest.lines {
      for item in line.json["metrics"]?.items ?? [] {
        guard let name = item["name"]?.string, let value = number(item["value"]), value.isFinite
        else { continue }
        let samples = Int(clamping: max(0, item["samples"]?.integer ?? 0))
        values[name, default: []].append((value, samples))
        if let bundle = item["bundle"]?.string {
          values["\(bundle)/\(name)", default: []].append((value, samples))
        }
      }
    }
    return values.compactMapValues { list in
      guard list.count >= fewest else { return nil }
      let count = Double(list.count)
      let mean = list.reduce(0) { $0 + $1.value / count }
      let variance = list.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) / count }
      let samples = list.map(\.samples).sorted()[list.count / 2]
      return SiteModel.Metric(mean: mean, deviation: variance.squareRoot(), samples: samples)
    }
  }

  private static func number(_ value: JSONValue?) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .real(let number): number
    default: nil
    }
  }
}
