// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import Posix
import Rollouts

/// A rollout as people read it.
struct RolloutText {
  let facts: RolloutFacts
  /// The title of the source commit; empty when it is not here.
  let subject: String
  let now: Timestamp

  /// The most clusters that are shown with what is wrong with them.
  private static let failureLimit = 10

  /// Makes the text of a rollout.
  init(_ rollout: Rollout, _ board: RolloutBoard, store: Repository) {
    facts = RolloutFacts(rollout, opening: board.opening(for: rollout))
    let source = try? store.commit(rollout.plan.source)
    subject = source?.message.split(separator: "\n").first.map(String.init) ?? ""
    now = board.now
  }

  private var rollout: Rollout { facts.rollout }

  /// All of it; `isWide` also names the clusters that are waited for.
  func text(withHeaders: Bool, isWide: Bool = false) -> String {
    var text = withHeaders ? head + "\n" : ""
    text += stages.text(withHeaders: withHeaders)
    if !facts.metrics.isEmpty { text += "\n" + metrics.text(withHeaders: withHeaders) }
    text += members(withHeaders: withHeaders, isWide: isWide)
    if withHeaders, let command = facts.wait?.command { text += "\nhint: \(command)\n" }
    return text
  }

  /// `pos-17: Soaking, stage early, 275 released, 250 succeeded, of 2,500; waits for …`.
  var line: String {
    "\(Wording.bare(rollout.plan.id)): \(place), \(numbers)" + (waitText.map { "; \($0)" } ?? "")
  }

  private var head: String {
    let plan = rollout.plan
    let bundles = Wording.list(plan.bundles.map { Wording.bare($0) })
    let who = plan.principal.map { " by \(Wording.bare($0))" } ?? ""
    var lines = [
      "rollout \(Wording.bare(plan.id)) of \(bundles): \(place), for "
        + Age.text(now.seconds - rollout.state.phaseSince),
      "commit \(plan.source.short)" + (subject.isEmpty ? "" : " \(Wording.quoted(subject))")
        + ", started \(Age.text(now.seconds - plan.startedAt)) ago" + who,
      numbers,
    ]
    if let waitText { lines.append(waitText) }
    if rollout.state.phase.isEnd, !rollout.state.reason.isEmpty {
      lines.append("because: " + PrintableText.escape(rollout.state.reason))
    }
    if facts.leftOut > 0 {
      let count = facts.leftOut
      lines.append(
        "\(Wording.count(count, "cluster")) \(count == 1 ? "is" : "are") in no stage and "
          + "\(count == 1 ? "does" : "do") not get it")
    }
    return lines.map { Wording.wrap($0, width: 100, indent: "  ") + "\n" }.joined()
  }

  /// `Soaking, stage early, 2 of 4`.
  private var place: String {
    let state = rollout.state
    let count = facts.stages.count
    guard !state.phase.isEnd, facts.stages.indices.contains(state.stage) else {
      return state.phase.rawValue
    }
    return "\(state.phase.rawValue), stage \(Wording.bare(facts.stages[state.stage].name)), "
      + "\(state.stage + 1) of \(count)"
  }

  private var numbers: String {
    let total = facts.total
    var parts = [
      "\(Wording.number(total.released)) released", "\(Wording.number(total.succeeded)) succeeded",
    ]
    if total.failed > 0 { parts.append("\(Wording.number(total.failed)) failed") }
    if total.disconnected > 0 {
      parts.append("\(Wording.number(total.disconnected)) without contact")
    }
    return parts.joined(separator: ", ") + ", of \(Wording.count(total.size, "cluster"))"
  }

  private var waitText: String? {
    guard let wait = facts.wait else { return nil }
    var text = "waits for " + PrintableText.escape(wait.text)
    if let until = wait.until {
      let time = Timestamp(seconds: until).rfc3339
      let rest = until - now.seconds
      text += ", until \(time)" + (rest > 0 ? ", in \(Age.text(rest))" : "")
    }
    return text
  }

  private var stages: TextTable {
    var table = TextTable([
      "STAGE", "PHASE", "CLUSTERS", "RELEASED", "SUCCEEDED", "FAILED", "NO CONTACT", "SINCE",
    ])
    for stage in facts.stages {
      let numbers = [
        stage.size, stage.released, stage.succeeded, stage.failed, stage.disconnected,
      ]
      table.add(
        [stage.name, stage.phase] + numbers.map { Wording.number($0) }
          + [stage.since.map { Age.text(now.seconds - $0) } ?? ""])
    }
    return table
  }

  private var metrics: TextTable {
    var table = TextTable([
      "METRIC", "PHASE", "VALUE", "GOOD", "SAMPLES", "CLUSTERS", "WORST", "MEASURED",
    ])
    for metric in facts.metrics {
      let entry = metric.entry
      table.add([
        metric.policy.name, entry.phase.rawValue,
        entry.value.map { MetricWording.number($0) } ?? "",
        Self.range(metric), Wording.number(entry.samples), Wording.number(entry.clusters),
        entry.worst, entry.measuredAt.map { "\(Age.text(now.seconds - $0)) ago" } ?? "",
      ])
    }
    return table
  }

  /// What is good of a metric: `99 and more`, `up to 500`, `95 to 100`, `as before`.
  private static func range(_ metric: RolloutFacts.Metric) -> String {
    let policy = metric.policy
    var parts: [String] = []
    switch (policy.min, policy.max) {
    case (let min?, let max?):
      parts.append("\(MetricWording.number(min)) to \(MetricWording.number(max))")
    case (let min?, nil): parts.append("\(MetricWording.number(min)) and more")
    case (nil, let max?): parts.append("up to \(MetricWording.number(max))")
    case (nil, nil): break
    }
    if policy.strategy == .previous {
      let before = metric.baseline.map { " (\(MetricWording.number($0)))" } ?? ""
      let share = MetricWording.number(Double(policy.tolerancePartsPerMillion) / 10_000)
      let tolerance = policy.tolerancePartsPerMillion > 0 ? " within \(share)%" : ""
      parts.append("as before\(before)\(tolerance)")
    }
    return parts.joined(separator: ", ")
  }

  private func members(withHeaders: Bool, isWide: Bool) -> String {
    let all = facts.failures + (isWide ? facts.running : [])
    if all.isEmpty { return "" }
    let limit = isWide ? all.count : Self.failureLimit
    var table = TextTable(["CLUSTER", "STAGE", "PHASE", "SINCE", "MESSAGE"])
    for member in all.prefix(limit) {
      let forgiven = member.isForgiven ? "not counted: " : ""
      table.add([
        member.cluster, member.stage, member.phase.rawValue,
        Age.text(now.seconds - member.since), forgiven + Wording.bare(member.message),
      ])
    }
    var text = "\n" + table.text(withHeaders: withHeaders)
    let more = all.count - limit
    if more > 0 { text += "and \(Wording.number(more)) more: add -o wide\n" }
    return text
  }
}

extension RolloutText {
  /// What is not released again, and how it would be; empty when nothing is held.
  static func held(_ held: [HeldTrees], now: Timestamp) -> String {
    var text = ""
    var seen = Set<String>()
    for id in held.map(\.rollout) where seen.insert(id).inserted {
      let entries = held.filter { $0.rollout == id }
      let bundles = Wording.list(entries.map { Wording.bare($0.bundle) })
      let age = entries.map(\.since).min().map { Age.text(now.seconds - $0) } ?? ""
      let reason = entries.first?.reason ?? ""
      text +=
        Wording.wrap(
          "held since \(age): \(bundles), of rollout \(Wording.bare(id))"
            + (reason.isEmpty ? "" : ": \(PrintableText.escape(reason))"), width: 100, indent: "  ")
        + "\nhint: kubectl fleet rollout retry \(Wording.bare(id))\n"
    }
    return text
  }
}
