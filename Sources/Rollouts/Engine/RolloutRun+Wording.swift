// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// The numbers of an event.
struct RolloutNumbers {
  var released = 0
  var succeeded = 0
  var failed = 0
  var disconnected = 0
}

extension RolloutRun {
  static func number(_ value: Int) -> String { Wording.number(value) }
  static func count(_ value: Int, _ noun: String) -> String { Wording.count(value, noun) }
  func clusters(_ count: Int) -> String { Wording.count(count, "cluster") }

  /// The name of a stage as it is said; empty when there is no such stage.
  func stageName(_ stage: Int) -> String {
    guard stage >= 0, stage < stageCount else { return "" }
    return Wording.bare(stages[stage].policy.name)
  }

  /// The members in stages, counted.
  func numbers() -> RolloutNumbers {
    var numbers = RolloutNumbers()
    for index in order {
      if state.releasedAt[index] != nil { numbers.released += 1 }
      switch marks[index].phase {
      case .succeeded: numbers.succeeded += 1
      case .failed, .timedOut: numbers.failed += 1
      case .disconnected: numbers.disconnected += 1
      case .pending, .progressing, .skipped: break
      }
    }
    return numbers
  }

  /// Adds an event.
  mutating func say(_ kind: RolloutEvent.Kind, stage: Int?, text: String) {
    let numbers = numbers()
    let name = stage.flatMap {
      $0 >= 0 && $0 < stageCount ? stages[$0].policy.name : nil
    }
    effects.append(
      .event(
        RolloutEvent(
          kind: kind, rollout: plan.id, bundles: plan.bundles, stage: name ?? "",
          text: text, total: order.count, released: numbers.released,
          succeeded: numbers.succeeded, failed: numbers.failed,
          disconnected: numbers.disconnected, principal: principal)))
  }

  /// Says that the first cluster of the stage may be released.
  mutating func sayStageStarted() {
    let stage = state.stage
    say(
      .stageStarted, stage: stage,
      text: "stage \(stageName(stage)), \(Self.number(stage + 1)) of \(Self.number(stageCount)): "
        + clusters(starts[stage + 1] - starts[stage]))
  }

  /// `released to 5 clusters of stage canary, 10 of 25 now`.
  func releasedText(_ count: Int, stage: Int) -> String {
    let all = members(of: stage).count { state.releasedAt[$0] != nil }
    let size = starts[stage + 1] - starts[stage]
    let total =
      all == size && all == count ? "all of it" : "\(Self.number(all)) of \(Self.number(size)) now"
    return "released to \(clusters(count)) of stage \(stageName(stage)), \(total)"
  }

  /// `24 of 25 clusters succeeded, 1 failed`.
  func outcomeText(_ stage: Int) -> String {
    let tally = tallies[stage]
    return outcomes(
      tally, total: starts[stage + 1] - starts[stage], failed: tally.failed,
      timedOut: tally.timedOut, disconnected: tally.disconnected)
  }

  /// The same over all stages.
  func overallText() -> String {
    var sum = StageTally()
    for tally in tallies {
      sum.succeeded += tally.succeeded
      sum.failed += tally.failed
      sum.timedOut += tally.timedOut
      sum.disconnected += tally.disconnected
    }
    return outcomes(
      sum, total: order.count, failed: sum.failed, timedOut: sum.timedOut,
      disconnected: sum.disconnected)
  }

  private func outcomes(
    _ tally: StageTally, total: Int, failed: Int, timedOut: Int, disconnected: Int
  ) -> String {
    var words = ["\(Self.number(tally.succeeded)) of \(clusters(total)) succeeded"]
    if failed > 0 { words.append("\(Self.number(failed)) failed") }
    if timedOut > 0 { words.append("\(Self.number(timedOut)) timed out") }
    if disconnected > 0 { words.append("\(Self.number(disconnected)) without contact") }
    return words.joined(separator: ", ")
  }

  /// `stage canary passed: 24 of 25 clusters succeeded, 1 failed`.
  func passedText(_ stage: Int) -> String {
    "stage \(stageName(stage)) passed: \(outcomeText(stage))"
  }

  /// `store-1 (Failed: no such image)`.
  private func named(_ index: Int) -> String {
    let phase = marks[index].phase
    let message = memory.clusters[index]?.message ?? ""
    let name = Wording.bare(members[index].cluster)
    guard phase == .failed || phase == .timedOut, !message.isEmpty else {
      return "\(name) (\(phase.rawValue))"
    }
    return "\(name) (\(phase.rawValue): \(Wording.bare(message)))"
  }

  /// `2 of 25 clusters of stage canary failed, none may: a (Failed: no such image) and b (TimedOut)`.
  func failureText(_ stage: Int) -> String {
    let isError = stages[stage].policy.whenDisconnected == .error
    let names = members(of: stage).filter { index in
      guard !marks[index].isForgiven else { return false }
      switch marks[index].phase {
      case .failed, .timedOut: return true
      case .disconnected: return isError
      case .pending, .progressing, .succeeded, .skipped: return false
      }
    }
    let allowed = allowedFailures(of: stage)
    let may = allowed == 0 ? "none may" : "\(Self.number(allowed)) may"
    return "\(Self.number(names.count)) of \(clusters(starts[stage + 1] - starts[stage])) of stage "
      + "\(stageName(stage)) failed, \(may): \(Wording.list(names.map { named($0) }))"
  }

  /// `6 of 100 clusters with an outcome failed, 5% is the limit`.
  func abortText(_ rule: AbortRule, matching: Int, executed: Int) -> String {
    let verb = rule.failureType == .timedOut ? "timed out" : "failed"
    let share = MetricWording.number(Double(rule.thresholdPartsPerMillion) / 10_000)
    return "\(Self.number(matching)) of \(clusters(executed)) with an outcome \(verb), "
      + "\(share)% is the limit"
  }

  /// Why a stage is stuck at `maxUnavailable`.
  func unavailableText(_ stage: Int) -> String {
    let names = members(of: stage).filter { marks[$0].isUnavailable }
    let open = tallies[stage].open
    let left =
      "\(clusters(open)) of stage \(stageName(stage)) \(open == 1 ? "is" : "are") not released"
    guard !names.isEmpty else { return "\(left): too many clusters are unavailable" }
    return
      "\(left): \(Self.number(names.count)) unavailable, \(Self.number(unavailability(of: stage))) "
      + "may be: \(Wording.list(names.map { Wording.bare(members[$0].cluster) }))"
  }

  /// Why a stage does not settle.
  func restlessText(_ stage: Int) -> String {
    let names = members(of: stage).filter {
      marks[$0].phase == .progressing && !marks[$0].isForgiven
    }
    return "stage \(stageName(stage)) does not settle, clusters come and go: "
      + Wording.list(names.map { Wording.bare(members[$0].cluster) })
  }

  /// `10 clusters are not at the new version: a (Disconnected), …`, up to ten names.
  func stragglersText(_ left: [Int]) -> String {
    "\(clusters(left.count)) \(left.count == 1 ? "is" : "are") not at the new version: "
      + Wording.list(left.map { named($0) }, most: 10)
  }

  /// `24 of 25 clusters report the last good trees, 1 without contact`.
  func rolledBackText(reporting: Int, away: Int, late: [Int]) -> String {
    let total = reporting + away + late.count
    guard total > 0 else { return "no cluster had the new version" }
    var text = "\(Self.number(reporting)) of \(clusters(total)) report the last good trees"
    if away > 0 { text += ", \(Self.number(away)) without contact" }
    if !late.isEmpty {
      let names = late.map { Wording.bare(members[$0].cluster) }
      text += ", \(Self.number(late.count)) not yet: \(Wording.list(names, most: 10))"
    }
    return text
  }
}
