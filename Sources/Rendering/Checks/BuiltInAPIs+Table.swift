// SPDX-License-Identifier: Apache-2.0

extension BuiltInAPIs {
  /// `@` and a group, then a line for kinds of a version that share their history: the version, the
  /// releases in which it came, was deprecated and went, the version that takes its place (with its
  /// group when that is another one), the kinds; `-` for none, and for what was there before 1.17.
  ///
  /// From the lifecycle markers and the registered types of k8s.io/api at the tags v0.16 to v0.36. Not
  /// in the markers: `apiextensions.k8s.io` and `apiregistration.k8s.io` (repositories of their own),
  /// and the removals of `rbac.authorization.k8s.io/v1alpha1` and `scheduling.k8s.io/v1alpha1` (change
  /// log of 1.23) and `node.k8s.io/v1alpha1` (change log of 1.24).
  static let table = """
    @
    v1 - - - - ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node
    v1 - - - - PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController
    v1 - - - - ResourceQuota Secret Service ServiceAccount
    @admissionregistration.k8s.io
    v1 1.36 - - - MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
    v1 - - - - MutatingWebhookConfiguration ValidatingWebhookConfiguration
    v1 1.30 - - - ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
    v1alpha1 1.32 1.35 1.38 - MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
    v1alpha1 1.26 1.29 1.32 - ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
    v1beta1 1.34 1.37 1.40 v1 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
    v1beta1 - 1.16 1.22 v1 MutatingWebhookConfiguration ValidatingWebhookConfiguration
    v1beta1 1.28 1.31 1.34 - ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
    @apiextensions.k8s.io
    v1 - - - - CustomResourceDefinition
    v1beta1 - 1.16 1.22 v1 CustomResourceDefinition
    @apiregistration.k8s.io
    v1 - - - - APIService
    v1beta1 - 1.19 1.22 v1 APIService
    @apps
    v1 - - - - ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
    v1beta1 - 1.8 1.16 v1 ControllerRevision Deployment StatefulSet
    v1beta2 - 1.9 1.16 v1 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
    @auditregistration.k8s.io
    v1alpha1 - - 1.19 - AuditSink
    @authentication.k8s.io
    v1 1.28 - - - SelfSubjectReview
    v1 - - - - TokenReview
    v1alpha1 1.26 1.29 1.32 - SelfSubjectReview
    v1beta1 1.27 1.30 1.33 - SelfSubjectReview
    v1beta1 - 1.19 1.22 v1 TokenReview
    @authorization.k8s.io
    v1 - - - - LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview
    v1 - - - - SubjectAccessReview
    v1beta1 - 1.19 1.22 v1 LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview
    v1beta1 - 1.19 1.22 v1 SubjectAccessReview
    @autoscaling
    v1 - - - - HorizontalPodAutoscaler
    v2 1.23 - - - HorizontalPodAutoscaler
    v2beta1 - 1.22 1.25 v2 HorizontalPodAutoscaler
    v2beta2 - 1.23 1.26 v2 HorizontalPodAutoscaler
    @batch
    v1 1.21 - - - CronJob
    v1 - - - - Job
    v1beta1 - 1.21 1.25 v1 CronJob
    v2alpha1 - - 1.21 v1 CronJob
    @certificates.k8s.io
    v1 1.19 - - - CertificateSigningRequest
    v1alpha1 1.27 1.34 1.37 - ClusterTrustBundle
    v1alpha1 1.34 - 1.35 - PodCertificateRequest
    v1beta1 - 1.19 1.22 v1 CertificateSigningRequest
    v1beta1 1.33 1.37 1.40 - ClusterTrustBundle
    v1beta1 1.35 1.38 1.41 - PodCertificateRequest
    @coordination.k8s.io
    v1 - - - - Lease
    v1alpha1 1.31 - 1.32 - LeaseCandidate
    v1alpha2 1.32 1.35 1.38 - LeaseCandidate
    v1beta1 - 1.19 1.22 v1 Lease
    v1beta1 1.33 1.36 1.39 - LeaseCandidate
    @discovery.k8s.io
    v1 1.21 - - - EndpointSlice
    v1alpha1 - - 1.21 v1 EndpointSlice
    v1beta1 1.17 1.21 1.25 v1 EndpointSlice
    @events.k8s.io
    v1 1.19 - - - Event
    v1beta1 - 1.22 1.25 v1 Event
    @extensions
    v1beta1 - 1.8 1.16 apps/v1 DaemonSet Deployment ReplicaSet
    v1beta1 - 1.14 1.22 networking.k8s.io/v1 Ingress
    v1beta1 - 1.9 1.16 networking.k8s.io/v1 NetworkPolicy
    v1beta1 - 1.11 1.16 policy/v1beta1 PodSecurityPolicy
    @flowcontrol.apiserver.k8s.io
    v1 1.29 - - - FlowSchema PriorityLevelConfiguration
    v1alpha1 1.18 1.20 1.21 v1beta3 FlowSchema PriorityLevelConfiguration
    v1beta1 1.20 1.23 1.26 v1beta3 FlowSchema PriorityLevelConfiguration
    v1beta2 1.23 1.26 1.29 v1beta3 FlowSchema PriorityLevelConfiguration
    v1beta3 1.26 1.29 1.32 v1 FlowSchema PriorityLevelConfiguration
    @internal.apiserver.k8s.io
    v1alpha1 1.20 - - - StorageVersion
    @networking.k8s.io
    v1 1.33 - - - IPAddress ServiceCIDR
    v1 1.19 - - - Ingress IngressClass
    v1 - - - - NetworkPolicy
    v1alpha1 1.25 1.28 1.29 - ClusterCIDR
    v1alpha1 1.27 1.30 1.33 - IPAddress
    v1alpha1 1.29 1.30 1.33 - ServiceCIDR
    v1beta1 1.31 1.34 1.37 - IPAddress ServiceCIDR
    v1beta1 - 1.19 1.22 v1 Ingress
    v1beta1 1.18 1.19 1.22 v1 IngressClass
    @node.k8s.io
    v1 1.20 - - - RuntimeClass
    v1alpha1 - - 1.24 v1 RuntimeClass
    v1beta1 - 1.22 1.25 v1 RuntimeClass
    @policy
    v1 1.21 - - - PodDisruptionBudget
    v1beta1 - 1.21 1.25 v1 PodDisruptionBudget
    v1beta1 - 1.21 1.25 - PodSecurityPolicy
    @rbac.authorization.k8s.io
    v1 - - - - ClusterRole ClusterRoleBinding Role RoleBinding
    v1alpha1 - 1.17 1.23 v1 ClusterRole ClusterRoleBinding Role RoleBinding
    v1beta1 - 1.17 1.22 v1 ClusterRole ClusterRoleBinding Role RoleBinding
    @resource.k8s.io
    v1 1.34 - - - DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
    v1alpha1 1.26 - 1.27 - PodScheduling ResourceClaim ResourceClaimTemplate ResourceClass
    v1alpha2 1.27 - 1.31 - PodSchedulingContext ResourceClaim ResourceClaimTemplate ResourceClass
    v1alpha2 1.30 - 1.31 - ResourceClaimParameters ResourceClassParameters ResourceSlice
    v1alpha3 1.31 - 1.34 v1beta1 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
    v1alpha3 1.33 1.36 1.39 - DeviceTaintRule
    v1alpha3 1.31 - 1.32 - PodSchedulingContext
    v1alpha3 1.36 1.39 1.42 - ResourcePoolStatusRequest
    v1beta1 1.32 1.35 1.38 - DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
    v1beta2 1.33 1.36 1.39 - DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
    v1beta2 1.36 1.39 1.42 - DeviceTaintRule
    @scheduling.k8s.io
    v1 - - - - PriorityClass
    v1alpha1 - 1.14 1.23 v1 PriorityClass
    v1alpha1 1.35 - 1.36 - Workload
    v1alpha2 1.36 - - - PodGroup Workload
    v1beta1 - 1.14 1.22 v1 PriorityClass
    @settings.k8s.io
    v1alpha1 - - 1.20 - PodPreset
    @storage.k8s.io
    v1 1.18 - - - CSIDriver
    v1 1.17 - - - CSINode
    v1 1.24 - - - CSIStorageCapacity
    v1 - - - - StorageClass VolumeAttachment
    v1 1.34 - - - VolumeAttributesClass
    v1alpha1 1.19 1.21 1.24 v1beta1 CSIStorageCapacity
    v1alpha1 - 1.21 1.24 v1 VolumeAttachment
    v1alpha1 1.29 1.32 1.35 v1 VolumeAttributesClass
    v1beta1 - 1.19 1.22 v1 CSIDriver StorageClass VolumeAttachment
    v1beta1 - 1.17 1.22 v1 CSINode
    v1beta1 1.21 1.24 1.27 v1 CSIStorageCapacity
    v1beta1 1.31 1.34 1.37 v1 VolumeAttributesClass
    @storagemigration.k8s.io
    v1alpha1 1.30 1.33 1.35 - StorageVersionMigration
    v1beta1 1.35 1.38 1.41 - StorageVersionMigration
    """
}
