// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import HubService

/// `fleet-hub facts`: shows what sites report, and takes up what the budgets have refused.
struct HubFactsCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "facts",
    abstract: "Show which reported facts would change what, and take them up.",
    discussion: """
      What sites report moves the fleet only as far as the Hub's 'facts' allow and the budgets let it. \
      What is refused waits, until it is taken up here with a push option that says how much is \
      meant. Exits 1 when the budgets refuse the change.
      """)

  @Option(help: ArgumentHelp("The hub's folder.", valueName: "folder"), completion: .directory)
  var hub: String

  @Flag(help: "Take up what is reported, at once.")
  var accept = false

  @Option(
    help: ArgumentHelp(
      "A push option, such as fleet.allow-changed=3; may be repeated.",
      valueName: "option"))
  var pushOption: [String] = []

  func run(in context: CommandContext) throws -> ExitStatus {
    let layout = try HubLocation(hub, origin: "--hub", folder: context.directory).local()
    let outcome = try FactsAdministration.run(
      hub: layout, mode: accept ? .accept(pushOption) : .look)
    switch outcome.result {
    case .nothing, .early:
      context.print("nothing else is reported than what counts\n")
      return .done
    case .preview(let change):
      print(change, in: context)
      if !change.isAcceptable { return .findings }
      context.print("nothing was changed; to take it up: fleet-hub facts --accept\n")
      return .done
    case .refused(let change):
      print(change, in: context)
      return .findings
    case .adopted(let change, _):
      print(change, in: context)
      context.print("the facts of \(Wording.count(change.clusters.count, "cluster")) count now\n")
      if let release = outcome.release { context.print("release \(release) is published\n") }
      return .done
    }
  }

  private func print(_ change: FactsUptake.Change, in context: CommandContext) {
    context.print(
      "facts of \(Wording.count(change.clusters.count, "cluster")):\n"
        + change.sentences.map { Wording.wrap("  " + $0, indent: "    ") + "\n" }.joined())
    context.print("\n" + change.text)
  }
}
