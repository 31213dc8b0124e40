// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import JSONTree
import SliceFormat

/// Which version of the programs this is.
enum Version {
  /// The number of the release.
  static let number = "0.1.0"
  /// The line of `version` and `--version`.
  static let text = "kubectl fleet \(number) (format \(SliceLayout.format))"
}

/// `kubectl fleet version`.
struct VersionCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version.")

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The format for programs.", valueName: "format"))
  var output: DocumentFormat?

  func run(in context: CommandContext) throws -> ExitStatus {
    if let output {
      context.print(
        .object([
          "version": .string(Version.number), "format": .integer(Int64(SliceLayout.format)),
        ]), as: output)
    } else {
      context.print(Version.text + "\n")
    }
    return .done
  }
}
