// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
@preconcurrency import Glibc
import HubService
import Posix
import SliceFormat

/// A hub of many clusters over some simulated weeks, with real objects and real maintenance, and pushes
/// and polls left out: what they write is written straight away.
///
/// What is simulated: rollouts that change one bundle on all clusters in four stages, each stage a commit on
/// `refs/fleet/state` and a publication; statuses, of the clusters that a stage reaches, of 2 % of all each
/// day, and of a tenth of all each hour; one digest an hour; `maintain` once an hour. Every file gets the
/// simulated time as its own.
struct HubYear {
  struct Settings {
    var clusters = 10_000
    var bundles = 10
    var weeks = 4
    var rolloutsPerWeek = 20
    /// In how many kinds clusters differ: so many different trees a rollout brings.
    var variants = 50
    /// In every so manieth week, and in the last, sites report. What a status leaves is gone after hours, so a
    /// year needs not all of its thirty million.
    var reportEvery = 1

    func sitesReport(inWeek week: Int) -> Bool { week % reportEvery == 0 || week == weeks }
  }

  private static let stages = [0.01, 0.10, 0.50, 1.0]
  let settings: Settings
  let hub: HubLayout
  let fleet: Repository
  let slices: Repository
  private var statuses: StatusFiles
  let names: [String]
  /// The version of each bundle on each cluster.
  var versions: [[Int]]
  var manifests: [[Int]: ObjectID] = [:]
  private var counters: [Int]
  var release = 0
  var lastState: ObjectID?
  private(set) var clock = SimulatedTime()
  private var random: UInt64 = 42
  private var week = Week()

  /// What a week costs the hub; CPU times in milliseconds.
  private struct Week {
    var statuses = 0
    var maintainCPU = 0.0
    var digestCPU = 0.0
  }

  static func run(_ words: [String]) -> Int32 {
    do {
      var settings = Settings()
      if words.count > 1, let number = Int(words[1]) { settings.clusters = number }
      if words.count > 2, let number = Int(words[2]) { settings.weeks = number }
      if words.count > 3, let number = Int(words[3]) { settings.variants = number }
      if words.count > 4, let number = Int(words[4]) { settings.reportEvery = max(1, number) }
      var year = try HubYear(root: words[0], settings)
      try year.simulate()
      return 0
    } catch {
      fputs("fleet-bench: \(error)\n", stderr)
      return 1
    }
  }

  private init(root: String, _ settings: Settings) throws {
    self.settings = settings
    hub = try HubCreation.create(root: root, branch: "main", libexec: root).hub
    fleet = try Repository.open(hub.fleet)
    slices = try Repository.open(hub.slices)
    statuses = try StatusFiles(repository: hub.status)
    names = (0..<settings.clusters).map { "store-\($0)" }
    versions = Array(
      repeating: Array(repeating: 0, count: settings.bundles), count: settings.clusters)
    counters = Array(repeating: 0, count: settings.clusters)
  }

  private mutating func simulate() throws {
    // Without a week it is a hub to which sites report and nobody has pushed.
    guard settings.weeks > 0 else { return try report(Array(names.indices)) }
    try commitSource("first")
    try releaseAll(Array(names.indices), "first")
    try report(Array(names.indices))
    print(
      "week  fleet.git  slices.git  status.git  objects-of-fleet  statuses  maintain-CPU-s  digest-CPU-s"
    )
    let hours = settings.weeks * 168
    let interval = Double(168) / Double(settings.rolloutsPerWeek * Self.stages.count)
    var nextStage = 1.0
    var stage = 0
    var bundle = 0
    for hour in 1...hours {
      clock.seconds += 3600
      let sitesReport = settings.sitesReport(inWeek: (hour - 1) / 168 + 1)
      while Double(hour) >= nextStage {
        nextStage += interval
        if stage == 0 {
          bundle = Int(next() % UInt64(settings.bundles))
          try commitSource("rollout at hour \(hour)")
        }
        let from = stage == 0 ? 0 : Int(Self.stages[stage - 1] * Double(names.count))
        let to = Int(Self.stages[stage] * Double(names.count))
        for cluster in from..<to { versions[cluster][bundle] += 1 }
        try releaseAll(Array(from..<to), "stage \(stage + 1)")
        if sitesReport {
          // Each reports what it has now, and that it is ready.
          try report(Array(from..<to))
          try report(Array(from..<to))
        }
        stage = (stage + 1) % Self.stages.count
      }
      if sitesReport { try heartbeats(hour) }
      try digest()
      try maintain()
      if hour % 168 == 0 { try line(hour / 168) }
    }
  }

  private mutating func heartbeats(_ hour: Int) throws {
    let beats = names.count / 10
    let first = hour % 10 * beats
    try report(Array(first..<(first + beats)))
    try report((0..<(names.count / 50 / 24 + 1)).map { _ in Int(next() % UInt64(names.count)) })
  }

  private mutating func digest() throws {
    let start = Measurement.cpu()
    let observing = try Observing(hub: hub)
    try observing.write(try observing.look(now: clock.now), now: clock.now)
    week.digestCPU += Measurement.cpu() - start
    clock.stamp(hub)
  }

  private mutating func maintain() throws {
    let start = Self.cpuWithChildren()
    try Maintenance.run(hub: hub, now: clock.now) { _ in }
    week.maintainCPU += Self.cpuWithChildren() - start
    clock.stamp(hub)
  }

  private mutating func line(_ number: Int) throws {
    let objects = try packObjects(hub.fleet)
    print(
      number, mebibytes(hub.fleet), mebibytes(hub.slices), mebibytes(hub.status), objects,
      week.statuses, Int(week.maintainCPU / 1000), Int(week.digestCPU / 1000), separator: "  ")
    fflush(stdout)
    week = Week()
  }

  private func mebibytes(_ folder: String) -> String {
    let result = try? Child.run(["du", "-sk", folder])
    let word = String(decoding: result?.output ?? [], as: UTF8.self).split(separator: "\t").first
    return "\((Int(word ?? "0") ?? 0) / 1024)-MiB"
  }

  private func packObjects(_ folder: String) throws -> String {
    let result = try Child.run(["git", "count-objects", "-v"], directory: folder)
    return String(decoding: result.output, as: UTF8.self).split(separator: "\n")
      .filter { $0.hasPrefix("in-pack") || $0.hasPrefix("count") || $0.hasPrefix("packs:") }
      .map { $0.replacing(": ", with: "=") }.joined(separator: ",")
  }

  var author: Signature { Signature(name: "bench", email: "b@example.com", seconds: clock.seconds) }

  private mutating func report(_ clusters: [Int]) throws {
    for index in clusters {
      counters[index] += 1
      let report = StatusReport(
        cluster: names[index], counter: counters[index], slice: String(repeating: "a", count: 40),
        source: String(repeating: "b", count: 40), release: release,
        time: clock.now.rfc3339, state: .ready,
        bundles: (0..<settings.bundles).map { bundle in
          StatusReport.Bundle(
            name: "bundle-\(bundle)", state: .ready,
            tree: (manifests[[bundle, versions[index][bundle], index % settings.variants]]
              ?? .emptyTree).hex, message: "")
        }, errors: [],
        metrics: [
          StatusMetric(
            name: "success-rate", value: 0.99 + Double(next() % 1000) / 100_000,
            samples: Int(next() % 1000))
        ])
      try statuses.push(report.json, of: names[index], by: author, at: clock.seconds)
    }
    week.statuses += clusters.count
  }

  private static func cpuWithChildren() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    return Measurement.cpu() + Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000
  }

  private mutating func next() -> UInt64 {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return random >> 33
  }
}
