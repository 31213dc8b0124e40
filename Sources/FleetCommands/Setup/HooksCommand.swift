// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HubService
import Posix

/// `kubectl fleet hooks`: puts the hooks of a hub in their places, or takes them away.
struct HooksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hooks",
    abstract: "Install or remove the hooks of a hub on this machine.",
    subcommands: [HooksInstallCommand.self, HooksUninstallCommand.self])
}

/// The hub whose hooks are meant.
struct HookTarget: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The hub's folder; else $FLEET_HUB, 'git config fleet.hub', the remote 'origin'.",
      valueName: "hub"),
    completion: .directory)
  var hub: String?

  @OptionGroup var folder: FolderOptions

  /// The hub's folder.
  func layout(in context: CommandContext) throws(CommandError) -> HubLayout {
    let options = HubOptions(hub: hub)
    let repository = hub == nil ? try? folder.open(in: context) : nil
    return try HubLocation.find(options, repository: repository, in: context).local()
  }
}

/// `kubectl fleet hooks install`.
struct HooksInstallCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Install or upgrade the hooks.",
    discussion: "A hook that is not ours is never replaced.")

  @OptionGroup var target: HookTarget

  @Flag(help: "Replace our own hooks also where somebody has changed them.")
  var force = false

  func run(in context: CommandContext) throws -> ExitStatus {
    let hooks = HookFiles(try target.layout(in: context))
    // All or none: half of the hooks of two versions would be worse than the old ones.
    var objections: [CommandError] = []
    for place in HookFiles.places {
      if let objection = try hooks.objection(place, isForced: force) {
        objections.append(objection)
      }
    }
    if !objections.isEmpty {
      context.report(objections.map(\.text).joined(separator: "\n"))
      return .findings
    }
    for place in HookFiles.places {
      let state = try hooks.state(place)
      if state == .current(isExecutable: true) {
        context.print("unchanged   \(place.path)\n")
        continue
      }
      try hooks.install(place)
      context.print("\(state == .missing ? "installed" : "replaced ")   \(place.path)\n")
    }
    return .done
  }
}

/// `kubectl fleet hooks uninstall`.
struct HooksUninstallCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall",
    abstract: "Remove the hooks.",
    discussion: "Hooks that are not ours stay. Without them the hub accepts every push unseen.")

  @OptionGroup var target: HookTarget

  func run(in context: CommandContext) throws -> ExitStatus {
    let hooks = HookFiles(try target.layout(in: context))
    var hasRemoved = false
    for place in HookFiles.places {
      switch try hooks.state(place) {
      case .missing: continue
      case .current, .other, .edited:
        try Files.remove(hooks.path(place))
        context.print("removed     \(place.path)\n")
        hasRemoved = true
      case .foreign: context.print("not ours    \(place.path)\n")
      }
    }
    if hasRemoved {
      context.report(
        "warning: pushes are accepted without a check now, and nothing is published\n"
          + "hint: kubectl fleet hooks install\n")
    } else {
      context.report("there was no hook of ours\n")
    }
    return .done
  }
}
