// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSONTree
import Posix
import Reconciling
import SliceFormat

/// Runs hooks as Helm does: what an earlier run left is deleted, the hook applied, and a Job or a Pod
/// waited for to its end. Hooks of one number run together.
///
/// Source of the order and of the policies: Helm's `execHook`. What has succeeded is deleted at the end of
/// the phase and not before, because later hooks may need it (a service account, a config map).
struct KubectlHooks {
  let kubectl: Kubectl
  let scratch: ScratchManifests
  /// Seconds that the hooks of one number may take.
  let timeout: Int

  /// Runs the hooks of one phase; tells what failed.
  func run(_ hooks: [PlannedHook]) throws(TargetError) -> String? {
    var done: [PlannedHook] = []
    for order in Set(hooks.map(\.hook.order)).sorted() {
      let group = hooks.filter { $0.hook.order == order }
      let failures = try runGroup(group)
      let failed = Set(failures.map(\.identity))
      done += group.filter { !failed.contains($0.hook.object.identity) }
      if let first = failures.first {
        try delete(
          group.filter { failed.contains($0.hook.object.identity) && $0.policy.deletesFailed })
        try delete(done.filter(\.policy.deletesSucceeded))
        let name = group.first { $0.hook.object.identity == first.identity }?.hook.description ?? ""
        return "\(name): \(first.reason)"
          + (failures.count > 1 ? " (and \(failures.count - 1) more)" : "")
      }
    }
    try delete(done.filter(\.policy.deletesSucceeded))
    return nil
  }

  private struct Unreadable: Error {
    let reason: String
  }

  private struct Failure {
    let identity: ObjectIdentity
    let reason: String
  }

  private func runGroup(_ group: [PlannedHook]) throws(TargetError) -> [Failure] {
    if let reason = try delete(group.filter(\.policy.deletesOld)) {
      return group.prefix(1).map {
        Failure(
          identity: $0.hook.object.identity, reason: "the old one cannot be removed: \(reason)")
      }
    }
    let objects = group.map(\.hook.object)
    let results = try KubectlApply(
      kubectl: kubectl, scratch: scratch, forces: true
    ).run(objects)
    let failures = results.compactMap { result -> Failure? in
      guard case .failed(let reason) = result.outcome else { return nil }
      return Failure(identity: result.identity, reason: reason)
    }
    if !failures.isEmpty { return failures }
    return try wait(objects.filter { Self.hasEnd($0.identity) })
  }

  /// Waits until all have ended or time is up; a failure ends the waiting for the others.
  private func wait(_ objects: [DesiredObject]) throws(TargetError) -> [Failure] {
    var pause: UInt32 = 100
    let deadline = MonotonicClock.milliseconds() + Int64(timeout) * 1000
    var running = objects
    while true {
      var failures: [Failure] = []
      var next: [DesiredObject] = []
      for batch in KubectlBatch.batches(of: running, forces: true) {
        let live = try self.live(batch)
        for (index, object) in batch.objects.enumerated() {
          switch live {
          case .success(let found):
            switch found.count > index ? Self.ending(found[index]) : .running {
            case .done: break
            case .failed(let reason):
              failures.append(Failure(identity: object.identity, reason: reason))
            case .running: next.append(object)
            }
          case .failure(let failure):
            failures.append(Failure(identity: object.identity, reason: failure.reason))
          }
        }
      }
      if !failures.isEmpty || next.isEmpty { return failures }
      running = next
      if MonotonicClock.milliseconds() >= deadline {
        return running.map {
          Failure(identity: $0.identity, reason: "has not ended within \(timeout) s")
        }
      }
      usleep(pause * 1000)
      pause = min(pause * 2, 2000)
    }
  }

  /// The objects as they are, in the order of the batch; none when one is gone.
  private func live(
    _ batch: KubectlBatch
  ) throws(TargetError) -> Result<[JSONValue], Unreadable> {
    try scratch.write(batch.manifests)
    let call = try kubectl.acting(as: batch.account)
      .run(["get", "-f", scratch.folder, "-o", "json"] + batch.flags)
    if call.succeeded { return .success(KubectlOutput.objects(call.json)) }
    if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
    return .failure(
      Unreadable(reason: "cannot be waited for: \(KubectlOutput.reason(call.errors, file: ""))"))
  }

  /// Deletes hooks and waits until they are gone; tells why they are not. A definition of custom resources
  /// stays, as with Helm.
  @discardableResult
  private func delete(_ hooks: [PlannedHook]) throws(TargetError) -> String? {
    let objects = hooks.map(\.hook.object).filter { !KindOrder.isDefinition($0.identity) }
    for batch in KubectlBatch.batches(of: objects, forces: true) {
      try scratch.write(batch.manifests)
      let call = try kubectl.acting(as: batch.account).run(
        [
          "delete", "-f", scratch.folder, "--ignore-not-found", "--wait=true",
          // Before our own patience with kubectl ends, so that it says what is in the way.
          "--timeout=\(max(1, min(timeout, kubectl.timeout - 5)))s",
        ] + batch.flags)
      if call.succeeded { continue }
      if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
      // Where its namespace or kind does not exist, nothing is left of an old one.
      if KubectlOutput.saysNothingThere(call.errors) { continue }
      return KubectlOutput.reason(call.errors, file: "")
    }
    return nil
  }

  private enum End {
    case running
    case done
    case failed(String)
  }

  /// Whether Helm waits for the end of such an object.
  private static func hasEnd(_ identity: ObjectIdentity) -> Bool {
    switch (identity.group, identity.kind) {
    case ("batch", "Job"), ("", "Pod"): true
    default: false
    }
  }

  private static func ending(_ object: JSONValue) -> End {
    let status = object["status"]
    if object["kind"]?.string == "Pod" {
      switch status?["phase"]?.string {
      case "Succeeded": return .done
      case "Failed": return .failed(status?["message"]?.string ?? "has failed")
      default: return .running
      }
    }
    for condition in status?["conditions"]?.items ?? []
    where condition["status"]?.string == "True" {
      switch condition["type"]?.string {
      case "Complete": return .done
      case "Failed":
        let message = condition["message"]?.string ?? ""
        return .failed(message.isEmpty ? condition["reason"]?.string ?? "has failed" : message)
      default: break
      }
    }
    return .running
  }
}
