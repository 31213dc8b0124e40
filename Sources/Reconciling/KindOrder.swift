// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

/// The order in which objects are created, and what is known about Kubernetes' own kinds.
///
/// The idea is Helm's: what others need comes first. Objects of one rank go by their key. Deleting goes
/// the other way round.
///
/// 1. definitions and namespaces, a phase of their own: nothing else starts before they are there
/// 2. priority classes, limits, policies of the network
/// 3. service accounts, secrets, config maps, storage
/// 4. roles, then their bindings
/// 5. services, before what reads their addresses from its environment
/// 6. workloads
/// 7. what refers to workloads: autoscalers, ingresses
/// 8. custom resources and every kind that is not known here
/// 9. webhooks and aggregated APIs: they can refuse everything before them
package enum KindOrder {
  /// The rank of an object, 0 for what belongs into the first phase.
  package static func rank(of identity: ObjectIdentity) -> Int {
    guard isBuiltIn(group: identity.group) else { return unknownRank }
    return ranks[identity.kind] ?? unknownRank
  }

  /// Whether an object belongs into the first phase.
  package static func isFoundation(_ identity: ObjectIdentity) -> Bool { rank(of: identity) == 0 }

  /// Whether it defines other kinds.
  package static func isDefinition(_ identity: ObjectIdentity) -> Bool {
    identity.kind == "CustomResourceDefinition" && identity.group == "apiextensions.k8s.io"
  }

  /// Whether other objects or data go with an object of this kind, so that it is never deleted to be made
  /// again.
  package static func holdsOthers(_ identity: ObjectIdentity) -> Bool {
    isFoundation(identity)
      || (identity.group.isEmpty
        && ["PersistentVolume", "PersistentVolumeClaim"].contains(identity.kind))
  }

  /// Whether objects of this kind are known to have no namespace; false says "has one, or not known".
  package static func isClusterScoped(_ identity: ObjectIdentity) -> Bool {
    BuiltInKinds.scope(of: identity) == .cluster
  }

  /// Whether objects of this kind are known to have a namespace.
  package static func isNamespaced(_ identity: ObjectIdentity) -> Bool {
    BuiltInKinds.scope(of: identity) == .namespaced
  }

  /// Whether the kind is none of Kubernetes' own, or one that judges others: such an object is taken
  /// away, with its finalizers, while what serves it is still there.
  package static func goesFirst(_ identity: ObjectIdentity) -> Bool {
    rank(of: identity) >= unknownRank
  }

  /// The order of creation.
  package static func precedes(_ left: ObjectIdentity, _ right: ObjectIdentity) -> Bool {
    let (leftRank, rightRank) = (rank(of: left), rank(of: right))
    return leftRank == rightRank ? left < right : leftRank < rightRank
  }

  private static let unknownRank = 8

  private static func isBuiltIn(group: String) -> Bool {
    switch group {
    case "", "apps", "batch", "autoscaling", "policy", "extensions": true
    default: group.hasSuffix(".k8s.io")
    }
  }

  private static let ranks: [String: Int] = [
    "CustomResourceDefinition": 0, "Namespace": 0,
    "PriorityClass": 2, "ResourceQuota": 2, "LimitRange": 2, "NetworkPolicy": 2,
    "PodDisruptionBudget": 2, "PodSecurityPolicy": 2, "RuntimeClass": 2,
    "ServiceAccount": 3, "Secret": 3, "ConfigMap": 3, "StorageClass": 3, "PersistentVolume": 3,
    "PersistentVolumeClaim": 3, "CSIDriver": 3, "VolumeSnapshotClass": 3,
    "ClusterRole": 4, "Role": 4, "ClusterRoleBinding": 4, "RoleBinding": 4,
    "Service": 5, "Endpoints": 5, "EndpointSlice": 5,
    "DaemonSet": 6, "Pod": 6, "ReplicationController": 6, "ReplicaSet": 6, "Deployment": 6,
    "StatefulSet": 6, "Job": 6, "CronJob": 6,
    "HorizontalPodAutoscaler": 7, "IngressClass": 7, "Ingress": 7,
    "APIService": 9, "MutatingWebhookConfiguration": 9, "ValidatingWebhookConfiguration": 9,
    "ValidatingAdmissionPolicy": 9, "ValidatingAdmissionPolicyBinding": 9,
    "MutatingAdmissionPolicy": 9, "MutatingAdmissionPolicyBinding": 9,
  ]
}
