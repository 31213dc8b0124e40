// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import FleetTestSupport
import Targeting
import Testing

@Suite("sets of clusters")
struct BitSetTests {
  private func set(_ count: Int, _ positions: [Int]) -> BitSet {
    var set = BitSet(count: count)
    for position in positions { set.insert(position) }
    return set
  }

  @Test("a set knows its positions across words", arguments: [0, 1, 63, 64, 65, 130])
  func positions(count: Int) {
    let all = BitSet.all(count: count)
    #expect(Array(all) == Array(0..<count))
    #expect(all.count == count)
    #expect(all.isEmpty == (count == 0))
    #expect(!all.contains(count) && !all.contains(-1))
  }

  @Test("sets are combined")
  func combining() {
    let left = set(130, [0, 63, 64, 129])
    let right = set(130, [63, 100, 129])
    #expect(Array(left.intersection(right)) == [63, 129])
    #expect(Array(left.union(right)) == [0, 63, 64, 100, 129])
    #expect(Array(left.subtracting(right)) == [0, 64])
    #expect(Array(set(10, [-1, 64, 9])) == [9])
  }

  @Test("sets and one-by-one matching agree on random fleets")
  func agreement() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<60 {
      var world = World(
        clusters: (0..<12).map { number in ("c\(number)", random.labels()) },
        groups: [("g0", "k0=v0"), ("g1", "k1=v1"), ("g2", "k2=v0")])
      let inventory = world.inventory()
      let customizations = (0..<3).map { random.entry("x\($0)") }
      let repo = (0..<2).map { random.entry("r\($0)") }
      let mode: FleetYAML.CustomizationMode = random.below(2) == 0 ? .firstMatch : .allMatches
      let bundle = BundleTargets(customizations, repo: repo, mode: mode)
      let matcher = TargetMatcher(bundle, in: inventory)
      for (position, cluster) in inventory.clusters.enumerated() {
        let groups = inventory.workspace("fleet-default").groups(of: position)
        #expect(matcher.decision(for: position) == slow(bundle, cluster, groups))
        let isDeployed = if case .deployed = matcher.decision(for: position) { true } else { false }
        #expect(matcher.deployed.contains(position) == isDeployed)
        #expect(
          matcher.explain(position, in: inventory)?.selection.contains { $0.outcome == .matched }
            == (matcher.decision(for: position) != .notTargeted))
      }
    }
  }

  /// Fleet's algorithm, cluster by cluster and group by group.
  private func slow(
    _ bundle: BundleTargets, _ cluster: Cluster, _ groups: [ClusterGroup]
  ) -> TargetDecision {
    let candidates: [ClusterGroup?] = groups.isEmpty ? [nil] : groups
    let split = bundle.customizationCount
    let selected = bundle.targets.indices[split...].first { position in
      candidates.contains { group in
        bundle.targets[position].criteria.matches(cluster: cluster, group: group)
          && bundle.restrictions.contains { $0.matches(cluster: cluster, group: group) }
      }
    }
    guard let selected else { return .notTargeted }
    var matching = (0..<split).filter {
      bundle.targets[$0].criteria.matches(cluster: cluster, groups: groups)
    }
    if bundle.mode == .firstMatch { matching = Array(matching.prefix(1)) }
    if bundle.targets[selected].doNotDeploy { return .skipped(target: selected, by: selected) }
    if let no = matching.first(where: { bundle.targets[$0].doNotDeploy }) {
      return .skipped(target: selected, by: no)
    }
    return .deployed(target: selected, customizations: matching)
  }

  @Test("100 selectors over 10,000 clusters are quick, also in a debug build on a busy machine")
  func speed() {
    let place = SourceSpan(path: "t", start: .start, end: .start)
    let clusters = (0..<10_000).map { number in
      Cluster(
        metadata: Metadata(
          name: Located("c\(number)", at: place),
          labels: Labels(["region": "r\(number % 20)", "host": "h\(number)", "env": "edge"])))
    }
    var findings = Findings()
    let inventory = Inventory(clusters: clusters, groups: [], findings: &findings)
    let clock = ContinuousClock()
    var total = 0
    let time = clock.measure {
      for number in 0..<100 {
        total +=
          inventory.labels.matching(
            LabelSelector(matchLabels: ["region": "r\(number % 20)", "env": "edge"])
          ).count
      }
    }
    #expect(total == 50_000)
    #expect(time < .seconds(5))
  }
}

extension SeededRandom {
  mutating func labels() -> [String: String] {
    var labels: [String: String] = [:]
    for key in 0..<3 where below(3) > 0 { labels["k\(key)"] = "v\(below(2))" }
    return labels
  }

  mutating func entry(_ name: String) -> TargetEntry {
    .entry(
      name, selector: below(2) == 0 ? labels() : nil,
      cluster: below(5) == 0 ? "c\(below(12))" : nil,
      group: below(3) == 0 ? "g\(below(3))" : nil, groupSelector: below(4) == 0 ? labels() : nil,
      no: below(5) == 0)
  }
}
