// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import FleetModel

/// `kubectl fleet drift`: shows what differs on the clusters, and makes an edit of the repository of it.
struct DriftCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Show what somebody changed on the clusters, and take it over or let it be.",
    discussion: """
      Reads the hub's digest of what the sites reported, so it is as old as it says. '--adopt' writes the \
      values of the clusters into the manifests, '--ignore' writes exceptions into 'diff.comparePatches' of \
      fleet.yaml. Both edit files in place, leave every other byte of them as it is, and are checked before \
      anything is written: the fleet is compiled, and exactly those fields of exactly those clusters may \
      change. Nothing is committed. Like kubectl diff it exits 1 when it shows drift.
      """)

  @Argument(help: ArgumentHelp("Only these clusters.", valueName: "cluster"))
  var clusters: [String] = []

  @OptionGroup var selection: SelectorOptions

  @Option(
    name: [.customShort("b"), .long], help: ArgumentHelp("Only this bundle.", valueName: "name"))
  var bundle: String?

  @Option(
    help: ArgumentHelp("Only this object, such as Deployment/pos.", valueName: "kind/name"))
  var object: String?

  @Flag(help: "Write the values of the clusters into the repository.")
  var adopt = false

  @Flag(help: "Write exceptions for what differs into fleet.yaml.")
  var ignore = false

  @Flag(help: "Write nothing; show what would be written.")
  var dryRun = false

  @Flag(name: [.customShort("a"), .long], help: "Name all clusters.")
  var all = false

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The format for programs.", valueName: "format"))
  var output: DocumentFormat?

  @OptionGroup var folder: FolderOptions
  @OptionGroup var hub: HubOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    try checkOptions()
    let (shown, total, digest) = try observed(in: context)
    guard adopt || ignore else {
      let text = DriftText(observed: shown, total: total, time: digest.time, now: context.now)
      if let output {
        context.print(text.json, as: output)
      } else {
        context.print(text.text(showsAll: all))
      }
      return shown.isEmpty ? .done : .findings
    }
    if shown.isEmpty {
      context.print(
        DriftText(observed: shown, total: total, time: digest.time, now: context.now)
          .text(showsAll: all))
      return .done
    }
    let desk = try DriftDesk(folder, in: context)
    let edit = try adopt ? desk.edit(shown, AdoptEdit.self) : desk.edit(shown, IgnoreEdit.self)
    if dryRun {
      context.print(try edit.difference(desk.repository))
      return .done
    }
    try edit.write(desk.repository)
    context.print(edit.text)
    return .done
  }

  private func checkOptions() throws(CommandError) {
    if adopt, ignore {
      throw CommandError("'--adopt' and '--ignore' cannot both be given", status: .usage)
    }
    if dryRun, !adopt, !ignore {
      throw CommandError(
        "'--dry-run' needs '--adopt' or '--ignore'",
        hints: ["kubectl fleet drift --adopt --dry-run"],
        status: .usage)
    }
    if output != nil, adopt || ignore {
      throw CommandError(
        "'--output' is for the list, '--adopt' and '--ignore' write files", status: .usage)
    }
    if let object, !object.contains("/") {
      throw CommandError(
        "the object \(Wording.quoted(object)) is not written like KIND/NAME",
        hints: ["--object Deployment/\(Wording.bare(object))"], status: .usage)
    }
  }

  /// What the hub has heard of the clusters that are asked for.
  private func observed(
    in context: CommandContext
  ) throws(CommandError) -> (ObservedDrift, total: Int, ObservedDigest) {
    let selector = try selection.parsed()
    let released = try ReleasedView.open(hub, folder, in: context)
    let digest = try ObservedDigest(released.refs.read("observed"), from: released.store)
    let wanted = try released.choose(
      clusters, selector, among: try released.clusterNames().inOrder)
    let asked = Set(wanted)
    let lines = digest.lines.filter { asked.contains($0.cluster) }
    if let bundle, !lines.contains(where: { $0.bundles.contains { $0.name == bundle } }) {
      throw NameLookup.missing(
        "reported bundle", bundle, among: Set(lines.flatMap { $0.bundles.map(\.name) }).inOrder,
        list: "kubectl fleet get bundles")
    }
    let shown = ObservedDrift(lines, ObservedDrift.Selection(bundle: bundle, object: object))
    return (shown, wanted.count, digest)
  }
}
