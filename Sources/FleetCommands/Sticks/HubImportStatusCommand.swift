// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HubService
import SliceFormat

/// `fleet-hub import-status`: takes what sites without network have to say from files.
struct HubImportStatusCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-status",
    abstract: "Take the statuses of sites without network from files.",
    discussion: """
      The files are those that 'fleet-sync import --status-to FILE' wrote at the sites. A status is \
      taken as if its site had pushed it: when the cluster is one of the fleet, and the status is \
      newer than the one that is there. Exits 1 when one was not taken.
      """)

  @Argument(help: ArgumentHelp("The files.", valueName: "file"), completion: .file())
  var files: [String]

  @Option(help: ArgumentHelp("The hub's folder.", valueName: "folder"), completion: .directory)
  var hub: String

  func run(in context: CommandContext) throws -> ExitStatus {
    let layout = try HubLocation(hub, origin: "--hub", folder: context.directory).local()
    var exit = ExitStatus.done
    for file in files {
      for (cluster, outcome) in try StatusImport.run(context.absolute(file), hub: layout) {
        switch outcome {
        case .taken(let counter, let state, let time):
          context.print("\(cluster): took status \(counter) of \(time): \(state.rawValue)\n")
        case .present: context.print("\(cluster): this status is here already\n")
        case .refused(let why):
          context.report("error: the status of '\(cluster)' is not taken: \(why)\n")
          exit = .findings
        }
      }
    }
    return exit
  }
}
