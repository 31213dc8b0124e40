// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `kubectl fleet rollout`: looks at rollouts, steers them, and tries them out.
struct RolloutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollout",
    abstract: "Watch and steer how changes are released in stages.",
    discussion: """
      An order is a push to the hub: it is authorised there, and recorded with who gave it. ROLLOUT is \
      the name of a rollout or of a bundle that one is running of; it may be left out where there is \
      only one.
      """,
    groupedSubcommands: [
      CommandGroup(
        name: "Look",
        subcommands: [
          RolloutStatusCommand.self, RolloutHistoryCommand.self, SimulateCommand.self,
        ]),
      CommandGroup(
        name: "Order",
        subcommands: [
          PauseCommand.self, ResumeCommand.self, ApproveCommand.self, PromoteCommand.self,
          AbortCommand.self, UndoCommand.self, RetryCommand.self,
        ]),
    ])
}
