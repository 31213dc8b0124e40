// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import GitStore
import HubService
import Posix

/// `kubectl fleet init`: makes a fleet repository, and a hub for it.
struct InitCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a fleet repository, and with --hub a hub for it.",
    discussion: """
      Writes a small fleet that compiles: one cluster, one group, one bundle, limits. With --hub \
      it also makes the hub on this machine, a folder of bare repositories with hooks, and sets it as \
      the remote 'origin'. Nothing that is there is overwritten.
      """)

  @Argument(
    help: ArgumentHelp("The folder of the repository.", valueName: "dir"), completion: .directory)
  var directory = "."

  @Option(
    help: ArgumentHelp("Also make a hub in this folder.", valueName: "path"),
    completion: .directory)
  var hub: String?

  @Option(
    help: ArgumentHelp(
      "Where the hooks find our programs; else where this one is.", valueName: "dir"),
    completion: .directory)
  var libexec: String?

  @OptionGroup var start: FolderOptions

  private static let branch = "main"

  func run(in context: CommandContext) throws -> ExitStatus {
    let here = start.path(in: context)
    let folder = CommandContext.absolute(directory, from: here)
    let scaffold = Scaffold(folder: folder)
    let keepsFiles = hub != nil && scaffold.isFleetRepository
    let taken = keepsFiles ? [] : scaffold.taken
    if !taken.isEmpty {
      throw CommandError(
        "'\(folder)' has \(Wording.list(taken)) already, nothing is overwritten",
        hints: [
          scaffold.isFleetRepository
            ? "it is a fleet repository: kubectl fleet check" : "choose another folder"
        ])
    }
    try failing { try Files.makeDirectories(folder) }
    let git = GitProgram(directory: folder, environment: context.environment)
    let isNew = try Self.prepare(git, folder: folder)
    var steps = NextSteps(folder: folder, here: here)
    if keepsFiles { steps.cluster = "NAME" }
    // The hub first: it is what can fail for reasons that lie outside.
    if let hub {
      let root = CommandContext.absolute(hub, from: here)
      try makeHub(root, git, context, &steps)
    }
    if !keepsFiles {
      if isNew { _ = try git.run(["init", "--quiet", "-b", Self.branch]) }
      try failing { try scaffold.write() }
      try commit(git, context, &steps)
    }
    if let url = steps.remote { try Self.setRemote(url, git) }
    context.print(steps.text)
    return .done
  }

  /// Whether a repository has to be made; throws when the folder lies inside of another one.
  private static func prepare(_ git: GitProgram, folder: String) throws(CommandError) -> Bool {
    guard let prefix = try git.answer(["rev-parse", "--show-toplevel"]) else { return true }
    let inside = try git.answer(["rev-parse", "--show-prefix"])
    guard inside == nil else {
      throw CommandError(
        "'\(folder)' is inside of the Git repository '\(prefix)'",
        hints: ["choose a folder outside: a fleet is a repository of its own"])
    }
    return false
  }

  private func makeHub(
    _ root: String, _ git: GitProgram, _ context: CommandContext, _ steps: inout NextSteps
  ) throws(CommandError) {
    let url = "\(root)/fleet.git"
    if let other = try git.answer(["remote", "get-url", "origin"]), other != url {
      throw CommandError(
        "the remote 'origin' is \(Wording.quoted(other)) already",
        hints: ["rename it first: git remote rename origin upstream"])
    }
    if Files.exists(url) {
      throw CommandError(
        "there is a hub in '\(root)' already",
        hints: ["look at it: kubectl fleet doctor --hub \(root)"])
    }
    let programs = libexec.map { context.absolute($0) } ?? context.programs
    let result = try failing {
      try HubCreation.create(root: root, branch: Self.branch, libexec: programs)
    }
    steps.remote = url
    steps.done.append("made the hub '\(root)': fleet.git, slices.git, status.git")
    steps.hub = (root, result.cronFile, programs)
    if !Files.isExecutable("\(programs)/fleet-pre-receive") {
      context.report(
        "warning: there is no 'fleet-pre-receive' in '\(programs)', so the hub refuses every push\n"
          + "hint: git -C \(url) config fleet.libexec DIR\n")
    }
  }

  private static func setRemote(_ url: String, _ git: GitProgram) throws(CommandError) {
    if try git.answer(["remote", "get-url", "origin"]) == nil {
      _ = try git.run(["remote", "add", "origin", url])
    }
  }

  /// Commits the files where nothing was committed before and git knows who commits.
  private func commit(
    _ git: GitProgram, _ context: CommandContext, _ steps: inout NextSteps
  ) throws(CommandError) {
    let paths = Scaffold.files.map(\.path)
    let files = "made a fleet repository in '\(directory)': \(Wording.count(paths.count, "file"))"
    _ = try git.run(["add", "--"] + paths)
    let message = "Start the fleet"
    let isEmpty = try git.answer(["rev-parse", "--verify", "--quiet", "HEAD"]) == nil
    let identity = ["-c", "user.useConfigOnly=true", "var"]
    let author = try git.answer(identity + ["GIT_AUTHOR_IDENT"])
    let committer = try git.answer(identity + ["GIT_COMMITTER_IDENT"])
    let isKnown = author != nil && committer != nil
    if isEmpty, isKnown {
      _ = try git.run(["commit", "--quiet", "-m", message])
      let id = try git.run(["rev-parse", "--short", "HEAD"])
      steps.done.insert("\(files), committed as \(id)", at: 0)
      return
    }
    steps.done.insert("\(files), not committed yet", at: 0)
    if !isKnown {
      steps.commands.append("git config user.name NAME && git config user.email ADDRESS")
    }
    steps.commands.append("git commit -m '\(message)'")
  }
}
