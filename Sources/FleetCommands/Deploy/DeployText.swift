// SPDX-License-Identifier: Apache-2.0

import ClusterAccess
import Diagnostics
import Reconciling
import SiteService
import SliceFormat

/// What `deploy` says: a table of what would happen, in kapp's manner, and what came of it.
struct DeployText {
  /// Whether objects are listed that stay as they are.
  let showsAll: Bool
  /// Whether the lines that change are shown.
  let showsDifferences: Bool

  /// What would happen.
  func forecast(_ forecast: DeskDeployment.Forecast, of deployment: DeskDeployment) -> String {
    var text = head(deployment) + "\n"
    let shown = forecast.changes.filter {
      // What was meant to go and stays has a reason that somebody has to know.
      showsAll || $0.operation != .noop || $0.reason.contains(", but ")
    }
    if !shown.isEmpty {
      var table = TextTable(["OP", "NAMESPACE", "KIND", "NAME", "REASON"])
      for change in shown {
        table.add([
          change.operation.rawValue, change.identity.namespace, change.identity.kind,
          change.identity.name, change.reason,
        ])
      }
      text += table.text() + "\n"
    }
    if showsDifferences {
      for change in shown where !change.difference.isEmpty {
        text += "\(PrintableText.escape(change.identity.display)):\n\(change.difference)\n"
      }
    }
    for failure in forecast.failures {
      text +=
        "bundle \(Wording.quoted(failure.name)) stays as it is: \(PrintableText.escape(failure.message))\n"
    }
    return text + totals(forecast.changes) + "\n"
  }

  /// What came of it.
  func outcome(_ report: Reconciliation.Report) -> String {
    var text = ""
    for bundle in report.bundles {
      text += "bundle \(Wording.quoted(bundle.name)): \(bundle.state.rawValue)"
      text += bundle.message.isEmpty ? "\n" : ": \(PrintableText.escape(bundle.message))\n"
    }
    if report.removedCount > 0 {
      text += "removed \(Wording.count(report.removedCount, "object"))\n"
    }
    for note in report.corrected { text += "put back: \(PrintableText.escape(note))\n" }
    for name in report.removedNamespaces { text += "removed namespace \(Wording.quoted(name))\n" }
    for note in report.spared { text += "note: \(PrintableText.escape(note))\n" }
    for failure in report.failures {
      text += "error: cannot remove \(PrintableText.escape(failure))\n"
    }
    return text
  }

  private func head(_ deployment: DeskDeployment) -> String {
    let place = deployment.contextName.map { "context \(Wording.quoted($0))" } ?? "this cluster"
    let count = deployment.recorded.objectCount
    return "cluster \(Wording.quoted(deployment.cluster)) into \(place), "
      + (deployment.recorded.isEmpty
        ? "where nothing is recorded yet\n"
        : "where \(Wording.count(count, "object")) are recorded\n")
  }

  private func totals(_ changes: [ForeseenChange]) -> String {
    ForeseenChange.Operation.allCases.filter {
      $0 != .run || changes.contains { $0.operation == .run }
    }
    .map { operation in
      "\(Wording.number(changes.count { $0.operation == operation })) \(operation.rawValue)"
    }.joined(separator: ", ")
  }
}
