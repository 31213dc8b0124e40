// SPDX-License-Identifier: Apache-2.0

extension FieldCatalog {
  /// The fields of `helm`, the same at the top of `fleet.yaml` and in a customization.
  static let helm = FieldSchema(
    "helm",
    [
      Field("chart", .string, "a directory of the bundle, a URL, or a chart in `repo`"),
      Field("repo", .string, "the chart repository, `https://…` or `oci://…`"),
      Field("version", .string, "the version of the chart, or a range"),
      Field(
        "values", .values,
        "values of the chart; texts and keys may hold `${ }` templates; a customization's are laid over "
          + "the bundle's, lists replace lists"),
      Field(
        "valuesFiles", .list(.string),
        "files of the bundle with values, laid over `values` in order"),
      Field(
        "valuesFrom", .list(.object(valuesFrom)),
        "values from config maps and secrets of the cluster; the site renders such a bundle"),
      Field(
        "templateValues", .stringMap,
        "templates by key of `values`; what a template gives is read as YAML and replaces that value"
      ),
      Field(
        "releaseName", .string,
        "the name of the release; else that of the bundle; `-` in a customization takes it back"),
      Field(
        "disablePreProcess", .bool,
        "`${ }` in values is no template; `global.fleet.clusterLabels.` is replaced all the same"),
      Field("skipSchemaValidation", .bool, "values are not checked against the chart's schema"),
      Field(
        "disableDependencyUpdate", .bool,
        "dependencies that the chart does not bring along are not fetched"),
      Field(
        "pin", .bool,
        "ours: `now`, `randAlphaNum` and the like give the chart fixed results instead of an error; whoever knows the chart can work them out, so they protect nothing"
      ),
      Field(
        "takeOwnership", .bool,
        "takes over fields that other field managers have; else an object with such a field is not applied"
      ),
      Field("timeoutSeconds", .integer, .inert(noRelease), "how long Helm waits"),
      Field("waitForJobs", .bool, .inert(noRelease), "Helm waits for jobs too"),
      Field("maxHistory", .integer, .inert(noRelease), "how many releases Helm keeps"),
      Field(
        "disableDNS", .bool,
        "`getHostByName` in a chart finds nothing; without it a chart that calls it is refused"),
      Field(
        "atomic", .bool, .refused("a failed change is not undone"),
        "a failed upgrade is rolled back"),
      Field(
        "force", .bool, .refused("objects are not replaced"), "objects are replaced, not patched"),
    ])

  private static let valuesFrom = FieldSchema(
    "valuesFrom",
    [
      Field("configMapKeyRef", .object(keyReference), "a config map"),
      Field("secretKeyRef", .object(keyReference), "a secret"),
    ])

  private static let keyReference = FieldSchema(
    "key reference",
    [
      Field("name", .string, "the name of the object"),
      Field("namespace", .string, "its namespace; else that of the release"),
      Field("key", .string, "its key; else `values.yaml`"),
    ])
}
