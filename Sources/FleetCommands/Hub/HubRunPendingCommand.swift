// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HubService
import Posix

/// `fleet-hub run-pending`: what pushes of statuses start.
struct HubRunPendingCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "run-pending",
    abstract: "Look at the statuses that have come; the hook of status.git starts it.",
    discussion: """
      Gathers for a second what comes, works it off, and goes on while more comes. Ends at once when \
      another one is at work.
      """)

  @Option(help: ArgumentHelp("The hub's folder.", valueName: "folder"), completion: .directory)
  var hub: String

  func run(in context: CommandContext) throws -> ExitStatus {
    let layout = try HubLocation(hub, origin: "--hub", folder: context.directory).local()
    try Runner.run(hub: layout) { line in context.print("\(context.now.rfc3339) \(line)\n") }
    return .done
  }
}
