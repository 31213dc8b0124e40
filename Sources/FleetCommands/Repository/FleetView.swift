// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import HubService
import Rendering

/// A version of the repository, compiled in memory: what `get`, `target`, `explain` and `show` speak of.
struct FleetView {
  /// The repository.
  let repository: FleetRepository
  /// The version.
  let version: SourceVersion
  /// What it was compiled to.
  let compilation: Compilation
  /// Its source, and what was made of it.
  let objects: LayeredObjects
  /// The facts that it was compiled with.
  let facts: ReportedFacts

  /// Compiles a version.
  init(
    _ repository: FleetRepository, version: SourceVersion, engine: RenderEngine,
    progress: TerminalProgress, in context: CommandContext
  ) throws(CommandError) {
    self.repository = repository
    self.version = version
    let objects = LayeredObjects(over: repository.store)
    self.objects = objects
    let branch = try repository.hubBranch()
    let known = try HubRefs.knownFacts(repository, in: context)
    let facts = known.reported
    self.facts = facts
    compilation = try failing {
      try Compiler(
        reader: objects, writer: objects, branch: branch, engine: engine, facts: facts,
        progress: progress.step
      ).compile(version.tree)
    }
    progress.clear()
    context.report(HookOutput.text(warnings: engine.warnings))
    if known == nil { context.report(Self.missingFacts(compilation)) }
  }

  /// What has to be said where no fact is known; empty where none would count.
  static func missingFacts(_ compilation: Compilation) -> String {
    compilation.documents.hub.facts.allow.isEmpty
      ? ""
      : "note: no fact that sites report is known here, so none counts\n"
        + "hint: fetch what the hub knows: kubectl fleet status\n"
  }

  /// Says on standard error that what is shown may not be all, when there are errors.
  func warnOfErrors(in context: CommandContext) {
    let errors = compilation.findings.sorted.count { $0.severity == .error }
    guard errors > 0 else { return }
    context.report(
      "warning: the fleet has \(Wording.count(errors, "error")), what is shown may not be all\n"
        + "hint: kubectl fleet check\n")
  }
}

extension Compilation {
  /// The bytes of a source file, to show lines of it.
  func sourceLines(_ objects: LayeredObjects) -> (String) -> [UInt8]? {
    { path in
      files.file(at: path).flatMap { try? objects.blob($0.id, limit: SourceLimits.textFile) }
    }
  }
}
