// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import Posix
import Rollouts

/// Decides in pre-receive about a pushed order: its form, who may give it, and whether it can be carried out now.
struct OrderJudge {
  let hub: HubLayout
  let repository: Repository

  /// The finding that refuses it; nil when it is accepted, and then who gave it is written down.
  func judge(
    _ update: RefUpdate, principal: String?, now: Timestamp
  ) throws(HubError) -> Finding? {
    guard let commit = update.new,
      let order = OrderInbox.order(in: commit, principal: principal, repository)
    else {
      return Finding(
        .error, "bad-order", "\(Wording.quoted(update.name)) is no order that this hub knows",
        at: nil,
        hints: ["order with 'kubectl fleet rollout VERB ROLLOUT', of the hub's version"])
    }
    let stateID = try HubError.wrap { try repository.reference(HubLayout.Ref.state) }
    guard let state = try ReleasedState.read(stateID, from: repository) else {
      return Finding(.error, "bad-order", "nothing is released yet", at: nil)
    }
    let context = try RolloutContext.load(
      state, StatusReading(hub: hub, now: now), repository)
    if let refusal = unauthorised(order, context.policies.orders) { return refusal }
    let service = RolloutService(hub: hub, repository: repository)
    let outcome = RolloutService.Outcome(state: state, fleet: context.fleet)
    switch try service.result(of: order, outcome, context.observations, now: now.seconds) {
    case .carriedOut:
      try HubError.wrap {
        try OrderRecord(principal: principal, time: now.seconds).write(commit, to: hub)
      }
      return nil
    case .refused(let sentence, let hint):
      return Finding(.error, "refused-order", sentence, at: nil, hints: hint.map { [$0] } ?? [])
    }
  }

  /// Rules are those of the released version: nobody gives himself a right and uses it in one push. Who comes by a
  /// path on the hub's machine is its administrator.
  private func unauthorised(
    _ order: RolloutOrder, _ rules: [OrderRule]
  ) -> Finding? {
    guard let principal = order.principal, !rules.isEmpty else { return nil }
    let allowed = rules.contains {
      $0.orders.contains(order.verb) && $0.principals.contains(principal)
    }
    if allowed { return nil }
    let others = Set(rules.filter { $0.orders.contains(order.verb) }.flatMap(\.principals))
      .sorted { $0.precedesInBytes($1) }
    let hint =
      others.isEmpty
      ? "nobody may; the rules are 'orders' of the Hub's file in policy/"
      : "ask \(Wording.list(others, most: 5))"
    return Finding(
      .error, "not-allowed",
      "\(Wording.quoted(principal)) may not give the order '\(order.verb.rawValue)'", at: nil,
      hints: [hint])
  }
}
