// SPDX-License-Identifier: Apache-2.0

import SliceFormat

/// The sites of one simulated run: what they do, and what the hub sees of it.
///
/// The contact of a site with a connection is the end of that connection, which is known here beforehand: the engine
/// asks of it only how long it is past, and nobody has to be touched each minute.
struct SimulatedFleet {
  /// What a site is doing.
  private enum Work {
    /// Nothing is released to it.
    case idle
    /// It fetches its slice at its next poll.
    case fetching
    /// It is done at a time.
    case applying(until: Int64)
    /// The hub knows what has become of it since a time.
    case reported(since: Int64)
  }

  private struct Site {
    var work = Work.idle
    var isOnline = true
    /// When its connection comes or goes next.
    var until = Int64.max
    /// Since when it has no connection, or until when it has one.
    var contact: Int64
    var fails = false
    /// The release that it was told last.
    var release = 0
    /// Whether a visit is planned: not two at a time.
    var isPlanned = false
  }

  /// What the hub sees.
  private(set) var observations = Observations()
  /// When a site that is waited for became Ready last.
  private(set) var lastReady: Int64?

  private let plan: RolloutPlan
  private let model: SiteModel
  private let meanOnline: Double
  private var sites: [Site] = []
  private var visits = VisitQueue()
  private var closed: [String] = []
  private var random: SimulationRandom
  /// What is reported of a metric by a site that has the version of before.
  private let metrics: [(name: String, model: SiteModel.Metric)]

  /// Sites that have what was there before.
  init(_ plan: RolloutPlan, _ model: SiteModel, seed: UInt64, now: Int64) {
    self.plan = plan
    self.model = model
    random = SimulationRandom(seed: seed)
    let offline = min(max(model.offlineShare, 0), 0.99)
    meanOnline = offline > 0 ? model.meanOutage * (1 - offline) / offline : 0
    metrics = Self.metrics(plan, model)
    var clusters: [String: ClusterObservation] = [:]
    clusters.reserveCapacity(plan.members.count)
    sites.reserveCapacity(plan.members.count)
    for member in plan.members {
      var site = Site(contact: .max)
      if offline > 0 {
        site.isOnline = !random.chance(offline)
        // Neither distribution remembers, so what is left of it is the same distribution.
        site.until = now + random.time(mean: site.isOnline ? meanOnline : model.meanOutage)
        site.contact = site.isOnline ? site.until : now - random.time(mean: model.meanOutage)
      }
      site.fails = random.chance(model.failingShare)
      var seen = ClusterObservation()
      seen.contact = site.contact
      seen.isPaused = model.paused.contains(member.cluster)
      for move in member.moves {
        if let tree = move.fallback {
          seen.bundles[move.bundle] = ClusterObservation.Bundle(tree: tree, state: .ready)
        }
      }
      if !metrics.isEmpty { seen.metrics = Self.measure(metrics, at: now, &random) }
      clusters[member.cluster] = seen
      sites.append(site)
    }
    observations = Observations(clusters)
  }

  /// Nothing may be released to these clusters, and to all others something may.
  mutating func close(_ names: [String]) {
    for name in closed { observations.clusters[name]?.isClosed = false }
    for name in names { observations.clusters[name]?.isClosed = true }
    closed = names
  }

  /// The hub has released these members.
  mutating func release(_ members: [Int], number: Int, now: Int64) {
    for index in members where sites.indices.contains(index) {
      sites[index].work = .fetching
      sites[index].release = number
      move(index, to: now)
      observations.clusters[plan.members[index].cluster]?.contact = sites[index].contact
      let poll = Int64(random.next() % UInt64(max(1, model.pollInterval))) + 1
      planVisit(index, at: now + poll)
    }
  }

  /// When the next site does something; nil when none does.
  var nextVisit: Int64? { visits.first }

  /// Lets the next site do it; whether the hub's decisions may change by it.
  mutating func visitNext(disconnectedAfter: Int) -> Bool {
    guard let (time, index) = visits.pop() else { return false }
    sites[index].isPlanned = false
    if case .reported(let since) = sites[index].work,
      sites[index].contact >= HubTime.after(since, seconds: patience(index))
    {
      // It has stayed until it had Succeeded or failed: nobody asks for it any more.
      sites[index].work = .idle
      return false
    }
    move(index, to: time)
    guard sites[index].isOnline else {
      planVisit(index, at: sites[index].until)
      return false
    }
    let name = plan.members[index].cluster
    let before = observations.clusters[name]?.contact ?? .min
    let wasSilent = before < time - Int64(max(0, disconnectedAfter))
    if before != sites[index].contact {
      observations.clusters[name]?.contact = sites[index].contact
    }
    switch sites[index].work {
    case .idle: return false
    case .fetching:
      let end = time + model.delay.draw(&random)
      sites[index].work = .applying(until: end)
      planVisit(index, at: min(end, sites[index].until))
      return wasSilent
    case .applying(let end):
      guard time >= end else {
        planVisit(index, at: min(end, sites[index].until))
        return wasSilent
      }
      report(index, at: time)
      planVisit(index, at: sites[index].until)
      return true
    case .reported:
      if wasSilent { sites[index].work = .reported(since: time) }
      planVisit(index, at: sites[index].until)
      return wasSilent
    }
  }

  /// How long a site has to stay as it is before that counts.
  private func patience(_ index: Int) -> Int {
    let member = plan.members[index]
    if sites[index].fails { return plan.policy.failedAfter }
    return member.stage.map { plan.stages[$0].policy.minSuccessTime } ?? 0
  }

  private mutating func planVisit(_ index: Int, at time: Int64) {
    guard time < .max, !sites[index].isPlanned else { return }
    if case .idle = sites[index].work { return }
    sites[index].isPlanned = true
    visits.push(time, index)
  }

  /// Lets connections come and go up to a time.
  private mutating func move(_ index: Int, to time: Int64) {
    while sites[index].until <= time {
      let turn = sites[index].until
      sites[index].isOnline.toggle()
      let isOnline = sites[index].isOnline
      sites[index].until = turn + random.time(mean: isOnline ? meanOnline : model.meanOutage)
      sites[index].contact = isOnline ? sites[index].until : turn
    }
  }

  private mutating func report(_ index: Int, at time: Int64) {
    sites[index].work = .reported(since: time)
    let member = plan.members[index]
    guard var seen = observations.clusters[member.cluster] else { return }
    seen.release = sites[index].release
    for move in member.moves {
      seen.bundles[move.bundle] = move.target.map { tree in
        sites[index].fails
          ? ClusterObservation.Bundle(
            tree: tree, state: .errApplied, message: "fails in the simulation")
          : ClusterObservation.Bundle(tree: tree, state: .ready)
      }
    }
    if !metrics.isEmpty { seen.metrics = Self.measure(metrics, at: time, &random) }
    observations.clusters[member.cluster] = seen
    if !sites[index].fails { lastReady = time }
  }

  private static func measure(
    _ metrics: [(name: String, model: SiteModel.Metric)], at time: Int64,
    _ random: inout SimulationRandom
  ) -> [String: ClusterObservation.Measurement] {
    var result: [String: ClusterObservation.Measurement] = [:]
    for (name, model) in metrics {
      let value = model.deviation > 0 ? model.mean + model.deviation * random.normal() : model.mean
      result[name] = ClusterObservation.Measurement(
        value: value, samples: model.samples, seenAt: time)
    }
    return result
  }

  /// The metrics of all stages; those that the model does not know are in the middle of what is good.
  private static func metrics(
    _ plan: RolloutPlan, _ model: SiteModel
  ) -> [(name: String, model: SiteModel.Metric)] {
    var result: [(name: String, model: SiteModel.Metric)] = []
    for metric in plan.stages.flatMap(\.policy.metrics)
    where !result.contains(where: { $0.name == metric.name }) {
      let samples = max(1000, metric.minSamples)
      let good: Double
      switch (metric.min, metric.max) {
      case (let min?, let max?): good = (min + max) / 2
      case (let min?, nil): good = min + abs(min) / 200
      case (nil, let max?): good = max > 0 ? max / 2 : max * 2
      case (nil, nil): good = 1
      }
      result.append(
        (metric.name, model.metrics[metric.name] ?? SiteModel.Metric(mean: good, samples: samples)))
    }
    return result
  }
}

/// When sites do something next: a heap, the earliest first; of equals the first site.
struct VisitQueue {
  private var heap: [(time: Int64, site: Int)] = []

  var first: Int64? { heap.first?.time }

  private static func precedes(_ left: (time: Int64, site: Int), _ right: (time: Int64, site: Int))
    -> Bool
  {
    left.time != right.time ? left.time < right.time : left.site < right.site
  }

  mutating func push(_ time: Int64, _ site: Int) {
    heap.append((time, site))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.precedes(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> (time: Int64, site: Int)? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return top }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && Self.precedes(heap[child], heap[least]) {
        least = child
      }
      if least == parent { return top }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
