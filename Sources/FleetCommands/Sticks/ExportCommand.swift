// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import HubService
import Posix
import SliceFormat

/// `kubectl fleet export`: what clusters are told to run, as a file.
struct ExportCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write what clusters should run into a file, for sites without network.",
    discussion: """
      The file is a Git bundle with the slices of these clusters, as they are released now. At the \
      site: fleet-sync import FILE --cluster NAME --state DIR. A site takes it as it would from the \
      hub: its own slice, and none that is older than what it has.
      """)

  @Argument(help: ArgumentHelp("The clusters.", valueName: "cluster"))
  var clusters: [String]

  @Option(
    name: [.customShort("o"), .customLong("to")],
    help: ArgumentHelp("Write into this file instead of standard output.", valueName: "file"),
    completion: .file())
  var file: String?

  @OptionGroup var folder: FolderOptions
  @OptionGroup var hub: HubOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    let location = try HubLocation.find(hub, repository: try? folder.open(in: context), in: context)
    let names = clusters.map(NameLookup.bare)
    if let bad = names.first(where: { !ClusterName.isValid($0) }) {
      throw CommandError("\(Wording.quoted(bad)) is no cluster name", status: .usage)
    }
    if file == nil, context.isTerminal(.output) {
      throw CommandError(
        "this is not for a terminal", hints: ["add -o FILE, or > FILE"], status: .usage)
    }
    let export = SliceExport(
      location.layout == nil ? location.slices : try location.local().slices,
      isFolder: location.layout != nil, environment: context.environment)
    let bytes: [UInt8]
    do throws(SliceExport.Failure) {
      bytes = try export.bundle(of: names)
    } catch {
      throw Self.problem(error, location)
    }
    guard let file else {
      context.print(bytes)
      return .done
    }
    try failing { try Files.writeAtomically(context.absolute(file), bytes) }
    context.print("wrote \(Wording.count(Set(names).count, "slice")) to '\(file)'\n")
    return .done
  }

  private static func problem(
    _ failure: SliceExport.Failure, _ location: HubLocation
  ) -> CommandError {
    switch failure {
    case .unknown(let clusters, let among):
      NameLookup.missing(
        "released cluster", clusters.first ?? "", among: among,
        list: "kubectl fleet status -o name")
    case .unreachable(let words):
      CommandError(
        "the hub '\(location.base)' cannot be read", notes: [words],
        hints: location.origin == "--hub"
          ? []
          : ["this is the hub of \(location.origin); another one: --hub FOLDER-OR-URL"],
        status: .tryLater)
    case .other(let words): CommandError(words, status: .failure)
    }
  }
}
