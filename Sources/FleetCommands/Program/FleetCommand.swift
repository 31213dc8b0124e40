// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A command that is given the world and tells how it ended.
protocol FleetCommand: ParsableCommand {
  /// Does the work.
  func run(in context: CommandContext) throws -> ExitStatus
}

/// The two programs that people start: `kubectl fleet` and `fleet-hub`.
package enum FleetProgram {
  /// Is `kubectl fleet`: runs what this process was started with and ends it.
  package static func kubectlFleet() -> Never {
    end(kubectlFleet(Array(CommandLine.arguments.dropFirst()), in: .process()))
  }

  /// Is `fleet-hub`: runs what this process was started with and ends it.
  package static func fleetHub() -> Never {
    end(fleetHub(Array(CommandLine.arguments.dropFirst()), in: .process()))
  }

  private static func end(_ code: Int32) -> Never {
    KubectlFleet.exit(withError: code == 0 ? ExitCode.success : ExitCode(code))
  }

  /// Runs `kubectl fleet` and tells the exit code.
  package static func kubectlFleet(_ arguments: [String], in context: CommandContext) -> Int32 {
    run(KubectlFleet.self, arguments, in: context)
  }

  /// Runs `fleet-hub` and tells the exit code.
  package static func fleetHub(_ arguments: [String], in context: CommandContext) -> Int32 {
    run(FleetHub.self, arguments, in: context)
  }

  private static func run<Root: ParsableCommand>(
    _ root: Root.Type, _ arguments: [String], in context: CommandContext
  ) -> Int32 {
    do {
      let parsed = try root.parseAsRoot(withDirectoryLast(arguments))
      if let command = parsed as? any FleetCommand { return run(command, in: context) }
      try runOther(parsed)
      return ExitStatus.done.rawValue
    } catch {
      return end(root, error, arguments, in: context)
    }
  }

  /// The parser's own `help`, and commands that only have subcommands: both throw what to print.
  private static func runOther(_ command: any ParsableCommand) throws {
    var command = command
    try command.run()
  }

  private static func run(_ command: any FleetCommand, in context: CommandContext) -> Int32 {
    do {
      return try command.run(in: context).rawValue
    } catch {
      let problem = CommandError(error)
      context.report(problem.text)
      return problem.status.rawValue
    }
  }

  /// Prints the help that was asked for, or what is wrong with the command line.
  private static func end<Root: ParsableCommand>(
    _ root: Root.Type, _ error: any Error, _ arguments: [String], in context: CommandContext
  ) -> Int32 {
    if root.exitCode(for: error) == .success {
      context.print(root.fullMessage(for: error) + "\n")
      return ExitStatus.done.rawValue
    }
    let problem = UsageProblem(
      message: root.message(for: error), full: root.fullMessage(for: error),
      arguments: arguments, commands: root.configuration.subcommands.map { $0._commandName })
    context.report(problem.text)
    return ExitStatus.usage.rawValue
  }

  /// `-C DIR` may stand before the command, as Git's users are used to.
  private static func withDirectoryLast(_ arguments: [String]) -> [String] {
    guard arguments.count > 2, arguments[0] == "-C" else { return arguments }
    return [arguments[2]] + arguments[..<2] + arguments[3...]
  }
}
