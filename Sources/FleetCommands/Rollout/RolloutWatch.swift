// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import HubService
import Posix
import Rollouts

/// Looks again and again until rollouts have ended: draws the same place of a terminal anew, or prints a line for
/// each thing that has happened.
struct RolloutWatch {
  private let refs: HubRefs
  private let seconds: Int
  private let withHeaders: Bool
  private var board: RolloutBoard
  /// The rollouts that it waits for.
  private var waited: [String] = []
  private var lines: [String: String] = [:]

  /// Watches a rollout, or all that are running.
  init(
    board: RolloutBoard, refs: HubRefs, rollout: String?, seconds: Int, withHeaders: Bool
  ) throws(CommandError) {
    self.board = board
    self.refs = refs
    self.seconds = seconds
    self.withHeaders = withHeaders
    guard let rollout else {
      waited = board.fleet.rollouts.map(\.plan.id)
      return
    }
    let past = try RolloutHistory.ending(of: rollout, before: board.state.id, store: refs.store)
    waited =
      past != nil && board.rollout(rollout) == nil
      ? [rollout] : [try RolloutNames(board: board, refs: refs).running(rollout).plan.id]
  }

  /// Runs to the end.
  mutating func run(in context: CommandContext) throws(CommandError) -> ExitStatus {
    let start = MonotonicClock.milliseconds()
    let draws = context.isTerminal(.output)
    if waited.isEmpty {
      context.print("no rollout is running\n")
      return .done
    }
    while true {
      if draws {
        // Home and clear, in one write with the text: no flicker.
        context.print("\u{1b}[H\u{1b}[J" + (try picture()))
      } else {
        context.print(newLines())
      }
      if !waited.contains(where: { board.rollout($0) != nil }) { break }
      MonotonicClock.pause(milliseconds: seconds * 1000)
      let passed = (MonotonicClock.milliseconds() - start) / 1000
      let before = board.state
      let id = try refs.read("state")
      let state = try current(id)
      guard let state else { break }
      board = try RolloutBoard(
        state, refs: refs, now: Timestamp(seconds: context.now.seconds + passed))
      if !draws { context.print(try events(since: before)) }
    }
    return try finish(draws: draws, in: context)
  }

  private func current(_ id: ObjectID?) throws(CommandError) -> ReleasedState? {
    try failing { try ReleasedState.read(id, from: refs.store) }
  }

  private func picture() throws(CommandError) -> String {
    var rollouts: [Rollout] = []
    for id in waited {
      if let rollout = board.rollout(id) {
        rollouts.append(rollout)
      } else if let past = try RolloutStatusCommand.ended(id, board, refs) {
        rollouts.append(past)
      }
    }
    return RolloutStatusCommand.text(
      board, rollouts, refs: refs, withHeaders: withHeaders, showsHeld: false)
  }

  /// A line for each rollout that is not where it was.
  private mutating func newLines() -> String {
    var text = ""
    for id in waited {
      guard let rollout = board.rollout(id) else { continue }
      let facts = RolloutFacts(rollout)
      let key = "\(rollout.state.phase) \(rollout.state.stage) \(facts.total)"
      if lines[id] == key { continue }
      lines[id] = key
      text +=
        "\(board.now.rfc3339) "
        + RolloutText(rollout, board, store: refs.store).line + "\n"
    }
    return text
  }

  /// A line for each thing that was decided since a state.
  private func events(since before: ReleasedState) throws(CommandError) -> String {
    var history = RolloutHistory(board.state.id, store: refs.store)
    var steps: [RolloutHistory.Step] = []
    while let step = try history.step(), step.id != before.id, step.release > before.release {
      steps.append(step)
    }
    return steps.reversed().flatMap { step in
      step.events.filter { waited.contains($0.rollout) }.map { event in
        "\(step.time.rfc3339) \(Wording.bare(event.rollout)): "
          + PrintableText.escape(RolloutMessages.line(event)) + "\n"
      }
    }.joined()
  }

  /// Says how all have ended, where nobody has seen it.
  private func finish(
    draws: Bool, in context: CommandContext
  ) throws(CommandError) -> ExitStatus {
    var status = ExitStatus.done
    for id in waited {
      guard
        let end = try RolloutHistory.ending(of: id, before: board.state.id, store: refs.store)
      else { continue }
      if end.phase == .rolledBack || end.phase == .aborted { status = .findings }
      if !draws {
        context.print(
          "\(end.step.time.rfc3339) \(Wording.bare(id)): has ended, \(end.phase.rawValue)\n")
      }
    }
    return status
  }
}
