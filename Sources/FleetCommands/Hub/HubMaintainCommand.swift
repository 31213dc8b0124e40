// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HubService
import Posix

/// `fleet-hub maintain`: the hub's second cron job.
struct HubMaintainCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "maintain",
    abstract: "Keep the repositories packed and bounded; cron runs it every five minutes.",
    discussion: """
      Packs refs and objects, drops superseded slices and statuses, what killed jobs left behind, and \
      the contacts of clusters that have left. Pushes go on meanwhile. Prints a line for each thing \
      that it did, and nothing when there was nothing to do or another one is at work.
      """)

  @Option(help: ArgumentHelp("The hub's folder.", valueName: "folder"), completion: .directory)
  var hub: String

  func run(in context: CommandContext) throws -> ExitStatus {
    try Maintenance.run(hub: HubLayout(root: context.absolute(hub))) { line in
      context.print("\(context.now.rfc3339) \(line)\n")
    }
    return .done
  }
}
