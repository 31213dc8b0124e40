// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import Planning
import Posix
import Rendering

/// Compiles the hub's branch anew with the renderers that are installed now, and takes them up.
package enum Recompile {
  /// What came of it.
  package struct Outcome: Sendable {
    /// What the pusher of such a change would read: findings and blast radius.
    package var text: String
    /// The renderers with their versions now, by name, in the order of the names.
    package var renderers: [(name: String, version: String)]
    /// Whether the new plan was taken up; with `dryRun` it never is.
    package var isAdopted: Bool
    /// Whether the new plan is acceptable.
    package var isAcceptable: Bool
    /// The number of the release that came of it; nil when no cluster changes.
    package var release: Int?
  }

  /// Recompiles; budgets judge as they judge a push.
  ///
  /// The plan's ref moves before the record of the versions: killed between the two, pushes that render
  /// are refused until this was run again, and nothing was rendered behind anybody's back.
  package static func run(
    hub: HubLayout, overrides given: [String], dryRun: Bool
  ) throws(HubError) -> Outcome {
    try HubLock.hold(hub, waitingSeconds: 60) { () throws(HubError) in
      let progress = Progress()
      let repository = try HubError.wrap { try Repository.open(hub.fleet) }
      // Whatever an accepted push began is finished first, so that it is compared with what holds.
      if !dryRun {
        _ = try Settlement(hub: hub, progress: progress).run(now: Timestamp.now())
      }
      let branch = try HubBranch(of: repository)
      guard let source = try HubError.wrap({ try repository.reference(branch.ref) }) else {
        throw HubError("nothing was pushed to '\(hub.fleet)' yet")
      }
      return try compile(
        source, branch: branch, hub, repository, overrides: given, dryRun: dryRun, progress)
    }
  }

  private static func compile(
    _ source: ObjectID, branch: HubBranch, _ hub: HubLayout, _ repository: Repository,
    overrides given: [String], dryRun: Bool, _ progress: Progress
  ) throws(HubError) -> Outcome {
    let commit = try HubError.wrap { try repository.commit(source) }
    let pack = PackWriter(objectDirectory: repository.objectDirectory) { repository.hasObject($0) }
    let store = PlanStore(repository: repository, pack: dryRun ? nil : pack)
    let current = try HubError.wrap { try repository.reference(HubLayout.Ref.plan) }
    let plan = PlanCommit.read(current, from: repository)
    let stateID = try HubError.wrap { try repository.reference(HubLayout.Ref.state) }
    let state = try ReleasedState.read(stateID, from: repository)
    let base = (plan?.source == source ? plan?.slices : nil) ?? state?.released
    let engine = HubRendering.adoptingEngine(hub, progress: progress.step)
    let facts = try FactsRef.current(repository)
    var findings = Findings()
    let overrides = Overrides(pushOptions: given, findings: &findings)
    var review = try HubError.wrap {
      try Reviewer(
        reader: store, store: store, branch: branch.name, engine: engine,
        checks: HubRendering.checks(hub), facts: facts.reported,
        progress: progress.step
      ).review(
        commit.tree, base: Review.Base(root: commit.tree, slices: base), overrides: overrides)
    }
    review.add(findings.all)
    review.changeHints {
      $0.replacing("git push -o ", with: "--push-option ")
    }
    let files = review.compilation.files
    let text = HookOutput.text(review, warnings: engine.warnings, isPush: false) { path in
      files.file(at: path).flatMap { try? repository.blob($0.id, limit: SourceLimits.textFile) }
    }
    var outcome = Outcome(
      text: text,
      renderers: review.compilation.renderers.sorted { $0.key.rawValue < $1.key.rawValue }
        .map { ($0.key.rawValue, $0.value) },
      isAdopted: false, isAcceptable: review.isAcceptable)
    guard review.isAcceptable, !dryRun, let slices = review.compilation.slices else {
      return outcome
    }
    let made = try HubError.wrap {
      let made = try PlanCommit.write(
        slices: slices, of: review.compilation, source: source, sourceCommit: commit, facts: facts,
        to: store)
      try pack.finish()
      try repository.refresh()
      // For the audit log; of the push itself it has been told.
      try Acceptance(
        source: source, base: Acceptance.read(source, from: hub)?.base, plan: made.id,
        principal: nil, overrides: overrides.given, summary: review.radius?.text() ?? ""
      ).write(to: hub)
      try repository.updateReference(
        HubLayout.Ref.plan, to: made.id, expecting: current ?? .zero,
        message: "recompiled \(source.short)")
      return made
    }
    try RendererRecord(versions: review.compilation.renderers).write(to: hub)
    outcome.isAdopted = true
    if made.id != state?.plan {
      let settled = try Settlement(hub: hub, progress: progress).run(now: Timestamp.now())
      if made.slices != state?.released { outcome.release = settled.state?.release }
    }
    return outcome
  }
}
