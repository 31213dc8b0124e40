// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import YAMLTree

/// Who is told about rollouts: kind `Notification` of `fleet/v1`. The name is unique in the hub.
package struct NotificationReceiver: Sendable {
  /// The name.
  package let name: Located<String>
  /// `NAME` runs `fleet-notify-NAME`.
  package let program: Located<String>
  /// What the program is told; nil for nothing.
  package let settings: YAMLNode?
  /// Which events; empty for all.
  package let events: [String]
  /// Which bundles, by names or patterns; empty for all.
  package let bundles: [Located<String>]
  /// From which severity on; nil for all.
  package let severity: String?

  /// The events of rollouts.
  package static let events = [
    "started", "stage-started", "released", "stage-passed", "awaiting-approval", "approved",
    "paused", "resumed", "promoted", "gate-failed", "rolling-back", "rolled-back", "halted",
    "aborted", "complete", "superseded", "stragglers", "undone", "retried", "held",
  ]
  /// The words of `severity`.
  package static let severities = ["info", "warning", "error"]

  /// Reads a document; nil when something is missing that it cannot be without, which is reported.
  init?(_ document: FieldReader, findings: inout Findings) {
    guard let metadata = Metadata(document, kind: "notification", findings: &findings) else {
      return nil
    }
    let spec = document.object("spec")
    guard let program = spec.string("program") else {
      if !spec.has("program") || spec.value("program")?.string == "" {
        findings.error(
          "missing-field",
          "the notification \(Wording.quoted(metadata.name.value)) has no 'program'",
          at: document.keySpan("spec") ?? metadata.name.span,
          hints: ["write 'program: slack', 'pagerduty' or 'webhook'"])
      }
      return nil
    }
    let prefix = "fleet-notify-"
    if let problem = KubernetesName.problem(label: program.value) {
      findings.error(
        "bad-name", "the program name \(Wording.quoted(program.value)) \(problem)",
        at: program.span)
    } else if program.value.hasPrefix(prefix) {
      findings.error(
        "bad-name", "the program name \(Wording.quoted(program.value)) begins with '\(prefix)'",
        at: program.span, hints: ["write 'program: \(program.value.dropFirst(prefix.utf8.count))'"])
    }
    name = metadata.name
    self.program = program
    settings = spec.value("settings")
    events = spec.strings("events").map(\.value)
    bundles = spec.strings("bundles").filter { bundle in
      if GoPattern(bundle.value) != nil { return true }
      findings.error(
        "bad-pattern", "the pattern \(Wording.quoted(bundle.value)) is malformed", at: bundle.span)
      return false
    }
    severity = spec.string("severity")?.value
  }
}

/// Who may give which orders: an entry of `orders` of the `Hub`.
package struct OrderPermission: Sendable, Hashable {
  /// The orders.
  package let orders: [String]
  /// Who may give them, as the serving side names them.
  package let principals: [String]

  /// The orders that there are.
  package static let verbs = [
    "pause", "resume", "approve", "promote", "abort", "undo", "retry",
  ]

  /// Reads the entries; wrong ones are reported and left out.
  static func list(_ spec: FieldReader, findings: inout Findings) -> [OrderPermission] {
    spec.objects("orders").compactMap { entry in
      for key in ["orders", "principals"]
      where entry.value(key)?.items?.isEmpty ?? !entry.has(key) {
        findings.error(
          "missing-field", "an entry of 'orders' needs '\(key)'", at: entry.node?.span,
          hints: ["for example {orders: [approve, promote], principals: [alice]}"])
        return nil
      }
      return OrderPermission(
        orders: entry.strings("orders").map(\.value),
        principals: entry.strings("principals").map(\.value))
    }
  }
}
