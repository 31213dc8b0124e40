// SPDX-License-Identifier: Apache-2.0

import Rollouts
import Testing

@Suite("Analysis of a stage")
struct AnalysisStageTests {
  /// Two stages of two clusters, judged by their latency every minute.
  private func hub(
    _ edit: (inout MetricPolicy) -> Void = { _ in }
  ) -> EngineFixture {
    var metric = MetricPolicy(name: "p99-latency")
    metric.max = 500
    metric.inconclusiveLimit = 2
    edit(&metric)
    var hub = EngineFixture([2, 2], stage: { $0.metrics = [metric] })
    for index in 0..<4 { hub.sites[index].numbers["p99-latency"] = (200, 100) }
    return hub
  }

  @Test("a stage passes with a good measurement after all its clusters have an outcome")
  func passes() {
    var hub = self.hub()
    hub.run()
    hub.run(60)
    #expect(hub.phase == .soaking)
    #expect(hub.reason == "measures p99-latency")
    #expect(hub.versions == "2211")
    hub.run(30)
    #expect(hub.versions == "2222")
    #expect(hub.rollout?.memory.metrics.isEmpty == true)
  }

  @Test("a bad measurement fails the rollout at once, though a cluster is not Ready yet")
  func fails() {
    var hub = self.hub()
    hub.sites[1].delay = 500
    hub.sites[0].numbers["p99-latency"] = (1410, 50)
    hub.run()
    hub.run(90)
    #expect(hub.versions == "1111")
    #expect(
      hub.reason
        == "p99-latency 1,410 is over 500 (mean of 1 cluster, 50 samples; worst a with 1,410)")
  }

  @Test("failures up to the limit are borne; the stage passes when a measurement is good again")
  func bears() {
    var hub = self.hub { $0.failureLimit = 1 }
    hub.sites[0].numbers["p99-latency"] = (1410, 100)
    hub.run()
    hub.run(90)
    #expect(hub.rollout?.memory.metrics["p99-latency"]?.failures == 1)
    hub.sites[0].numbers["p99-latency"] = (100, 100)
    hub.run(60)
    #expect(hub.versions == "2222")
  }

  @Test("one failure more than the limit fails, and says how often")
  func failsByLimit() {
    var hub = self.hub { $0.failureLimit = 1 }
    hub.sites[0].numbers["p99-latency"] = (1410, 100)
    hub.run()
    hub.run(150)
    #expect(hub.versions == "1111")
    #expect(
      hub.reason
        == "p99-latency 805 is over 500 (mean of 2 clusters, 200 samples; worst a with 1,410)"
        + "; failed 2 times, 1 is allowed")
  }

  @Test("measurements that say nothing wait for a person; the count starts again with resume")
  func inconclusive() {
    var hub = self.hub { $0.minSamples = 1000 }
    hub.run()
    hub.run(210)
    #expect(hub.phase == .paused)
    #expect(
      hub.reason
        == "p99-latency is inconclusive: 200 samples of 1,000 that are needed"
        + "; measured 3 times, 2 are allowed")
    hub.order(.resume)
    #expect(hub.phase == .soaking)
    hub.run(90)
    #expect(hub.phase == .soaking)
    hub.sites[0].numbers["p99-latency"] = (200, 1000)
    hub.run(60)
    #expect(hub.versions == "2222")
  }

  @Test("numbers from before the release do not count")
  func oldNumbers() {
    var hub = self.hub { $0.skipOnNoData = true }
    hub.poll()
    for index in 0..<4 {
      hub.sites[index].numbers = [:]
      hub.sites[index].seen.metrics["p99-latency"]?.value = 9000
    }
    hub.run()
    hub.run(90)
    #expect(hub.versions == "2222")
  }

  @Test("a failing metric fails the rollout while an approval is waited for")
  func duringApproval() {
    var hub = self.hub { $0.minSamples = 10 }
    for stage in 0..<2 { hub.fleet.rollouts[0].plan.stages[stage].policy.after = [.approval] }
    hub.run()
    hub.run(120)
    #expect(hub.phase == .awaitingApproval)
    for index in 0..<4 { hub.sites[index].numbers["p99-latency"] = (200, 1) }
    hub.run(600)
    #expect(hub.phase == .awaitingApproval)
    for index in 0..<4 { hub.sites[index].numbers["p99-latency"] = (800, 100) }
    hub.run(60)
    #expect(hub.versions == "1111")
  }

  @Test("PREVIOUS compares with the numbers of the same clusters before their release")
  func previous() {
    var hub = self.hub { metric in
      metric.max = nil
      metric.strategy = .previous
      metric.deviation = .high
      metric.tolerancePartsPerMillion = 100_000
    }
    hub.sites[2].numbers["p99-latency"] = (900, 100)
    hub.sites[3].numbers["p99-latency"] = (900, 100)
    hub.run()
    #expect(hub.rollout?.state.baselines == ["p99-latency": 200])
    hub.run(90)
    #expect(hub.rollout?.state.baselines == ["p99-latency": 900])
    hub.sites[2].numbers["p99-latency"] = (1100, 100)
    hub.run(90)
    #expect(
      hub.reason
        == "p99-latency 1,000 is over 990, 900 before (mean of 2 clusters, 200 samples; worst c with 1,100)"
    )
  }

  @Test("a stage where nobody is Ready to measure on waits for a person")
  func nobodyReady() {
    var hub = self.hub()
    hub.fleet.rollouts[0].plan.stages[0].gate = 2
    for index in 0..<2 { hub.fault(.stuck, at: index) }
    hub.run()
    hub.run(660)
    #expect(hub.phase == .paused)
    #expect(
      hub.reason
        == "no cluster of stage canary is Ready to measure p99-latency on: "
        + "0 of 2 clusters succeeded, 2 timed out")
  }
}
