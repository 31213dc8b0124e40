// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics

/// `kubectl fleet doctor`: says what is wrong with an installation, and what mends it.
struct DoctorCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find what is wrong with the installation or the hub.",
    discussion: """
      Looks at programs, helm and kustomize among them, and at a hub on this machine: owner, settings, \
      hooks, renderers, cache, checks, cron, disk, unfinished pushes. Every hint is a command that mends it; nothing is changed. Exits 1 when something is \
      wrong.
      """)

  @OptionGroup var hub: HubOptions

  @OptionGroup var folder: FolderOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    let repository = try? folder.open(in: context)
    var location: HubLocation?
    do throws(CommandError) {
      location = try HubLocation.find(hub, repository: repository, in: context)
    } catch {
      // Not known where the hub is: the programs are looked at all the same.
      if error.status != .usage { throw error }
    }
    let lines = Doctor.examine(try FactFinder(context).facts(hub: location, repository: repository))
    for line in lines { context.print(line.text) }
    let errors = lines.count { $0.level == .error }
    let warnings = lines.count { $0.level == .warning }
    if errors + warnings == 0 { return .done }
    var parts: [String] = []
    if errors > 0 { parts.append(Wording.count(errors, "error")) }
    if warnings > 0 { parts.append(Wording.count(warnings, "warning")) }
    context.print("\n\(parts.joined(separator: ", "))\n")
    return .findings
  }
}
