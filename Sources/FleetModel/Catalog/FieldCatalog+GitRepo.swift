// SPDX-License-Identifier: Apache-2.0

extension FieldCatalog {
  private static let noClone = "the hub has this repository, nothing is cloned"
  private static let hubHasCredentials = "credentials for charts belong to the hub, not to a secret"

  /// The fields of a `GitRepo`.
  package static let gitRepo = document(
    "GitRepo",
    spec: FieldSchema(
      "GitRepo spec",
      [
        Field(
          "repo", .string, "the URL of this repository (see `aliases` of the Hub), or left out"),
        Field("branch", .string, "the branch of the hub, or left out"),
        Field("revision", .string, .refused("the hub reads its branch only"), "a commit or tag"),
        Field(
          "paths", .list(.string),
          "the directories that are bundles or hold them; `*`, `?` and `[a-z]` match in one name"),
        Field(
          "targets", .list(.object(TargetEntry.schema)),
          "which clusters get the bundles; where none is written, the cluster group `default`"),
        Field(
          "targetNamespace", .string,
          "the namespace of all resources of all bundles; cluster-scoped ones are then an error"),
        Field("keepResources", .bool, "objects stay on the clusters when a bundle goes"),
        Field("paused", .bool, "holds back changes of all bundles"),
        Field(
          "serviceAccount", .string,
          "the account of the sites' clusters that all bundles are applied as, where a customization "
            + "says no other"),
        Field("correctDrift", .object(correctDrift), "what is done about drift"),
        Field(
          "deleteNamespace", .bool, "the target namespace goes with a bundle"),
        Field(
          "bundles",
          .list(
            .object(
              FieldSchema(
                "bundle",
                [
                  Field("base", .string, "the directory"),
                  Field(
                    "options", .string,
                    "the file with its options, from `base`; else `fleet.yaml` in it"),
                ]))),
          "bundles one by one, in place of `paths`; nothing below them is searched"),
        Field("pollingInterval", .string, .inert("pushes need no polling"), "how often to look"),
        Field("disablePolling", .bool, .inert("pushes need no polling"), "not to look at all"),
        Field("webhookSecret", .string, .inert("pushes need no webhook"), "the secret of webhooks"),
        Field(
          "forceSyncGeneration", .integer, .inert("every run of a site compares everything"),
          "deploys again"),
        Field("imageScanInterval", .string, .inert("images are not scanned"), "how often to scan"),
        Field(
          "imageScanCommit", .values, .inert("images are not scanned"),
          "how found tags are committed"),
        Field("clientSecretName", .string, .inert(noClone), "credentials for the repository"),
        Field("caBundle", .string, .inert(noClone), "whom to trust for the repository"),
        Field("insecureSkipTLSVerify", .bool, .inert(noClone), "to trust anybody"),
        Field("helmSecretName", .string, .inert(hubHasCredentials), "credentials for charts"),
        Field(
          "helmSecretNameForPaths", .string, .inert(hubHasCredentials), "credentials by directory"),
        Field(
          "helmRepoURLRegex", .string, .inert(hubHasCredentials), "where to send the credentials"),
        Field(
          "ociRegistrySecret", .string, .inert("bundles are kept in Git"),
          "where Fleet keeps bundles"),
      ]))

  /// The fields of `correctDrift`.
  static let correctDrift = FieldSchema(
    "correctDrift",
    [
      Field(
        "enabled", .bool,
        "fields of ours that somebody changed, and objects that are gone, are put back by the next run of "
          + "the site; else drift is reported and left alone"),
      Field(
        "force", .bool,
        "an object of ours that refuses a change as immutable is deleted and made again; never "
          + "definitions, namespaces and volumes"
      ),
      Field(
        "keepFailHistory", .bool, .inert(noRelease), "failed corrections stay in Helm's history"),
    ])
}
