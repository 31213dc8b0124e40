// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import HubService
import Posix

/// `fleet-hub bundles`: files of large slices for sites with bad lines.
struct HubBundlesCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundles",
    abstract: "Write large slices as files that sites can load in pieces; for cron.",
    discussion: """
      A fetch that is cut begins anew; a file goes on where it stopped. The files stand in 'bundles' of \
      the hub, for a web server to serve. Prints a line for each thing that it did, and nothing when there \
      was nothing to do or another one is at work.
      """)

  @Option(help: ArgumentHelp("The hub's folder.", valueName: "folder"), completion: .directory)
  var hub: String

  @Option(help: ArgumentHelp("Slices with smaller files get none: 500k, 1m.", valueName: "size"))
  var least = "1m"

  @Option(help: ArgumentHelp("The most that all files may have: 500m, 10g.", valueName: "size"))
  var limit = "10g"

  @Option(
    help: ArgumentHelp(
      "How long the file of a slice that has changed is kept: 12h, 7d.", valueName: "time"))
  var age = "24h"

  func run(in context: CommandContext) throws -> ExitStatus {
    var options = SliceBundles.Options()
    options.least = try Self.number(least, "--least", ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30])
    options.limit = try Self.number(limit, "--limit", ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30])
    options.age = try Self.number(age, "--age", ["m": 60, "h": 3600, "d": 86_400])
    try SliceBundles.run(hub: HubLayout(root: context.absolute(hub)), options: options) { line in
      context.print("\(context.now.rfc3339) \(line)\n")
    }
    return .done
  }

  private static func number(
    _ text: String, _ option: String, _ units: [Character: Int64]
  ) throws -> Int64 {
    guard let unit = text.last, let factor = units[unit], let number = Int64(text.dropLast()),
      (0...1_000_000).contains(number)
    else {
      let known = units.keys.sorted().map { "'5\($0)'" }.joined(separator: ", ")
      throw CommandError(
        "\(Wording.quoted(text)) is no value of '\(option)'", hints: ["write it like \(known)"],
        status: .usage)
    }
    return number * factor
  }
}
