// SPDX-License-Identifier: Apache-2.0

/// Which kinds live in namespaces and which belong to the whole cluster.
///
/// The hub talks to no API server, so it knows the built-in kinds, and the custom ones whose
/// CustomResourceDefinition is in the fleet. For any other kind the scope is left to the site.
package struct ScopeCatalog: Sendable {
  /// Where objects of a kind live.
  package enum Scope: Sendable, Hashable {
    case namespaced, cluster
  }

  private var custom: [String: Scope] = [:]

  /// Makes a catalog that knows the built-in kinds.
  package init() {}

  /// Adds a kind that a CustomResourceDefinition in the fleet defines.
  package mutating func define(group: String, kind: String, scope: Scope) {
    custom["\(kind).\(group)"] = scope
  }

  /// The scope of a kind, or nil when the hub cannot know it.
  package func scope(group: String, kind: String) -> Scope? {
    if let scope = custom["\(kind).\(group)"] { return scope }
    if Self.clusterScoped[group]?.contains(kind) == true { return .cluster }
    if Self.namespaced[group]?.contains(kind) == true { return .namespaced }
    return nil
  }

  // Kubernetes 1.20 to 1.34, `kubectl api-resources`; `extensions` for manifests that are checked
  // elsewhere for their age.
  private static let clusterScoped: [String: Set<String>] = [
    "": ["Namespace", "Node", "PersistentVolume"],
    "admissionregistration.k8s.io": [
      "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
      "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy",
      "MutatingAdmissionPolicyBinding",
    ],
    "apiextensions.k8s.io": ["CustomResourceDefinition"],
    "apiregistration.k8s.io": ["APIService"],
    "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle"],
    "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
    "networking.k8s.io": ["IngressClass", "IPAddress", "ServiceCIDR"],
    "node.k8s.io": ["RuntimeClass"],
    "policy": ["PodSecurityPolicy"],
    "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
    "resource.k8s.io": ["DeviceClass", "ResourceSlice"],
    "scheduling.k8s.io": ["PriorityClass"],
    "storage.k8s.io": [
      "CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass",
    ],
    "storagemigration.k8s.io": ["StorageVersionMigration"],
  ]

  private static let namespaced: [String: Set<String>] = [
    "": [
      "ConfigMap", "Endpoints", "Event", "LimitRange", "PersistentVolumeClaim", "Pod",
      "PodTemplate", "ReplicationController", "ResourceQuota", "Secret", "Service",
      "ServiceAccount",
    ],
    "apps": ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
    "autoscaling": ["HorizontalPodAutoscaler"],
    "batch": ["CronJob", "Job"],
    "coordination.k8s.io": ["Lease", "LeaseCandidate"],
    "discovery.k8s.io": ["EndpointSlice"],
    "events.k8s.io": ["Event"],
    "extensions": ["DaemonSet", "Deployment", "Ingress", "NetworkPolicy", "ReplicaSet"],
    "networking.k8s.io": ["Ingress", "NetworkPolicy"],
    "policy": ["PodDisruptionBudget"],
    "rbac.authorization.k8s.io": ["Role", "RoleBinding"],
    "resource.k8s.io": ["ResourceClaim", "ResourceClaimTemplate"],
    "storage.k8s.io": ["CSIStorageCapacity"],
  ]
}
