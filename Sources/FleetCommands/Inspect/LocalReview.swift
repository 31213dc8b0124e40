// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import HubService
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
  /// What this machine has to say about rendering.
  private let warnings: [String]
  /// The versions that the hub's plan was made with, as far as they are known here.
  private let hubRenderers: [Renderer: String]
  /// The facts that the hub has taken up, as far as they are known here; nil for none.
  private let facts: FactsCommit?
  private let objects: LayeredObjects

  /// Compiles both versions in memory and reviews the change.
  init(
    _ repository: FleetRepository, version: SourceVersion, base: Base?, overrides: Overrides,
    engine: RenderEngine, checks: CheckSite, progress: TerminalProgress,
    hubRenderers: [Renderer: String], facts: FactsCommit?
  ) throws(CommandError) {
    self.repository = repository
    self.version = version
    self.base = base
    self.hubRenderers = hubRenderers
    self.facts = facts
    let reported = facts.reported
    let objects = LayeredObjects(over: repository.store)
    self.objects = objects
    let branch = try repository.hubBranch()
    var reviewBase: Review.Base?
    if let base {
      progress.step("compiling \(base.name)")
      let compilation = try failing {
        try Compiler(
          reader: objects, writer: objects, branch: branch, engine: engine, facts: reported,
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
        facts: reported, progress: progress.step
      ).review(version.tree, base: before, overrides: overrides)
    }
    warnings = engine.warnings
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
    let rendering =
      HookOutput.text(warnings: warnings) + otherRenderers
      + (facts == nil ? FleetView.missingFacts(review.compilation) : "")
    guard let base else {
      return rendering
        + (repository.isBare
          ? "" : "note: nothing was fetched from the hub yet, so everything counts as new\n")
    }
    var text = rendering
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

  /// Where other versions than the hub's have rendered, what is shown need not be what the hub makes.
  private var otherRenderers: String {
    Renderer.allCases.compactMap { renderer in
      guard let here = review.compilation.renderers[renderer], let there = hubRenderers[renderer],
        here != there
      else { return nil }
      return "note: \(renderer.rawValue) is \(here) here and \(there) at the hub, "
        + "so manifests may differ\n"
    }.joined()
  }

  private func commitsNotHere(_ base: Base) throws(CommandError) -> Int? {
    guard let old = base.version.commit else { return nil }
    let new = version.commit?.hex ?? "HEAD"
    return try repository.git.answer(["rev-list", "--count", "\(new)..\(old.hex)"])
      .flatMap { Int($0) }
  }
}
