// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetModel
import Targeting

/// Which workspace is looked at. A workspace is what Fleet's documents write as `namespace`.
struct WorkspaceOptions: ParsableArguments {
  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp("Only this workspace.", valueName: "workspace"))
  var namespace: String?

  @Flag(name: [.customShort("A"), .long], help: "All workspaces; without -n this is the default.")
  var allNamespaces = false

  /// The workspace that is asked for; nil for all of them.
  var workspace: String? { allNamespaces ? nil : namespace }
}

/// A label selector, as kubectl reads it.
struct SelectorOptions: ParsableArguments {
  @Option(
    name: [.customShort("l"), .long],
    help: ArgumentHelp(
      "Only those with these labels: 'region=eu,tier in (a,b),!old'.", valueName: "selector"))
  var selector: String?

  /// The selector; one that matches everything when none is given.
  func parsed() throws(CommandError) -> LabelSelector {
    do throws(SelectorText.Problem) {
      return try SelectorText.parse(selector ?? "")
    } catch {
      throw CommandError(
        "the selector '\(selector ?? "")' cannot be read at character \(error.offset + 1): "
          + error.message,
        hints: ["write it like 'region=eu,tier in (a,b),!old'"], status: .usage)
    }
  }
}

/// How a table is printed.
struct TableOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The format.", valueName: "format"))
  var output: TableFormat?

  @Flag(help: "Print no headers.")
  var noHeaders = false
}
