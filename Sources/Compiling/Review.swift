// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel
package import GitObjects
package import Planning
package import Rendering
import SliceFormat
import Targeting
import YAMLTree

/// A source tree compared with the one before: findings, blast radius, verdict.
///
/// The hook and `kubectl fleet check` and `plan` call this one routine, so they say the same.
package struct Review: Sendable {
  /// What there was before.
  package struct Base: Sendable {
    /// The root of the source tree.
    package let root: ObjectID
    /// The tree of all slices that was compiled from it; nil when it cannot be had.
    package let slices: ObjectID?

    /// Makes a base.
    package init(root: ObjectID, slices: ObjectID?) {
      self.root = root
      self.slices = slices
    }
  }

  /// What the new tree was compiled to.
  package let compilation: Compilation
  /// What changes; nil when errors stand in the way.
  package let radius: BlastRadius?
  /// What is to be shown: all errors, and the warnings that this change is about.
  package private(set) var findings: [Finding]
  /// How many warnings about unchanged files are not shown.
  package let hiddenWarnings: Int
  /// How what changes will be released; empty where all of it is released at once.
  package let rollouts: [RolloutForecast]
  /// The files that differ from the base; all of them without a base.
  package let changedPaths: Set<String>

  /// Adds findings that are not about the tree.
  package mutating func add(_ more: [Finding]) { findings += more }

  /// Changes the words of the hints: for a reader who does not push.
  package mutating func changeHints(_ change: (String) -> String) {
    findings = findings.map { $0.changingHints(change) }
  }

  /// Whether the change may be accepted.
  package var isAcceptable: Bool { !findings.contains { $0.severity == .error } }
}

/// Reviews a change: reads both trees, compiles the new one, compares and judges.
package struct Reviewer<Reader: ObjectReader, Store: ObjectReader & ObjectWriter> {
  private let reader: Reader
  private let store: Store
  private let branch: String
  private let engine: RenderEngine
  private let checks: CheckSite
  private let facts: ReportedFacts
  private let progress: (String) -> Void

  /// Makes a reviewer.
  ///
  /// - Parameters:
  ///   - reader: gives the objects of both source trees and of the old plan.
  ///   - store: takes the objects of the new plan, and gives them back.
  ///   - branch: the hub's branch.
  ///   - engine: runs helm and kustomize.
  ///   - checks: where check programs are.
  ///   - facts: the reported facts, for the new tree; the old plan has to be one with the same.
  ///   - progress: is told what is being done.
  package init(
    reader: Reader, store: Store, branch: String, engine: RenderEngine,
    checks: CheckSite = .none, facts: ReportedFacts = ReportedFacts(),
    progress: @escaping (String) -> Void = { _ in }
  ) {
    self.reader = reader
    self.store = store
    self.branch = branch
    self.engine = engine
    self.checks = checks
    self.facts = facts
    self.progress = progress
  }

  /// Reviews the tree `root` against `base`, or on its own when there is none.
  package func review(
    _ root: ObjectID, base: Review.Base?, overrides: Overrides
  ) throws(CompileFailure) -> Review {
    var changes: [TreeChange] = []
    var failure: ObjectAccessError?
    do throws(ObjectAccessError) {
      changes = try TreeDiff.changes(from: base?.root, to: root, in: reader)
    } catch { failure = error }
    let changed = Set(changes.map(\.text))
    let rules = try objects { () throws(ObjectAccessError) in
      try BaseRules.read(changes, root: base?.root, reader: reader)
    }
    let compiler = Compiler(
      reader: reader, writer: store, branch: branch, engine: engine,
      checks: checks,
      judge: { new in base == nil ? new : new.stricter(with: rules.hub(new: new)) },
      policiesBefore: rules.policies, facts: facts,
      progress: progress)
    var compilation = try compiler.compile(root)
    // Folders too deep to be compared are a mistake in the tree, which the compiler tells better.
    if let failure, !compilation.findings.hasErrors { throw .objects(failure) }
    try objects { () throws(ObjectAccessError) in
      try checkSizes(changes, &compilation.findings)
    }
    SelectorReview.check(compilation, changed: changed, rules: rules)
      .forEach { compilation.findings.add($0) }

    var radius: BlastRadius?
    var rollouts: [RolloutForecast] = []
    var findings = compilation.findings
    // With errors that are about some clusters alone, the others are compared all the same.
    let isSomethingKnown =
      compilation.brokenClusters.count < max(1, compilation.inventory.clusters.count)
      && findings.all.allSatisfy {
        $0.severity == .warning || compilation.localFindings.contains($0)
      }
    if let slices = compilation.slices, isSomethingKnown {
      progress("comparing \(Wording.count(compilation.inventory.clusters.count, "slice"))")
      let hub = rules.hub(new: compilation.documents.hub)
      let measured = try objects { () throws(ObjectAccessError) in
        try BlastRadius.compare(
          old: base?.slices, oldReader: reader, new: slices, newReader: store,
          removes: { rules.removes($0, default: hub.whenClusterRemoved) },
          groups: Self.groups(compilation.inventory), unknown: compilation.brokenClusters)
      }
      radius = measured
      rollouts = try objects { () throws(ObjectAccessError) in
        try RolloutForecast.make(
          compilation, old: base?.slices, oldReader: reader, newReader: store)
      }
      findings.add(
        contentsOf: LaterPolicies.findings(compilation, rollouts, before: rules.policies))
      let budget = base == nil ? Budget() : rules.budget(new: compilation.documents.budget)
      findings.add(
        contentsOf: BudgetVerdict.judge(
          measured, by: budget, overrides: overrides, isFirst: base?.slices == nil))
    }
    let sorted = findings.sorted
    let shown = sorted.filter { finding in
      finding.severity == .error || base == nil || finding.path.map(changed.contains) ?? true
        || SelectorReview.isAboutTheWhole(finding)
    }
    return Review(
      compilation: compilation, radius: radius, findings: shown,
      hiddenWarnings: sorted.count - shown.count, rollouts: rollouts, changedPaths: changed)
  }

  private func checkSizes(
    _ changes: [TreeChange], _ findings: inout Findings
  ) throws(ObjectAccessError) {
    let reported = Set(findings.all.filter { $0.code == SourceLimits.code }.compactMap(\.path))
    for change in changes {
      guard let entry = change.new, entry.mode == .file || entry.mode == .executable else {
        continue
      }
      let size = try reader.blobSize(entry.id)
      guard size > SourceLimits.anyFile else { continue }
      let path = PrintableText.escape(bytes: change.path)
      // Text was refused by its own limit already.
      if reported.contains(path) { continue }
      findings.add(SourceLimits.tooLarge(path, size: size, limit: SourceLimits.anyFile))
    }
  }

  private static func groups(_ inventory: Inventory) -> [(name: String, members: Set<String>)] {
    let workspaces = inventory.workspaceNames
    return workspaces.flatMap { name in
      inventory.workspace(name).groups.map { entry in
        (
          workspaces.count > 1 ? "\(name)/\(entry.group.name)" : entry.group.name,
          Set(entry.members.map { inventory.clusters[$0].name })
        )
      }
    }
  }
}
