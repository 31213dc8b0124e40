// SPDX-License-Identifier: Apache-2.0

/// What strategic merge knows of the built-in kinds: which lists are merged, and by which key.
///
/// Source: the tags `patchStrategy` and `patchMergeKey` of the Go types in `k8s.io/api` and
/// `k8s.io/apimachinery` (Kubernetes 1.37). They have changed only by additions since 1.9. A field that
/// is not named here is a mapping that is merged or a list that is replaced.
struct MergeSchema: Sendable {
  /// How a field is merged.
  enum Strategy: Sendable, Hashable {
    /// Mappings are merged key by key, lists are replaced.
    case standard
    /// A list is merged: mappings by this key, with nil plain values as a set.
    case mergedList(key: String?)
    /// A mapping is replaced as a whole.
    case replaced
  }

  /// A field of a type.
  struct Field: Sendable {
    let strategy: Strategy
    let type: String?

    static func list(by key: String?, of type: String? = nil) -> Field {
      Field(strategy: .mergedList(key: key), type: type)
    }

    static func object(_ type: String) -> Field { Field(strategy: .standard, type: type) }

    static let set = Field(strategy: .mergedList(key: nil), type: nil)
    static let replaced = Field(strategy: .replaced, type: nil)
  }

  private let type: String?

  private init(type: String?) { self.type = type }

  /// The schema of a built-in kind, nil for any other.
  init?(apiVersion: String, kind: String) {
    let item = kind.hasSuffix("List") ? String(kind.dropLast(4)) : kind
    guard SchemaKinds.contains(apiVersion: apiVersion, kind: item) else { return nil }
    if item != kind {
      type = nil
      return
    }
    let group =
      apiVersion.utf8.contains(UInt8(ascii: "/")) ? String(apiVersion.prefix { $0 != "/" }) : ""
    type = Self.kinds["\(apiVersion) \(kind)"] ?? Self.kinds["\(group) \(kind)"] ?? "Object"
  }

  /// How a field is merged, and what is known of the values in it.
  func field(_ name: String) -> (strategy: Strategy, schema: MergeSchema) {
    guard let type, let field = Self.types[type]?[name] else {
      return (.standard, MergeSchema(type: nil))
    }
    return (field.strategy, MergeSchema(type: field.type))
  }

  /// `GROUP KIND`, or `GROUP/VERSION KIND` where versions differ, to the type; others have `Object`.
  private static let kinds: [String: String] = [
    "admissionregistration.k8s.io MutatingWebhookConfiguration": "WebhookConfiguration",
    "admissionregistration.k8s.io ValidatingWebhookConfiguration": "WebhookConfiguration",
    "admissionregistration.k8s.io MutatingAdmissionPolicy": "MutatingAdmissionPolicy",
    "admissionregistration.k8s.io ValidatingAdmissionPolicy": "AdmissionPolicy",
    "apps Deployment": "Workload", "apps StatefulSet": "Workload", "apps DaemonSet": "Workload",
    "apps ReplicaSet": "Workload", "extensions Deployment": "Workload",
    "extensions DaemonSet": "Workload", "extensions ReplicaSet": "Workload",
    " ReplicationController": "Workload", "batch Job": "Job", "batch CronJob": "CronJob",
    " Pod": "Pod", " PodTemplate": "PodTemplate", " Service": "Service",
    " ServiceAccount": "ServiceAccount", " Node": "Node", " Namespace": "Conditioned",
    " PersistentVolumeClaim": "PersistentVolumeClaim", " ComponentStatus": "ComponentStatus",
    "autoscaling/v2 HorizontalPodAutoscaler": "Conditioned",
    "autoscaling/v2beta1 HorizontalPodAutoscaler": "Object",
    "autoscaling/v2beta2 HorizontalPodAutoscaler": "Object",
    "policy/v1 PodDisruptionBudget": "PodDisruptionBudget",
    "policy/v1beta1 PodDisruptionBudget": "Conditioned",
    "flowcontrol.apiserver.k8s.io/v1 FlowSchema": "Conditioned",
    "flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration": "Conditioned",
    "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema": "Conditioned",
    "flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration": "Conditioned",
    "certificates.k8s.io PodCertificateRequest": "Conditioned",
    "networking.k8s.io ServiceCIDR": "Conditioned",
    "resource.k8s.io DeviceTaintRule": "Conditioned",
    "resource.k8s.io ResourcePoolStatusRequest": "Conditioned",
    "resource.k8s.io ResourceClaim": "ResourceClaim",
    "resource.k8s.io ResourceClaimTemplate": "ResourceClaimTemplate",
    "scheduling.k8s.io PodGroup": "PodGroup",
    "scheduling.k8s.io CompositePodGroup": "Conditioned",
    "storage.k8s.io CSINode": "CSINode",
    "storagemigration.k8s.io StorageVersionMigration": "Conditioned",
    "lifecycle.k8s.io EvictionRequest": "Conditioned", "lifecycle.k8s.io Eviction": "Eviction",
  ]

  private static let types: [String: [String: Field]] = [
    "ObjectMeta": ["ownerReferences": .list(by: "uid"), "finalizers": .set],
    "Conditions": ["conditions": .list(by: "type")],
    "Object": ["metadata": .object("ObjectMeta")],
    "Conditioned": ["metadata": .object("ObjectMeta"), "status": .object("Conditions")],
    "WebhookConfiguration": [
      "metadata": .object("ObjectMeta"), "webhooks": .list(by: "name", of: "MatchConditions"),
    ],
    "MatchConditions": ["matchConditions": .list(by: "name")],
    "AdmissionPolicy": [
      "metadata": .object("ObjectMeta"), "spec": .object("AdmissionPolicySpec"),
    ],
    "AdmissionPolicySpec": [
      "matchConditions": .list(by: "name"), "variables": .list(by: "name"),
    ],
    "MutatingAdmissionPolicy": [
      "metadata": .object("ObjectMeta"), "spec": .object("MatchConditions"),
    ],
    "Workload": [
      "metadata": .object("ObjectMeta"), "spec": .object("WorkloadSpec"),
      "status": .object("Conditions"),
    ],
    "WorkloadSpec": ["template": .object("PodTemplateSpec")],
    "PodTemplate": ["metadata": .object("ObjectMeta"), "template": .object("PodTemplateSpec")],
    "PodTemplateSpec": ["metadata": .object("ObjectMeta"), "spec": .object("PodSpec")],
    "Job": [
      "metadata": .object("ObjectMeta"), "spec": .object("JobSpec"),
      "status": .object("Conditions"),
    ],
    "JobSpec": [
      "template": .object("PodTemplateSpec"), "scheduling": .object("ResourceClaims"),
    ],
    "CronJob": ["metadata": .object("ObjectMeta"), "spec": .object("CronJobSpec")],
    "CronJobSpec": ["jobTemplate": .object("JobTemplateSpec")],
    "JobTemplateSpec": ["metadata": .object("ObjectMeta"), "spec": .object("JobSpec")],
    "Pod": [
      "metadata": .object("ObjectMeta"), "spec": .object("PodSpec"), "status": .object("PodStatus"),
    ],
    "PodSpec": [
      "volumes": .list(by: "name", of: "Volume"),
      "initContainers": .list(by: "name", of: "Container"),
      "containers": .list(by: "name", of: "Container"),
      "ephemeralContainers": .list(by: "name", of: "Container"),
      "imagePullSecrets": .list(by: "name"), "hostAliases": .list(by: "ip"),
      "topologySpreadConstraints": .list(by: "topologyKey"), "schedulingGates": .list(by: "name"),
      "resourceClaims": .list(by: "name"), "evictionResponders": .list(by: "name"),
    ],
    "Container": [
      "ports": .list(by: "containerPort"), "env": .list(by: "name"),
      "volumeMounts": .list(by: "mountPath"), "volumeDevices": .list(by: "devicePath"),
    ],
    "Volume": ["ephemeral": .object("EphemeralVolume")],
    "EphemeralVolume": ["volumeClaimTemplate": .object("Object")],
    "PodStatus": [
      "conditions": .list(by: "type"), "hostIPs": .list(by: "ip"), "podIPs": .list(by: "ip"),
      "resourceClaimStatuses": .list(by: "name"),
      "nodeAllocatableResourceClaimStatuses": .list(by: "resourceClaimName", of: "NodeClaim"),
    ],
    "NodeClaim": ["mapping": .list(by: "name"), "overhead": .list(by: "name")],
    "Service": [
      "metadata": .object("ObjectMeta"), "spec": .object("ServiceSpec"),
      "status": .object("Conditions"),
    ],
    "ServiceSpec": ["ports": .list(by: "port")],
    "ServiceAccount": ["metadata": .object("ObjectMeta"), "secrets": .list(by: "name")],
    "Node": [
      "metadata": .object("ObjectMeta"), "spec": .object("NodeSpec"),
      "status": .object("NodeStatus"),
    ],
    "NodeSpec": ["podCIDRs": .set],
    "NodeStatus": ["conditions": .list(by: "type"), "addresses": .list(by: "type")],
    "PersistentVolumeClaim": [
      "metadata": .object("ObjectMeta"), "status": .object("ClaimStatus"),
    ],
    "ClaimStatus": ["conditions": .list(by: "type"), "healthStatus": .object("VolumeHealth")],
    "VolumeHealth": ["healthConditions": .list(by: "status")],
    "ComponentStatus": ["metadata": .object("ObjectMeta"), "conditions": .list(by: "type")],
    "PodDisruptionBudget": [
      "metadata": .object("ObjectMeta"), "spec": .object("DisruptionSpec"),
      "status": .object("Conditions"),
    ],
    "DisruptionSpec": ["selector": .replaced],
    "ResourceClaim": ["metadata": .object("ObjectMeta"), "status": .object("ClaimReservations")],
    "ClaimReservations": ["reservedFor": .list(by: "uid")],
    "ResourceClaimTemplate": ["metadata": .object("ObjectMeta"), "spec": .object("Object")],
    "ResourceClaims": ["resourceClaims": .list(by: "name")],
    "PodGroup": [
      "metadata": .object("ObjectMeta"), "spec": .object("ResourceClaims"),
      "status": .object("PodStatus"),
    ],
    "CSINode": [
      "metadata": .object("ObjectMeta"), "spec": .object("CSINodeSpec"),
      "status": .object("CSINodeStatus"),
    ],
    "CSINodeSpec": ["drivers": .list(by: "name")],
    "CSINodeStatus": ["storageHealth": .list(by: "name")],
    "Eviction": ["metadata": .object("ObjectMeta"), "status": .object("EvictionStatus")],
    "EvictionStatus": [
      "conditions": .list(by: "type"), "requesters": .list(by: "name"),
      "targetResponders": .list(by: "name"), "responders": .list(by: "name"),
    ],
  ]
}
