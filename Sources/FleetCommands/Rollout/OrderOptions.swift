// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import GitObjects
import HubService
import Rollouts

/// What all orders have in common.
struct OrderOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The rollout, or a bundle that one is running of.", valueName: "rollout"))
  var rollout: String?

  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp("Why; it stands in the history.", valueName: "text"))
  var reason = ""

  @OptionGroup var folder: FolderOptions
  @OptionGroup var hub: HubOptions

  /// Gives the order and shows what the hub answers.
  ///
  /// - Parameter question: what is asked on a terminal before; nil asks nothing.
  func give(
    _ verb: RolloutOrder.Verb, isFull: Bool = false, keeps: Bool = false,
    in context: CommandContext, question: (RolloutBoard, String) -> String? = { _, _ in nil }
  ) throws(CommandError) -> ExitStatus {
    guard reason.utf8.count <= RolloutOrder.reasonLimit else {
      throw CommandError(
        "the reason has \(Wording.number(reason.utf8.count)) bytes, "
          + "\(Wording.number(RolloutOrder.reasonLimit)) are allowed",
        status: .usage)
    }
    let (board, refs) = try RolloutBoard.open(hub, folder, now: context.now, in: context)
    let id = try RolloutNames(board: board, refs: refs).target(rollout, of: verb)
    if let question = question(board, id), context.asks {
      guard context.confirm(question) else {
        context.report("nothing was ordered\n")
        return .findings
      }
    }
    let order = RolloutOrder(
      id: "", verb: verb, rollout: id, isFull: isFull, keeps: keeps, reason: reason)
    let answer = try OrderPush(refs: refs, context: context).send(order)
    if answer.isAccepted {
      context.print(answer.text)
      return .done
    }
    context.report(answer.text)
    return .findings
  }
}

/// Whether a person is asked before something that is not taken back easily.
struct ConfirmOptions: ParsableArguments {
  @Flag(name: [.customShort("y"), .long], help: "Do not ask on a terminal.")
  var yes = false
}

extension RolloutBoard {
  /// How many clusters have the new version of a rollout by it; nil when it is not running.
  func released(by id: String) -> Int? {
    rollout(id).map { $0.state.releasedAt.count { $0 != nil } }
  }
}
