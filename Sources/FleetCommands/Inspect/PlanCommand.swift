// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import GitObjects
import HubService
import JSONTree
import Planning

/// `kubectl fleet plan`: shows what a push would change where.
struct PlanCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what a push would change on which clusters.",
    discussion: """
      Compiles the files as they are now and the hub's branch as last fetched, and compares what \
      every cluster would run. Nothing is written. Like kubectl diff it exits 0 when nothing \
      changes and 1 when something does, and 1 when the hub would refuse the push; \
      'acceptable' in '-o json' tells the two apart.
      """)

  @OptionGroup var options: ReviewOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    let local = try options.review(in: context)
    let review = local.review
    let isChange = review.radius.map { !$0.isEmpty } ?? true
    let status: ExitStatus = review.isAcceptable && !isChange ? .done : .findings
    if let output = options.output {
      context.print(document(local), as: output)
      return status
    }
    context.report(try local.remarks())
    var blocks: [String] = []
    let findings = local.text(review.findings, limit: 20)
    if !findings.isEmpty { blocks.append(findings) }
    if let radius = review.radiusText { blocks.append(radius) }
    if review.hiddenWarnings > 0 {
      let count = Wording.count(review.hiddenWarnings, "warning")
      blocks.append("hint: \(count) about unchanged files: kubectl fleet check\n")
    }
    if !review.isAcceptable {
      let errors = review.findings.count { $0.severity == .error }
      blocks.append("error: the hub would refuse the push: \(Wording.count(errors, "error"))\n")
    }
    context.print(blocks.joined(separator: "\n"))
    return status
  }

  private func document(_ local: LocalReview) -> JSONValue {
    let review = local.review
    return .object([
      "acceptable": .bool(review.isAcceptable),
      "base": local.base?.version.commit.map { .string($0.hex) } ?? .null,
      "findings": FindingsJSON.value(review.findings),
      "blastRadius": review.radius?.json ?? .null,
      "rollouts": .array(review.radius == nil ? [] : review.rollouts.map(\.json)),
    ])
  }
}
