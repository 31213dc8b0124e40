// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `kubectl fleet`: what people do with a fleet repository and its hub.
struct KubectlFleet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kubectl fleet",
    abstract: "Keep many Kubernetes clusters at the state that a Git repository declares.",
    discussion: """
      Exit codes: 0 done; 1 findings, a difference, or not found; 64 wrong command line; \
      70 failure; 75 try again later.
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Before a push",
        subcommands: [
          CheckCommand.self, PlanCommand.self, RenderCommand.self, UpdateCommand.self,
        ]),
      CommandGroup(
        name: "Look at the repository",
        subcommands: [
          GetCommand.self, TargetCommand.self, ExplainCommand.self, ShowCommand.self,
        ]),
      CommandGroup(
        name: "The hub",
        subcommands: [
          StatusCommand.self, DriftCommand.self, RolloutCommand.self, ExportCommand.self,
          InitCommand.self, HooksCommand.self, DoctorCommand.self,
        ]),
      CommandGroup(name: "At a site", subcommands: [DeployCommand.self, BootstrapCommand.self]),
      CommandGroup(
        name: "This program",
        subcommands: [CompletionCommand.self, CompleteCommand.self, VersionCommand.self]),
    ])
}
