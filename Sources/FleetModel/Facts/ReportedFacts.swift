// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import SliceFormat

/// The facts of all clusters that the hub has taken up from their reports.
package struct ReportedFacts: Sendable, Hashable {
  private var facts: [String: [SiteFact]] = [:]

  /// None of any cluster.
  package init() {}

  /// Whether there is none of any cluster.
  package var isEmpty: Bool { facts.isEmpty }

  /// The clusters that have some, in the order of their names.
  package var clusters: [String] { facts.keys.sorted { $0.precedesInBytes($1) } }

  /// The facts of a cluster, in the order of their names.
  package subscript(cluster: String) -> [SiteFact] {
    get { facts[cluster] ?? [] }
    set {
      facts[cluster] =
        newValue.isEmpty ? nil : newValue.sorted { $0.name.precedesInBytes($1.name) }
    }
  }

  /// The clusters whose facts are others, in the order of their names.
  package func difference(from old: ReportedFacts) -> [String] {
    Set(facts.keys).union(old.facts.keys).filter { self[$0] != old[$0] }
      .sorted { $0.precedesInBytes($1) }
  }
}

extension FleetDocuments {
  /// The same documents, whose clusters have the facts that the Hub among them allows.
  ///
  /// What was taken up under rules that are stricter now does not count any more, from the push on that
  /// makes them so.
  package func with(_ facts: ReportedFacts) -> FleetDocuments {
    if facts.isEmpty || hub.facts.allow.isEmpty { return self }
    return mappingClusters { cluster in
      let own = facts[cluster.name].filter { hub.facts.allows($0.name) }
      return own.isEmpty ? cluster : cluster.with(facts: FactLabel.labels(own))
    }
  }
}
