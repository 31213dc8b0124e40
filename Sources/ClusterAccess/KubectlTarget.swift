// SPDX-License-Identifier: Apache-2.0

import JSONTree
package import Reconciling
import SliceFormat

/// A cluster, worked with by kubectl: server-side apply under our own field manager, and an inventory in
/// the cluster itself, so that a site may be moved to another machine.
///
/// kubectl is started as seldom as can be: a run that finds nothing to change starts it once.
package struct KubectlTarget: ClusterTarget {
  /// Our name among the managers of an object's fields: the server's own record of what we applied.
  package static let fieldManager = "kubectl-fleet"

  let kubectl: Kubectl
  let scratch: ScratchManifests
  let inventory: InventoryStore
  let hookTimeout: Int

  /// Makes a target.
  ///
  /// `folder` is for manifests that kubectl reads and for its cache; it is made when missing. `timeout`
  /// are the seconds that one call may take, `hookTimeout` those that hooks of one weight may take.
  package init(
    kubeconfig: String?, context: String?, inventoryNamespace: String, folder: String, timeout: Int,
    hookTimeout: Int = 300
  ) {
    kubectl = Kubectl(
      kubeconfig: kubeconfig, context: context, systemNamespace: inventoryNamespace,
      cache: folder + "/kubectl-cache", timeout: timeout)
    self.hookTimeout = hookTimeout
    scratch = ScratchManifests(folder: folder + "/manifests")
    inventory = InventoryStore(
      kubectl: kubectl, scratch: scratch, namespace: inventoryNamespace)
  }

  package func survey(_ objects: [DesiredObject]) throws(TargetError) -> Survey {
    try KubectlLook(kubectl: kubectl, scratch: scratch).survey(objects, inventory)
  }

  package func look(at objects: [DesiredObject]) throws(TargetError) -> LiveObjects? {
    try KubectlLook(kubectl: kubectl, scratch: scratch).named(objects)
  }

  package func writeInventory(_ inventory: Inventory) throws(TargetError) {
    try self.inventory.write(inventory)
    KubectlLook(kubectl: kubectl, scratch: scratch).forgetRefusal()
  }

  /// None: conflicts are told object by object.
  package func obstacles(
    to slice: DesiredSlice, recorded: Inventory
  ) throws(TargetError) -> [Obstacle] { [] }

  package func apply(
    _ phases: [[DesiredObject]], isRepeated: Bool, forces: Bool
  ) throws(TargetError) -> [ObjectResult] {
    try apply(phases, isRepeated, forces: forces, after: nil)
  }

  package func apply(
    _ phases: [[DesiredObject]], isRepeated: Bool, forces: Bool, recording intent: Inventory,
    isBlank: Bool
  ) throws(TargetError) -> [ObjectResult] {
    defer { KubectlLook(kubectl: kubectl, scratch: scratch).forgetRefusal() }
    let record = InventoryRecord(store: inventory, inventory: intent, isFirst: isBlank)
    return try apply(phases, isRepeated, forces: forces, after: record)
  }

  private func apply(
    _ phases: [[DesiredObject]], _ isRepeated: Bool, forces: Bool, after record: InventoryRecord?
  ) throws(TargetError) -> [ObjectResult] {
    let apply = KubectlApply(kubectl: kubectl, scratch: scratch, forces: forces)
    defer { scratch.remove() }
    if isRepeated { return try apply.run(phases.flatMap { $0 }, after: record) }
    var results: [ObjectResult] = []
    for (index, phase) in phases.enumerated() {
      let done = try apply.run(phase, after: index == 0 ? record : nil)
      results += done
      let waiting = Set(
        done.filter { if case .notReady = $0.outcome { true } else { false } }.map(\.identity))
      let definitions = phase.filter {
        KindOrder.isDefinition($0.identity) && waiting.contains($0.identity)
      }
      if !definitions.isEmpty {
        // Whatever comes of it: resources of a kind that is still missing say so themselves.
        _ = try kubectl.run(
          ["wait", "--for=condition=Established", "--timeout=30s"]
            + definitions.map { "customresourcedefinition/\($0.identity.name)" })
        let established = try apply.run(definitions)
        let again = Set(established.map(\.identity))
        results = results.filter { !again.contains($0.identity) } + established
      }
    }
    return results
  }

  package func remove(_ removals: [ApplyPlan.Removal]) throws(TargetError) -> RemovalResults {
    defer { scratch.remove() }
    return try KubectlRemove(kubectl: kubectl, scratch: scratch)
      .run(removals.filter { !$0.isMoved })
  }

  package var reservedNamespaces: Set<String> { [kubectl.systemNamespace] }

  package func objection(to bundle: DesiredBundle) -> String? { nil }

  package func set(
    _ wishes: NamespaceWishes, creates: Set<String>
  ) throws(TargetError) -> [Inventory.NamespaceClaim: String] {
    defer { scratch.remove() }
    return try KubectlNamespaces(kubectl: kubectl, scratch: scratch)
      .set(wishes, creates: creates)
  }

  package func remove(
    _ namespaces: [ApplyPlan.NamespaceRemoval]
  ) throws(TargetError) -> [ApplyPlan.NamespaceRemoval: String] {
    try KubectlNamespaces(kubectl: kubectl, scratch: scratch).remove(namespaces)
  }

  package func run(_ hooks: [PlannedHook]) throws(TargetError) -> String? {
    defer { scratch.remove() }
    return try KubectlHooks(kubectl: kubectl, scratch: scratch, timeout: hookTimeout).run(hooks)
  }
}
