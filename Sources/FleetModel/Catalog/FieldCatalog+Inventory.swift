// SPDX-License-Identifier: Apache-2.0

extension FieldCatalog {
  /// The fields of a `Cluster`.
  package static let cluster = document(
    "Cluster",
    spec: FieldSchema(
      "Cluster spec",
      [
        Field("templateValues", .values, "values that the templates of this cluster can use"),
        Field(
          "kubernetesVersion", .string, "ours: the version that is rendered for, such as `v1.31.4`"),
        Field(
          "apiVersions", .list(.string),
          "ours: what the cluster serves besides Kubernetes itself, as `group/version` or "
            + "`group/version/Kind`; for `.Capabilities` of charts and for unknown kinds"),
        registryMirrors,
        Field(
          "whenRemoved", .choice(RemovalAction.allCases.map(\.rawValue)),
          "ours: what happens to the objects when the cluster leaves the inventory; else what the Hub says"
        ),
        Field("paused", .bool, "nothing is released to the cluster, and no rollout waits for it"),
        Field("clientID", .string, .inert(noAgent), "how an agent proves who it is"),
        Field(
          "kubeConfigSecret", .string, .inert("the hub does not connect to clusters"),
          "how Fleet reaches the cluster"),
        Field(
          "kubeConfigSecretNamespace", .string, .inert("the hub does not connect to clusters"),
          "where that secret is"),
        Field("redeployAgentGeneration", .integer, .inert(noAgent), "deploys the agent again"),
        Field("agentEnvVars", .list(.anything), .inert(noAgent), "the agent's environment"),
        Field("agentNamespace", .string, .inert(noAgent), "the agent's namespace"),
        Field("privateRepoURL", .string, .inert(noAgent), "where the agent's image is"),
        Field("agentTolerations", .list(.anything), .inert(noAgent), "the agent's tolerations"),
        Field("agentAffinity", .values, .inert(noAgent), "the agent's affinity"),
        Field("agentResources", .values, .inert(noAgent), "the agent's resources"),
        Field("hostNetwork", .bool, .inert(noAgent), "the agent's network"),
        Field(
          "agentSchedulingCustomization", .values, .inert(noAgent),
          "the agent's priority and budget"),
        Field("agentPullSecrets", .list(.anything), .inert(noAgent), "the agent's pull secrets"),
      ]))

  /// The fields of a `ClusterGroup`.
  package static let clusterGroup = document(
    "ClusterGroup",
    spec: FieldSchema(
      "ClusterGroup spec",
      [
        Field(
          "selector", .object(LabelSelector.schema),
          "which clusters of the workspace are in the group; `{}` for all, without it none"),
        registryMirrors,
        TargetEntry.optionalField,
      ]))

  /// The fields of a `Hub`.
  package static let hub = document(
    "Hub",
    spec: FieldSchema(
      "Hub spec",
      [
        Field(
          "aliases", .list(.string),
          "URLs of this repository; a GitRepo that names one of them means this repository"),
        Field("branch", .string, "the branch that the hub reads; it has to be that of its HEAD"),
        Field(
          "whenClusterRemoved", .choice(RemovalAction.allCases.map(\.rawValue)),
          "what happens to the objects of a cluster that leaves the inventory; `keep` where nothing is written"
        ),
        Field(
          "plaintextSecrets", .choice(HubSettings.PlaintextSecrets.allCases.map(\.rawValue)),
          "what is done about a `Secret` in plain text; `warn` where nothing is written"),
        Field(
          "unknownKinds", .choice(HubSettings.UnknownKinds.allCases.map(\.rawValue)),
          "what is done about an object of which neither Kubernetes, the fleet nor the cluster's "
            + "`apiVersions` knows the kind; `refuse` where nothing is written"),
        Field(
          "checks",
          .list(
            .object(
              FieldSchema(
                "check",
                [
                  Field("name", .string, "`NAME` runs the program `fleet-check-NAME` of the hub"),
                  Field("warnOnly", .bool, "what it finds are warnings"),
                ]))),
          "programs that look at the manifests of every push, in this order"),
        Field(
          "rolloutPolicy", .string,
          "the `RolloutPolicy` of bundles without a strategy; without it they are released at once"),
        Field(
          "orders",
          .list(
            .object(
              FieldSchema(
                "order permission",
                [
                  Field(
                    "orders", .list(.choice(OrderPermission.verbs)),
                    "the orders"),
                  Field(
                    "principals", .list(.string), "who may give them, as the serving side says"),
                ]))),
          "who may give orders to rollouts; without it everyone who may push"),
        Field(
          "facts",
          .object(
            FieldSchema(
              "Hub facts",
              [
                Field(
                  "allow", .list(.string),
                  "the names of the facts that count; `*` at the end stands for all that begin so; none "
                    + "where nothing is written"),
                Field(
                  "interval", .duration, emptyCounts: true,
                  "how much lies at least between two changes of facts; `10m` where nothing is written"
                ),
              ])),
          "which facts that sites report are labels of their clusters, see facts.md"),
      ]))

  /// The fields of a `Budget`.
  package static let budget = document(
    "Budget",
    spec: FieldSchema(
      "Budget spec",
      [
        Field(
          "deletions", .integerMap,
          "how many objects of a kind one push may delete; `default` is for kinds that are not listed; "
            + "`Namespace`, `PersistentVolumeClaim` and `CustomResourceDefinition` are 0 unless they are listed"
        ),
        Field(
          "clustersChanged", .integerOrPercent, emptyCounts: true,
          "how many clusters, or which share of them, one push may change"),
        Field(
          "clustersRemoved", .integerOrPercent, emptyCounts: true,
          "how many clusters, or which share of them, one push may take out of the inventory"),
      ]))
}
