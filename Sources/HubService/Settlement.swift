// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import Planning
package import Posix
import Rendering
import SliceFormat

/// Everything that follows from the hub's branch: plan, state, slices. One idempotent routine.
///
/// post-receive and the hub's cron call it. It trusts no step to have been followed by the next: each
/// one asks what is there. The order is plan ref, state, objects and refs of slices.git; killed
/// anywhere, the next call ends in the same place.
package struct Settlement {
  /// What a settlement did.
  package struct Outcome: Sendable, Hashable {
    /// The state that now holds; nil while nothing was ever pushed.
    package var state: ReleasedState?
    /// Whether the state is new.
    package var isNewRelease = false
    /// How many clusters' slices were published.
    package var publishedClusters = 0
    /// Leftovers of killed processes that were removed.
    package var removedLeftovers: [String] = []
    /// Why the branch could not be followed; the hub stays at the last good plan.
    package var problem: String?
    /// What the machine that renders has to say; it changes nothing about the outcome.
    package var warnings: [String] = []
  }

  private let hub: HubLayout
  private let repository: Repository
  private let progress: Progress

  /// Opens the hub's repository; the caller holds the hub's lock.
  package init(hub: HubLayout, progress: Progress) throws(HubError) {
    self.hub = hub
    self.progress = progress
    repository = try HubError.wrap { try Repository.open(hub.fleet) }
  }

  /// Brings plan, state and slices up to the branch.
  package func run(now: Timestamp) throws(HubError) -> Outcome {
    var outcome = Outcome()
    outcome.removedLeftovers = try Leftovers.remove(hub, now: now)
    let branch = try HubError.wrap { try repository.headBranch() } ?? "refs/heads/main"
    guard let source = try HubError.wrap({ try repository.reference(branch) }) else {
      return outcome
    }
    let stateID = try HubError.wrap { try repository.reference(HubLayout.Ref.state) }
    var state = try ReleasedState.read(stateID, from: repository)
    let acceptance = Acceptance.read(source, from: hub)
    let epoch = try HubDescriptor.read(hub).epoch
    for earlier in earlierDecisions(acceptance, after: state) {
      guard let plan = PlanCommit.read(earlier.plan, from: repository),
        plan.source == earlier.source
      else { continue }
      state = try release(plan, epoch: epoch, after: state, earlier, now: now)
    }
    if let plan = try plan(of: source, branch: branch, acceptance, &outcome) {
      if state?.source != source || state?.plan != plan.id || state?.epoch != epoch {
        state = try release(plan, epoch: epoch, after: state, acceptance, now: now)
        outcome.isNewRelease = true
      }
    }
    outcome.state = state
    if let state {
      let publication = Publication(hub: hub, fleet: repository, progress: progress)
      outcome.publishedClusters = try publication.publish(state)
    }
    if state?.source == source {
      try HubError.wrap { try Acceptance.removeSettled(source, in: hub) }
    }
    return outcome
  }

  /// The most pushes that are taken up again, one by one, when nobody has settled them.
  private static let decisionLimit = 1000

  /// The accepted pushes between the state and the branch's, oldest first: each is a decision of its own
  /// in the audit log, with its pusher and its overrides, also when it was not settled in its time.
  private func earlierDecisions(
    _ last: Acceptance?, after state: ReleasedState?
  ) -> [Acceptance] {
    // Once the branch is decided on there is nothing before it to decide.
    if last?.source == state?.source { return [] }
    var result: [Acceptance] = []
    var base = last?.base
    while let source = base, source != state?.source, result.count < Self.decisionLimit,
      let acceptance = Acceptance.read(source, from: hub)
    {
      result.append(acceptance)
      base = acceptance.base
    }
    return result.reversed()
  }

  /// The plan of a source commit: the one that the ref names, the one that pre-receive compiled, or
  /// a new one. Nil when the source does not compile, which only a bypassed hook makes possible.
  private func plan(
    of source: ObjectID, branch: String, _ acceptance: Acceptance?, _ outcome: inout Outcome
  ) throws(HubError) -> PlanCommit? {
    let current = try planReference(&outcome)
    if let plan = PlanCommit.read(current, from: repository), plan.source == source { return plan }
    let plan: PlanCommit
    if let known = PlanCommit.read(acceptance?.plan, from: repository), known.source == source {
      plan = known
    } else {
      guard let compiled = try compile(source, branch: branch, &outcome) else { return nil }
      plan = compiled
    }
    try HubError.wrap {
      try repository.updateReference(
        HubLayout.Ref.plan, to: plan.id, expecting: current ?? .zero,
        message: "plan of \(source.short)")
    }
    return plan
  }

  /// What the plan's ref names. A file that names nothing, as after a loss of power, is removed: the
  /// plan can be had again.
  private func planReference(_ outcome: inout Outcome) throws(HubError) -> ObjectID? {
    do throws(GitError) {
      return try repository.reference(HubLayout.Ref.plan)
    } catch {
      let isRemoved = try HubError.wrap { try Files.remove("\(hub.fleet)/\(HubLayout.Ref.plan)") }
      guard isRemoved else { throw HubError(error.description, hint: error.hint) }
      outcome.removedLeftovers.append("fleet.git/\(HubLayout.Ref.plan)")
      return try HubError.wrap { try repository.reference(HubLayout.Ref.plan) }
    }
  }

  private func compile(
    _ source: ObjectID, branch: String, _ outcome: inout Outcome
  ) throws(HubError) -> PlanCommit? {
    let pack = PackWriter(objectDirectory: repository.objectDirectory) { repository.hasObject($0) }
    let store = PlanStore(repository: repository, pack: pack)
    let commit = try HubError.wrap { try repository.commit(source) }
    let shortBranch = branch.split(separator: "/").dropFirst(2).joined(separator: "/")
    let engine = try HubRendering.engine(hub, progress: progress.step)
    let compilation = try HubError.wrap {
      try Compiler(
        reader: store, writer: store, branch: shortBranch, engine: engine, progress: progress.step
      ).compile(commit.tree)
    }
    outcome.warnings += engine.warnings
    guard compilation.brokenClusters.isEmpty, let slices = compilation.slices else {
      let errors = compilation.findings.all.count { $0.severity == .error }
      outcome.problem =
        "\(source.short) does not compile (\(Wording.count(errors, "error"))); the hub stays at the "
        + "last plan"
      return nil
    }
    return try HubError.wrap {
      let plan = try PlanCommit.write(
        slices: slices, policy: compilation.policy, source: source, sourceCommit: commit,
        renderers: compilation.renderers,
        to: store)
      try RendererRecord.note(compilation.renderers, in: hub)
      try pack.finish()
      try repository.refresh()
      return plan
    }
  }

  private func summary(_ acceptance: Acceptance?) -> String {
    let lines = (acceptance?.summary ?? "").split(separator: "\n").joined(separator: "\n")
    return lines.isEmpty ? "released to all clusters at once" : lines
  }

  /// Tells every cluster to run the plan, at once.
  private func release(
    _ plan: PlanCommit, epoch: Int, after state: ReleasedState?, _ accepted: Acceptance?,
    now: Timestamp
  ) throws(HubError) -> ReleasedState {
    let source = try HubError.wrap { try repository.commit(plan.source) }
    let removed = try Tombstones.tree(
      after: state, plan: plan, sourceTree: source.tree, repository: repository)
    let isRaised = state.map { $0.epoch != epoch && $0.source == plan.source } ?? false
    let isRecompiled = !isRaised && state?.source == plan.source
    // Who pushed that source has not raised the epoch, and has not compiled it again.
    let acceptance =
      isRaised || (isRecompiled && accepted?.plan != plan.id) ? nil : accepted
    let subject: String
    if isRaised {
      subject = "epoch \(epoch), all slices are published anew"
    } else if isRecompiled {
      let made = try HubError.wrap { try repository.commit(plan.id) }
      let renderers = Renderer.allCases.compactMap { renderer in
        made.trailer(renderer.trailer).map { "\(renderer.rawValue) \($0)" }
      }
      subject =
        "compiled again" + (renderers.isEmpty ? "" : " with \(Wording.list(renderers))")
    } else {
      subject = source.message.split(separator: "\n").first.map(String.init) ?? "no subject"
    }
    var trailers: [Trailer] = []
    if let principal = acceptance?.principal { trailers.append(Trailer("Pushed-By", principal)) }
    for override in acceptance?.overrides ?? [] { trailers.append(Trailer("Override", override)) }
    return try HubError.wrap {
      let next = try ReleasedState.write(
        previous: state, epoch: epoch, plan: plan, released: plan.slices, removed: removed,
        seconds: now.seconds,
        author: acceptance?.principal.map { HubIdentity.person($0, seconds: now.seconds) },
        subject: "release \((state?.release ?? 0) + 1): \(subject)",
        body: summary(acceptance),
        trailers: trailers, to: repository)
      try repository.updateReference(
        HubLayout.Ref.state, to: next.id, expecting: state?.id ?? .zero,
        message: "release \(next.release)")
      return next
    }
  }
}
