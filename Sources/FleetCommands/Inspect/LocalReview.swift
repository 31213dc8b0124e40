// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import GitObjects
import Planning
import Rendering

/// What the hub would say to a push, found out without it.
struct LocalReview {
  /// What the change is compared with.
  struct Base {
    /// What the user calls it: `origin/main`.
    let name: String
    /// The version.
    let version: SourceVersion
  }

  /// The repository.
  let repository: FleetRepository
  /// What is reviewed.
  let version: SourceVersion
  /// What it is compared with; nil for nothing.
  let base: Base?
  /// The review of the hook.
  let review: Review
  /// Whether the base was compiled; one that has errors by today's rules cannot be compared with.
  let baseCompiles: Bool
  private let objects: LayeredObjects

  /// Compiles both versions in memory and reviews the change.
  init(
    _ repository: FleetRepository, version: SourceVersion, base: Base?, overrides: Overrides,
    engine: RenderEngine, checks: CheckSite, progress: TerminalProgress
  ) throws(CommandError) {
    self.repository = repository
    self.version = version
    self.base = base
    let objects = LayeredObjects(over: repository.store)
    self.objects = objects
    let branch = try repository.hubBranch()
    var reviewBase: Review.Base?
    if let base {
      progress.step("compiling \(base.name)")
      let compilation = try failing {
        try Compiler(
          reader: objects, writer: objects, branch: branch, engine: engine,
          progress: progress.step
        ).compile(base.version.tree)
      }
      reviewBase = Review.Base(
        root: base.version.tree,
        slices: compilation.brokenClusters.isEmpty ? compilation.slices : nil)
    }
    baseCompiles = reviewBase.map { $0.slices != nil } ?? true
    let before = reviewBase
    review = try failing {
      try Reviewer(
        reader: objects, store: objects, branch: branch, engine: engine, checks: checks,
        progress: progress.step
      ).review(version.tree, base: before, overrides: overrides)
    }
    progress.clear()
  }

  /// All findings: those that the hook shows, and warnings about files that are not changed.
  var allFindings: [Finding] {
    var findings = Findings()
    findings.add(contentsOf: review.findings)
    findings.add(contentsOf: review.compilation.findings.all)
    return findings.sorted
  }

  /// Findings as text, with the lines that they speak of.
  func text(_ findings: [Finding], limit: Int = .max) -> String {
    FindingRenderer(limit: limit, source: review.compilation.sourceLines(objects)).text(findings)
  }

  /// What the reader has to know about the comparison, in lines of their own; empty when all is well.
  func remarks() throws(CommandError) -> String {
    guard let base else {
      return repository.isBare
        ? "" : "note: nothing was fetched from the hub yet, so everything counts as new\n"
    }
    var text = ""
    if !baseCompiles {
      text +=
        "note: \(base.name) does not compile by today's rules, "
        + "so everything counts as new\n"
    }
    if let missing = try commitsNotHere(base), missing > 0 {
      text += Wording.wrap(
        "warning: \(Wording.count(missing, "commit")) of \(base.name) "
          + "\(missing == 1 ? "is" : "are") not in \(version.commit == nil ? "HEAD" : "it"), "
          + "the comparison undoes \(missing == 1 ? "it" : "them")", indent: "         ")
      text += "\nhint: git pull --rebase\n"
    }
    return text
  }

  private func commitsNotHere(_ base: Base) throws(CommandError) -> Int? {
    guard let old = base.version.commit else { return nil }
    let new = version.commit?.hex ?? "HEAD"
    return try repository.git.answer(["rev-list", "--count", "\(new)..\(old.hex)"])
      .flatMap { Int($0) }
  }
}
