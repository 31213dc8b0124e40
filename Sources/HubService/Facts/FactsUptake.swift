// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import Planning
package import Posix
import Rendering

/// Takes up what sites report: compiles the hub's branch with the new facts, lets the budgets judge the change, and moves
/// facts and plan together. The settlement starts rollouts then, as after a push.
///
/// Nothing moves when the budgets refuse, or when it does not compile. Killed anywhere, the next call or settlement ends in
/// the same place: the plan's ref comes first, see `FactsRef`.
package struct FactsUptake {
  /// What came of it.
  package enum Result: Sendable, Hashable {
    /// Nothing else is reported than what counts; or it was looked at before.
    case nothing
    /// The change is younger than the interval allows; it is taken up later.
    case early
    /// Taken up; whether any cluster gets something else by it.
    case adopted(Change, isPlanChanged: Bool)
    /// Refused: nothing has moved, and it waits for a person.
    case refused(Change)
    /// What would be taken up, for a look.
    case preview(Change)
  }

  /// A change of facts.
  package struct Change: Sendable, Hashable {
    /// The clusters whose facts are others, in the order of their names.
    package var clusters: [String]
    /// A line for each of them.
    package var sentences: [String]
    /// Findings and blast radius, as a person reads them.
    package var text: String
    /// Whether budgets and compiler let it pass.
    package var isAcceptable: Bool
  }

  /// Why it is done.
  package enum Mode: Sendable, Hashable {
    /// The hub's cron: no more often than the interval says, and what was refused is not tried again.
    case routine
    /// A person wants to know; nothing is changed.
    case look
    /// A person takes it up, with these push options.
    case accept([String])
  }

  private let hub: HubLayout
  private let repository: Repository
  private let now: Timestamp
  private let progress: Progress

  /// Opens the hub's repository; the caller holds the hub's lock and has settled what was pushed.
  package init(hub: HubLayout, now: Timestamp, progress: Progress) throws(HubError) {
    self.hub = hub
    self.now = now
    self.progress = progress
    repository = try HubError.wrap { try Repository.open(hub.fleet) }
  }

  /// Looks at what is reported, and takes it up.
  package func run(_ mode: Mode) throws(HubError) -> Result {
    let branch = try HubBranch(of: repository)
    let (source, planID, observed) = try HubError.wrap {
      (
        try repository.reference(branch.ref), try repository.reference(HubLayout.Ref.plan),
        try repository.reference(HubLayout.Ref.observed)
      )
    }
    guard let source, let plan = PlanCommit.read(planID, from: repository), plan.source == source
    else { return .nothing }
    let known = try FactsRef.current(repository)
    if plan.factRules.allow.isEmpty, known?.facts.isEmpty ?? true {
      if mode != .look { try forgetWaiting() }
      return .nothing
    }
    let basis = FactsMemory.Basis(observed: observed, plan: plan.id, facts: known?.id)
    if mode == .routine, FactsMemory.read(hub)?.answers(basis, now: now.seconds) ?? false {
      return .nothing
    }
    let wanted = FactsGathering.wanted(
      try StatusDigest.stored(hub), clusters: try clusters(of: plan), rules: plan.factRules,
      known: known.reported)
    if wanted == known.reported {
      if mode == .look { return .nothing }
      try forgetWaiting()
      try remember(basis)
      return .nothing
    }
    if mode == .routine, let until = try pause(plan, wanted, after: known) {
      try remember(basis, until: until)
      return .early
    }
    return try take(wanted, mode, branch, source, plan, known, basis)
  }

  /// Until when the change has to wait; nil for now. What was refused waits for another plan or other facts.
  private func pause(
    _ plan: PlanCommit, _ wanted: ReportedFacts, after known: FactsCommit?
  ) throws(HubError) -> Int64? {
    var last = known?.seconds
    if let waiting = try WaitingFacts.read(repository), waiting.plan == plan.id {
      let tree = try HubError.wrap { try FactsCommit.writeTree(of: wanted, to: InMemoryObjects()) }
      if waiting.tree == tree, waiting.base == known?.id { return .max }
      last = [last, waiting.seconds].compactMap { $0 }.max()
    }
    // A clock that went back does not stop the hub.
    guard let last, last <= now.seconds else { return nil }
    let (until, overflow) = last.addingReportingOverflow(Int64(plan.factRules.interval))
    return overflow || until > now.seconds ? until : nil
  }

  private func take(
    _ wanted: ReportedFacts, _ mode: Mode, _ branch: HubBranch, _ source: ObjectID,
    _ plan: PlanCommit, _ known: FactsCommit?, _ basis: FactsMemory.Basis
  ) throws(HubError) -> Result {
    let commit = try HubError.wrap { try repository.commit(source) }
    let pack = PackWriter(objectDirectory: repository.objectDirectory) { repository.hasObject($0) }
    let store = PlanStore(repository: repository, pack: mode == .look ? nil : pack)
    let engine = try HubRendering.engine(hub, progress: progress.step)
    var findings = Findings()
    var given: [String] = []
    if case .accept(let options) = mode { given = options }
    let overrides = Overrides(pushOptions: given, findings: &findings)
    var review = try HubError.wrap {
      try Reviewer(
        reader: store, store: store, branch: branch.name, engine: engine,
        checks: HubRendering.checks(hub), facts: wanted, progress: progress.step
      ).review(
        commit.tree, base: Review.Base(root: commit.tree, slices: plan.slices),
        overrides: overrides)
    }
    review.add(findings.all)
    var change = Change(
      clusters: wanted.difference(from: known.reported),
      sentences: FactsCommit.sentences(wanted, known.reported),
      text: text(review, engine.warnings), isAcceptable: review.isAcceptable)
    if mode == .look { return .preview(change) }
    guard review.isAcceptable, let slices = review.compilation.slices else {
      change.isAcceptable = false
      try HubError.wrap {
        try WaitingFacts.write(
          wanted, change, plan: plan.id, base: known?.id, seconds: now.seconds, to: repository)
      }
      try remember(basis, until: .max)
      return .refused(change)
    }
    let isPlanChanged = try HubError.wrap {
      let facts = try FactsCommit.write(
        wanted, after: known, source: source, overrides: overrides.given, seconds: now.seconds,
        to: store)
      let made = try PlanCommit.write(
        slices: slices, of: review.compilation, source: source, sourceCommit: commit,
        facts: facts, to: store)
      // A plan that says the same stays: nothing is to be told to anybody.
      let isPlanChanged = made.slices != plan.slices || made.policy != plan.policy
      try pack.finish()
      try repository.refresh()
      if isPlanChanged {
        try Acceptance(
          source: source, base: Acceptance.read(source, from: hub)?.base, plan: made.id,
          principal: nil, overrides: overrides.given, summary: review.radius?.text() ?? ""
        ).write(to: hub)
        try RendererRecord.note(review.compilation.renderers, in: hub)
        try repository.updateReference(
          HubLayout.Ref.plan, to: made.id, expecting: plan.id, message: "facts have changed")
      }
      try repository.updateReference(
        HubLayout.Ref.facts, to: facts.id, expecting: known?.id ?? .zero,
        message: "facts have changed")
      return isPlanChanged
    }
    try forgetWaiting()
    return .adopted(change, isPlanChanged: isPlanChanged)
  }

  /// What a person reads about the change.
  private func text(_ given: Review, _ warnings: [String]) -> String {
    var review = given
    review.changeHints {
      $0.replacing("git push -o ", with: "fleet-hub facts --accept --push-option ")
    }
    let files = review.compilation.files
    return HookOutput.text(review, warnings: warnings, isPush: false) { path in
      files.file(at: path).flatMap { try? repository.blob($0.id, limit: SourceLimits.textFile) }
    }
    // The budgets speak of pushes.
    .replacing("error: the push ", with: "error: the change of facts ")
    .replacing("the budget before this push", with: "the budget")
  }

  /// The clusters that the plan has: those that the repository declares.
  private func clusters(of plan: PlanCommit) throws(HubError) -> [String] {
    try HubError.wrap {
      try repository.tree(plan.slices).flatMap { shard in
        try repository.tree(shard.id).map { String(decoding: $0.name, as: UTF8.self) }
      }
    }
  }

  private func remember(_ basis: FactsMemory.Basis, until: Int64? = nil) throws(HubError) {
    try HubError.wrap {
      try FactsMemory(basis: basis, at: now.seconds, until: until == .max ? nil : until)
        .write(to: hub)
    }
  }

  private func forgetWaiting() throws(HubError) {
    try HubError.wrap { try WaitingFacts.remove(repository) }
  }
}
