// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import Planning
package import Posix
import Rendering
package import Rollouts
import SliceFormat

/// Everything that follows from the hub's branch, from orders and from what the sites say: plan, state,
/// slices, messages. One idempotent routine.
///
/// post-receive, the runner after status pushes and the hub's cron call it. It trusts no step to have been
/// followed by the next: each one asks what is there. The order is plan ref, state (a commit a decision), objects
/// and refs of slices.git, outbox, orders, digest; killed anywhere, the next call ends in the same place.
package struct Settlement {
  /// What a settlement did.
  package struct Outcome: Sendable, Hashable {
    /// The state that now holds; nil while nothing was ever pushed.
    package var state: ReleasedState?
    /// Whether a push was taken up.
    package var isNewRelease = false
    /// How many clusters' slices were published.
    package var publishedClusters = 0
    /// What rollouts have come to, in the order of the commits.
    package var events: [RolloutEvent] = []
    /// Whether the digest of statuses has changed.
    package var hasObserved = false
    /// The earliest time at which time alone may change something, seconds since 1970; nil for none.
    package var nextLook: Int64?
    /// Leftovers of killed processes that were removed.
    package var removedLeftovers: [String] = []
    /// Rollouts that wait for others, with what they wait for, as the push has left them.
    package var queued: [QueuedRollout] = []
    /// How many clusters get later what the push releases without a rollout, when their windows open.
    package var waitingClusters = 0
    /// Why the branch could not be followed; the hub stays at the last good plan.
    package var problem: String?
    /// What the administrator should know; it changes nothing about the outcome.
    package var warnings: [String] = []
  }

  /// A rollout that waits for the end of another one.
  package struct QueuedRollout: Sendable, Hashable {
    /// Its name.
    package let id: String
    /// That of the other one.
    package let other: String
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

  /// Brings plan, state and slices up to the branch, and rollouts on.
  ///
  /// - Parameter observes: whether new statuses are written into the digest even when no rollout needs them.
  package func run(now: Timestamp, observes: Bool = false) throws(HubError) -> Outcome {
    var outcome = Outcome()
    outcome.removedLeftovers = try Leftovers.remove(hub, now: now)
    try FactsRef.settle(repository)
    let statuses = StatusReading(hub: hub, now: now)
    let branch = try HubBranch(of: repository)
    let source = try HubError.wrap { try repository.reference(branch.ref) }
    guard let source else {
      if observes { try observe(statuses, &outcome) }
      return outcome
    }
    let stateID = try HubError.wrap { try repository.reference(HubLayout.Ref.state) }
    outcome.state = try ReleasedState.read(stateID, from: repository)
    try follow(source, branch: branch, statuses, &outcome)
    guard let state = outcome.state else {
      if observes { try observe(statuses, &outcome) }
      return outcome
    }
    let settledOrders = try moveRollouts(state, observes: observes, statuses, &outcome)
    if let state = outcome.state {
      let publication = Publication(hub: hub, fleet: repository, progress: progress)
      outcome.publishedClusters = try publication.publish(state)
      try RolloutOutbox(hub: hub, repository: repository).fill(state, now: now)
    }
    try OrderInbox.remove(settledOrders, hub, repository)
    if outcome.state?.source == source {
      try HubError.wrap { try Acceptance.removeSettled(source, in: hub) }
    }
    return outcome
  }

  /// Takes up what was pushed and is not released yet, push by push.
  private func follow(
    _ source: ObjectID, branch: HubBranch, _ statuses: StatusReading, _ outcome: inout Outcome
  ) throws(HubError) {
    let acceptance = Acceptance.read(source, from: hub)
    let epoch = try HubDescriptor.read(hub).epoch
    let uptake = PlanUptake(
      hub: hub, repository: repository, epoch: epoch, statuses: statuses)
    for earlier in earlierDecisions(acceptance, after: outcome.state) {
      guard let plan = PlanCommit.read(earlier.plan, from: repository),
        plan.source == earlier.source
      else { continue }
      try uptake.take(plan, earlier, &outcome)
    }
    guard let plan = try plan(of: source, branch: branch, acceptance, &outcome) else { return }
    let state = outcome.state
    if state?.source != source || state?.plan != plan.id || state?.epoch != epoch {
      try uptake.take(plan, acceptance, &outcome)
      outcome.isNewRelease = true
    }
  }

  /// Carries out orders and steps the rollouts, when there are any; tells the orders that are settled.
  private func moveRollouts(
    _ state: ReleasedState, observes: Bool, _ statuses: StatusReading, _ outcome: inout Outcome
  ) throws(HubError) -> [OrderInbox.Pending] {
    let orders = try OrderInbox.read(hub, repository)
    if state.content.rollouts == .emptyTree, orders.isEmpty, try !isWaitingForWindow(state) {
      if observes { try observe(statuses, &outcome) }
      return []
    }
    let context = try RolloutContext.load(state, statuses, repository)
    let service = RolloutService(hub: hub, repository: repository)
    var last = try service.run(state, context, orders: orders, now: statuses.now)
    let settled = last.settledOrders
    outcome.add(last)
    // What has just been taken over may have kept something back.
    let isTakenOver = outcome.events.contains { $0.kind == .superseded }
    let isDue = try isIntakeDue(last, context)
    if isTakenOver || isDue {
      let uptake = PlanUptake(
        hub: hub, repository: repository, epoch: state.epoch, statuses: statuses)
      try uptake.again(&outcome)
      if let next = outcome.state, next.id != last.state.id {
        let started = try RolloutContext.load(next, statuses, repository)
        last = try service.run(next, started, orders: [], now: statuses.now)
        outcome.add(last)
      }
    }
    outcome.warnings += context.warnings
    outcome.nextLook = [last.nextLook, context.nextWindow].compactMap { $0 }.min()
    try observe(statuses, memory: RolloutContext.memory(of: last.fleet), &outcome)
    return settled
  }

  /// Whether something of the plan may wait for the window of a cluster.
  private func isWaitingForWindow(_ state: ReleasedState) throws(HubError) -> Bool {
    guard let plan = PlanCommit.read(state.plan, from: repository), plan.policy != nil,
      plan.slices != state.released
    else { return false }
    return try !PlanCommit.policies(state.plan, from: repository).schedules.isEmpty
  }

  /// Whether the plan has to be compared with what is released once more: something held was let go, a rollout
  /// that others wait for has ended, or a window may have opened.
  private func isIntakeDue(
    _ result: RolloutService.Outcome, _ context: RolloutContext
  ) throws(HubError) -> Bool {
    if result.letsGo { return true }
    let running = Set(result.fleet.rollouts.map(\.plan.id))
    let isFree = result.fleet.rollouts.contains { rollout in
      rollout.state.waitsFor.map { !running.contains($0) } ?? false
    }
    if isFree { return true }
    if context.policies.schedules.isEmpty { return false }
    let plan = PlanCommit.read(result.state.plan, from: repository)
    return plan.map { $0.slices != result.state.released } ?? false
  }

  /// Writes the digest of statuses, with what rollouts remember.
  private func observe(
    _ statuses: StatusReading, memory: [(id: String, bytes: [UInt8])] = [],
    _ outcome: inout Outcome
  ) throws(HubError) {
    outcome.hasObserved = try Observing(hub: hub)
      .write(try statuses.digest(), rollouts: memory, now: statuses.now)
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
    of source: ObjectID, branch: HubBranch, _ acceptance: Acceptance?, _ outcome: inout Outcome
  ) throws(HubError) -> PlanCommit? {
    let current = try planReference(&outcome)
    if let plan = PlanCommit.read(current, from: repository), plan.source == source { return plan }
    let facts = try FactsRef.current(repository)
    let known = PlanCommit.read(acceptance?.plan, from: repository).flatMap {
      $0.source == source ? $0 : nil
    }
    let plan: PlanCommit
    if let known, known.isMade(with: facts) {
      plan = known
    } else if let compiled = try compile(source, branch: branch, facts, &outcome) {
      // Facts may have been taken up between the acceptance of a push and the move of the branch.
      plan = compiled
    } else if let known {
      outcome.problem = nil
      plan = known
    } else {
      return nil
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
    _ source: ObjectID, branch: HubBranch, _ facts: FactsCommit?, _ outcome: inout Outcome
  ) throws(HubError) -> PlanCommit? {
    let pack = PackWriter(objectDirectory: repository.objectDirectory) { repository.hasObject($0) }
    let store = PlanStore(repository: repository, pack: pack)
    let commit = try HubError.wrap { try repository.commit(source) }
    let engine = try HubRendering.engine(hub, progress: progress.step)
    let compilation = try HubError.wrap {
      try Compiler(
        reader: store, writer: store, branch: branch.name, engine: engine,
        facts: facts.reported, progress: progress.step
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
        slices: slices, of: compilation, source: source, sourceCommit: commit, facts: facts,
        to: store)
      try RendererRecord.note(compilation.renderers, in: hub)
      try pack.finish()
      try repository.refresh()
      return plan
    }
  }
}

extension Settlement.Outcome {
  /// Adds what the rollouts have come to.
  fileprivate mutating func add(_ rollouts: RolloutService.Outcome) {
    state = rollouts.state
    events += rollouts.events
    warnings += rollouts.warnings
  }
}
