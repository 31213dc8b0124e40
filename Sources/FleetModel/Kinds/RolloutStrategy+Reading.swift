// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

extension RolloutStrategy {
  /// Both spellings; an article that many people start from has the second.
  static let keys = ["rolloutStrategy", "rollout"]

  /// Reads the strategy from either key; nil where nothing is written.
  static func read(_ fields: FieldReader, findings: inout Findings) -> RolloutStrategy? {
    let written = keys.filter { fields.value($0)?.pairs?.isEmpty == false }
    if written.count > 1 {
      findings.error(
        "said-twice", "'rollout' and 'rolloutStrategy' are the same, only one can be given",
        at: fields.keySpan(keys[1]),
        notes: [Finding.Note("the other one is here", at: fields.keySpan(keys[0]))])
    }
    guard let key = written.first else { return nil }
    return RolloutStrategy(fields.object(key), span: fields.keySpan(key), findings: &findings)
  }

  init(_ fields: FieldReader, span: SourceSpan?, findings: inout Findings) {
    self.span = span
    policy = fields.string("policy")
    maxUnavailablePartitions = fields.fleetLimit("maxUnavailablePartitions")
    autoPartitionSize = fields.fleetLimit("autoPartitionSize")
    autoPartitionThreshold = fields.integer("autoPartitionThreshold")
    maxNew = fields.integer("maxNew")
    defaults = StageRules(fields, findings: &findings)
    defaults.maxUnavailable = fields.fleetLimit("maxUnavailable")
    let read = Partition.list(fields, findings: &findings)
    partitions = read.isEmpty ? nil : read
    stages = Stage.list(fields, findings: &findings)
    failureStrategy = fields.string("failureStrategy")?.value
    superseding = fields.string("superseding")?.value
    atomic = fields.string("atomic")
    disconnectedAfter = fields.positiveDuration("disconnectedAfter", findings: &findings)?.value
    failedAfter = fields.duration("failedAfter")?.value
    abort = AbortRule.list(fields, findings: &findings)
    rollbackExempt = ExemptObject.list(fields, findings: &findings)
    checkShape(fields, findings: &findings)
  }

  private func checkShape(_ fields: FieldReader, findings: inout Findings) {
    if stages != nil, hasPartitions {
      let key =
        [
          "partitions", "autoPartitionSize", "autoPartitionThreshold", "maxUnavailablePartitions",
        ].first { fields.has($0) } ?? "partitions"
      findings.error(
        "stages-and-partitions", "'stages' and '\(key)' exclude each other",
        at: fields.keySpan(key),
        notes: [Finding.Note("'stages' is here", at: fields.keySpan("stages"))],
        hints: ["keep 'stages': they can do what partitions do"])
    }
    if maxNew ?? 1 <= 0 {
      findings.warning(
        "installs-nothing",
        "'maxNew: \(maxNew ?? 0)' never installs the bundle anywhere, as in Fleet",
        at: fields.value("maxNew")?.span, hints: ["leave it out for any number"])
    }
    let partitionLimits = (partitions ?? []).map(\.maxUnavailable)
    for limit in [defaults.maxUnavailable] + partitionLimits
      + (stages ?? []).map({
        $0.rules.maxUnavailable
      })
    {
      guard let limit, limit.value == .count(0) else { continue }
      findings.warning(
        "one-at-a-time",
        "'maxUnavailable: 0' releases one cluster at a time here, and none at all in Fleet",
        at: limit.span, hints: ["write 'maxUnavailable: 1' to have the same in both"])
    }
  }
}

extension RolloutStrategy.Partition {
  static func list(
    _ fields: FieldReader, findings: inout Findings
  ) -> [RolloutStrategy.Partition] {
    fields.objects("partitions").map { entry in
      let partition = RolloutStrategy.Partition(
        name: entry.string("name"), maxUnavailable: entry.fleetLimit("maxUnavailable"),
        criteria: TargetCriteria(entry, findings: &findings), span: entry.node?.span)
      if partition.criteria.isEmpty, !TargetCriteria.isWritten(in: entry) {
        findings.warning(
          "matches-nothing", "the partition has no criterion, so it matches no cluster",
          at: entry.node?.span, hints: ["for every cluster write 'clusterSelector: {}'"])
      }
      return partition
    }
  }
}

extension RolloutStrategy.AbortRule {
  static func list(
    _ fields: FieldReader, findings: inout Findings
  ) -> [RolloutStrategy.AbortRule]? {
    guard fields.value("abort")?.items != nil else { return nil }
    return fields.objects("abort").compactMap { read($0, findings: &findings) }
  }

  private static func read(
    _ entry: FieldReader, findings: inout Findings
  ) -> RolloutStrategy.AbortRule? {
    guard let threshold = entry.quantity("thresholdPercentage") else {
      if let number = entry.integer("thresholdPercentage") {
        refuse("\(number)", entry, findings: &findings)
      } else if !entry.has("thresholdPercentage") {
        findings.error(
          "missing-field", "a rule of 'abort' needs a 'thresholdPercentage'",
          at: entry.node?.span,
          hints: ["for example {failureType: ALL, thresholdPercentage: 5, minExecuted: 20}"])
      }
      return nil
    }
    let parts =
      switch threshold.value {
      case .count(let number): number <= 100 ? number * 10_000 : Int.max
      case .share(let parts): parts
      }
    guard (1...1_000_000).contains(parts) else {
      refuse(threshold.value.text, entry, findings: &findings)
      return nil
    }
    return RolloutStrategy.AbortRule(
      failureType: entry.string("failureType")?.value ?? "ALL", thresholdPartsPerMillion: parts,
      minExecuted: max(1, entry.wholeNumber("minExecuted", findings: &findings) ?? 1))
  }

  private static func refuse(
    _ written: String, _ entry: FieldReader, findings: inout Findings
  ) {
    findings.error(
      "bad-threshold",
      "'thresholdPercentage' is above 0 and at most 100, found \(written)",
      at: entry.value("thresholdPercentage")?.span)
  }
}

extension RolloutStrategy.ExemptObject {
  static func list(
    _ fields: FieldReader, findings: inout Findings
  ) -> [RolloutStrategy.ExemptObject]? {
    guard fields.value("rollbackExempt")?.items != nil else { return nil }
    return fields.objects("rollbackExempt").compactMap { entry in
      guard let kind = entry.string("kind") else {
        if !entry.has("kind") || entry.value("kind")?.string == "" {
          findings.error(
            "missing-field", "an entry of 'rollbackExempt' needs a 'kind'", at: entry.node?.span,
            hints: ["for example {kind: PersistentVolumeClaim}"])
        }
        return nil
      }
      return RolloutStrategy.ExemptObject(
        kind: kind.value, group: entry.value("group")?.string,
        namespace: entry.string("namespace")?.value, name: entry.string("name")?.value)
    }
  }
}
