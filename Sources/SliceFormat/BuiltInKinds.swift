// SPDX-License-Identifier: Apache-2.0

/// Which of Kubernetes' own kinds live in namespaces and which belong to the whole cluster: the one table
/// of hub and site.
///
/// Source: `kubectl api-resources` of Kubernetes 1.20 to 1.34; `extensions` for manifests that are
/// checked elsewhere for their age.
package enum BuiltInKinds {
  /// Where objects of a kind live.
  package enum Scope: Sendable, Hashable {
    case namespaced, cluster
  }

  /// The scope of a kind; nil for one that is none of Kubernetes' own.
  package static func scope(group: String, kind: String) -> Scope? {
    if clusterScoped[group]?.contains(kind) == true { return .cluster }
    if namespaced[group]?.contains(kind) == true { return .namespaced }
    return nil
  }

  /// The scope of an object's kind.
  package static func scope(of identity: ObjectIdentity) -> Scope? {
    scope(group: identity.group, kind: identity.kind)
  }

  private static let clusterScoped: [String: Set<String>] = [
    "": ["ComponentStatus", "Namespace", "Node", "PersistentVolume"],
    "admissionregistration.k8s.io": [
      "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
      "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy",
      "MutatingAdmissionPolicyBinding",
    ],
    "apiextensions.k8s.io": ["CustomResourceDefinition"],
    "apiregistration.k8s.io": ["APIService"],
    "authentication.k8s.io": ["SelfSubjectReview", "TokenReview"],
    "authorization.k8s.io": [
      "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview",
    ],
    "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle"],
    "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
    "internal.apiserver.k8s.io": ["StorageVersion"],
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
    "authorization.k8s.io": ["LocalSubjectAccessReview"],
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
