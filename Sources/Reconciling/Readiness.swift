// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// Whether an object of a cluster does what its manifest asks for.
///
/// The rules are those of kstatus, which Fleet and Helm use: first what holds for every kind
/// (observedGeneration, the conditions Reconciling and Stalled), then the kinds that say it in fields of
/// their own, then the condition Ready. What says nothing is ready. A Job is ready once it has started,
/// and a suspended one too: nobody waits for work that may take a day.
package enum Readiness {
  /// Why the object is not ready, or nil when it is; ignored conditions are as if they were not there.
  package static func reason(_ object: JSONValue, ignoring: [[String: String]]) -> String? {
    reason(ignoring.isEmpty ? object : without(ignoring, object))
  }

  /// The object without the conditions that have all members of one of the entries, with the same text.
  /// An entry without members matches none (Fleet: `ignore.conditions`).
  package static func without(_ ignored: [[String: String]], _ object: JSONValue) -> JSONValue {
    object.changing("status") { status in
      status.changing("conditions") { conditions in
        guard let items = conditions.items else { return conditions }
        return .array(
          items.filter { condition in
            !ignored.contains { entry in
              !entry.isEmpty && entry.allSatisfy { condition[$0.key]?.string == $0.value }
            }
          })
      }
    }
  }

  /// Why the object is not ready, or nil when it is.
  package static func reason(_ object: JSONValue) -> String? {
    if object["metadata"]?["deletionTimestamp"]?.string != nil { return "is being deleted" }
    if let observed = number(object, "status", "observedGeneration"),
      let generation = number(object, "metadata", "generation"), observed < generation
    {
      return "its controller has not seen the change yet"
    }
    for name in ["Stalled", "Reconciling"] {
      if let condition = condition(object, name), condition.status == "True" {
        return condition.text(else: name == "Stalled" ? "is stalled" : "is being reconciled")
      }
    }
    let group = object["apiVersion"]?.string?.split(separator: "/").dropLast().first ?? ""
    switch (group, object["kind"]?.string ?? "") {
    case ("apps", "Deployment"), ("extensions", "Deployment"): return deployment(object)
    case ("apps", "StatefulSet"): return statefulSet(object)
    case ("apps", "DaemonSet"), ("extensions", "DaemonSet"): return daemonSet(object)
    case ("apps", "ReplicaSet"), ("extensions", "ReplicaSet"): return replicaSet(object)
    case ("", "ReplicationController"): return replicaSet(object)
    case ("batch", "Job"): return job(object)
    case ("", "Pod"): return pod(object)
    case ("", "PersistentVolumeClaim"): return claim(object)
    case ("", "Namespace"):
      return object["status"]?["phase"]?.string == "Terminating" ? "is being deleted" : nil
    case ("apiextensions.k8s.io", "CustomResourceDefinition"): return definition(object)
    default: return readyCondition(object)
    }
  }

  private static func deployment(_ object: JSONValue) -> String? {
    if let progressing = condition(object, "Progressing"),
      progressing.reason == "ProgressDeadlineExceeded"
    {
      return progressing.text(else: "did not progress within its deadline")
    }
    guard let wanted = wantedReplicas(object), wanted > 0 else { return nil }
    guard number(object, "status", "observedGeneration") != nil else { return unseen }
    let updated = number(object, "status", "updatedReplicas") ?? 0
    let present = number(object, "status", "replicas") ?? 0
    let available = number(object, "status", "availableReplicas") ?? 0
    if updated < wanted { return "\(updated) of \(wanted) replicas are updated" }
    if present > updated { return "\(present - updated) old replicas are still there" }
    if available < wanted { return "\(available) of \(wanted) replicas are available" }
    if let available = condition(object, "Available"), available.status == "False" {
      return available.text(else: "is not available")
    }
    return nil
  }

  private static func statefulSet(_ object: JSONValue) -> String? {
    let strategy = object["spec"]?["updateStrategy"]
    if strategy?["type"]?.string == "OnDelete" { return nil }
    guard let wanted = wantedReplicas(object), wanted > 0 else { return nil }
    guard number(object, "status", "observedGeneration") != nil else { return unseen }
    let ready = number(object, "status", "readyReplicas") ?? 0
    if ready < wanted { return "\(ready) of \(wanted) replicas are ready" }
    let updated = number(object, "status", "updatedReplicas") ?? 0
    let partition = strategy?["rollingUpdate"]?["partition"]?.integer ?? 0
    if partition > 0 {
      let due = max(0, wanted.subtractingReportingOverflow(partition).partialValue)
      return updated < due ? "\(updated) of \(due) replicas are updated" : nil
    }
    if let current = object["status"]?["currentRevision"]?.string,
      let update = object["status"]?["updateRevision"]?.string, current != update
    {
      return "\(updated) of \(wanted) replicas are updated"
    }
    return nil
  }

  private static func daemonSet(_ object: JSONValue) -> String? {
    guard number(object, "status", "observedGeneration") != nil else { return unseen }
    let wanted = number(object, "status", "desiredNumberScheduled") ?? 0
    let isOnDelete = object["spec"]?["updateStrategy"]?["type"]?.string == "OnDelete"
    let updated = number(object, "status", "updatedNumberScheduled") ?? 0
    if updated < wanted, !isOnDelete { return "\(updated) of \(wanted) pods are updated" }
    let ready = number(object, "status", "numberReady") ?? 0
    if ready < wanted { return "\(ready) of \(wanted) pods are ready" }
    return nil
  }

  private static func replicaSet(_ object: JSONValue) -> String? {
    guard let wanted = wantedReplicas(object) else { return nil }
    let ready = number(object, "status", "readyReplicas") ?? 0
    return ready < wanted ? "\(ready) of \(wanted) replicas are ready" : nil
  }

  private static func job(_ object: JSONValue) -> String? {
    if let failed = condition(object, "Failed"), failed.status == "True" {
      return failed.text(else: "has failed")
    }
    if object["spec"]?["suspend"]?.bool == true { return nil }
    return object["status"]?["startTime"]?.string == nil ? "has not started" : nil
  }

  private static func pod(_ object: JSONValue) -> String? {
    let phase = object["status"]?["phase"]?.string ?? ""
    switch phase {
    case "Succeeded": return nil
    case "Failed": return object["status"]?["message"]?.string ?? "has failed"
    case "Running": return readyCondition(object)
    default:
      let scheduled = condition(object, "PodScheduled")
      if let scheduled, scheduled.status == "False" {
        return scheduled.text(else: "is not scheduled")
      }
      return phase.isEmpty ? unseen : "is \(phase)"
    }
  }

  private static func claim(_ object: JSONValue) -> String? {
    let phase = object["status"]?["phase"]?.string ?? ""
    return phase == "Bound" ? nil : "is \(phase.isEmpty ? "Pending" : phase), not bound"
  }

  private static func definition(_ object: JSONValue) -> String? {
    if let names = condition(object, "NamesAccepted"), names.status == "False" {
      return names.text(else: "its names are taken")
    }
    guard let established = condition(object, "Established") else { return "is not established" }
    return established.status == "True" ? nil : established.text(else: "is not established")
  }

  private static func readyCondition(_ object: JSONValue) -> String? {
    guard let ready = condition(object, "Ready"), ready.status != "True" else { return nil }
    return ready.text(else: "is not ready")
  }

  private static let unseen = "its controller has not seen it yet"

  private static func wantedReplicas(_ object: JSONValue) -> Int64? {
    object["spec"]?["replicas"]?.integer ?? 1
  }

  private static func number(_ object: JSONValue, _ part: String, _ name: String) -> Int64? {
    object[part]?[name]?.integer
  }

  private struct Condition {
    let status: String
    let reason: String
    let message: String

    func text(else fallback: String) -> String {
      if !message.isEmpty { return message }
      return reason.isEmpty ? fallback : reason
    }
  }

  private static func condition(_ object: JSONValue, _ type: String) -> Condition? {
    guard
      let found = object["status"]?["conditions"]?.items?
        .first(where: { $0["type"]?.string == type })
    else { return nil }
    return Condition(
      status: found["status"]?.string ?? "", reason: found["reason"]?.string ?? "",
      message: found["message"]?.string ?? "")
  }
}

extension JSONValue {
  /// The object with another value for a member that it has.
  fileprivate func changing(_ name: String, _ change: (JSONValue) -> JSONValue) -> JSONValue {
    guard case .object(var members) = self,
      let index = members.firstIndex(where: { $0.name == name })
    else { return self }
    members[index].value = change(members[index].value)
    return .object(members)
  }
}
