// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension NotifyMessage {
  /// What has happened, in a few words: `pos-17: the gate of stage 'canary' has failed`.
  ///
  /// All programs say it the same way, so that a page and a channel can be matched by eye.
  package var title: String {
    let about = stage.isEmpty ? "a stage" : "stage \(Wording.quoted(stage))"
    let what =
      switch NotifyEvent(rawValue: kind) {
      case .planned: "a rollout is planned"
      case .started: "the rollout has started"
      case .stageStarted: "\(about) has started"
      case .released:
        stage.isEmpty ? "clusters were released" : "clusters of \(about) were released"
      case .stagePassed: "\(about) has passed"
      case .awaitingApproval: stage.isEmpty ? "waits for approval" : "\(about) waits for approval"
      case .approved: stage.isEmpty ? "was approved" : "\(about) was approved"
      case .paused: "the rollout is paused"
      case .resumed: "the rollout goes on"
      case .promoted: stage.isEmpty ? "was promoted" : "\(about) was promoted"
      case .gateFailed: "the gate of \(about) has failed"
      case .rollingBack: "the rollout is being rolled back"
      case .rolledBack: "the rollout was rolled back"
      case .halted: "the rollout is halted"
      case .aborted: "the rollout was aborted"
      case .complete: "the rollout is complete"
      case .superseded: "a later push has taken over"
      case .stragglers: "some clusters are behind"
      case .undone: "the rollout is being undone"
      case .retried: "the rollout is tried again"
      case .held: "its trees are held back"
      case .test: "a test message, nothing has happened"
      case nil: Wording.bare(kind)
      }
    return "\(Wording.bare(rollout)): \(what)"
  }

  /// The numbers in words: `25 of 2,500 clusters released, 18 succeeded, 4 failed, 3 without contact`; empty when
  /// there are none.
  package var numbersText: String {
    guard let total = number("total"), total > 0 else { return "" }
    var parts: [String] = []
    let clusters = Wording.count(total, "cluster")
    parts.append("\(Wording.number(number("released") ?? 0)) of \(clusters) released")
    if let succeeded = number("succeeded") {
      parts.append("\(Wording.number(succeeded)) succeeded")
    }
    if let failed = number("failed"), failed > 0 {
      parts.append("\(Wording.number(failed)) failed")
    }
    if let lost = number("disconnected"), lost > 0 {
      parts.append("\(Wording.number(lost)) without contact")
    }
    return parts.joined(separator: ", ")
  }

  /// The names of the bundles, of many the first few.
  package var bundlesText: String { Wording.list(bundles.map { Wording.bare($0) }, most: 5) }

  /// What to type next, the most useful first; empty when nothing is to be done.
  package var commands: [String] {
    func command(_ verb: String) -> String {
      "kubectl fleet rollout \(verb) \(Wording.bare(rollout))"
    }
    switch NotifyEvent(rawValue: kind) {
    case .awaitingApproval: return [command("approve"), command("status"), command("abort")]
    case .paused: return [command("status"), command("resume"), command("abort")]
    case .gateFailed, .rollingBack, .planned, .started, .stageStarted, .stagePassed, .released,
      .stragglers,
      .undone:
      return [command("status")]
    case .rolledBack, .held: return [command("status"), command("retry")]
    case .halted: return [command("status"), command("undo"), command("retry")]
    case .aborted: return [command("status"), command("undo")]
    case .approved, .resumed, .promoted, .retried, nil: return [command("status")]
    case .complete, .superseded: return ["kubectl fleet rollout history"]
    case .test: return []
    }
  }
}
