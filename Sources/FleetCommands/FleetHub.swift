// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HubService
import Posix
import SliceFormat

/// `fleet-hub`: the hub's cron job and its administration.
struct FleetHub: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet-hub",
    abstract: "Run the hub's cron job, make a hub, or mend one after a restore.",
    version: Version.text,
    subcommands: [
      HubTickCommand.self, HubRunPendingCommand.self, HubDeliverCommand.self,
      HubMaintainCommand.self, HubBundlesCommand.self,
      HubRecompileCommand.self, HubFactsCommand.self, HubCreateCommand.self, HubEpochCommand.self,
      HubImportStatusCommand.self,
    ])
}

/// `fleet-hub tick`: what cron runs each minute.
struct HubTickCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "tick",
    abstract: "Finish what pushes began and read the statuses; cron runs it each minute.",
    discussion: """
      Prints a line for each thing that it did, and nothing when there was nothing to do. Exits 75 \
      when another job of the hub is at work, which does the same.
      """)

  @Option(help: ArgumentHelp("The hub's folder.", valueName: "folder"), completion: .directory)
  var hub: String

  func run(in context: CommandContext) throws -> ExitStatus {
    try Tick.run(hub: HubLayout(root: context.absolute(hub))) { line in
      context.print("\(context.now.rfc3339) \(line)\n")
    }
    return .done
  }
}

/// `fleet-hub create`: makes a hub.
struct HubCreateCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make a hub: three bare repositories with hooks and settings.",
    discussion: "'kubectl fleet init --hub' does this and makes a repository to push.")

  @Argument(help: ArgumentHelp("The hub's folder.", valueName: "folder"), completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("The branch that the hub compiles.", valueName: "name"))
  var branch = "main"

  @Option(
    help: ArgumentHelp(
      "Where the hooks find our programs; else where this one is.", valueName: "dir"),
    completion: .directory)
  var libexec: String?

  func run(in context: CommandContext) throws -> ExitStatus {
    let result = try HubCreation.create(
      root: context.absolute(folder), branch: branch,
      libexec: libexec.map { context.absolute($0) } ?? context.programs)
    context.print("made the hub '\(result.hub.root)': fleet.git, slices.git, status.git\n")
    context.print("next: (crontab -l 2>/dev/null; cat '\(result.cronFile)') | crontab -\n")
    return .done
  }
}

/// `fleet-hub epoch`: for a hub that was restored from a backup.
struct HubEpochCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "epoch",
    abstract: "Print the hub's epoch, or raise it after a restore from a backup.",
    discussion: """
      A restored hub counts its releases from where the backup stood, and sites refuse what is older \
      than what they have. A higher epoch makes whatever the hub says newer again; all slices are \
      published anew. A site refuses one that takes away much of what it has, unless \
      --allow-removals says that this is meant.
      """)

  @Option(help: ArgumentHelp("The hub's folder.", valueName: "folder"), completion: .directory)
  var hub: String

  @Flag(help: "Raise the epoch by one.")
  var raise = false

  @Flag(help: "With --raise: sites may remove whatever their slices lack.")
  var allowRemovals = false

  func run(in context: CommandContext) throws -> ExitStatus {
    if allowRemovals, !raise {
      throw CommandError("'--allow-removals' has a meaning with '--raise' alone", status: .usage)
    }
    let layout = try HubLocation(hub, origin: "--hub", folder: context.directory).local()
    if raise {
      context.print(
        "the epoch is \(try EpochRaise.run(hub: layout, allowsRemovals: allowRemovals)) now\n")
    } else {
      context.print("the epoch is \(try HubDescriptor.read(layout).epoch)\n")
    }
    return .done
  }
}
