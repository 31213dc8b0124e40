// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Where a command starts.
struct FolderOptions: ParsableArguments {
  @Option(
    name: .customShort("C"),
    help: ArgumentHelp("Start in this folder instead of the current one.", valueName: "dir"),
    completion: .directory)
  var directory: String?

  init() {}

  /// Makes the options as if they had been given.
  init(directory: String?) { self.directory = directory }

  /// The folder, absolute.
  func path(in context: CommandContext) -> String { context.absolute(directory ?? ".") }

  /// Opens the repository that the folder is in.
  func open(in context: CommandContext) throws(CommandError) -> FleetRepository {
    try FleetRepository.open(path(in: context), in: context)
  }

  /// Opens it to change its files.
  ///
  /// - Throws: also when it has none.
  func openFiles(in context: CommandContext) throws(CommandError) -> FleetRepository {
    let repository = try open(in: context)
    guard !repository.isBare else {
      throw CommandError(
        "'\(repository.folder)' has no files, only commits", hints: ["go to a clone of it"],
        status: .usage)
    }
    return repository
  }
}

/// Which repository is looked at, and which version of it.
struct RepositoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Look at this commit instead of the files as they are now.", valueName: "rev"))
  var commit: String?

  @OptionGroup var folder: FolderOptions

  /// Opens the repository and compiles the version that is asked for.
  func view(in context: CommandContext) throws(CommandError) -> FleetView {
    let repository = try folder.open(in: context)
    let progress = TerminalProgress(context)
    return try FleetView(
      repository, version: try repository.version(commit),
      engine: DeskRendering.engine(in: context, progress: progress), progress: progress,
      in: context)
  }
}
