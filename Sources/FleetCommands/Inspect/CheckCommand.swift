// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import GitObjects
import JSONTree
import Targeting

/// `kubectl fleet check`: finds what the hub would refuse.
struct CheckCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find the mistakes that the hub would refuse.",
    discussion: """
      Says what the hub would say to a push of the files as they are now, and nothing is written. \
      New and changed are what differs from the hub's branch as last fetched. \
      Exits 1 when there is an error.
      """)

  @OptionGroup var options: ReviewOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    let local = try options.review(in: context)
    let findings = local.allFindings
    let errors = findings.count { $0.severity == .error }
    if let output = options.output {
      context.print(document(local, findings), as: output)
      return errors > 0 ? .findings : .done
    }
    context.report(try local.remarks())
    let text = local.text(findings)
    if !text.isEmpty { context.print(text + "\n") }
    context.print(summary(local, findings) + "\n")
    return errors > 0 ? .findings : .done
  }

  private func summary(_ local: LocalReview, _ findings: [Finding]) -> String {
    let compilation = local.review.compilation
    let errors = findings.filter { $0.severity == .error }
    if errors.isEmpty {
      let warnings = findings.count - errors.count
      let rest = warnings == 0 ? "nothing is wrong" : Wording.count(warnings, "warning")
      return Wording.wrap(
        "ok: \(Wording.count(compilation.inventory.clusters.count, "cluster")), "
          + "\(Wording.count(compilation.bundles.count, "bundle")), "
          + "\(Wording.count(compilation.files.files.count, "file")); \(rest)", indent: "    ")
    }
    let files = Set(errors.compactMap(\.path)).count
    let place = files == 0 ? "" : " in \(Wording.count(files, "file"))"
    return "error: \(FindingRenderer.summary(findings))\(place); the hub would refuse a push"
  }

  private func document(_ local: LocalReview, _ findings: [Finding]) -> JSONValue {
    let errors = findings.count { $0.severity == .error }
    return .object([
      "acceptable": .bool(errors == 0),
      "errors": .integer(Int64(errors)),
      "warnings": .integer(Int64(findings.count - errors)),
      "base": local.base?.version.commit.map { .string($0.hex) } ?? .null,
      "findings": FindingsJSON.value(findings),
    ])
  }
}
