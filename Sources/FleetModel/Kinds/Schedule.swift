// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// When clusters may be released: kind `Schedule`, Fleet's and ours.
package struct Schedule: Sendable {
  /// Name and workspace.
  package let metadata: Metadata
  /// When a window opens: a cron expression with seconds.
  package let cron: Located<String>
  /// How long it stays open, in seconds.
  package let duration: Located<Int>
  /// The time zone; nil for the hub's own.
  package let location: Located<String>?
  /// Whose windows they are: clusters that one of these matches.
  package let targets: [TargetCriteria]

  /// Reads a document; nil when something is missing that it cannot be without, which is reported.
  init?(_ document: FieldReader, findings: inout Findings) {
    guard let metadata = Metadata(document, kind: "schedule", findings: &findings) else {
      return nil
    }
    let spec = document.object("spec")
    location = TimeZoneName.read(spec, findings: &findings)
    targets = ScheduleTargets.read(spec, findings: &findings)
    let place = document.keySpan("spec") ?? metadata.name.span
    for name in ["schedule", "duration"] where !spec.has(name) || spec.value(name)?.string == "" {
      findings.error(
        "missing-field", "the schedule \(Wording.quoted(metadata.name.value)) has no '\(name)'",
        at: place,
        hints: [
          name == "duration" ? "for example duration: 4h" : "for example schedule: 0 0 22 * * *"
        ])
    }
    let duration = spec.positiveDuration("duration", findings: &findings)
    if targets.isEmpty, spec.object("targets").value("clusters")?.items?.isEmpty ?? true {
      findings.warning(
        "matches-nothing",
        "the schedule \(Wording.quoted(metadata.name.value)) has no targets: no cluster keeps to it",
        at: metadata.name.span,
        hints: ["for every cluster write 'targets: {clusters: [{clusterSelector: {}}]}'"])
    }
    guard let cron = spec.string("schedule"), let duration else { return nil }
    self.metadata = metadata
    self.cron = cron
    self.duration = duration
  }
}

/// When no cluster is released, whatever its schedules say: kind `Freeze` of `fleet/v1`.
package struct Freeze: Sendable {
  /// Name and workspace.
  package let metadata: Metadata
  /// When it begins and ends: RFC 3339, or a local time in `location`.
  package let from: Located<String>
  package let until: Located<String>
  /// The time zone; nil for the hub's own.
  package let location: Located<String>?
  /// Which clusters; nil for all of the workspace.
  package let targets: [TargetCriteria]?

  /// Reads a document; nil when something is missing that it cannot be without, which is reported.
  init?(_ document: FieldReader, findings: inout Findings) {
    guard let metadata = Metadata(document, kind: "freeze", findings: &findings) else {
      return nil
    }
    let spec = document.object("spec")
    location = TimeZoneName.read(spec, findings: &findings)
    let read = ScheduleTargets.read(spec, findings: &findings)
    targets = spec.object("targets").value("clusters") == nil ? nil : read
    for name in ["from", "until"] where !spec.has(name) || spec.value(name)?.string == "" {
      findings.error(
        "missing-field", "the freeze \(Wording.quoted(metadata.name.value)) has no '\(name)'",
        at: document.keySpan("spec") ?? metadata.name.span,
        hints: ["for example \(name): 2026-12-20T00:00:00"])
    }
    guard let from = Moment.read("from", spec, findings: &findings),
      let until = Moment.read("until", spec, findings: &findings)
    else { return nil }
    if Moment.isOrdered(from.value, until.value) == false {
      findings.error(
        "bad-time",
        "the freeze \(Wording.quoted(metadata.name.value)) ends before it begins", at: until.span,
        notes: [Finding.Note("it begins here", at: from.span)])
    }
    self.metadata = metadata
    self.from = from
    self.until = until
  }
}

enum ScheduleTargets {
  static func read(_ spec: FieldReader, findings: inout Findings) -> [TargetCriteria] {
    spec.object("targets").objects("clusters").map { entry in
      let criteria = TargetCriteria(entry, findings: &findings)
      if criteria.isEmpty, !TargetCriteria.isWritten(in: entry) {
        findings.warning(
          "matches-nothing", "the target has no criterion, so it matches no cluster",
          at: entry.node?.span, hints: ["for every cluster write 'clusterSelector: {}'"])
      }
      return criteria
    }
  }
}
