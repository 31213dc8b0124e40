// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import SliceFormat
import YAMLTree

extension StageRules {
  /// Reads the fields of a stage or of a strategy; what is wrong is reported.
  init(_ fields: FieldReader, findings: inout Findings) {
    let limits = LimitReader(fields)
    maxConcurrency = limits.limit("maxConcurrency", findings: &findings)
    if maxConcurrency?.value.resolved(of: 1_000_000) == 0, let span = maxConcurrency?.span {
      findings.error(
        "bad-limit", "'maxConcurrency' of nothing would release nothing", at: span,
        hints: ["write at least 1, or leave it out for any number"])
      maxConcurrency = nil
    }
    maxFailures = limits.limit("maxFailures", findings: &findings)
    minReachable = limits.limit("minReachable", findings: &findings)
    minSuccessTime = fields.duration("minSuccessTime")
    progressDeadline = fields.positiveDuration("progressDeadline", findings: &findings)
    whenDisconnected = fields.string("whenDisconnected")?.value
    isMandatory = fields.bool("mandatory")
    before = Task.list(fields, "beforeStageTasks", findings: &findings)
    after = Task.list(fields, "afterStageTasks", findings: &findings)
    if fields.value("analysis")?.pairs?.isEmpty == false {
      analysis = RolloutAnalysis(
        fields.object("analysis"), span: fields.keySpan("analysis"), findings: &findings)
    }
  }
}

extension StageRules.Task {
  static func list(
    _ fields: FieldReader, _ name: String, findings: inout Findings
  ) -> [StageRules.Task]? {
    guard fields.value(name)?.items != nil else { return nil }
    return fields.objects(name).compactMap { entry in
      read(entry, isBefore: name == "beforeStageTasks", findings: &findings)
    }
  }

  private static func read(
    _ entry: FieldReader, isBefore: Bool, findings: inout Findings
  ) -> StageRules.Task? {
    guard let type = entry.string("type") else {
      if !entry.has("type") {
        findings.error(
          "missing-field", "a task needs a 'type'", at: entry.node?.span,
          hints: ["write 'type: Approval' or 'type: TimedWait'"])
      }
      return nil
    }
    switch type.value {
    case "Approval":
      if let span = entry.keySpan("waitTime"), entry.has("waitTime") {
        findings.error(
          "bad-task", "a task 'Approval' has no 'waitTime': a person decides when", at: span,
          hints: ["to wait as well, add a task {type: TimedWait, waitTime: 1h}"])
      }
      return .approval
    case "TimedWait":
      if isBefore {
        findings.error(
          "bad-task", "before a stage there is 'Approval' only", at: type.span,
          hints: ["put the wait into 'afterStageTasks' of the stage before"])
        return nil
      }
      guard let time = entry.duration("waitTime") else {
        if !entry.has("waitTime") {
          findings.error(
            "missing-field", "a task 'TimedWait' needs a 'waitTime'", at: entry.node?.span,
            hints: ["for example {type: TimedWait, waitTime: 1h}"])
        }
        return nil
      }
      return .timedWait(seconds: time.value)
    default: return nil
    }
  }
}

extension RolloutAnalysis {
  init(_ fields: FieldReader, span: SourceSpan?, findings: inout Findings) {
    interval = fields.positiveDuration("interval", findings: &findings)?.value
    minSamples = fields.wholeNumber("minSamples", findings: &findings)
    aggregate = Self.aggregate(fields, findings: &findings)
    for entry in fields.objects("metrics") {
      guard let metric = Metric(entry, findings: &findings) else { continue }
      if let first = metrics.first(where: { $0.name.value == metric.name.value }) {
        findings.error(
          "same-name", "there are two metrics \(Wording.quoted(metric.name.value))",
          at: metric.name.span, notes: [Finding.Note("the first is here", at: first.name.span)])
        continue
      }
      metrics.append(metric)
    }
    if fields.value("metrics")?.items?.isEmpty ?? !fields.has("metrics") {
      findings.warning(
        "no-effect", "'analysis' has no metrics, so nothing is measured", at: span,
        hints: ["for example metrics: [{name: success-rate, thresholdRange: {min: 99}}]"])
    }
  }

  /// The word of `aggregate`; nil when it is none, which is reported.
  static func aggregate(_ fields: FieldReader, findings: inout Findings) -> String? {
    guard let word = fields.string("aggregate") else { return nil }
    if word.value == "worst-cluster" || word.value == "mean" { return word.value }
    let digits = word.value.dropFirst()
    let isPercentile =
      word.value.utf8.first == UInt8(ascii: "p") && !digits.isEmpty
      && digits.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    if isPercentile, let rank = Int(digits), (1...99).contains(rank) { return "p\(rank)" }
    findings.error(
      isPercentile ? "bad-percentile" : "unknown-value",
      isPercentile
        ? "\(Wording.quoted(word.value)) is no percentile: they go from p1 to p99"
        : "'aggregate' has the unknown value \(Wording.quoted(word.value))",
      at: word.span,
      hints: [
        isPercentile
          ? "for the worst value of all write 'worst-cluster'"
          : Suggestion.nearest(to: word.value, among: ["worst-cluster", "mean"])
            .map { "did you mean '\($0)'?" } ?? "it can be 'worst-cluster', 'mean', or 'p95'"
      ])
    return nil
  }
}

extension RolloutAnalysis.Metric {
  init?(_ fields: FieldReader, findings: inout Findings) {
    guard let name = fields.string("name") else {
      if !fields.has("name") || fields.value("name")?.string == "" {
        findings.error("missing-field", "a metric needs a 'name'", at: fields.node?.span)
      }
      return nil
    }
    self.name = name
    query = fields.string("query")?.value
    provider = Self.provider(fields, findings: &findings)
    samplesQuery = fields.string("samplesQuery")?.value
    let range = fields.object("thresholdRange")
    (min, max) = (range.number("min")?.value, range.number("max")?.value)
    strategy = fields.string("strategy")?.value
    deviation = fields.string("deviation")?.value
    if let share = LimitReader(fields).limit("tolerance", most: nil, findings: &findings) {
      switch share.value {
      case .share(let parts): tolerancePartsPerMillion = parts
      case .count(let number):
        findings.error(
          "bad-limit", "'tolerance' is a share of the value before, found the number \(number)",
          at: share.span, hints: ["write it as a percentage: tolerance: \(number)%"])
      }
    }
    aggregate = RolloutAnalysis.aggregate(fields, findings: &findings)
    minSamples = fields.wholeNumber("minSamples", findings: &findings)
    interval = fields.positiveDuration("interval", findings: &findings)?.value
    failureLimit = fields.wholeNumber("failureLimit", findings: &findings)
    inconclusiveLimit = fields.wholeNumber("inconclusiveLimit", findings: &findings)
    skipOnNoData = fields.bool("skipOnNoData")
    check(fields, findings: &findings)
  }

  /// The word of `provider`; nil when it is none, which is reported.
  private static func provider(_ fields: FieldReader, findings: inout Findings) -> String? {
    guard let word = fields.string("provider") else { return nil }
    let prefix = "fleet-gate-"
    let bare = String(word.value.dropFirst(word.value.hasPrefix(prefix) ? prefix.utf8.count : 0))
    if bare == word.value, BundleWatch.isProvider(bare) { return bare }
    let isKnown = bare != word.value && BundleWatch.isProvider(bare)
    findings.error(
      "bad-name",
      isKnown
        ? "the provider \(Wording.quoted(word.value)) is named without '\(prefix)'"
        : "the provider \(Wording.quoted(word.value)) must be lower case letters, digits and dashes",
      at: word.span, hints: isKnown ? ["write 'provider: \(bare)'"] : [])
    return nil
  }

  private func check(_ fields: FieldReader, findings: inout Findings) {
    if query == nil, !fields.has("query") {
      for key in ["provider", "samplesQuery"] where fields.has(key) {
        findings.warning(
          "no-effect", "'\(key)' has no effect without a 'query'", at: fields.keySpan(key))
      }
    }
    let shown = Wording.quoted(name.value)
    let range = fields.object("thresholdRange")
    if let min, let max, min > max {
      findings.error(
        "bad-threshold", "the metric \(shown) has a 'min' above its 'max': no value is good",
        at: range.value("min")?.span,
        notes: [Finding.Note("'max' is here", at: range.value("max")?.span)])
    }
    // A bound of a wrong type was reported, and is not the same as none.
    let hasBound = range.has("min") || range.has("max")
    if strategy == "PREVIOUS" {
      if tolerancePartsPerMillion == nil, !fields.has("tolerance") {
        findings.warning(
          "no-tolerance",
          "the metric \(shown) is compared with the value before without tolerance", at: name.span,
          hints: ["say how far it may be off: tolerance: 5%"])
      }
      return
    }
    if !hasBound {
      findings.error(
        "no-threshold", "the metric \(shown) has no threshold, so it could never fail",
        at: name.span,
        hints: [
          "add 'thresholdRange: {min: 99}' or 'thresholdRange: {max: 1}'",
          "or compare with the value before: strategy: PREVIOUS",
        ])
    }
    for key in ["deviation", "tolerance"] where fields.has(key) {
      findings.warning(
        "no-effect", "'\(key)' has no effect without 'strategy: PREVIOUS'",
        at: fields.keySpan(key))
    }
  }
}
