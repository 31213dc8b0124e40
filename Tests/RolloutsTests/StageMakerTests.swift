// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Rollouts
import Testing

@Suite("Stages")
struct StageMakerTests {
  private func stage(
    _ name: String, _ coverage: Limit? = nil, of clusters: [String]? = nil
  ) -> StagePolicy {
    var stage = StagePolicy(name: name)
    stage.coverage = coverage
    stage.clusters = clusters
    return stage
  }

  private func share(_ percent: Int) -> Limit { .share(partsPerMillion: percent * 10_000) }

  private func staged(_ clusters: [String], _ stages: [StagePolicy]) -> StagedClusters {
    StageMaker.stages(of: clusters, policy: RolloutPolicy(stages: .stages(stages)))
  }

  private func members(_ staged: StagedClusters, _ clusters: [String]) -> [[String]] {
    staged.stages.indices.map { stage in
      clusters.indices.filter { staged.stageOf[$0] == stage }.map { clusters[$0] }
    }
  }

  @Test("1 %, 10 %, 50 %, 100 % of 2,500 are 25, 225, 1,000, 1,250 clusters")
  func waves() {
    let names = PartitionTests.names(1...2_500)
    let result = staged(
      names,
      [
        stage("canary", share(1)), stage("early", share(10)), stage("half", share(50)),
        stage("all", share(100)),
      ])
    #expect(result.stages.map(\.size) == [25, 225, 1_000, 1_250])
    #expect(result.stages.map(\.gate) == [nil, nil, nil, nil])
    #expect(!result.stageOf.contains(nil))
    #expect(members(result, names).map(\.count) == [25, 225, 1_000, 1_250])
  }

  @Test("the order is that of the SHA-1 of the names, the same everywhere")
  func order() {
    // sha1sum: a 86f7…, b e9d7…, c 84a5…, d 3c36…, e 58e6…
    let names = ["a", "b", "c", "d", "e"]
    let result = staged(
      names, [1, 2, 3, 4, 5].map { stage("\($0)", .count($0)) })
    #expect(members(result, names) == [["d"], ["e"], ["c"], ["a"], ["b"]])
  }

  @Test("who else changes does not change who is first")
  func stable() {
    var random = SeededRandom()
    let names = PartitionTests.names(1...400)
    let first = members(staged(names, [stage("all", .count(40))]), names)[0]
    let fewer = names.filter { first.contains($0) || Bool.random(using: &random) }
    #expect(members(staged(fewer, [stage("all", .count(40))]), fewer)[0] == first, "\(random)")
  }

  @Test("a share with a selector is one of those that match")
  func selector() {
    let names = PartitionTests.names(1...100)
    let ring = PartitionTests.names(1...10)
    let result = staged(
      names,
      [
        stage("half the ring", share(50), of: ring), stage("the ring", of: ring),
        stage("half of all", share(50)), stage("all"),
      ])
    #expect(result.stages.map(\.size) == [5, 5, 40, 50])
    #expect(members(result, names)[0].allSatisfy(ring.contains))
    #expect(members(result, names)[1].allSatisfy(ring.contains))
  }

  @Test("a selector of clusters that do not change makes an empty stage")
  func emptyStage() {
    let names = PartitionTests.names(1...10)
    let result = staged(names, [stage("elsewhere", of: ["x", "y"]), stage("all")])
    #expect(result.stages.map(\.size) == [0, 10])
    #expect(result.withoutEmptyStages.stages.map(\.policy.name) == ["all"])
    #expect(result.withoutEmptyStages.stageOf == Array(repeating: 0, count: 10))
  }

  @Test("the last stage does not take the rest")
  func rest() {
    let names = PartitionTests.names(1...10)
    let result = staged(names, [stage("some", share(30)), stage("more", share(50))])
    #expect(result.stages.map(\.size) == [3, 2])
    #expect(result.stageOf.count { $0 == nil } == 5)
  }

  @Test("a share is one cluster at least, an earlier stage may have covered it, and zero is nobody")
  func small() {
    #expect(
      staged(["a"], [stage("1", share(1)), stage("2", share(10))]).stages.map(\.size) == [1, 0])
    #expect(
      staged(["a", "b"], [stage("1", share(0)), stage("2", .count(0)), stage("3", .count(9))])
        .stages.map(\.size) == [0, 0, 2])
    #expect(staged([], [stage("1", share(1))]).stages.map(\.size) == [0])
    #expect(staged([], []).stages.map(\.policy.name) == ["all"])
    #expect(staged([], []).withoutEmptyStages.stages.count == 1)
  }

  @Test("names of stages are unique")
  func names() {
    let result = staged(["a"], [stage("x"), stage(""), stage("x"), stage("x (2)")])
    #expect(result.stages.map(\.policy.name) == ["x", "stage 2", "x (2)", "x (2) (2)"])
  }

  @Test("every cluster is in one stage or in none, and no stage covers more than it may")
  func random() {
    var random = SeededRandom()
    for _ in 0..<200 {
      let names = PartitionTests.names(1...Int.random(in: 1...300, using: &random))
      let policies = (0..<Int.random(in: 1...5, using: &random)).map { number in
        let some = names.filter { _ in Bool.random(using: &random) }
        return stage(
          "\(number)",
          Bool.random(using: &random) ? share(Int.random(in: 1...100, using: &random)) : nil,
          of: Bool.random(using: &random) ? some : nil)
      }
      let result = staged(names, policies)
      for (number, policy) in policies.enumerated() {
        let matching = policy.clusters ?? names
        let released = names.indices.filter {
          (result.stageOf[$0] ?? Int.max) <= number && matching.contains(names[$0])
        }
        let own = names.indices.filter { result.stageOf[$0] == number }
        #expect(own.allSatisfy { matching.contains(names[$0]) }, "\(random)")
        #expect(own.count == result.stages[number].size, "\(random)")
        guard case .share(let share) = policy.coverage else {
          #expect(released.count == matching.count, "\(random)")
          continue
        }
        let most = max(1, FleetLimit.part(share, of: matching.count))
        #expect(own.isEmpty || released.count == min(most, matching.count), "\(random)")
      }
    }
  }
}
