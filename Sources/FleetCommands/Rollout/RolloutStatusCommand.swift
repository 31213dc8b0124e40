// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import HubService
import JSONTree
import Posix
import Rollouts

/// `kubectl fleet rollout status`: where rollouts stand and what they wait for.
struct RolloutStatusCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the stages of rollouts, what they wait for, and which clusters have failed.",
    discussion: """
      Without a name all rollouts that are running are shown, and what is held. With --watch it goes \
      on until they have ended, and exits 0 when they are complete, 1 when one was rolled back or \
      ended early. -o wide names all clusters that have failed, and those that are waited for.
      """)

  @Argument(
    help: ArgumentHelp(
      "The rollout, or a bundle that one is running of.", valueName: "rollout"))
  var rollout: String?

  @Flag(name: [.customShort("w"), .long], help: "Go on until the rollouts have ended.")
  var watch = false

  @Option(help: ArgumentHelp("How often --watch looks.", valueName: "seconds"))
  var interval = 2

  @OptionGroup var table: TableOptions
  @OptionGroup var folder: FolderOptions
  @OptionGroup var hub: HubOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    let (board, refs) = try RolloutBoard.open(hub, folder, now: context.now, in: context)
    if watch {
      guard table.output == nil else {
        throw CommandError("--watch and -o exclude each other", status: .usage)
      }
      var watching = try RolloutWatch(
        board: board, refs: refs, rollout: rollout, seconds: max(1, interval),
        withHeaders: !table.noHeaders
      )
      return try watching.run(in: context)
    }
    let chosen = try chosen(board, refs)
    if let format = table.output?.document {
      context.print(document(board, chosen), as: format)
    } else if table.output == .name {
      context.print(chosen.map { "\(Wording.bare($0.plan.id))\n" }.joined())
    } else {
      context.print(
        Self.text(
          board, chosen, refs: refs, withHeaders: !table.noHeaders, showsHeld: rollout == nil,
          isWide: table.output == .wide))
    }
    return .done
  }

  /// What is to be shown: all that run, or the named one, also when it has ended.
  private func chosen(
    _ board: RolloutBoard, _ refs: HubRefs
  ) throws(CommandError) -> [Rollout] {
    guard let rollout else { return board.fleet.rollouts }
    do throws(CommandError) {
      return [try RolloutNames(board: board, refs: refs).running(rollout)]
    } catch {
      guard let past = try Self.ended(rollout, board, refs) else { throw error }
      return [past]
    }
  }

  /// A rollout as it was when it ended; nil when there was none.
  static func ended(
    _ id: String, _ board: RolloutBoard, _ refs: HubRefs
  ) throws(CommandError) -> Rollout? {
    guard
      let end = try RolloutHistory.ending(of: id, before: board.state.id, store: refs.store),
      let before = end.state,
      let known = try board.fleet(of: before).rollouts.first(where: { $0.plan.id == id })
    else { return nil }
    // What became of each cluster stands where it ended; a hub of before has not kept it.
    let kept = try failing {
      try StateContent.ended(id, of: end.step.commit, from: refs.store)
    }
    var rollout = kept ?? known
    rollout.state.reason = known.state.reason
    rollout.state.phaseSince = end.step.time.seconds
    switch end.phase {
    case .complete: rollout.state.reason = ""
    // While it went back, its reason was why.
    case .rolledBack where known.state.phase == .rollingBack && !known.state.reason.isEmpty:
      break
    default: rollout.state.reason = end.step.events.last { $0.rollout == id }?.text ?? ""
    }
    rollout.state.phase = end.phase
    return rollout
  }

  /// All of it for people.
  static func text(
    _ board: RolloutBoard, _ rollouts: [Rollout], refs: HubRefs, withHeaders: Bool, showsHeld: Bool,
    isWide: Bool = false
  ) -> String {
    var blocks = rollouts.map {
      RolloutText($0, board, store: refs.store)
        .text(withHeaders: withHeaders, isWide: isWide)
    }
    if showsHeld {
      let held = RolloutText.held(board.fleet.held, now: board.now)
      if blocks.isEmpty, withHeaders {
        blocks.append("no rollout is running\nhint: kubectl fleet rollout history\n")
      }
      if withHeaders, !held.isEmpty { blocks.append(held) }
    }
    return blocks.joined(separator: "\n")
  }

  private func document(_ board: RolloutBoard, _ rollouts: [Rollout]) -> JSONValue {
    .object([
      "release": .integer(Int64(board.state.release)),
      "observed": board.observedAt.map { .string($0.rfc3339) } ?? .null,
      "rollouts": .array(rollouts.map { RolloutFacts($0, opening: board.opening(for: $0)).json }),
      "held": .array(board.fleet.held.map(\.json)),
    ])
  }
}
