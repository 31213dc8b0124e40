// SPDX-License-Identifier: Apache-2.0

import FleetModel
import SliceFormat

/// What the sites report, as far as it may count.
enum FactsGathering {
  /// The facts that should count.
  ///
  /// Only clusters that the repository declares have any, and only facts that the Hub allows. Who says nothing of facts
  /// keeps what is known: an older program, or one that may not ask, takes nothing back.
  /// - Parameter statuses: what was reported last, at most once for each cluster.
  static func wanted(
    _ statuses: [ClusterStatus], clusters: [String], rules: FactRules, known: ReportedFacts
  ) -> ReportedFacts {
    var reported: [String: [SiteFact]] = [:]
    for status in statuses { reported[status.cluster] = status.facts }
    var result = ReportedFacts()
    for cluster in clusters {
      let facts = reported[cluster]?.compactMap { labelled($0) } ?? known[cluster]
      result[cluster] = facts.filter { rules.allows($0.name) }
    }
    return result
  }

  /// The fact with its value as a label has it; nil when it cannot be a label. So a change that no selector can see
  /// is none.
  private static func labelled(_ fact: SiteFact) -> SiteFact? {
    guard FactLabel.key(fact.name) != nil, let value = FactLabel.value(fact.value) else {
      return nil
    }
    return SiteFact(fact.name, value)
  }
}
