// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import HubService
import Planning

/// What is reviewed, and compared with what: the options of `check` and `plan`.
struct ReviewOptions: ParsableArguments {
  @OptionGroup var repository: RepositoryOptions

  @Option(
    help: ArgumentHelp(
      "Compare with this commit instead of the hub's branch as last fetched; "
        + "'none' compares with nothing, as for a first push.",
      valueName: "rev"))
  var base: String?

  @Option(
    help: ArgumentHelp(
      "A push option, such as fleet.allow-delete=Namespace:3; may be repeated.",
      valueName: "option"))
  var pushOption: [String] = []

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The format for programs.", valueName: "format"))
  var output: DocumentFormat?

  /// Reviews as the hub would on a push.
  func review(in context: CommandContext) throws(CommandError) -> LocalReview {
    var findings = Findings()
    let overrides = Overrides(pushOptions: pushOption, findings: &findings)
    if let wrong = findings.all.first {
      throw CommandError(wrong.message, hints: wrong.hints, status: .usage)
    }
    let repository = try self.repository.folder.open(in: context)
    let progress = TerminalProgress(context)
    return try LocalReview(
      repository, version: try repository.version(self.repository.commit),
      base: try baseVersion(repository), overrides: overrides,
      engine: DeskRendering.engine(in: context, progress: progress),
      checks: DeskRendering.checks(of: repository, in: context), progress: progress,
      hubRenderers: try HubRefs.knownPlan(repository, in: context)
        .map { PlanCommit.renderers($0.id, from: $0.store) } ?? [:],
      facts: try HubRefs.knownFacts(repository, in: context))
  }

  private func baseVersion(
    _ repository: FleetRepository
  ) throws(CommandError) -> LocalReview.Base? {
    guard let base else {
      return try repository.upstream().map { LocalReview.Base(name: $0.name, version: $0.version) }
    }
    if base == "none" { return nil }
    guard let version = try repository.commit(base) else {
      throw CommandError(
        "there is no commit '\(base)'", hints: ["git log --oneline -5"], status: .usage)
    }
    return LocalReview.Base(name: base, version: version)
  }
}
