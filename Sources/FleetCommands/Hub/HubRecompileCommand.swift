// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import HubService

/// `fleet-hub recompile`: takes up the helm and the kustomize that are installed now.
struct HubRecompileCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "recompile",
    abstract: "Compile the hub's branch with the helm and kustomize that are installed now.",
    discussion: """
      The plans of a hub are made with one version of helm and kustomize. Another version may render \
      other manifests, so it is taken up here, with a blast radius and budgets of its own, and never \
      by somebody's push. Exits 1 when the budgets refuse the change.
      """)

  @Option(help: ArgumentHelp("The hub's folder.", valueName: "folder"), completion: .directory)
  var hub: String

  @Flag(help: "Only show what would change.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "A push option, such as fleet.allow-delete=Namespace:3; may be repeated.",
      valueName: "option"))
  var pushOption: [String] = []

  func run(in context: CommandContext) throws -> ExitStatus {
    let layout = try HubLocation(hub, origin: "--hub", folder: context.directory).local()
    let outcome = try Recompile.run(hub: layout, overrides: pushOption, dryRun: dryRun)
    context.print(outcome.text)
    guard outcome.isAcceptable else { return .findings }
    let renderers = outcome.renderers.map { "\($0.name) \($0.version)" }
    let names =
      renderers.isEmpty ? "no renderer, because nothing is rendered" : Wording.list(renderers)
    if dryRun {
      context.print("nothing was changed; the plan would be made with \(names)\n")
      return .done
    }
    context.print("the plan is made with \(names) now\n")
    if let release = outcome.release { context.print("release \(release) is published\n") }
    return .done
  }
}
