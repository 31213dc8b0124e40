// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import Planning
import Posix
import Rendering
import Rollouts
import SliceFormat

/// Takes up an accepted plan: what is not under a rollout policy is released at once, the rest becomes rollouts. One commit on
/// `refs/fleet/state`.
struct PlanUptake {
  let hub: HubLayout
  let repository: Repository
  let epoch: Int
  let statuses: StatusReading

  /// Takes up the plan of a push, of a recompilation, or of a raised epoch.
  ///
  /// - Parameter accepted: what pre-receive wrote down about that source.
  func take(
    _ plan: PlanCommit, _ accepted: Acceptance?, _ outcome: inout Settlement.Outcome
  ) throws(HubError) {
    let state = outcome.state
    let source = try HubError.wrap { try repository.commit(plan.source) }
    let isRaised = state.map { $0.epoch != epoch && $0.source == plan.source } ?? false
    let isRecompiled = !isRaised && state?.source == plan.source
    // Who pushed that source has not raised the epoch, and has not compiled it again.
    let acceptance =
      isRaised || (isRecompiled && accepted?.plan != plan.id) ? nil : accepted
    let subject: String
    if isRaised {
      subject = "epoch \(epoch), all slices are published anew"
    } else if isRecompiled {
      subject = try whyCompiledAgain(plan, after: state)
    } else {
      subject = source.message.split(separator: "\n").first.map(String.init) ?? "no subject"
    }
    var content =
      state?.content
      ?? StateContent(epoch: epoch, source: plan.source, plan: plan.id, released: .emptyTree)
    if content.epoch != epoch { content.opensEpoch = try HubDescriptor.read(hub).opensEpoch }
    content.epoch = epoch
    content.source = plan.source
    content.plan = plan.id
    content.removed = try Tombstones.tree(
      after: state, plan: plan, sourceTree: source.tree, repository: repository)
    var message = StateMessage(
      author: acceptance?.principal,
      subject: "release \(ReleasedState.next(after: state)): \(subject)",
      body: summary(acceptance))
    if let principal = acceptance?.principal {
      message.trailers.append(Trailer("Pushed-By", principal))
    }
    for override in acceptance?.overrides ?? [] {
      message.trailers.append(Trailer("Override", override))
    }
    let taken = try intake.take(
      plan, into: content, after: state, principal: acceptance?.principal)
    if !taken.events.isEmpty {
      message.body += "\n\n" + RolloutMessages.body(taken.events)
      message.trailers += RolloutMessages.trailers(taken.events, taken.fleet)
    } else if acceptance?.summary.isEmpty ?? true {
      message.body = "released to all clusters at once"
    }
    try commit(taken, message, after: state, &outcome)
    outcome.queued = taken.queued
    outcome.waitingClusters = taken.waiting
  }

  /// Compares the plan that is being released with what is released once more. Without a change nothing is written.
  func again(_ outcome: inout Settlement.Outcome) throws(HubError) {
    guard let state = outcome.state, let plan = PlanCommit.read(state.plan, from: repository)
    else { return }
    let taken = try intake.take(plan, into: state.content, after: state, principal: nil)
    if taken.content == state.content { return }
    let message =
      RolloutMessages.message(taken.events, fleet: taken.fleet)
      ?? StateMessage(
        subject: "release \(ReleasedState.next(after: state)): clusters whose windows have opened")
    try commit(taken, message, after: state, &outcome)
  }

  /// Why the same source has another plan, in one line.
  private func whyCompiledAgain(
    _ plan: PlanCommit, after state: ReleasedState?
  ) throws(HubError) -> String {
    let versions = PlanCommit.renderers(plan.id, from: repository)
    if let before = PlanCommit.read(state?.plan, from: repository), before.facts != plan.facts,
      PlanCommit.renderers(before.id, from: repository) == versions, let facts = plan.facts,
      let commit = try? repository.commit(facts)
    {
      return commit.message.split(separator: "\n").first.map(String.init) ?? "facts have changed"
    }
    let renderers = Renderer.allCases.compactMap { renderer in
      versions[renderer].map { "\(renderer.rawValue) \($0)" }
    }
    return "compiled again" + (renderers.isEmpty ? "" : " with \(Wording.list(renderers))")
  }

  private var intake: RolloutIntake {
    RolloutIntake(hub: hub, repository: repository, statuses: statuses)
  }

  private func commit(
    _ taken: RolloutIntake.Taken, _ message: StateMessage, after state: ReleasedState?,
    _ outcome: inout Settlement.Outcome
  ) throws(HubError) {
    let next = try HubError.wrap {
      let next = try ReleasedState.write(
        taken.content, after: state, seconds: statuses.now.seconds, message: message,
        events: taken.events, ended: taken.ended, to: repository)
      try repository.updateReference(
        HubLayout.Ref.state, to: next.id, expecting: state?.id ?? .zero, message: message.subject)
      return next
    }
    outcome.state = next
    outcome.events += taken.events
  }

  private func summary(_ acceptance: Acceptance?) -> String {
    (acceptance?.summary ?? "").split(separator: "\n").joined(separator: "\n")
  }
}
