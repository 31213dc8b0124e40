// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import FleetModel
import JSONTree

/// `kubectl fleet target`: tells which clusters get a bundle, and with which options.
struct TargetCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "target",
    abstract: "Show which clusters get a bundle, and in which form.",
    discussion: "Why one cluster does or does not: 'kubectl fleet explain BUNDLE CLUSTER'.")

  @Argument(help: ArgumentHelp("The bundle.", valueName: "bundle"))
  var bundle: String

  @OptionGroup var selection: SelectorOptions
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var table: TableOptions
  @OptionGroup var repository: RepositoryOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    let selector = try selection.parsed()
    let view = try repository.view(in: context)
    let compiled = try NameLookup(view.compilation)
      .bundle(bundle, workspace: workspace.workspace)
    view.warnOfErrors(in: context)
    let overview = TargetOverview(compiled, inventory: view.compilation.inventory) {
      selector.matches($0.labels)
    }
    if let format = table.output?.document {
      context.print(overview.json, as: format)
    } else if table.output == .name {
      context.print(
        overview.deployedClusters.map { ResourceKind.clusters.reference($0) + "\n" }.joined())
    } else {
      context.print(
        overview.text(showsAll: table.output == .wide, withHeaders: !table.noHeaders))
    }
    return .done
  }
}
