// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HubService
import Posix

/// `fleet-hub deliver`: sends the messages that wait in the outbox.
struct HubDeliverCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliver",
    abstract: "Deliver the messages that wait in the outbox; the hub starts it by itself.",
    discussion: """
      Runs the fleet-notify programs of the receivers. Ends at once when another delivery is at work.
      """)

  @Option(help: ArgumentHelp("The hub's folder.", valueName: "folder"), completion: .directory)
  var hub: String

  func run(in context: CommandContext) throws -> ExitStatus {
    let layout = try HubLocation(hub, origin: "--hub", folder: context.directory).local()
    _ = try Outbox(hub: layout).deliver(now: Timestamp.now(), budgetSeconds: 300) { line in
      context.print("\(context.now.rfc3339) \(line)\n")
    }
    return .done
  }
}
