// SPDX-License-Identifier: Apache-2.0

extension FieldCatalog {
  private static let fleetWritesIt = FieldSupport.refused("Fleet writes it, not people")

  /// The fields of `fleet.yaml`.
  package static let fleetYAML = FieldSchema(
    "fleet.yaml",
    [
      Field(
        "name", .string,
        "the name of the bundle; else it is made of the GitRepo's name and the path"),
      Field("labels", .stringMap, "labels of the bundle"),
      Field(
        "annotations", .stringMap, .inert("bundles have no annotations"),
        "annotations of the bundle"),
    ] + options + [
      Field(
        "targetCustomizations", .list(.object(customization)),
        "options for some of the clusters; they select none"),
      Field(
        "targetCustomizationMode",
        .choice(FleetYAML.CustomizationMode.allCases.map(\.rawValue)),
        "`FirstMatch` (default): the first that matches counts; `AllMatches`: all, in order"),
      Field(
        "overrideTargets", .list(.object(TargetEntry.schema)), emptyCounts: true,
        "which clusters get this bundle, in place of the GitRepo's `targets`"),
      Field(
        "targets", .list(.object(customization)),
        "counts as `targetCustomizations`, in front of them, and selects no cluster, as in Fleet"),
      Field(
        "rolloutStrategy", .object(rolloutStrategy),
        "how a change is released; without it what `rolloutPolicy` of the Hub says"),
      Field("rollout", .object(rolloutStrategy), "another spelling of `rolloutStrategy`"),
      Field("paused", .bool, "changes are compiled and held back"),
      Field(
        "dependsOn", .list(.object(dependency)), "bundles that have to be ready first"),
      Field(
        "imageScans", .list(.values), .refused("images are not scanned"), "tags to write into files"
      ),
      Field("resources", .list(.anything), fleetWritesIt, "the contents of the bundle"),
      Field("targetRestrictions", .list(.anything), fleetWritesIt, "the GitRepo's targets"),
      Field("contentsId", .string, fleetWritesIt, "where Fleet keeps the contents"),
      Field("helmOpOptions", .anything, fleetWritesIt, "the source of a HelmOp"),
      Field("valuesHash", .string, fleetWritesIt, "a checksum of the values"),
    ])

  /// The fields of an entry of `targetCustomizations`.
  static let customization = FieldSchema(
    "customization",
    [
      Field("name", .string, "what the customization is called in explanations")
    ] + TargetEntry.criteriaFields + [
      TargetEntry.optionalField,
      Field("doNotDeploy", .bool, "matching clusters do not get the bundle"),
    ] + options)

  /// The options of a bundle, the same at the top and in a customization.
  private static var options: [Field] {
    [
      Field(
        "defaultNamespace", .string,
        "the namespace of resources that name none; `-` in a customization takes back what the bundle says"
      ),
      Field(
        "namespace", .string,
        "the namespace of all resources; cluster-scoped ones are then an error; `-` takes it back"),
      Field("keepResources", .bool, "objects stay on the cluster when the bundle goes"),
      Field("helm", .object(helm), "the chart and its release"),
      Field(
        "kustomize",
        .object(
          FieldSchema(
            "kustomize", [Field("dir", .string, "the directory of the kustomization")])),
        "the kustomization"),
      Field(
        "yaml",
        .object(
          FieldSchema(
            "yaml",
            [
              Field(
                "overlays", .list(.string),
                "directories under `overlays/` that replace or patch files; those of a customization "
                  + "come after the bundle's")
            ])),
        "changes to plain YAML"),
      Field(
        "diff",
        .object(
          FieldSchema(
            "diff",
            [
              Field(
                "comparePatches", .list(.object(comparePatch)),
                "fields and objects that may differ")
            ])),
        "what counts as drift"),
      Field("correctDrift", .object(correctDrift), "what is done about drift"),
      Field(
        "ignore",
        .object(
          FieldSchema(
            "ignore",
            [
              Field(
                "conditions", .list(.stringMap),
                "conditions that do not count for readiness; carried in the slice; those of a "
                  + "customization are added to the bundle's")
            ])),
        "what does not count for readiness"),
      Field(
        "serviceAccount", .string,
        "the account of the site's cluster that the objects are applied as; `-` takes it back"),
      Field(
        "createNamespace", .bool, emptyCounts: true,
        "whether a missing namespace is made; `true` where nothing is written"),
      Field(
        "namespaceLabels", .stringMap,
        "labels of the namespace; those of a customization are added for its own clusters"),
      Field(
        "namespaceAnnotations", .stringMap,
        "annotations of the namespace; those of a customization are added for its own clusters"),
      Field("deleteNamespace", .bool, "the namespace goes with the bundle"),
      Field("deleteCRDResources", .bool, "custom resource definitions go with the bundle"),
      Field(
        "downstreamResources",
        .list(
          .object(
            FieldSchema(
              "downstream resource",
              [
                Field("kind", .string, "`Secret` or `ConfigMap`"),
                Field("name", .string, "its name"),
              ]))),
        .refused("nothing is copied from the hub"), "secrets and config maps that go along"),
      Field(
        "forceSyncGeneration", .integer, .inert("every run of a site compares everything"),
        "deploys again"),
      Field("overwrites", .list(.anything), fleetWritesIt, "resources that change their bundle"),
      Field(
        "allowedTargetNamespaceSelector", .anything, fleetWritesIt,
        "where a restriction lets bundles be"),
    ]
  }

  private static let comparePatch = FieldSchema(
    "patch",
    [
      Field("apiVersion", .string, "of the object"),
      Field("kind", .string, "of the object"),
      Field("namespace", .string, "of the object"),
      Field("name", .string, "of the object; with `ignore` a regular expression, too"),
      Field("jsonPointers", .list(.string), "fields that may differ"),
      Field(
        "operations",
        .list(
          .object(
            FieldSchema(
              "operation",
              [
                Field(
                  "op", .string,
                  "`ignore`: the object may differ and may be missing; all others: the field may differ"
                ),
                Field("path", .string, "a field"),
                Field("value", .string, "usually nothing"),
              ]))),
        "removals"),
    ])

  private static let dependency = FieldSchema(
    "dependency",
    [
      Field("name", .string, "the bundle"),
      Field("selector", .object(LabelSelector.schema), "the labels of the bundles"),
      Field("acceptedStates", .list(.string), "states that are good enough; else `Ready`"),
    ])
}
