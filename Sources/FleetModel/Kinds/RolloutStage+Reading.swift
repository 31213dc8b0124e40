// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

extension RolloutStrategy.Stage {
  static func list(
    _ fields: FieldReader, findings: inout Findings
  ) -> [RolloutStrategy.Stage]? {
    guard let items = fields.value("stages")?.items else { return nil }
    if items.isEmpty {
      findings.error(
        "no-stages", "'stages' is empty, so nothing would be released",
        at: fields.keySpan("stages"), hints: ["for example stages: [{name: all}]"])
    }
    var stages: [RolloutStrategy.Stage] = []
    for entry in fields.objects("stages") {
      guard let stage = RolloutStrategy.Stage(entry, findings: &findings) else { continue }
      if let first = stages.first(where: { $0.name.value == stage.name.value }) {
        findings.error(
          "same-name", "there are two stages \(Wording.quoted(stage.name.value))",
          at: stage.name.span, notes: [Finding.Note("the first is here", at: first.name.span)])
        continue
      }
      stages.append(stage)
    }
    checkCoverage(stages, findings: &findings)
    return stages
  }

  private init?(_ fields: FieldReader, findings: inout Findings) {
    guard let name = fields.string("name") else {
      if !fields.has("name") || fields.value("name")?.string == "" {
        findings.error(
          "missing-field", "a stage needs a 'name'", at: fields.node?.span,
          hints: ["for example {name: canary, clusters: 1%}"])
      }
      return nil
    }
    if let problem = Self.problem(name.value) {
      findings.error(
        "bad-name", "the stage name \(Wording.quoted(name.value)) \(problem)", at: name.span)
    }
    self.name = name
    let written = LimitReader(fields).limit("clusters", findings: &findings)
    if let written, written.value.resolved(of: 1_000_000) == 0 {
      findings.error(
        "bad-coverage", "the stage \(Wording.quoted(name.value)) would release no cluster",
        at: written.span, hints: ["write at least 1, or take the stage out"])
    }
    coverage = written
    criteria = TargetCriteria(fields, findings: &findings)
    var rules = StageRules(fields, findings: &findings)
    rules.maxUnavailable = LimitReader(fields).limit("maxUnavailable", findings: &findings)
    self.rules = rules
    span = fields.node?.span
  }

  private static func problem(_ name: String) -> String? {
    if name.utf8.count > 63 { return "is longer than 63 bytes" }
    if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return "has a control character" }
    return nil
  }

  /// Coverage counts earlier stages, so it rises; with criteria it is about other clusters.
  private static func checkCoverage(
    _ stages: [RolloutStrategy.Stage], findings: inout Findings
  ) {
    var highest: (stage: RolloutStrategy.Stage, coverage: Located<Quantity>)?
    for stage in stages where !stage.hasCriteria {
      guard let coverage = stage.coverage else { continue }
      defer { highest = (stage, coverage) }
      guard let before = highest, let rises = coverage.value.rises(above: before.coverage.value),
        !rises
      else { continue }
      let (now, then) = (coverage.value.text, before.coverage.value.text)
      let name = Wording.quoted(stage.name.value)
      let note = Finding.Note(
        "stage \(Wording.quoted(before.stage.name.value)) has \(then)", at: before.coverage.span)
      if now == then {
        findings.warning(
          "bad-coverage", "the stage \(name) adds no cluster: \(then) were released before it",
          at: coverage.span, notes: [note])
      } else {
        findings.error(
          "bad-coverage", "the stage \(name) has \(now) after \(then)", at: coverage.span,
          notes: [note],
          hints: ["'clusters' counts the clusters of earlier stages too, so it rises"])
      }
    }
  }

  /// Whether it is for some of the clusters only.
  package var hasCriteria: Bool {
    criteria.clusterName != nil || criteria.clusterSelector != nil || criteria.asksForGroup
  }
}

extension Quantity {
  /// Whether it is more than another one; nil for a number and a share, which cannot be compared.
  fileprivate func rises(above other: Quantity) -> Bool? {
    switch (self, other) {
    case (.count(let mine), .count(let its)): mine > its
    case (.share(let mine), .share(let its)): mine > its
    default: nil
    }
  }
}
