// SPDX-License-Identifier: Apache-2.0

/// Every field of every file that is read, with its type and class; the docs are made from it too.
package enum FieldCatalog {
  /// A kind of Fleet's that is not read.
  package struct OtherKind: Sendable {
    /// The kind.
    package let name: String
    /// Inert where leaving it out changes nothing that runs, else refused.
    package let support: FieldSupport

    init(_ name: String, _ support: FieldSupport) {
      self.name = name
      self.support = support
    }
  }

  /// Fleet's kinds that are not read.
  package static let otherKinds = [
    OtherKind("Bundle", .refused("put the directory under 'paths' of a GitRepo")),
    OtherKind("BundleDeployment", .inert("the hub works out what every cluster runs")),
    OtherKind("BundleNamespaceMapping", .refused("bundles stay in their workspace")),
    OtherKind("ClusterRegistration", .inert("no agent registers")),
    OtherKind("ClusterRegistrationToken", .inert("no agent registers")),
    OtherKind("Content", .inert("the hub keeps contents in Git")),
    OtherKind("GitRepoRestriction", .refused("leaving out a restriction would allow more")),
    OtherKind("HelmOp", .refused("write a fleet.yaml with 'helm.repo' and 'helm.chart'")),
    OtherKind("ImageScan", .inert("images are not scanned")),
    OtherKind("Policy", .refused("leaving out a restriction would allow more")),
  ]

  static let noAgent = "there is no agent"
  static let noRelease = "there is no Helm release"

  /// The fields around a kind's `spec`.
  static func document(_ kind: String, spec: FieldSchema) -> FieldSchema {
    FieldSchema(
      kind,
      [
        Field("apiVersion", .string, "`fleet/v1`, or `fleet.cattle.io/v1alpha1` for Fleet's kinds"),
        Field("kind", .string, "`\(kind)`"),
        Field("metadata", .object(metadata), "name, workspace, labels"),
        Field("spec", .object(spec), "what follows"),
        Field(
          "status", .anything, .inert("a status is reported, not declared"), "what Fleet reports"),
      ])
  }

  /// The field that says from where a cluster takes its images.
  static let registryMirrors = Field(
    "registryMirrors",
    .list(
      .object(
        FieldSchema(
          "registry mirror",
          [
            Field("from", .string, "a registry, or the beginning of image names"),
            Field("to", .string, "what stands there instead"),
          ]))),
    "ours: where images come from; the first that fits counts, a cluster's before those of its groups"
  )

  /// The fields of `metadata`.
  package static let metadata = FieldSchema(
    "metadata",
    [
      Field("name", .string, "the name; lower case letters, digits, `-` and `.`, 63 at most"),
      Field("namespace", .string, "the workspace, `fleet-default` where nothing is written"),
      Field("labels", .stringMap, "labels, which selectors look at"),
      Field("annotations", .stringMap, "annotations"),
      Field(
        "generateName", .string, .refused("write a 'name'"), "what Kubernetes makes names from"),
    ]
      + writtenByKubernetes.map { name in
        Field(name, .anything, .inert("Kubernetes writes it"), "left over from an export")
      })

  private static let writtenByKubernetes = [
    "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "finalizers",
    "generation", "managedFields", "ownerReferences", "resourceVersion", "selfLink", "uid",
  ]
}
