// SPDX-License-Identifier: Apache-2.0

/// How the sites of a simulated fleet behave.
package struct SiteModel: Sendable, Hashable {
  /// How long a site takes from the fetch of its slice until it is Ready.
  package enum Delay: Sendable, Hashable {
    /// About so many seconds: half of the sites are faster; one in twenty takes more than twice as long.
    case typical(seconds: Double)
    /// One of these, in seconds: what another rollout has shown. Never empty when it is used.
    case recorded([Double])
  }

  /// What the sites measure.
  package struct Metric: Sendable, Hashable {
    /// The mean over the sites, and how far they are from it: the standard deviation.
    package var mean: Double
    package var deviation: Double
    /// The samples of each site.
    package var samples: Int

    /// Makes a metric.
    package init(mean: Double, deviation: Double = 0, samples: Int = 1000) {
      self.mean = mean
      self.deviation = deviation
      self.samples = samples
    }
  }

  /// Which share of the sites has no connection at any moment, 0 to 0.99.
  package var offlineShare = 0.03
  /// How long a site without connection stays so, in seconds: the mean.
  package var meanOutage = 7200.0
  /// How long a site takes.
  package var delay = Delay.typical(seconds: 30)
  /// Between two polls of a site, in seconds.
  package var pollInterval = 60
  /// Which share of the sites cannot apply the new version.
  package var failingShare = 0.0
  /// How long a person takes to approve, in seconds.
  package var approvalDelay: Int64 = 0
  /// The metrics by name; those that are not here are measured as good.
  package var metrics: [String: Metric] = [:]

  /// Clusters that are paused: nothing is released to them.
  package var paused: Set<String> = []

  /// Makes a model with the defaults.
  package init() {}
}

/// Random numbers that are the same for the same seed: SplitMix64.
struct SimulationRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// A number in 0..<1.
  mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// An outcome that comes with a probability.
  mutating func chance(_ probability: Double) -> Bool { share() < probability }

  /// A number of the standard normal distribution, near enough: the sum of twelve (Irwin–Hall).
  mutating func normal() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += share() }
    return sum
  }

  /// A time of the exponential distribution with this mean, at least 1 second.
  mutating func time(mean: Double) -> Int64 {
    // -ln(u) by the series of the logarithm would need the C library; von Neumann's comparison method needs
    // uniform numbers alone.
    var whole = 0.0
    while true {
      let first = share()
      var last = first
      var count = 1
      while true {
        let next = share()
        if next >= last { break }
        last = next
        count += 1
      }
      if count % 2 == 1 { return Int64(max(1, min(1e9, (whole + first) * mean))) }
      whole += 1
    }
  }
}

extension SiteModel.Delay {
  /// The time of one site, in seconds, at least 1.
  func draw(_ random: inout SimulationRandom) -> Int64 {
    switch self {
    case .typical(let seconds):
      // A product of factors near 1 has the long tail of a log-normal distribution: (1 + d/4)^4 ≈ e^d.
      let quarter = max(0.2, 1 + 0.45 * random.normal() / 4)
      return Int64(max(1, min(1e9, seconds * quarter * quarter * quarter * quarter)))
    case .recorded(let times):
      guard !times.isEmpty else { return 1 }
      return Int64(max(1, min(1e9, times[Int(random.next() % UInt64(times.count))])))
    }
  }
}
