// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
import Reconciling
import SliceFormat

/// Labels and annotations of namespaces, and namespaces that go with their bundles.
///
/// Server-side apply under a field manager of its own: what the manager names no longer is taken away by
/// the server, and what anybody else set stays.
struct KubectlNamespaces {
  let kubectl: Kubectl
  let scratch: ScratchManifests

  /// Sets, with one call for each account; tells the reasons of those that could not be.
  func set(
    _ wishes: NamespaceWishes, creates: Set<String>
  ) throws(TargetError) -> [Inventory.NamespaceClaim: String] {
    var failures: [Inventory.NamespaceClaim: String] = [:]
    for (account, claims) in Self.byAccount(wishes.keys.sorted()) {
      let kubectl = self.kubectl.acting(as: account)
      let unsure = claims.filter { !creates.contains($0.namespace) }
      let missing = try Set(unsure.map(\.namespace)).subtracting(
        present(unsure.map(\.namespace), kubectl))
      let wanted = claims.filter { !missing.contains($0.namespace) }
      if wanted.isEmpty { continue }
      try scratch.write(wanted.map { Self.manifest(wishes[$0], $0.namespace) })
      let call = try kubectl.run(
        Kubectl.apply(scratch.folder, as: Self.manager(account), forces: true))
      if call.succeeded { continue }
      if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
      let applied = Set(KubectlOutput.names(call.output))
      for claim in wanted where !applied.contains("namespace/\(claim.namespace)") {
        failures[claim] = KubectlOutput.reason(call.errors, file: "")
      }
    }
    return failures
  }

  /// Deletes; does not wait, as a namespace ends when everything in it has.
  func remove(
    _ removals: [ApplyPlan.NamespaceRemoval]
  ) throws(TargetError) -> [ApplyPlan.NamespaceRemoval: String] {
    var failures: [ApplyPlan.NamespaceRemoval: String] = [:]
    for removal in removals {
      let call = try kubectl.acting(as: removal.account).run([
        "delete", "--ignore-not-found", "--wait=false", "namespace/\(removal.namespace)",
      ])
      if call.succeeded { continue }
      if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
      failures[removal] = KubectlOutput.reason(call.errors, file: "")
    }
    return failures
  }

  /// The field manager of an account's labels; the server takes 128 characters.
  static func manager(_ account: String) -> String {
    account.isEmpty
      ? "kubectl-fleet-namespace"
      : "kubectl-fleet-namespace-\(String(decoding: account.utf8.prefix(100), as: UTF8.self))"
  }

  private func present(_ names: [String], _ kubectl: Kubectl) throws(TargetError) -> Set<String> {
    if names.isEmpty { return [] }
    let call = try kubectl.run(
      ["get", "--ignore-not-found", "-o", "name"] + names.map { "namespace/\($0)" })
    if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
    // Who may not look is told so by the server when he sets.
    if !call.succeeded { return Set(names) }
    return Set(
      KubectlOutput.names(call.output).compactMap { name in
        name.hasPrefix("namespace/") ? String(name.dropFirst("namespace/".count)) : nil
      })
  }

  private static func byAccount(
    _ claims: [Inventory.NamespaceClaim]
  ) -> [(String, [Inventory.NamespaceClaim])] {
    let groups = Dictionary(grouping: claims, by: \.account)
    return groups.byName
  }

  private static func manifest(_ settings: NamespaceSettings?, _ name: String) -> JSONValue {
    var metadata = [JSONMember("name", .string(name))]
    for (member, texts) in [
      ("labels", settings?.labels ?? [:]), ("annotations", settings?.annotations ?? [:]),
    ] where !texts.isEmpty {
      metadata.append(
        JSONMember(
          member,
          .object(
            texts.byName
              .map { JSONMember($0.key, .string($0.value)) })))
    }
    return .object([
      "apiVersion": .string("v1"), "kind": .string("Namespace"), "metadata": .object(metadata),
    ])
  }
}
