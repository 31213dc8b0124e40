// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
import YAMLTree

/// The roles and bindings of fleet-sync's service account, as manifests.
struct SiteRoles {
  /// The namespace of the service account and of the inventory.
  let namespace: String

  /// On every object that bootstrap makes.
  static let mark = JSONMember(
    "app.kubernetes.io/managed-by", .string("kubectl-fleet-bootstrap"))
  private static let group = "rbac.authorization.k8s.io"

  private var clusterRole: String { "\(namespace):fleet-sync" }

  /// All rights on everything.
  var clusterAdmin: String {
    document(
      binding("ClusterRoleBinding", clusterRole, in: nil, role: ("ClusterRole", "cluster-admin")))
  }

  /// The rights that are needed, and no others. Namespaces come first, because a role lives in one.
  func least(_ needs: SiteNeeds) -> String {
    var text = remarks(needs)
    // Kubernetes' own are there.
    let own = needs.namespaces.filter {
      $0 != "default" && $0 != namespace && !$0.hasPrefix("kube-")
    }
    for name in own.inOrder {
      text += document(object("v1", "Namespace", metadata(name, in: nil)))
    }
    text += document(role("ClusterRole", clusterRole, in: nil, clusterRules(needs)))
    text += document(
      binding("ClusterRoleBinding", clusterRole, in: nil, role: ("ClusterRole", clusterRole)))
    let places = Set(needs.namespaced.keys).union(needs.readable.keys).union([namespace])
    for place in places.inOrder {
      text += document(role("Role", "fleet-sync", in: place, rules(needs, in: place)))
      text += document(
        binding("RoleBinding", "fleet-sync", in: place, role: ("Role", "fleet-sync")))
    }
    return text
  }

  private func remarks(_ needs: SiteNeeds) -> String {
    var lines: [String] = []
    if !needs.accounts.isEmpty {
      lines.append(
        "Bundles are applied as service accounts that need rights of their own, see docs/fleet-sync.md: "
          + "\(Wording.list(needs.accounts.inOrder, most: 20)).")
    }
    if !needs.unknownBundles.isEmpty {
      lines.append(
        "What \(Wording.list(needs.unknownBundles, most: 20)) deploys is only known at the site: add rights, "
          + "give it a 'serviceAccount', or take '--rbac cluster-admin'.")
    }
    if !needs.guessedKinds.isEmpty {
      lines.append(
        "Look at these with 'kubectl api-resources', their plural or scope is guessed: "
          + "\(Wording.list(needs.guessedKinds.inOrder, most: 20)).")
    }
    if needs.isPowerful {
      lines.append(
        "The fleet ships roles or bindings. Who may make any of them may do everything that they can say."
      )
    }
    return lines.isEmpty ? "" : "---\n" + lines.map { "# \($0)\n" }.joined()
  }

  private func clusterRules(_ needs: SiteNeeds) -> [JSONValue] {
    var rules = Self.rules(needs.clusterWide)
    // Looked at, labelled, and made anew when somebody deleted them.
    rules.append(
      Self.rule(
        "", ["namespaces"], ["get", "create", "patch"],
        names: needs.namespaces.union([namespace]).inOrder))
    // What the site reports of its cluster.
    rules.append(Self.rule("", ["nodes"], ["list"]))
    let doomed = needs.doomedNamespaces.subtracting([namespace])
    if !doomed.isEmpty {
      rules.append(Self.rule("", ["namespaces"], ["delete"], names: doomed.inOrder))
    }
    return rules
  }

  private func rules(_ needs: SiteNeeds, in place: String) -> [JSONValue] {
    var rules = Self.rules(needs.namespaced[place] ?? [:])
    for (resource, names) in Self.sorted(needs.readable[place] ?? [:]) {
      rules.append(Self.rule(resource.group, [resource.name], ["get"], names: names.inOrder))
    }
    if place == namespace {
      // The record of what is ours.
      rules.append(Self.rule("", ["configmaps"], ["get", "create", "patch", "delete"]))
      if !needs.accounts.isEmpty {
        rules.append(
          Self.rule("", ["serviceaccounts"], ["impersonate"], names: needs.accounts.inOrder))
      }
    }
    return rules
  }

  /// Kinds of one group with the same verbs share a rule.
  private static func rules(_ rights: SiteNeeds.Rights) -> [JSONValue] {
    struct Kind: Hashable {
      let group: String
      let verbs: [String]
    }
    var order: [Kind] = []
    var kinds: [Kind: [String]] = [:]
    for (resource, verbs) in sorted(rights) {
      let kind = Kind(group: resource.group, verbs: inVerbOrder(verbs))
      if kinds[kind] == nil { order.append(kind) }
      kinds[kind, default: []].append(resource.name)
    }
    return order.map { rule($0.group, kinds[$0] ?? [], $0.verbs) }
  }

  private static func sorted(
    _ rights: [SiteNeeds.Resource: Set<String>]
  ) -> [(key: SiteNeeds.Resource, value: Set<String>)] {
    rights.sorted {
      $0.key.group == $1.key.group
        ? $0.key.name.precedesInBytes($1.key.name) : $0.key.group.precedesInBytes($1.key.group)
    }
  }

  private static func inVerbOrder(_ verbs: Set<String>) -> [String] {
    ["get", "list", "watch", "create", "patch", "delete", "bind", "escalate"]
      .filter { verbs.contains($0) }
  }

  private static func rule(
    _ group: String, _ resources: [String], _ verbs: [String], names: [String] = []
  ) -> JSONValue {
    var members = [
      JSONMember("apiGroups", .array([.string(group)])),
      JSONMember("resources", .array(resources.map { .string($0) })),
    ]
    if !names.isEmpty {
      members.append(JSONMember("resourceNames", .array(names.map { .string($0) })))
    }
    members.append(JSONMember("verbs", .array(verbs.map { .string($0) })))
    return .object(members)
  }

  // MARK: objects

  private func role(
    _ kind: String, _ name: String, in place: String?, _ rules: [JSONValue]
  ) -> JSONValue {
    object(
      "\(Self.group)/v1", kind, marked(name, in: place), [JSONMember("rules", .array(rules))])
  }

  private func binding(
    _ kind: String, _ name: String, in place: String?, role: (kind: String, name: String)
  ) -> JSONValue {
    object(
      "\(Self.group)/v1", kind, marked(name, in: place),
      [
        JSONMember(
          "roleRef",
          .object([
            "apiGroup": .string(Self.group), "kind": .string(role.kind),
            "name": .string(role.name),
          ])),
        JSONMember(
          "subjects",
          .array([
            .object([
              "kind": .string("ServiceAccount"), "name": .string("fleet-sync"),
              "namespace": .string(namespace),
            ])
          ])),
      ])
  }

  private func object(
    _ apiVersion: String, _ kind: String, _ metadata: JSONValue, _ more: [JSONMember] = []
  ) -> JSONValue {
    .object(
      [
        JSONMember("apiVersion", .string(apiVersion)), JSONMember("kind", .string(kind)),
        JSONMember("metadata", metadata),
      ] + more)
  }

  private func marked(_ name: String, in place: String?) -> JSONValue {
    metadata(name, in: place, [JSONMember("labels", .object([Self.mark]))])
  }

  private func metadata(
    _ name: String, in place: String?, _ more: [JSONMember] = []
  ) -> JSONValue {
    .object(
      [JSONMember("name", .string(name))]
        + (place.map { [JSONMember("namespace", .string($0))] } ?? []) + more)
  }

  private func document(_ object: JSONValue) -> String {
    "---\n" + String(decoding: YAMLEmitter.emit(YAMLNode(object)), as: UTF8.self)
  }

}
