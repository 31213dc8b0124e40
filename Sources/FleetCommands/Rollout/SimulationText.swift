// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Posix
import Rollouts

/// The reports of simulations as people read them.
struct SimulationText {
  let model: SiteModel
  let seed: UInt64
  /// When the push would be, where that matters.
  let start: Timestamp?

  /// All of them, with what is not simulated.
  func text(
    _ results: [(RolloutPlan, SimulationReport)], _ change: SimulatedChange
  ) -> String {
    if results.isEmpty, change.immediate.isEmpty {
      return "nothing would be released: the files are what the hub has\n"
        + "hint: kubectl fleet rollout simulate --bundle NAME\n"
    }
    var blocks: [String] = []
    if !results.isEmpty { blocks.append(assumptions(results.map(\.1.runs), change)) }
    blocks += results.map { block($0, $1) }
    let atOnce = change.immediate.map { bundle, clusters in
      "bundle \(Wording.quoted(bundle)) has no strategy: "
        + "\(Wording.count(clusters, "cluster")) \(clusters == 1 ? "gets" : "get") it at once\n"
    }.joined()
    if !atOnce.isEmpty { blocks.append(atOnce) }
    return blocks.joined(separator: "\n")
  }

  private func assumptions(_ runs: [Int], _ change: SimulatedChange) -> String {
    let delay =
      switch model.delay {
      case .typical(let seconds): "Ready about \(Self.span(Int64(seconds))) after the fetch"
      case .recorded(let times): "Ready as \(Wording.count(times.count, "cluster")) before"
      }
    var text =
      "\(Wording.count(runs.max() ?? 0, "run")), seed \(seed): \(Self.percent(model.offlineShare)) of the sites "
      + "without connection, \(Self.percent(model.failingShare)) fail, \(delay)"
    if let start { text += ", pushed at \(start.rfc3339)" }
    if !change.assumed.isEmpty {
      text += "; a change of \(Wording.list(change.assumed.map { Wording.quoted($0) })) is assumed"
    }
    return Wording.wrap(text, width: 100, indent: "  ") + "\n"
  }

  private func block(_ plan: RolloutPlan, _ report: SimulationReport) -> String {
    let clusters = plan.members.count { $0.stage != nil }
    var text =
      "rollout \(Wording.bare(plan.id)) of \(Wording.list(plan.bundles.map { Wording.bare($0) })): "
      + "\(Wording.count(clusters, "cluster")) in \(Wording.count(plan.stages.count, "stage"))\n"
    var table = TextTable(["STAGE", "CLUSTERS", "STARTS", "ENDS", "NO CONTACT", "PASSED"])
    for stage in report.stages {
      table.add([
        stage.name, Wording.number(stage.clusters), stage.start.map { Self.times($0) } ?? "",
        stage.end.map { Self.times($0) } ?? "", stage.disconnected.map { Self.counts($0) } ?? "",
        Self.percent(Double(stage.passed) / Double(max(1, report.runs))),
      ])
    }
    text += table.text()
    if let total = report.total {
      text += line("complete", report.complete, report) + ", after \(Self.times(total))\n"
    }
    for failure in report.failures {
      let word =
        switch failure.phase {
        case .rolledBack: "rolled back"
        case .aborted: "ended early"
        default: "waits for a person"
        }
      text += line(word, failure.runs, report) + "\n"
      text +=
        Wording.wrap(
          "  for example: \(PrintableText.escape(failure.reason))", width: 100, indent: "    ")
        + "\n"
    }
    if let time = report.untilFailure, let exposed = report.exposed {
      text +=
        "  until then \(Self.times(time)), and \(Self.counts(exposed)) "
        + "\(exposed.most == 1 ? "cluster" : "clusters") with the new version\n"
    }
    if report.approvals > 0 {
      let wait =
        model.approvalDelay == 0 ? "at once" : "after \(Self.span(model.approvalDelay))"
      text += "asks for \(Wording.count(report.approvals, "approval")), given \(wait)\n"
    }
    return text
  }

  /// `complete: 190 of 200 runs (95%)`.
  private func line(_ word: String, _ count: Int, _ report: SimulationReport) -> String {
    let share = Self.percent(Double(count) / Double(max(1, report.runs)))
    return "\(word): \(Wording.number(count)) of \(Wording.count(report.runs, "run")) (\(share))"
  }

  /// `31m`, or `31m (90%: 35m)` where that differs.
  private static func times(_ spread: SimulationReport.Spread) -> String {
    both(span(spread.median), span(spread.most))
  }

  private static func counts(_ spread: SimulationReport.Spread) -> String {
    both(Wording.number(Int(spread.median)), Wording.number(Int(spread.most)))
  }

  private static func both(_ median: String, _ most: String) -> String {
    median == most ? median : "\(median) (90%: \(most))"
  }

  /// Seconds as people write them: to the second up to ten minutes, then to the minute.
  static func span(_ seconds: Int64) -> String {
    let seconds = max(0, seconds)
    let rounded = seconds < 600 ? seconds : (seconds + 30) / 60 * 60
    return HubTime.text(seconds: Int(rounded))
  }

  /// `3%`, `2.5%`; something that is not nothing is never `0%`.
  static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    if tenths == 0 { return share > 0 ? "<0.1%" : "0%" }
    return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
  }
}
