// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
import SliceFormat

/// Takes objects away that are still ours.
///
/// Each is looked at first. It is ours while the server lists us among the managers that applied it: that
/// list is the server's, so an object that somebody deleted and made again is theirs, even with a copy of
/// our labels. The hub labels every object (`kubectl-fleet.io/bundle`), so there is always a field that
/// the list can name. What asks to be kept by `helm.sh/resource-policy` is kept.
struct KubectlRemove {
  /// Names in one call: a command line has its limits.
  static let lot = 200

  let kubectl: Kubectl
  let scratch: ScratchManifests

  private struct Doomed {
    let removal: ApplyPlan.Removal
    let live: JSONValue
  }

  func run(_ removals: [ApplyPlan.Removal]) throws(TargetError) -> RemovalResults {
    var results = RemovalResults()
    var doomed: [Doomed] = []
    for lot in Self.lots(removals) {
      let live: [ObjectIdentity: JSONValue]
      switch try self.live(lot) {
      case .success(let found): live = found
      case .failure(let refusal):
        results.failures += lot.map { RemovalResults.Failure($0, refusal.reason) }
        continue
      }
      for removal in lot {
        guard let object = live[removal.reference.identity] else { continue }
        if object["metadata"]?["deletionTimestamp"]?.string != nil { continue }
        if let reason = Self.reasonToSpare(object, removal) {
          results.spared.append(
            "\(removal.reference.identity.description) is left alone: \(reason)")
        } else {
          doomed.append(Doomed(removal: removal, live: object))
        }
      }
    }
    doomed.sort {
      KindOrder.precedes($1.removal.reference.identity, $0.removal.reference.identity)
    }
    // Finalizers of custom resources need their controllers alive, so these are waited for.
    let first = doomed.filter { KindOrder.goesFirst($0.removal.reference.identity) }
    let rest = doomed.filter { !KindOrder.goesFirst($0.removal.reference.identity) }
    let refusals = results.failures.count
    try deleteByAccount(first, flags: ["--wait=true", "--timeout=30s"], &results)
    if results.failures.count == refusals {
      try deleteByAccount(rest, flags: ["--wait=false"], &results)
    } else {
      results.failures += rest.map {
        RemovalResults.Failure($0.removal, "waits for what goes before it")
      }
    }
    return results
  }

  /// What would become of removals: those of which something is there, and why it would stay.
  func foresee(
    _ removals: [ApplyPlan.Removal]
  ) throws(TargetError) -> [(removal: ApplyPlan.Removal, spared: String?)] {
    var foreseen: [(removal: ApplyPlan.Removal, spared: String?)] = []
    for lot in Self.lots(removals) {
      switch try live(lot) {
      case .success(let live):
        for removal in lot {
          guard let object = live[removal.reference.identity] else { continue }
          if object["metadata"]?["deletionTimestamp"]?.string != nil { continue }
          foreseen.append((removal, Self.reasonToSpare(object, removal)))
        }
      case .failure(let refusal): foreseen += lot.map { ($0, refusal.reason) }
      }
    }
    return foreseen
  }

  private func deleteByAccount(
    _ doomed: [Doomed], flags: [String], _ results: inout RemovalResults
  ) throws(TargetError) {
    var accounts: [String] = []
    for item in doomed where !accounts.contains(item.removal.account) {
      accounts.append(item.removal.account)
    }
    for account in accounts {
      try KubectlRemove(kubectl: kubectl.acting(as: account), scratch: scratch)
        .delete(doomed.filter { $0.removal.account == account }, flags: flags, &results)
    }
  }

  private func delete(
    _ doomed: [Doomed], flags: [String], _ results: inout RemovalResults
  ) throws(TargetError) {
    if doomed.isEmpty { return }
    try scratch.write(
      doomed.map { item in
        let metadata = item.live["metadata"]
        return .object([
          "apiVersion": item.live["apiVersion"] ?? .null, "kind": item.live["kind"] ?? .null,
          "metadata": .object(
            [JSONMember("name", metadata?["name"] ?? .null)]
              + (metadata?["namespace"].map { [JSONMember("namespace", $0)] } ?? [])),
        ])
      })
    let call = try kubectl.run(
      ["delete", "-f", scratch.folder, "--ignore-not-found", "-o", "name"] + flags)
    if call.succeeded {
      results.count += doomed.count
      return
    }
    if KubectlOutput.saysUnreachable(call.errors), call.output.isEmpty {
      throw .unreachable(call.unreachableMessage)
    }
    // Which of them failed shows in the next run's look at them.
    let reason = KubectlOutput.reason(call.errors, file: "")
    results.failures += doomed.map { RemovalResults.Failure($0.removal, reason) }
  }

  /// A service account that may not look at what it is to take away.
  private struct Refusal: Error {
    let reason: String
  }

  /// The live objects of a lot of one namespace and account; a kind that is gone took its objects along.
  private func live(
    _ lot: [ApplyPlan.Removal]
  ) throws(TargetError) -> Result<[ObjectIdentity: JSONValue], Refusal> {
    guard let first = lot.first else { return .success([:]) }
    let kubectl = self.kubectl.acting(as: first.account)
    let namespace = first.reference.identity.namespace
    let flags = namespace.isEmpty ? [] : ["-n", namespace]
    let call = try kubectl.run(
      ["get", "--ignore-not-found", "--show-managed-fields", "-o", "json"] + flags
        + lot.map { Self.argument($0.reference.identity) })
    if call.succeeded {
      var found: [ObjectIdentity: JSONValue] = [:]
      for object in KubectlOutput.objects(call.json) {
        let group = object["apiVersion"]?.string?.split(separator: "/").dropLast().first ?? ""
        let identity = ObjectIdentity(
          group: String(group), kind: object["kind"]?.string ?? "", namespace: namespace,
          name: object["metadata"]?["name"]?.string ?? "")
        found[identity] = object
      }
      return .success(found)
    }
    if call.errors.contains("the server doesn't have a resource type") {
      if lot.count == 1 { return .success([:]) }
      var found: [ObjectIdentity: JSONValue] = [:]
      let half = lot.count / 2
      for part in [Array(lot[..<half]), Array(lot[half...])] {
        switch try live(part) {
        case .success(let some): found.merge(some, uniquingKeysWith: { $1 })
        case .failure(let refusal): return .failure(refusal)
        }
      }
      return .success(found)
    }
    if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
    if !first.account.isEmpty {
      return .failure(Refusal(reason: KubectlOutput.reason(call.errors, file: "")))
    }
    throw .unusable("cannot look at what is to go: \(KubectlOutput.reason(call.errors, file: ""))")
  }

  /// Lots of one namespace and account each, in the order of first mention.
  private static func lots(_ removals: [ApplyPlan.Removal]) -> [[ApplyPlan.Removal]] {
    var lots: [[ApplyPlan.Removal]] = []
    var open: [[String]: Int] = [:]
    for removal in removals {
      let namespace = [removal.reference.identity.namespace, removal.account]
      if let index = open[namespace], lots[index].count < lot {
        lots[index].append(removal)
      } else {
        open[namespace] = lots.count
        lots.append([removal])
      }
    }
    return lots
  }

  /// `Deployment.apps/web`; the version of the core group is needed so that no other group's kind of
  /// the same name is taken.
  private static func argument(_ identity: ObjectIdentity) -> String {
    let type = identity.group.isEmpty ? "\(identity.kind).v1." : identity.typeName
    return "\(type)/\(identity.name)"
  }

  private static func reasonToSpare(
    _ object: JSONValue, _ removal: ApplyPlan.Removal
  ) -> String? {
    let metadata = object["metadata"]
    if metadata?["namespace"]?.string == nil, removal.sparesClusterScope {
      return "it belongs to the cluster and is still wanted"
    }
    let isManaged =
      metadata?["managedFields"]?.items?.contains {
        $0["manager"]?.string == KubectlTarget.fieldManager && $0["operation"]?.string == "Apply"
      } ?? false
    if !isManaged { return "it is not ours any more" }
    if metadata?["annotations"]?["helm.sh/resource-policy"]?.string == "keep" {
      return "it asks to be kept"
    }
    return nil
  }
}
