// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import YAMLTree

/// How a bundle is deployed (Fleet's BundleDeploymentOptions): for all clusters at the top of
/// `fleet.yaml`, for some in a customization.
package struct BundleOptions: Sendable {
  /// The namespace of resources that name none.
  package var defaultNamespace: Located<String>?
  /// The namespace that all resources are put into; cluster-scoped ones are then an error.
  package var namespace: Located<String>?
  /// What is said about the Helm release.
  package var helm: HelmOptions?
  /// The directory of the kustomization.
  package var kustomizeDirectory: Located<String>?
  /// The overlays for plain YAML, in order.
  package var overlays: [Located<String>] = []
  /// The service account to deploy with.
  package var serviceAccount: Located<String>?
  /// Whether the namespace is created; nil where nothing is said.
  package var createsNamespace: Bool?
  /// A number that is raised to deploy again.
  package var forceSyncGeneration: Int64 = 0
  /// Whether resources stay when the bundle goes.
  package var keepsResources = false
  /// Whether the namespace goes with the bundle.
  package var deletesNamespace = false
  /// Whether custom resource definitions go with the bundle.
  package var deletesDefinitions = false
  /// Conditions that are left out of readiness.
  package var ignoredConditions: [YAMLNode] = []
  /// Fields that are left out of drift detection.
  package var comparePatches: [ComparePatch] = []
  /// What is done about drift.
  package var correctDrift: CorrectDrift?
  /// Labels of the namespace.
  package var namespaceLabels = Labels()
  /// Annotations of the namespace.
  package var namespaceAnnotations = Labels()
  /// Secrets and config maps that go along.
  package var downstreamResources: [DownstreamResource] = []

  /// Options that say nothing.
  package init() {}

  /// Reads the options of a mapping.
  package init(_ fields: FieldReader, findings: inout Findings) {
    defaultNamespace = BundleOptions.namespace(fields, "defaultNamespace", findings: &findings)
    namespace = BundleOptions.namespace(fields, "namespace", findings: &findings)
    helm = fields.has("helm") ? HelmOptions(fields.object("helm")) : nil
    kustomizeDirectory = fields.object("kustomize").string("dir")
    overlays = fields.object("yaml").strings("overlays")
    serviceAccount = fields.string("serviceAccount")
    createsNamespace = fields.bool("createNamespace")
    forceSyncGeneration = fields.integer("forceSyncGeneration") ?? 0
    keepsResources = fields.flag("keepResources")
    deletesNamespace = fields.flag("deleteNamespace")
    deletesDefinitions = fields.flag("deleteCRDResources")
    ignoredConditions = fields.object("ignore").value("conditions")?.items ?? []
    comparePatches = fields.object("diff").objects("comparePatches").map { ComparePatch($0) }
    correctDrift = fields.has("correctDrift") ? CorrectDrift(fields.object("correctDrift")) : nil
    namespaceLabels = fields.stringMap("namespaceLabels")
    namespaceAnnotations = fields.stringMap("namespaceAnnotations")
    downstreamResources = fields.objects("downstreamResources").map { DownstreamResource($0) }
  }

  /// A namespace, checked as Kubernetes checks it.
  package static func namespace(
    _ fields: FieldReader, _ name: String, findings: inout Findings
  ) -> Located<String>? {
    guard let value = fields.string(name) else { return nil }
    if let problem = KubernetesName.problem(label: value.value) {
      findings.error(
        "bad-name", "the namespace \(Wording.quoted(value.value)) \(problem)", at: value.span)
    }
    return value
  }
}

/// What is done when a cluster differs from its slice.
package struct CorrectDrift: Sendable, Hashable {
  /// Whether drift is undone.
  package var isEnabled: Bool
  /// Whether objects are deleted and made again for it.
  package var isForced: Bool
  /// Whether failed corrections stay in the history.
  package var keepsFailHistory: Bool

  /// Reads the fields.
  package init(_ fields: FieldReader) {
    isEnabled = fields.flag("enabled")
    isForced = fields.flag("force")
    keepsFailHistory = fields.flag("keepFailHistory")
  }
}

/// A secret or config map that is copied to the clusters.
package struct DownstreamResource: Sendable, Hashable {
  /// `Secret` or `ConfigMap`.
  package let kind: String
  /// The name.
  package let name: String

  /// Makes a reference.
  package init(kind: String, name: String) {
    self.kind = kind
    self.name = name
  }

  init(_ fields: FieldReader) {
    self.init(kind: fields.string("kind")?.value ?? "", name: fields.string("name")?.value ?? "")
  }
}

/// Fields of objects that are left out of drift detection.
package struct ComparePatch: Sendable {
  /// Which object: apiVersion, kind, namespace and name, joined with `|`.
  package let key: String
  /// The whole entry.
  package let node: YAMLNode?

  init(_ fields: FieldReader) {
    key = ["apiVersion", "kind", "namespace", "name"].map { fields.string($0)?.value ?? "" }
      .joined(separator: "|")
    node = fields.node
  }
}
