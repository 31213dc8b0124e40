// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

/// How a bundle is deployed (Fleet's BundleDeploymentOptions): for all clusters at the top of
/// `fleet.yaml`, for some in a customization.
package struct BundleOptions: Sendable {
  /// Texts that a customization takes back with `-`.
  package struct Resets: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let defaultNamespace = Resets(rawValue: 1)
    package static let namespace = Resets(rawValue: 2)
    package static let serviceAccount = Resets(rawValue: 4)
  }

  /// What a customization writes to take back what the bundle says.
  package static let resetWord = "-"

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
  @Toggle package var keepsResources: Bool
  /// Whether the namespace goes with the bundle.
  @Toggle package var deletesNamespace: Bool
  /// Whether custom resource definitions go with the bundle.
  @Toggle package var deletesDefinitions: Bool
  /// Conditions that are left out of readiness: each with the members that have to be equal.
  package var ignoredConditions: [Labels] = []
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
  /// What a customization takes back of what it is laid over.
  package var resets: Resets = []

  /// Options that say nothing.
  package init() {}

  /// Reads the options of a mapping.
  package init(_ fields: FieldReader, findings: inout Findings) {
    helm = fields.has("helm") ? HelmOptions(fields.object("helm"), findings: &findings) : nil
    kustomizeDirectory = fields.object("kustomize").string("dir")
    overlays = fields.object("yaml").strings("overlays")
    createsNamespace = fields.bool("createNamespace")
    forceSyncGeneration = fields.integer("forceSyncGeneration") ?? 0
    $keepsResources = Toggle(fields.bool("keepResources"))
    $deletesNamespace = Toggle(fields.bool("deleteNamespace"))
    $deletesDefinitions = Toggle(fields.bool("deleteCRDResources"))
    ignoredConditions = (fields.object("ignore").value("conditions")?.items ?? [])
      .filter { $0.pairs != nil }.map { FieldReader.stringMap(of: $0) }
    comparePatches = fields.object("diff").objects("comparePatches").map { ComparePatch($0) }
    correctDrift = fields.has("correctDrift") ? CorrectDrift(fields.object("correctDrift")) : nil
    namespaceLabels = fields.stringMap("namespaceLabels")
    namespaceAnnotations = fields.stringMap("namespaceAnnotations")
    downstreamResources = fields.objects("downstreamResources").map { DownstreamResource($0) }
    if isReset(fields, "defaultNamespace", .defaultNamespace) == false {
      defaultNamespace = BundleOptions.namespace(fields, "defaultNamespace", findings: &findings)
    }
    if isReset(fields, "namespace", .namespace) == false {
      namespace = BundleOptions.namespace(fields, "namespace", findings: &findings)
    }
    if isReset(fields, "serviceAccount", .serviceAccount) == false {
      serviceAccount = BundleOptions.serviceAccount(fields, findings: &findings)
    }
    Metadata.check(
      labels: namespaceLabels, annotations: namespaceAnnotations, findings: &findings)
  }

  private mutating func isReset(_ fields: FieldReader, _ name: String, _ reset: Resets) -> Bool {
    guard fields.string(name)?.value == BundleOptions.resetWord else { return false }
    resets.insert(reset)
    return true
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

  /// The service account, checked as Kubernetes checks it.
  package static func serviceAccount(
    _ fields: FieldReader, findings: inout Findings
  ) -> Located<String>? {
    guard let value = fields.string("serviceAccount") else { return nil }
    if let problem = KubernetesName.problem(subdomain: value.value, limit: 253) {
      findings.error(
        "bad-name", "the service account \(Wording.quoted(value.value)) \(problem)", at: value.span)
    }
    return value
  }
}
