// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// The `bundle.json` of a bundle deployment: what the site must know besides the manifests.
package struct BundleDescriptor: Sendable, Hashable {
  /// The bundle's name.
  package var name: String
  /// The GitRepo that brought it, as `namespace/name`.
  package var gitRepo: String
  /// The namespace for objects whose manifest names none and whose scope the hub cannot know.
  package var namespace: String
  /// Whether the site makes that namespace when it is missing.
  package var createsNamespace: Bool
  /// Whether the objects stay when the bundle is removed (Fleet: `keepResources`).
  package var keepResources: Bool
  /// Whether definitions of custom resources are deleted when they are gone from the bundle (Fleet:
  /// `deleteCRDResources`); all resources of their kinds go with them.
  package var deletesDefinitions: Bool

  // What follows came with format 2.

  /// Whether the namespace goes with the bundle (Fleet: `deleteNamespace`).
  package var deletesNamespace = false
  /// Labels of the namespace (Fleet: `namespaceLabels`).
  package var namespaceLabels: [String: String] = [:]
  /// Annotations of the namespace (Fleet: `namespaceAnnotations`).
  package var namespaceAnnotations: [String: String] = [:]
  /// The service account of the site's system namespace as which everything is done; empty for the
  /// site's own account.
  package var serviceAccount = ""
  /// Conditions that are left out of readiness: one is, when all members of an entry are members of it
  /// (Fleet: `ignore.conditions`).
  package var ignoredConditions: [[String: String]] = []
  /// The entries of Fleet's `diff.comparePatches`, as they are written.
  package var comparePatches: [JSONValue] = []
  /// What is done about drift; nil where nothing is said.
  package var driftCorrection: DriftCorrection?
  /// Whether fields that other managers have are taken over (Fleet: `helm.takeOwnership`).
  package var takesOwnership = false
  /// Bundles that have to be there first, by name.
  package var dependencies: [Dependency] = []
  /// Whether the deployment has a folder `hooks`.
  package var hasHooks = false
  /// How the site renders the bundle; nil when the hub did.
  package var rendering: SiteRendering?

  /// What the site watches after it was applied, and when it goes back by itself; nil for nothing. Of no
  /// format number: a site that leaves it out runs the same.
  package var watch: BundleWatch?

  /// What is done when a cluster differs from its slice (Fleet: `correctDrift`).
  package struct DriftCorrection: Sendable, Hashable {
    /// Whether drift is undone.
    package var isEnabled: Bool
    /// Whether objects are deleted and made again for it.
    package var isForced: Bool

    /// Makes a record.
    package init(isEnabled: Bool, isForced: Bool) {
      self.isEnabled = isEnabled
      self.isForced = isForced
    }
  }

  /// A bundle that has to be there first (Fleet: `dependsOn`).
  package struct Dependency: Sendable, Hashable {
    /// The bundle's name; the hub turned selectors into names.
    package var name: String
    /// The states that are good enough; empty for Ready.
    package var acceptedStates: [BundleState]

    /// Makes a dependency.
    package init(name: String, acceptedStates: [BundleState] = []) {
      self.name = name
      self.acceptedStates = acceptedStates
    }
  }

  /// Makes a descriptor that says nothing of what came with format 2.
  package init(
    name: String, gitRepo: String, namespace: String, createsNamespace: Bool = true,
    keepResources: Bool = false, deletesDefinitions: Bool = false
  ) {
    self.name = name
    self.gitRepo = gitRepo
    self.namespace = namespace
    self.createsNamespace = createsNamespace
    self.keepResources = keepResources
    self.deletesDefinitions = deletesDefinitions
  }

  /// The number of the format that is written: 2 when a site of format 1 would have to obey something
  /// that it does not know, so that it refuses.
  package var format: Int {
    newerMembers.isEmpty ? SliceLayout.format : SliceLayout.bundleFormat
  }

  /// The file's bytes: members in a fixed order, one line; what came with format 2 stands only where it
  /// says something.
  package var json: [UInt8] {
    let members: [JSONMember] = [
      JSONMember("format", .integer(Int64(format))),
      JSONMember("name", .string(name)),
      JSONMember("gitRepo", .string(gitRepo)),
      JSONMember("namespace", .string(namespace)),
      JSONMember("createNamespace", .bool(createsNamespace)),
      JSONMember("keepResources", .bool(keepResources)),
      JSONMember("deleteCRDResources", .bool(deletesDefinitions)),
    ]
    let watching = watch.map { [JSONMember("watch", $0.json)] } ?? []
    return JSONWriter.compact(.object(members + newerMembers + watching))
  }

  private var newerMembers: [JSONMember] {
    var members: [JSONMember] = []
    func add(_ name: String, _ isSaid: Bool, _ value: @autoclosure () -> JSONValue) {
      if isSaid { members.append(JSONMember(name, value())) }
    }
    add("deleteNamespace", deletesNamespace, .bool(true))
    add("namespaceLabels", !namespaceLabels.isEmpty, .sorted(namespaceLabels))
    add("namespaceAnnotations", !namespaceAnnotations.isEmpty, .sorted(namespaceAnnotations))
    add("serviceAccount", !serviceAccount.isEmpty, .string(serviceAccount))
    add(
      "ignoreConditions", !ignoredConditions.isEmpty,
      .array(ignoredConditions.map { .sorted($0) }))
    add("comparePatches", !comparePatches.isEmpty, .array(comparePatches))
    if let drift = driftCorrection {
      add(
        "correctDrift", true,
        .object(["enabled": .bool(drift.isEnabled), "force": .bool(drift.isForced)]))
    }
    add("takeOwnership", takesOwnership, .bool(true))
    add("dependsOn", !dependencies.isEmpty, .array(dependencies.map(\.json)))
    add("hooks", hasHooks, .bool(true))
    if let rendering { add("render", true, rendering.json) }
    return members
  }
}

extension BundleDescriptor.Dependency {
  fileprivate var json: JSONValue {
    var members = [JSONMember("name", .string(name))]
    if !acceptedStates.isEmpty {
      members.append(
        JSONMember("acceptedStates", .array(acceptedStates.map { .string($0.rawValue) })))
    }
    return .object(members)
  }
}

extension JSONValue {
  /// An object of texts, its members sorted by the bytes of their names.
  fileprivate static func sorted(_ texts: [String: String]) -> JSONValue {
    .object(
      texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { JSONMember($0.key, .string($0.value)) })
  }
}
