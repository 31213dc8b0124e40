// SPDX-License-Identifier: Apache-2.0

extension FieldCatalog {
  /// The fields of `helm` at the top of `fleet.yaml`.
  static let helm = FieldSchema("helm", helmFields(isCustomization: false))
  /// The fields of `helm` in a customization.
  static let customHelm = FieldSchema("helm of a customization", helmFields(isCustomization: true))

  private static func helmFields(isCustomization: Bool) -> [Field] {
    let topOnly = isCustomization ? "only at the top of fleet.yaml" : noCharts
    let refused = FieldSupport.refused(noCharts)
    return [
      Field("chart", .string, refused, "a directory, a URL, or a chart in `repo`"),
      Field("repo", .string, refused, "the chart repository"),
      Field("version", .string, refused, "the version of the chart, or a range"),
      Field("values", .values, refused, "values of the chart"),
      Field("valuesFiles", .list(.string), refused, "files with values, laid over `values`"),
      Field(
        "valuesFrom", .list(.object(valuesFrom)), refused,
        "values from config maps and secrets of the cluster"),
      Field("templateValues", .stringMap, refused, "templates of values, by key"),
      Field(
        "releaseName", .string, .inert("it only names a Helm release, and there is none"),
        "the name of the release"),
      Field("takeOwnership", .bool, .inert(noRelease), "takes over objects of other releases"),
      Field("timeoutSeconds", .integer, .inert(noRelease), "how long Helm waits"),
      Field("waitForJobs", .bool, .inert(noRelease), "Helm waits for jobs too"),
      Field("maxHistory", .integer, .inert(noRelease), "how many releases Helm keeps"),
      Field(
        "atomic", .bool, .refused("a failed change is not undone"),
        "a failed upgrade is rolled back"),
      Field(
        "force", .bool, .refused("objects are not replaced"), "objects are replaced, not patched"),
      Field("disablePreProcess", .bool, .inert(noCharts), "values are no templates"),
      Field("disableDNS", .bool, .inert(noCharts), "templates may not ask the DNS"),
      Field(
        "skipSchemaValidation", .bool, .inert(topOnly), "values are not checked against a schema"),
      Field(
        "disableDependencyUpdate", .bool, .inert(topOnly),
        "dependencies of the chart are not fetched"),
    ]
  }

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
