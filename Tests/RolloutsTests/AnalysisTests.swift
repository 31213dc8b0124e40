// SPDX-License-Identifier: Apache-2.0

import Rollouts
import Testing

@Suite("Analysis")
struct AnalysisTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var id: String
    var values: [(Double?, Int)]
    var baseline: Double?
    var phase: MetricPhase
    var value: Double?
    var text: String
    var edit: @Sendable (inout MetricPolicy) -> Void
    var testDescription: String { id }

    init(
      _ id: String, _ values: [(Double?, Int)], baseline: Double? = nil, _ phase: MetricPhase,
      _ value: Double?, _ text: String, _ edit: @escaping @Sendable (inout MetricPolicy) -> Void
    ) {
      self.id = id
      self.values = values
      self.baseline = baseline
      self.phase = phase
      self.value = value
      self.text = text
      self.edit = edit
    }
  }

  static let cases = [
    Case(
      "mean weighted by samples", [(100, 900), (1410, 100)], .successful, 231,
      "p99-latency 231 is good (mean of 2 clusters, 1,000 samples; worst b with 1,410)"
    ) { $0.max = 500 },
    Case(
      "mean over the limit", [(612, 10), (612, 30)], .failed, 612,
      "p99-latency 612 is over 500 (mean of 2 clusters, 40 samples; worst a with 612)"
    ) { $0.max = 500 },
    Case(
      "mean without samples", [(100, 0), (200, 0)], .successful, 150,
      "p99-latency 150 is good (mean of 2 clusters, 0 samples; worst b with 200)"
    ) { $0.max = 500 },
    Case(
      "worst of both sides", [(98, 5), (130, 5)], .failed, 130,
      "p99-latency 130 is over 101 (b, the worst of 2 clusters, 10 samples)"
    ) {
      $0.min = 99
      $0.max = 101
      $0.aggregate = .worstCluster
    },
    Case(
      "worst is the lowest", [(99.5, 5), (98.25, 5)], .failed, 98.25,
      "p99-latency 98.25 is under 99 (b, the worst of 2 clusters, 10 samples)"
    ) {
      $0.min = 99
      $0.aggregate = .worstCluster
    },
    Case(
      "nearest rank", [(10, 1), (20, 1), (30, 1), (40, 1)], .failed, 30,
      "p99-latency 30 is over 25 (p75 of 4 clusters, 4 samples; worst d with 40)"
    ) {
      $0.max = 25
      $0.aggregate = .percentile(75)
    },
    Case(
      "nearest rank of one", [(10, 1)], .successful, 10,
      "p99-latency 10 is good (p1 of 1 cluster, 1 sample; worst a with 10)"
    ) {
      $0.max = 25
      $0.aggregate = .percentile(1)
    },
    Case(
      "too few samples", [(900, 12)], .inconclusive, 900,
      "p99-latency is inconclusive: 12 samples of 20 that are needed"
    ) {
      $0.max = 500
      $0.minSamples = 20
    },
    Case(
      "no data", [], .inconclusive, nil,
      "p99-latency is inconclusive: no cluster has reported it since its release"
    ) { $0.max = 500 },
    Case(
      "no data, skipped", [], .successful, nil,
      "p99-latency is skipped: no cluster has reported it since its release"
    ) {
      $0.max = 500
      $0.skipOnNoData = true
    },
    Case(
      "errors alone", [(nil, 5), (.nan, 5), (.infinity, 5)], .error, nil,
      "p99-latency cannot be measured: 3 clusters report no number"
    ) { $0.skipOnNoData = true },
    Case(
      "errors among numbers are left out", [(nil, 500), (100, 5), (-.infinity, 5)], .successful,
      100, "p99-latency 100 is good (mean of 1 cluster, 5 samples; worst b with 100)"
    ) { $0.max = 500 },
    Case(
      "on the limit is good", [(500, 1)], .successful, 500,
      "p99-latency 500 is good (mean of 1 cluster, 1 sample; worst a with 500)"
    ) { $0.max = 500 },
    Case(
      "hardly over the limit", [(500.0001, 1)], .failed, 500.0001,
      "p99-latency 500.0001 is over 500.0 (mean of 1 cluster, 1 sample; worst a with 500)"
    ) { $0.max = 500 },
    Case(
      "over what was before", [(612, 10)], baseline: 500, .failed, 612,
      "p99-latency 612 is over 525, 500 before (mean of 1 cluster, 10 samples; worst a with 612)"
    ) {
      $0.strategy = .previous
      $0.deviation = .high
      $0.tolerancePartsPerMillion = 50_000
    },
    Case(
      "lower is not worse for HIGH", [(1, 10)], baseline: 500, .successful, 1,
      "p99-latency 1 is good (mean of 1 cluster, 10 samples; worst a with 1)"
    ) {
      $0.strategy = .previous
      $0.deviation = .high
    },
    Case(
      "under what was before", [(97, 10)], baseline: 99, .failed, 97,
      "p99-latency 97 is under 99, the value before (mean of 1 cluster, 10 samples; worst a with 97)"
    ) {
      $0.strategy = .previous
      $0.deviation = .low
    },
    Case(
      "the range beside the value before", [(520, 10)], baseline: 510, .failed, 520,
      "p99-latency 520 is over 500 (mean of 1 cluster, 10 samples; worst a with 520)"
    ) {
      $0.strategy = .previous
      $0.deviation = .high
      $0.tolerancePartsPerMillion = 100_000
      $0.max = 500
    },
    Case(
      "a value before that is negative", [(-8, 10)], baseline: -10, .failed, -8,
      "p99-latency -8 is over -9, -10 before (mean of 1 cluster, 10 samples; worst a with -8)"
    ) {
      $0.strategy = .previous
      $0.tolerancePartsPerMillion = 100_000
    },
    Case(
      "no value before", [(520, 10)], .inconclusive, 520,
      "p99-latency is inconclusive: there is no value from before the rollout"
    ) { $0.strategy = .previous },
    Case(
      "no value before, but a range", [(520, 10)], .failed, 520,
      "p99-latency 520 is over 500 (mean of 1 cluster, 10 samples; worst a with 520)"
    ) {
      $0.strategy = .previous
      $0.max = 500
    },
    Case(
      "small numbers", [(0.0125, 10)], .failed, 0.0125,
      "p99-latency 0.0125 is over 0.01 (mean of 1 cluster, 10 samples; worst a with 0.0125)"
    ) { $0.max = 0.01 },
    Case(
      "samples that add up to too many", [(1, .max), (1, .max)], .successful, 1,
      "p99-latency 1 is good (mean of 2 clusters, 9,223,372,036,854,775,807 samples; worst a with 1)"
    ) { $0.max = 2 },
  ]

  @Test("one measurement over many clusters", arguments: cases)
  func judges(row: Case) {
    var policy = MetricPolicy(name: "p99-latency")
    row.edit(&policy)
    let samples = zip("abcdefgh", row.values).map { name, pair in
      MetricSample(cluster: String(name), value: pair.0, samples: pair.1)
    }
    let judgement = MetricAnalysis.judge(policy, samples: samples, baseline: row.baseline)
    #expect(judgement.phase == row.phase, "\(row.id)")
    #expect(judgement.text == row.text, "\(row.id)")
    #expect(judgement.value.map { abs($0 - (row.value ?? .nan)) < 1e-9 } ?? (row.value == nil))
    // The order of the clusters does not count.
    let turned = MetricAnalysis.judge(policy, samples: samples.reversed(), baseline: row.baseline)
    #expect(turned.text == row.text)
  }

  @Test(
    "the value before is aggregated in the same way; without a range the bad side says what is worst",
    arguments: [
      (MetricPolicy.Deviation.high, 30.0), (.low, 10.0), (.either, 15.0),
    ])
  func baselines(deviation: MetricPolicy.Deviation, value: Double) {
    var policy = MetricPolicy(name: "p99-latency")
    policy.strategy = .previous
    policy.aggregate = .worstCluster
    policy.deviation = deviation
    let samples = [
      MetricSample(cluster: "a", value: 10, samples: 3),
      MetricSample(cluster: "b", value: 30, samples: 1),
      MetricSample(cluster: "c", value: nil, samples: 100),
    ]
    #expect(MetricAnalysis.baseline(policy, samples: samples) == value)
    #expect(MetricAnalysis.baseline(policy, samples: []) == nil)
  }
}
