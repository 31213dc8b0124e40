// SPDX-License-Identifier: Apache-2.0

package import JSONTree

extension StagePolicy {
  /// The stage as it stands in plans and states.
  package var json: JSONValue {
    var writer = PolicyWriter()
    writer.add("name", name)
    writer.add("coverage", coverage)
    writer.add("clusters", texts: clusters)
    writer.add("maxConcurrency", maxConcurrency)
    writer.add("maxUnavailable", maxUnavailable)
    writer.add("maxFailures", maxFailures)
    writer.add("minSuccessTime", minSuccessTime)
    writer.add("progressDeadline", progressDeadline)
    writer.add("whenDisconnected", whenDisconnected.rawValue)
    writer.add("minReachable", minReachable)
    writer.add(flag: "mandatory", isMandatory)
    writer.add("before", list: before.map(\.json))
    writer.add("after", list: after.map(\.json))
    writer.add("metrics", list: metrics.map(\.json))
    return writer.json
  }

  /// Reads a stage; nil when something in it cannot be understood.
  package init?(json: JSONValue) {
    do throws(PolicyMembers.Malformed) {
      try self.init(PolicyMembers(json))
    } catch {
      return nil
    }
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    self.init(name: try members.required("name"))
    coverage = try members.limit("coverage")
    clusters = try members.texts("clusters")
    maxConcurrency = try members.limit("maxConcurrency")
    maxUnavailable = try members.limit("maxUnavailable")
    maxFailures = try members.limit("maxFailures") ?? maxFailures
    minSuccessTime = try members.number("minSuccessTime") ?? minSuccessTime
    progressDeadline = try members.number("progressDeadline") ?? progressDeadline
    whenDisconnected = try members.word("whenDisconnected") ?? whenDisconnected
    minReachable = try members.limit("minReachable")
    isMandatory = try members.flag("mandatory")
    for task in try members.objects("before") { before.append(try Task(task)) }
    for task in try members.objects("after") { after.append(try Task(task)) }
    for metric in try members.objects("metrics") { metrics.append(try MetricPolicy(metric)) }
  }
}

extension StagePolicy.Task {
  var json: JSONValue {
    switch self {
    case .approval: .object(["type": .string("Approval")])
    case .timedWait(let seconds):
      .object(["type": .string("TimedWait"), "seconds": .integer(Int64(seconds))])
    }
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    switch try members.required("type") {
    case "Approval": self = .approval
    case "TimedWait":
      guard let seconds = try members.number("seconds") else { throw PolicyMembers.Malformed() }
      self = .timedWait(seconds: seconds)
    default: throw PolicyMembers.Malformed()
    }
  }
}

extension MetricPolicy {
  /// The metric as it stands in plans and states.
  var json: JSONValue {
    var writer = PolicyWriter()
    writer.add("name", name)
    writer.add("query", query)
    writer.add(real: "min", min)
    writer.add(real: "max", max)
    writer.add("strategy", strategy.rawValue)
    if strategy == .previous {
      writer.add("deviation", deviation.rawValue)
      writer.add("tolerance", Limit.share(partsPerMillion: tolerancePartsPerMillion))
    }
    writer.add("aggregate", aggregate.text)
    writer.add("minSamples", minSamples)
    writer.add("interval", interval)
    writer.add("failureLimit", failureLimit)
    writer.add("inconclusiveLimit", inconclusiveLimit)
    writer.add(flag: "skipOnNoData", skipOnNoData)
    return writer.json
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    self.init(name: try members.required("name"))
    query = try members.text("query")
    min = try members.real("min")
    max = try members.real("max")
    strategy = try members.word("strategy") ?? strategy
    deviation = try members.word("deviation") ?? deviation
    tolerancePartsPerMillion = try members.share("tolerance") ?? tolerancePartsPerMillion
    if let text = try members.text("aggregate") {
      guard let read = Aggregate(text: text) else { throw PolicyMembers.Malformed() }
      aggregate = read
    }
    minSamples = try members.number("minSamples") ?? minSamples
    interval = Swift.max(1, try members.number("interval") ?? interval)
    failureLimit = try members.number("failureLimit") ?? failureLimit
    inconclusiveLimit = try members.number("inconclusiveLimit") ?? inconclusiveLimit
    skipOnNoData = try members.flag("skipOnNoData")
  }
}

extension MetricPolicy.Aggregate {
  /// The word that people write: `worst-cluster`, `mean`, `p95`.
  package var text: String {
    switch self {
    case .worstCluster: "worst-cluster"
    case .mean: "mean"
    case .percentile(let rank): "p\(rank)"
    }
  }

  /// Reads the word; nil when it is none, or a percentile outside of 1 to 99.
  package init?(text: String) {
    switch text {
    case "worst-cluster": self = .worstCluster
    case "mean": self = .mean
    default:
      let digits = text.dropFirst()
      guard text.utf8.first == UInt8(ascii: "p"), (1...2).contains(digits.utf8.count),
        digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let rank = Int(digits),
        (1...99).contains(rank)
      else { return nil }
      self = .percentile(rank)
    }
  }
}
