// SPDX-License-Identifier: Apache-2.0

import Rollouts
import Testing

/// Partitions by the id of their case: `1..57→57` is the first 57 clusters with the gate 57.
struct PartitionCase: Sendable, CustomTestStringConvertible {
  let id: String
  let policy: PartitionPolicy
  let clusters: Int
  let want: [String]
  var unavailable = 0

  var testDescription: String { id }
}

@Suite("Fleet's partitions")
struct PartitionTests {
  /// `cluster-0001` and so on: as many digits as keep the order of numbers.
  static func names(_ range: ClosedRange<Int>) -> [String] {
    range.map { number in
      let digits = String(number)
      return "cluster-" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }

  private static func share(_ percent: Int) -> Limit { .share(partsPerMillion: percent * 10_000) }

  private static func manual(
    _ name: String, _ range: ClosedRange<Int>, _ limit: Limit? = nil
  ) -> PartitionPolicy.Partition {
    PartitionPolicy.Partition(name: name, maxUnavailable: limit, clusters: names(range))
  }

  static let automatic = [
    PartitionCase(
      id: "P01", policy: PartitionPolicy(autoPartitionSize: .count(100)), clusters: 200,
      want: ["Partition 0 - 100: 1..100→100", "Partition 100 - 200: 101..200→100"]),
    PartitionCase(
      id: "P02", policy: PartitionPolicy(maxUnavailable: .count(1), autoPartitionSize: share(25)),
      clusters: 199, want: ["All: 1..199→1"]),
    PartitionCase(
      id: "P03, D03, D11", policy: PartitionPolicy(), clusters: 200,
      want: [
        "Partition 0 - 50: 1..50→50", "Partition 50 - 100: 51..100→50",
        "Partition 100 - 150: 101..150→50", "Partition 150 - 200: 151..200→50",
      ]),
    PartitionCase(
      id: "P04", policy: PartitionPolicy(autoPartitionSize: share(49)), clusters: 1_000,
      want: [
        "Partition 0 - 490: 1..490→490", "Partition 490 - 980: 491..980→490",
        "Partition 980 - 1000: 981..1000→20",
      ]),
    PartitionCase(
      id: "P05",
      policy: PartitionPolicy(maxUnavailable: share(10), autoPartitionSize: share(10)),
      clusters: 1_000,
      want: (0..<10).map {
        "Partition \($0 * 100) - \($0 * 100 + 100): \($0 * 100 + 1)..\($0 * 100 + 100)→10"
      }),
    PartitionCase(
      id: "P06, D05", policy: PartitionPolicy(), clusters: 230,
      want: [
        "Partition 0 - 57: 1..57→57", "Partition 57 - 114: 58..114→57",
        "Partition 114 - 171: 115..171→57", "Partition 171 - 228: 172..228→57",
        "Partition 228 - 230: 229..230→2",
      ]),
    PartitionCase(
      id: "size 0 is off", policy: PartitionPolicy(autoPartitionSize: .count(0)), clusters: 300,
      want: ["All: 1..300→300"]),
    PartitionCase(
      id: "D01", policy: PartitionPolicy(maxUnavailable: .count(5)), clusters: 25,
      want: ["All: 1..25→5"]),
    PartitionCase(
      id: "D02", policy: PartitionPolicy(maxUnavailable: .count(5)), clusters: 100,
      want: ["All: 1..100→5"]),
    PartitionCase(
      id: "D04",
      policy: PartitionPolicy(autoPartitionSize: share(50), autoPartitionThreshold: 50),
      clusters: 50,
      want: ["Partition 0 - 25: 1..25→25", "Partition 25 - 50: 26..50→25"]),
    PartitionCase(
      id: "D06", policy: PartitionPolicy(maxUnavailable: share(10)), clusters: 50,
      want: ["All: 1..50→5"]),
    PartitionCase(
      id: "D07", policy: PartitionPolicy(maxUnavailable: share(10)), clusters: 100,
      want: ["All: 1..100→10"]),
    PartitionCase(
      id: "D08",
      policy: PartitionPolicy(maxUnavailablePartitions: .count(1), autoPartitionSize: share(10)),
      clusters: 200,
      want: (0..<10).map {
        "Partition \($0 * 20) - \($0 * 20 + 20): \($0 * 20 + 1)..\($0 * 20 + 20)→20"
      }, unavailable: 1),
    PartitionCase(
      id: "D13", policy: PartitionPolicy(autoPartitionThreshold: 0), clusters: 500,
      want: ["All: 1..500→500"]),
    PartitionCase(
      id: "nobody", policy: PartitionPolicy(), clusters: 0, want: ["All: →1"]),
  ]

  static let written = [
    PartitionCase(
      id: "P10, P11",
      policy: PartitionPolicy(partitions: [
        manual("Partition 1", 1...2), manual("Partition 2", 3...4),
      ]),
      clusters: 4, want: ["Partition 1: 1..2→2", "Partition 2: 3..4→2"]),
    PartitionCase(
      id: "P12",
      policy: PartitionPolicy(partitions: [manual("testing", 1...60), manual("a", 41...100)]),
      clusters: 100, want: ["testing: 1..60→60", "a: 41..100→60"]),
    PartitionCase(
      id: "P13",
      policy: PartitionPolicy(autoPartitionSize: share(50), partitions: [manual("first", 1...50)]),
      clusters: 100, want: ["first: 1..50→50"]),
    PartitionCase(
      id: "D09",
      policy: PartitionPolicy(
        maxUnavailable: share(10), maxUnavailablePartitions: .count(0),
        partitions: (0..<5).map { manual("p\($0)", ($0 * 40 + 1)...($0 * 40 + 40)) }),
      clusters: 200, want: (0..<5).map { "p\($0): \($0 * 40 + 1)..\($0 * 40 + 40)→4" }),
    PartitionCase(
      id: "D10",
      policy: PartitionPolicy(
        maxUnavailable: .count(0), maxUnavailablePartitions: .count(0),
        partitions: [manual("one", 1...100), manual("two", 101...200)]),
      clusters: 200, want: ["one: 1..100→0", "two: 101..200→0"]),
    PartitionCase(
      id: "D12",
      policy: PartitionPolicy(
        partitions: [
          manual("demoRollout", 1...20, share(10)), manual("stable", 21...100, share(5)),
        ]),
      clusters: 100, want: ["demoRollout: 1..20→2", "stable: 21..100→4"]),
    PartitionCase(
      id: "clusters that do not change count nowhere",
      policy: PartitionPolicy(
        maxUnavailable: share(10), partitions: [manual("one", 1...40), manual("far", 50...90)]),
      clusters: 20, want: ["one: 1..20→2", "far: →1"]),
  ]

  @Test("clusters are cut into Fleet's partitions", arguments: automatic + written)
  func partitions(row: PartitionCase) {
    let clusters = row.clusters == 0 ? [] : Self.names(1...row.clusters)
    let partitions = FleetPartition.partitions(of: clusters, policy: row.policy)
    #expect(partitions.map(Self.text) == row.want)
    #expect(
      FleetPartition.maxUnavailablePartitions(partitions.count, policy: row.policy)
        == row.unavailable)
  }

  @Test("P12: the first partition that matches has the cluster; size and gate count all that match")
  func overlap() throws {
    let row = try #require(Self.written.first { $0.id == "P12" })
    let staged = StageMaker.stages(
      of: Self.names(1...100), policy: RolloutPolicy(stages: .partitions(row.policy)))
    #expect(staged.stageOf == Array(repeating: 0, count: 60) + Array(repeating: 1, count: 40))
    #expect(staged.stages.map(\.size) == [60, 60])
    #expect(staged.stages.map(\.gate) == [60, 60])
  }

  @Test("P13: a cluster in no partition is in no stage")
  func skipped() throws {
    let row = try #require(Self.written.first { $0.id == "P13" })
    let staged = StageMaker.stages(
      of: Self.names(1...100), policy: RolloutPolicy(stages: .partitions(row.policy)))
    #expect(staged.stageOf == Array(repeating: 0, count: 50) + Array(repeating: nil, count: 50))
    #expect(staged.stages.map(\.policy.name) == ["first"])
  }

  @Test("every partition has our rules, its own limit and a name of its own")
  func rules() {
    var rules = StagePolicy(name: "left out")
    rules.minSuccessTime = 600
    rules.coverage = .count(3)
    rules.maxUnavailable = .count(9)
    let policy = PartitionPolicy(
      maxUnavailable: .count(2), maxUnavailablePartitions: .count(1),
      partitions: [
        Self.manual("", 1...2), Self.manual("a", 3...4, .count(1)), Self.manual("a", 5...6),
      ], rules: rules)
    let staged = StageMaker.stages(
      of: Self.names(1...6), policy: RolloutPolicy(stages: .partitions(policy)))
    #expect(staged.stages.map(\.policy.name) == ["Partition 1", "a", "a (2)"])
    #expect(staged.stages.map(\.policy.maxUnavailable) == [.count(2), .count(1), .count(2)])
    #expect(staged.stages.map(\.policy.minSuccessTime) == [600, 600, 600])
    #expect(staged.stages.map(\.policy.coverage) == [nil, nil, nil])
    #expect(staged.unavailableStages == 1)
  }

  private static func text(_ partition: FleetPartition) -> String {
    let range =
      partition.members.first.flatMap { first in
        partition.members.last.map { "\(first + 1)..\($0 + 1)" }
      } ?? ""
    return "\(partition.name): \(range)→\(partition.gate)"
  }
}
