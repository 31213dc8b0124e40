// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects

extension RolloutRun {
  /// Leaves out the members whose trees are held since another rollout has failed with them.
  mutating func skipHeld() {
    var names: [String] = []
    var culprit = ""
    for entry in heldBefore where plan.bundles.contains(entry.bundle) {
      let trees = Set(entry.trees)
      for index in members.indices where !state.skipped.contains(index) {
        let isHeld = members[index].moves.contains { move in
          guard move.bundle == entry.bundle, move.target != move.fallback else { return false }
          return move.target.map { trees.contains($0) } ?? entry.holdsRemoval
        }
        guard isHeld else { continue }
        state.skipped.insert(index)
        names.append(members[index].cluster)
        culprit = entry.rollout
      }
    }
    guard !names.isEmpty else { return }
    say(
      .held, stage: nil,
      text: "\(clusters(names.count)) \(names.count == 1 ? "keeps" : "keep") what is there: "
        + "the new trees are held since \(Wording.bare(culprit))")
  }

  /// Every stage has passed, and every cluster has an outcome.
  mutating func complete() {
    keepGood()
    setPhase(.complete, "")
    nextLook = nil
    let numbers = numbers()
    say(
      .complete, stage: nil,
      text: "\(Self.number(numbers.succeeded)) of \(clusters(order.count)) succeeded")
    let left = stragglers()
    guard !left.isEmpty else { return }
    say(.stragglers, stage: nil, text: stragglersText(left))
  }

  /// A later push takes over.
  mutating func giveWay(to successor: String) {
    // Trees that are being rolled back are not good anywhere.
    if state.phase != .rollingBack { keepGood() }
    state.pausedPhase = nil
    nextLook = nil
    setPhase(.superseded, "\(Wording.bare(successor)) has taken over")
    say(
      .superseded, stage: state.isStarted ? shownStage : nil,
      text: "\(Wording.bare(successor)) takes over: \(overallText())")
  }

  /// Says which members have the trees of the plan as their last good ones.
  ///
  /// Only here, at an end without rollback: a tree that is rolled back later was never good, though clusters of the
  /// first stages had Succeeded with it.
  mutating func keepGood() {
    let members = marks.indices.filter { marks[$0].phase == .succeeded }
    guard !members.isEmpty else { return }
    effects.append(.good(rollout: plan.id, members: members))
  }

  /// Writes down what else is known, when something was decided anyway: not worth a commit of its own.
  mutating func recordOutcomes() {
    for index in marks.indices {
      switch marks[index].phase {
      case .succeeded:
        if !state.succeeded.contains(index) { state.succeeded.insert(index) }
        if state.forgiven.contains(index) { state.forgiven.remove(index) }
      case .skipped:
        if stage(of: index) != nil, !state.skipped.contains(index),
          observations.clusters[members[index].cluster] == nil
        {
          state.skipped.insert(index)
        }
      case .pending, .progressing, .failed, .timedOut, .disconnected: break
      }
    }
  }

  /// The members of the fleet that have not Succeeded, rising.
  func stragglers() -> [Int] {
    marks.indices.filter { index in
      stage(of: index) != nil && marks[index].phase != .succeeded
        && observations.clusters[members[index].cluster] != nil
    }
  }
}
