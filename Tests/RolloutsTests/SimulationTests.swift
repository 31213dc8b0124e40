// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Rollouts
import Testing

@Suite("Simulated rollouts")
struct SimulationTests {
  private static func tree(_ number: UInt8) -> ObjectID { ObjectID.hash(.tree, [number]) }

  /// 100 clusters in three stages: 1, 10, and the others; a soak of half an hour in the first two.
  private static func plan(_ change: (inout [StagePolicy]) -> Void = { _ in }) -> RolloutPlan {
    var stages = [("canary", 10_000, 1800), ("early", 100_000, 1800), ("rest", 1_000_000, 0)].map {
      name, share, soak in
      var stage = StagePolicy(name: name)
      stage.coverage = .share(partsPerMillion: share)
      stage.minSuccessTime = soak
      return stage
    }
    change(&stages)
    let policy = RolloutPolicy(stages: .stages(stages))
    let names = (100..<200).map { "store-\($0)" }
    let staged = StageMaker.stages(of: names, policy: policy)
    return RolloutPlan(
      id: "pos-2", bundles: ["pos"], source: tree(1), startedAt: 1, policy: policy,
      stages: staged.stages,
      members: names.indices.map { index in
        RolloutPlan.Member(
          cluster: names[index], stage: staged.stageOf[index],
          moves: [RolloutPlan.Move(bundle: "pos", target: tree(2), fallback: tree(3))])
      })
  }

  private static func quiet() -> SiteModel {
    var model = SiteModel()
    model.offlineShare = 0
    return model
  }

  @Test("a good change completes, after its soak times and not much more")
  func good() throws {
    let report = SimulationReport(Self.plan(), model: Self.quiet(), seed: 1, runs: 20)
    #expect(report.complete == 20)
    #expect(report.failures == [])
    let total = try #require(report.total)
    // Two soaks of half an hour, and at most ten minutes for each stage to be Ready.
    #expect((3600...5400).contains(total.median))
    #expect(total.median <= total.most)
    #expect(report.stages.map(\.name) == ["canary", "early", "rest"])
    #expect(report.stages.map(\.clusters) == [1, 9, 90])
    #expect(report.stages.map(\.passed) == [20, 20, 20])
    let ends = report.stages.compactMap { $0.end?.median }
    #expect(ends == ends.sorted())
    #expect(report.stages[0].start?.median == 0)
    #expect((1800...2400).contains(ends.first ?? 0))
  }

  @Test("the same seed gives the same report, another seed another one")
  func seeds() {
    var model = SiteModel()
    model.offlineShare = 0.1
    let first = SimulationReport(Self.plan(), model: model, seed: 7, runs: 5)
    #expect(SimulationReport(Self.plan(), model: model, seed: 7, runs: 5) == first)
    #expect(SimulationReport(Self.plan(), model: model, seed: 8, runs: 5) != first)
  }

  @Test("a version that no site can run is rolled back in the first stage")
  func bad() throws {
    var model = Self.quiet()
    model.failingShare = 1
    let report = SimulationReport(Self.plan(), model: model, seed: 1, runs: 10)
    #expect(report.rolledBack == 10)
    #expect(report.stages.map(\.reached) == [10, 0, 0])
    #expect(report.exposed?.most == 1)
    // Five minutes of failing, and the time to get there.
    #expect((300...900).contains(try #require(report.untilFailure).median))
    #expect(
      report.failures.first?.reason.hasPrefix("1 of 1 cluster of stage canary failed, none may: ")
        == true)
  }

  @Test("what the strategy says decides how a bad version ends")
  func strategies() {
    var model = Self.quiet()
    model.failingShare = 1
    var plan = Self.plan()
    plan.policy.failureStrategy = .halt
    #expect(SimulationReport(plan, model: model, seed: 1, runs: 3).aborted == 3)
    plan.policy.failureStrategy = .pause
    #expect(SimulationReport(plan, model: model, seed: 1, runs: 3).paused == 3)
  }

  @Test("a share that is over the budget now and then gives a chance in between")
  func chances() {
    var model = Self.quiet()
    model.failingShare = 0.02
    let report = SimulationReport(Self.plan(), model: model, seed: 1, runs: 60)
    #expect(report.complete > 0)
    #expect(report.rolledBack > 0)
    #expect(report.complete + report.rolledBack == 60)
  }

  @Test("sites without connection hold up nobody, and are counted")
  func offline() throws {
    var model = SiteModel()
    model.offlineShare = 0.2
    let report = SimulationReport(Self.plan(), model: model, seed: 1, runs: 20)
    #expect(report.complete + report.paused == 20)
    #expect(report.complete >= 10)
    #expect(try #require(report.stages[2].disconnected).median > 3)
  }

  @Test("approvals are asked for and given after their time")
  func approvals() throws {
    let plan = Self.plan { $0[0].after = [.approval] }
    var model = Self.quiet()
    model.approvalDelay = 7200
    let report = SimulationReport(plan, model: model, seed: 1, runs: 5)
    #expect(report.complete == 5)
    #expect(report.approvals == 1)
    #expect(try #require(report.stages[0].end).median >= 1800 + 7200)
  }

  @Test("a metric that is bad by nature fails its gate; one that nobody knows is good")
  func metrics() {
    let plan = Self.plan { stages in
      var metric = MetricPolicy(name: "success-rate")
      metric.min = 99
      stages[0].metrics = [metric]
    }
    #expect(SimulationReport(plan, model: Self.quiet(), seed: 1, runs: 3).complete == 3)
    var model = Self.quiet()
    model.metrics = ["success-rate": SiteModel.Metric(mean: 95)]
    let report = SimulationReport(plan, model: model, seed: 1, runs: 3)
    #expect(report.rolledBack == 3)
    #expect(
      report.failures.first?.reason.hasPrefix("success-rate 95 is under 99 (mean of 1 cluster")
        == true)
  }

  @Test("recorded times are drawn from, and one that is paused for is waited for by a person")
  func recorded() throws {
    var model = Self.quiet()
    model.delay = .recorded([600])
    let slow = SimulationReport(Self.plan(), model: model, seed: 1, runs: 3)
    #expect(try #require(slow.total).median >= 3600 + 3 * 600)
    var plan = Self.plan()
    plan.policy.isPaused = true
    let report = SimulationReport(plan, model: model, seed: 1, runs: 3)
    #expect(report.paused == 3)
    #expect(report.failures.map(\.reason) == ["the strategy says paused"])
  }

  @Test("limits on how many move at a time make it longer")
  func limits() throws {
    let free = SimulationReport(Self.plan(), model: Self.quiet(), seed: 1, runs: 3)
    let plan = Self.plan { $0[2].maxConcurrency = .count(5) }
    let slow = SimulationReport(plan, model: Self.quiet(), seed: 1, runs: 3)
    #expect(slow.complete == 3)
    #expect(try #require(slow.total).median > (try #require(free.total).median) + 600)
  }

  @Test("nothing is released outside of a schedule, or in a freeze")
  func windows() throws {
    let names = (100..<200).map { "store-\($0)" }
    let nights = ScheduleRule(
      kind: .schedule, name: "nights", cron: "0 0 2 * * *", duration: 2 * 3600, zone: "UTC",
      clusters: names)
    let freeze = ScheduleRule(
      kind: .freeze, name: "new-year", zone: "UTC", from: "2026-01-01", until: "2026-01-03",
      clusters: Array(names[..<50]))
    func report(_ rules: [ScheduleRule]) -> SimulationReport {
      SimulationReport(
        Self.plan(), model: Self.quiet(), seed: 1, runs: 10,
        windows: Windows(rules) { $0 == "UTC" ? .utc : nil },
        // 2026-01-01T00:00:00Z
        start: 1_767_225_600)
    }
    let always = try #require(report([]).total)
    #expect((3600...5400).contains(always.median))
    // Three stages in the two hours of the first night.
    let night = report([nights])
    #expect(night.complete == 10)
    #expect((2 * 3600 + 3600...4 * 3600).contains(try #require(night.total).median))
    // Those of the freeze come in the night after it.
    let frozen = report([nights, freeze])
    #expect(frozen.complete == 10)
    let total = try #require(frozen.total)
    #expect((50 * 3600...52 * 3600).contains(total.median))
  }
}
