// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import SliceFormat

/// What fleet-sync has to be allowed in a cluster, by what the cluster gets.
struct SiteNeeds: Hashable {
  /// A kind as RBAC names it.
  struct Resource: Hashable {
    /// The API group; empty for the core group.
    let group: String
    /// The plural.
    let name: String
  }

  /// Rights on a kind in one namespace, or in the whole cluster.
  typealias Rights = [Resource: Set<String>]

  /// By namespace.
  private(set) var namespaced: [String: Rights] = [:]
  /// For kinds that belong to the cluster.
  private(set) var clusterWide: Rights = [:]
  /// ConfigMaps and Secrets of which values are read, by namespace.
  private(set) var readable: [String: [Resource: Set<String>]] = [:]
  /// Namespaces that bundles deploy into or ship.
  private(set) var namespaces = Set<String>()
  /// Those that go with their bundles.
  private(set) var doomedNamespaces = Set<String>()
  /// The service accounts that bundles are applied as.
  private(set) var accounts = Set<String>()
  /// Bundles that the site renders as itself, so that nobody here knows their objects.
  private(set) var unknownBundles: [String] = []
  /// Kinds whose plural or scope is not known here, as `Kind.group`.
  private(set) var guessedKinds = Set<String>()

  private let plurals: Plurals

  /// Every run looks, applies and prunes.
  private static let verbs: Set<String> = ["get", "create", "patch", "delete"]
  /// What is waited for: the end of hooks, and of custom resources that go.
  private static let waiting: Set<String> = ["list", "watch"]

  /// Reads what a cluster gets of a compiled fleet.
  init(_ compilation: Compilation, cluster position: Int) {
    plurals = Plurals(compilation)
    for bundle in compilation.bundles {
      guard let index = bundle.assignment[position] else { continue }
      add(bundle.variants[index], name: bundle.source.name)
    }
  }

  private mutating func add(_ variant: CompiledBundle.Variant, name: String) {
    let descriptor = variant.descriptor
    if !descriptor.serviceAccount.isEmpty {
      accounts.insert(descriptor.serviceAccount)
      return
    }
    let namespace = descriptor.namespace.isEmpty ? "default" : descriptor.namespace
    namespaces.insert(namespace)
    if descriptor.deletesNamespace { doomedNamespaces.insert(namespace) }
    if let rendering = descriptor.rendering {
      unknownBundles.append(name)
      for source in rendering.sources {
        let identity = source.identity(namespace: namespace)
        readable[identity.namespace, default: [:]][resource(identity), default: []]
          .insert(identity.name)
      }
    }
    for identity in variant.objects { add(identity, in: namespace, Self.verbs) }
    for identity in variant.hooks {
      add(identity, in: namespace, Self.verbs.union(Self.waiting))
    }
  }

  private mutating func add(
    _ identity: ObjectIdentity, in namespace: String, _ verbs: Set<String>
  ) {
    if identity.kind == "Namespace", identity.group.isEmpty {
      namespaces.insert(identity.name)
      doomedNamespaces.insert(identity.name)
      return
    }
    let scope = BuiltInKinds.scope(of: identity)
    let resource = resource(identity)
    var verbs = verbs
    if scope == nil || identity.kind == "CustomResourceDefinition" { verbs.formUnion(Self.waiting) }
    if scope == .cluster || (scope == nil && identity.namespace.isEmpty) {
      clusterWide[resource, default: []].formUnion(verbs)
      for (more, some) in roleRights(identity) {
        clusterWide[more, default: []].formUnion(some)
      }
    }
    if scope == nil, !plurals.isKnown(identity) || identity.namespace.isEmpty {
      guessedKinds.insert(identity.typeName)
    }
    if scope == .cluster { return }
    // Where the scope is not known, the object may turn out to have the bundle's namespace.
    let place = identity.namespace.isEmpty ? namespace : identity.namespace
    namespaces.insert(place)
    namespaced[place, default: [:]][resource, default: []].formUnion(verbs)
    for (more, some) in roleRights(identity) {
      namespaced[place, default: [:]][more, default: []].formUnion(some)
    }
  }

  /// Who hands out rights that he has not needs to be allowed that.
  ///
  /// Source: "Privilege escalation prevention and bootstrapping" of Kubernetes' page on RBAC.
  private func roleRights(_ identity: ObjectIdentity) -> Rights {
    let group = "rbac.authorization.k8s.io"
    guard identity.group == group else { return [:] }
    let roles = Resource(group: group, name: "roles")
    let clusterRoles = Resource(group: group, name: "clusterroles")
    switch identity.kind {
    case "Role": return [roles: ["escalate"]]
    case "ClusterRole": return [clusterRoles: ["escalate"]]
    case "RoleBinding": return [roles: ["bind"], clusterRoles: ["bind"]]
    case "ClusterRoleBinding": return [clusterRoles: ["bind"]]
    default: return [:]
    }
  }

  private func resource(_ identity: ObjectIdentity) -> Resource {
    Resource(group: identity.group, name: plurals.plural(of: identity))
  }

  /// The rights that hand out rights, if there are any: who has them can do everything.
  var isPowerful: Bool {
    let all = [clusterWide] + Array(namespaced.values)
    return all.contains { rights in
      rights.values.contains { !$0.isDisjoint(with: ["bind", "escalate"]) }
    }
  }
}

/// The plurals of kinds: RBAC knows no others.
private struct Plurals: Hashable {
  /// The plurals of the definitions in the fleet, by group.
  private var defined: [String: Set<String>] = [:]

  init(_ compilation: Compilation) {
    for bundle in compilation.bundles {
      for identity in bundle.variants.flatMap(\.objects)
      where identity.kind == "CustomResourceDefinition" {
        // The server takes no other name than PLURAL.GROUP.
        guard let dot = identity.name.utf8.firstIndex(of: UInt8(ascii: ".")) else { continue }
        let group = String(identity.name[identity.name.utf8.index(after: dot)...])
        defined[group, default: []].insert(String(identity.name[..<dot]))
      }
    }
  }

  func isKnown(_ identity: ObjectIdentity) -> Bool {
    let plurals = defined[identity.group] ?? []
    return plurals.contains(Self.usual(identity.kind)) || plurals.count == 1
  }

  func plural(of identity: ObjectIdentity) -> String {
    let usual = Self.usual(identity.kind)
    let plurals = defined[identity.group] ?? []
    if !plurals.contains(usual), plurals.count == 1, let only = plurals.first { return only }
    return usual
  }

  /// Right for all of Kubernetes' own kinds.
  private static func usual(_ kind: String) -> String { Wording.plural(of: kind).lowercased() }
}
