// SPDX-License-Identifier: Apache-2.0

package import JSONTree

extension RolloutPolicy {
  /// The policy as it stands in plans and states; what says nothing is left out, defaults are written.
  package var json: JSONValue {
    var writer = PolicyWriter()
    switch stages {
    case .stages(let stages): writer.add("stages", .array(stages.map(\.json)))
    case .partitions(let partitions): partitions.write(to: &writer)
    }
    writer.add("failureStrategy", failureStrategy.rawValue)
    writer.add("superseding", superseding.rawValue)
    writer.add("atomic", atomic)
    writer.add("disconnectedAfter", disconnectedAfter)
    writer.add("failedAfter", failedAfter)
    writer.add("maxNew", maxNew)
    writer.add("abort", list: abort.map(\.json))
    writer.add("rollbackExempt", list: exempt.map(\.json))
    writer.add(flag: "paused", isPaused)
    return writer.json
  }

  /// Reads a policy; nil when something in it cannot be understood. Members that are not known are another
  /// version's and left alone.
  package init?(json: JSONValue) {
    do throws(PolicyMembers.Malformed) {
      try self.init(PolicyMembers(json))
    } catch {
      return nil
    }
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    if members.value("stages") != nil {
      var stages: [StagePolicy] = []
      for stage in try members.objects("stages") { stages.append(try StagePolicy(stage)) }
      guard !stages.isEmpty else { throw PolicyMembers.Malformed() }
      self.init(stages: .stages(stages))
    } else {
      self.init(stages: .partitions(try PartitionPolicy(members)))
    }
    failureStrategy = try members.word("failureStrategy") ?? failureStrategy
    superseding = try members.word("superseding") ?? superseding
    atomic = try members.text("atomic")
    disconnectedAfter = try members.number("disconnectedAfter") ?? disconnectedAfter
    failedAfter = try members.number("failedAfter") ?? failedAfter
    maxNew = try members.number("maxNew")
    for rule in try members.objects("abort") { abort.append(try AbortRule(rule)) }
    for object in try members.objects("rollbackExempt") {
      exempt.append(try ExemptObject(object))
    }
    isPaused = try members.flag("paused")
  }
}

extension PartitionPolicy {
  func write(to writer: inout PolicyWriter) {
    writer.add(
      "partitions",
      .array(
        partitions.map { partition in
          var entry = PolicyWriter()
          entry.add("name", partition.name)
          entry.add("maxUnavailable", partition.maxUnavailable)
          entry.add("clusters", texts: partition.clusters)
          return entry.json
        }))
    writer.add("maxUnavailable", maxUnavailable)
    writer.add("maxUnavailablePartitions", maxUnavailablePartitions)
    writer.add("autoPartitionSize", autoPartitionSize)
    writer.add("autoPartitionThreshold", autoPartitionThreshold)
    writer.add("rules", rules.json)
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    guard members.value("partitions") != nil else { throw PolicyMembers.Malformed() }
    self.init(
      maxUnavailable: try members.limit("maxUnavailable"),
      maxUnavailablePartitions: try members.limit("maxUnavailablePartitions"),
      autoPartitionSize: try members.limit("autoPartitionSize"),
      autoPartitionThreshold: try members.number("autoPartitionThreshold"))
    for entry in try members.objects("partitions") {
      partitions.append(
        Partition(
          name: try entry.required("name"), maxUnavailable: try entry.limit("maxUnavailable"),
          clusters: try entry.texts("clusters") ?? []))
    }
    if let value = members.value("rules") { rules = try StagePolicy(PolicyMembers(value)) }
  }
}

extension AbortRule {
  var json: JSONValue {
    var writer = PolicyWriter()
    writer.add("failureType", failureType.rawValue)
    writer.add("threshold", Limit.share(partsPerMillion: thresholdPartsPerMillion))
    writer.add("minExecuted", minExecuted)
    return writer.json
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    guard let type: FailureType = try members.word("failureType"),
      let threshold = try members.share("threshold")
    else { throw PolicyMembers.Malformed() }
    self.init(
      failureType: type, thresholdPartsPerMillion: threshold,
      minExecuted: max(1, try members.number("minExecuted") ?? 1))
  }
}

extension ExemptObject {
  var json: JSONValue {
    var writer = PolicyWriter()
    writer.add("kind", kind)
    writer.add("group", group)
    writer.add("namespace", namespace)
    writer.add("name", name)
    return writer.json
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    self.init(
      kind: try members.required("kind"), group: try members.text("group"),
      namespace: try members.text("namespace"), name: try members.text("name"))
  }
}
