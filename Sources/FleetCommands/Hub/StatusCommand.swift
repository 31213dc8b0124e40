// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import HubService
import Targeting

/// `kubectl fleet status`: shows what the clusters said, and what is released.
struct StatusCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what the clusters run, as the hub last heard of it.",
    discussion: """
      Reads the hub's digest of what the sites reported, so it is as old as it says. Names show \
      single clusters with their bundles. Exits 0 also when clusters are in a bad state.
      """)

  @Argument(help: ArgumentHelp("Only these clusters.", valueName: "cluster"))
  var clusters: [String] = []

  @OptionGroup var selection: SelectorOptions
  @OptionGroup var table: TableOptions
  @OptionGroup var folder: FolderOptions
  @OptionGroup var hub: HubOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    let selector = try selection.parsed()
    let released = try ReleasedView.open(hub, folder, in: context)
    let observed = try ObservedDigest(
      released.refs.read("observed"), from: released.store)
    var history = try ReleaseHistory(released.state, store: released.store)
    let wanted = try released.choose(clusters, selector, among: history.clusters)
    let fleet = try FleetStatus(
      wanted, observed: observed, history: &history, released: released, now: context.now)
    let waiting = try released.refs.waitingFacts()
    if let format = table.output?.document {
      context.print(fleet.json, as: format)
    } else if table.output == .name {
      context.print(wanted.map { ResourceKind.clusters.reference($0) + "\n" }.joined())
    } else if clusters.isEmpty {
      context.print(
        fleet.text(showsAll: table.output == .wide, withHeaders: !table.noHeaders))
      if let waiting { context.print(Self.text(waiting)) }
    } else {
      context.print(fleet.details(withHeaders: !table.noHeaders))
    }
    return .done
  }

  /// What of the reported facts waits, and why.
  private static func text(_ waiting: WaitingFacts) -> String {
    "\n" + Wording.wrap(waiting.subject + ", what they change is refused:") + "\n"
      + waiting.body.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined()
  }
}
