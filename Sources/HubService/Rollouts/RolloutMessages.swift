// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitStore
package import Rollouts

/// What the history says about a step of rollouts: the message of a commit on `refs/fleet/state`.
package enum RolloutMessages {
  /// The message for the events of one step; nil when there are none.
  ///
  /// - Parameters:
  ///   - events: what has happened, in order.
  ///   - fleet: the rollouts after the step.
  ///   - order: what a person has ordered, if the step comes of that.
  static func message(
    _ events: [RolloutEvent], fleet: FleetRollouts, order: RolloutOrder? = nil
  ) -> StateMessage? {
    guard let main = main(of: events) else { return nil }
    var message = StateMessage(
      author: order?.principal, subject: "\(main.rollout): \(headline(main))",
      body: body(events), trailers: trailers(events, fleet))
    if let order {
      message.trailers.append(Trailer("Order", order.verb.rawValue))
      message.trailers.append(Trailer("Ordered-By", order.principal ?? "an administrator"))
      if !order.reason.isEmpty { message.trailers.append(Trailer("Reason", order.reason)) }
    }
    return message
  }

  /// The event that says most of several; nil of none.
  package static func main(of events: [RolloutEvent]) -> RolloutEvent? {
    events.min { weight($0.kind) < weight($1.kind) }
  }

  /// The message for a step in which nothing has happened that anybody is told of: a rollout has entered another
  /// phase, or waits for something else.
  static func message(before: FleetRollouts, after: FleetRollouts) -> StateMessage {
    for rollout in after.rollouts {
      let old = before.rollouts.first { $0.plan.id == rollout.plan.id }
      if old?.state == rollout.state { continue }
      let state = rollout.state
      let stage =
        rollout.plan.stages.indices.contains(state.stage)
        ? rollout.plan.stages[state.stage].policy.name : ""
      var trailers = [Trailer("Rollout", rollout.plan.id)]
      if !stage.isEmpty { trailers.append(Trailer("Stage", stage)) }
      trailers.append(Trailer("Phase", state.phase.rawValue))
      return StateMessage(
        subject: "\(rollout.plan.id): \(state.phase.rawValue)"
          + (stage.isEmpty ? "" : ", stage \(stage)"),
        body: state.reason, trailers: trailers)
    }
    return StateMessage(subject: "what is held has changed")
  }

  /// What the event is called in one line.
  package static func headline(_ event: RolloutEvent) -> String {
    let stage = event.stage.isEmpty ? "" : " \(event.stage)"
    return switch event.kind {
    case .planned: "planned"
    case .started: "started"
    case .stageStarted: "stage\(stage) started"
    case .released: "more of stage\(stage) released"
    case .stagePassed: "stage\(stage) passed"
    case .awaitingApproval: "waits for approval\(stage.isEmpty ? "" : ", stage\(stage)")"
    case .approved: "approved"
    case .paused: "paused"
    case .resumed: "resumed"
    case .promoted: "promoted"
    case .gateFailed: "stage\(stage) failed"
    case .rollingBack: "rolling back"
    case .rolledBack: "rolled back"
    case .halted: "halted"
    case .aborted: "aborted"
    case .complete: "complete"
    case .superseded: "superseded"
    case .stragglers: "stragglers are left"
    case .undone: "undone"
    case .retried: "tried again"
    case .held: "held trees are not released"
    }
  }

  /// Which of several events gives a commit its subject: the least number.
  private static func weight(_ kind: RolloutEvent.Kind) -> Int {
    switch kind {
    case .rolledBack: 0
    case .rollingBack: 1
    case .halted, .aborted, .undone: 2
    case .gateFailed: 3
    case .complete: 4
    case .awaitingApproval, .paused: 5
    case .approved, .resumed, .promoted, .retried: 6
    case .stagePassed: 7
    case .planned, .started: 8
    case .stageStarted: 9
    case .superseded, .held: 10
    case .released, .stragglers: 11
    }
  }

  /// What has happened, a line for each event.
  static func body(_ events: [RolloutEvent]) -> String {
    if events.count == 1 { return events[0].text }
    return events.map { "- \(line($0))" }.joined(separator: "\n")
  }

  /// An event and the rollout that it is about.
  package static func sentence(_ event: RolloutEvent) -> String {
    "\(event.rollout): \(line(event))"
  }

  /// An event in one line. What is said about a stage names it already.
  package static func line(_ event: RolloutEvent) -> String {
    if event.text.isEmpty { return headline(event) }
    return switch event.kind {
    case .stageStarted, .released, .stagePassed, .gateFailed, .awaitingApproval: event.text
    default:
      event.text.utf8.starts(with: headline(event).utf8)
        ? event.text : "\(headline(event)): \(event.text)"
    }
  }

  /// Trailers for each rollout that has come on.
  static func trailers(_ events: [RolloutEvent], _ fleet: FleetRollouts) -> [Trailer] {
    var trailers: [Trailer] = []
    var seen = Set<String>()
    for id in events.map(\.rollout) where seen.insert(id).inserted {
      guard let last = events.last(where: { $0.rollout == id }) else { continue }
      trailers.append(Trailer("Rollout", id))
      if let stage = events.last(where: { $0.rollout == id && !$0.stage.isEmpty })?.stage {
        trailers.append(Trailer("Stage", stage))
      }
      let phase = fleet.rollouts.first { $0.plan.id == id }?.state.phase ?? endPhase(events, id)
      if let phase { trailers.append(Trailer("Phase", phase.rawValue)) }
      if let numbers = numbers(last) { trailers.append(Trailer("Clusters", numbers)) }
    }
    return trailers
  }

  /// The phase of a rollout that is not among the running ones any more.
  private static func endPhase(_ events: [RolloutEvent], _ id: String) -> RolloutPhase? {
    for event in events.reversed() where event.rollout == id {
      switch event.kind {
      case .complete: return .complete
      case .rolledBack: return .rolledBack
      case .halted, .aborted: return .aborted
      case .superseded: return .superseded
      default: continue
      }
    }
    return nil
  }

  /// `275 released, 250 succeeded, 3 without contact, of 2,500`; nil of an event that is about no clusters, such as
  /// the end of a hold.
  package static func numbers(_ event: RolloutEvent) -> String? {
    if event.total == 0 { return nil }
    var parts = [
      "\(Wording.number(event.released)) released", "\(Wording.number(event.succeeded)) succeeded",
    ]
    if event.failed > 0 { parts.append("\(Wording.number(event.failed)) failed") }
    if event.disconnected > 0 {
      parts.append("\(Wording.number(event.disconnected)) without contact")
    }
    return parts.joined(separator: ", ") + ", of \(Wording.number(event.total))"
  }
}
