// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import Planning
import Posix
import Rendering

/// The pre-receive hook of fleet.git: checks, compiles, decides.
package enum PreReceive {
  /// How long a push waits for another hub job, in seconds.
  private static let patience = 300

  /// Runs the hook: reads standard input, writes to standard error, tells the exit code.
  ///
  /// 0 accepted, 1 refused for what is pushed, 70 the hub failed, 75 the hub is busy. Never throws:
  /// whatever goes wrong ends in a sentence and a refusal.
  package static func run() -> Int32 {
    BrokenPipe.ignore()
    do throws(HubError) {
      return try decide()
    } catch {
      StandardStream.error.text(HookOutput.text(failure: error, program: "fleet-pre-receive"))
      return error.isTemporary ? 75 : 70
    }
  }

  private static func decide() throws(HubError) -> Int32 {
    let input = try HubError.wrap { try StandardInput.readAll(limit: 16 << 20) }
    guard let updates = RefUpdate.parse(input) else {
      throw HubError("Git gave lines that cannot be understood")
    }
    if updates.isEmpty { return 0 }
    let repository = try HubError.wrap { try Repository.fromHookEnvironment() }
    let branch = try HubBranch(of: repository)
    var refusals: [Finding] = []
    var compiled: RefUpdate?
    var orders: [RefUpdate] = []
    for update in updates {
      let decision = RefRules.decide(update, branch: branch.ref) {
        guard let old = update.old, let new = update.new else { return true }
        return (try? repository.isAncestor(old, of: new)) ?? false
      }
      switch decision {
      case .compile: compiled = update
      case .order: orders.append(update)
      case .pass: break
      case .refuse(let finding): refusals.append(finding)
      }
    }
    var findings = Findings()
    let environment = HookEnvironment.current()
    let overrides = Overrides(pushOptions: environment.pushOptions, findings: &findings)
    refusals += findings.all
    if !refusals.isEmpty {
      StandardStream.error.text(HookOutput.text(refusing: refusals))
      return 1
    }
    if compiled == nil, orders.isEmpty { return 0 }
    let hub = HubLayout(repository: repository.gitDirectory)
    return try HubLock.hold(hub, waitingSeconds: patience) { () throws(HubError) in
      for order in orders {
        let judge = OrderJudge(hub: hub, repository: repository)
        let refusal = try judge.judge(
          order, principal: environment.principal, now: Timestamp.now())
        if let refusal {
          StandardStream.error.text(HookOutput.text(refusing: [refusal]))
          return 1
        }
      }
      guard let update = compiled, let new = update.new else { return 0 }
      return try judge(
        new, update, branch: branch, hub, repository, environment: environment,
        overrides: overrides)
    }
  }

  private static func judge(
    _ source: ObjectID, _ update: RefUpdate, branch: HubBranch, _ hub: HubLayout,
    _ repository: Repository, environment: HookEnvironment, overrides: Overrides
  ) throws(HubError) -> Int32 {
    let current = try HubError.wrap { try repository.reference(branch.ref) }
    guard current == update.old else {
      StandardStream.error.text(
        HookOutput.text(refusing: [
          Finding(
            .error, "moved", "somebody else has pushed in the meantime", at: nil,
            hints: ["git pull --rebase, then push again"])
        ]))
      return 1
    }
    let progress = Progress()
    let sourceCommit = try HubError.wrap { try repository.commit(source) }
    let pack = PackWriter(objectDirectory: repository.objectDirectory) { repository.hasObject($0) }
    let store = PlanStore(repository: repository, pack: pack)
    let engine = try HubRendering.engine(hub, progress: progress.step)
    // The same facts for both sides: what a push changes never has a change of facts in it.
    let facts = try FactsRef.current(repository)
    let base = try self.base(
      update.old, hub, repository, store, branch: branch.name, engine, facts, progress)
    let review = try HubError.wrap {
      try Reviewer(
        reader: store, store: store, branch: branch.name, engine: engine,
        checks: HubRendering.checks(hub), facts: facts.reported,
        progress: progress.step
      ).review(sourceCommit.tree, base: base, overrides: overrides)
    }
    if review.isAcceptable, let slices = review.compilation.slices {
      try HubError.wrap {
        let plan = try PlanCommit.write(
          slices: slices, of: review.compilation, source: source, sourceCommit: sourceCommit,
          facts: facts, to: store)
        try RendererRecord.note(review.compilation.renderers, in: hub)
        try pack.finish()
        try Acceptance(
          source: source, base: update.old, plan: plan.id, principal: environment.principal,
          overrides: overrides.given, summary: review.radius?.text() ?? ""
        ).write(to: hub)
      }
    }
    let files = review.compilation.files
    StandardStream.error.text(
      HookOutput.text(review, warnings: engine.warnings) { path in
        files.file(at: path).flatMap { try? repository.blob($0.id, limit: SourceLimits.textFile) }
      })
    return review.isAcceptable ? 0 : 1
  }

  /// The version before: its tree, and its plan, which is compiled again when the hub has not got it.
  private static func base(
    _ old: ObjectID?, _ hub: HubLayout, _ repository: Repository, _ store: PlanStore,
    branch: String, _ engine: RenderEngine, _ facts: FactsCommit?, _ progress: Progress
  ) throws(HubError) -> Review.Base? {
    guard let old else { return nil }
    let commit = try HubError.wrap { try repository.commit(old) }
    let planID = try HubError.wrap { try repository.reference(HubLayout.Ref.plan) }
    for id in [planID, Acceptance.read(old, from: hub)?.plan] {
      if let plan = PlanCommit.read(id, from: repository), plan.source == old,
        id == planID || plan.isMade(with: facts)
      {
        return Review.Base(root: commit.tree, slices: plan.slices)
      }
    }
    progress.step("compiling the version before")
    let compilation = try HubError.wrap {
      try Compiler(
        reader: store, writer: store, branch: branch, engine: engine,
        facts: facts.reported, progress: progress.step
      ).compile(commit.tree)
    }
    if compilation.brokenClusters.isEmpty, let slices = compilation.slices {
      return Review.Base(root: commit.tree, slices: slices)
    }
    // The old version does not compile: what is released is the best that is known.
    let stateID = try HubError.wrap { try repository.reference(HubLayout.Ref.state) }
    let state = try ReleasedState.read(stateID, from: repository)
    return Review.Base(root: commit.tree, slices: state?.released)
  }
}

extension StandardStream {
  /// Writes text; that the reader has gone away changes nothing about a decision.
  func text(_ text: String) {
    try? write(text)
  }
}
