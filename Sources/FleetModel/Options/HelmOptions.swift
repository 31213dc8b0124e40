// SPDX-License-Identifier: Apache-2.0

package import YAMLTree

/// What `helm` says about the release of a bundle.
package struct HelmOptions: Sendable {
  /// A local directory, a URL, or a chart in `repo`.
  package var chart: Located<String>?
  /// The chart repository.
  package var repo: Located<String>?
  /// The version or version range of the chart.
  package var version: Located<String>?
  /// The name of the release.
  package var releaseName: Located<String>?
  /// The values of the chart.
  package var values: YAMLNode?
  /// Files with values.
  package var valuesFiles: [Located<String>] = []
  /// Values that the cluster reads from its config maps and secrets.
  package var valuesFrom: [ValuesFrom] = []
  /// Templates of values, by key.
  package var templateValues = Labels()
  /// How long Helm waits; 0 does not wait.
  package var timeoutSeconds: Int64 = 0
  /// How many releases Helm keeps.
  package var maxHistory: Int64 = 0
  /// Whether Helm waits for jobs.
  package var waitsForJobs = false
  /// Whether a failed upgrade is rolled back.
  package var isAtomic = false
  /// Whether objects are replaced.
  package var isForced = false
  /// Whether objects of others are taken over.
  package var takesOwnership = false
  /// Whether values are no templates.
  package var disablesTemplates = false
  /// Whether templates may not ask the DNS.
  package var disablesDNS = false
  /// Whether values are not checked against the chart's schema.
  package var skipsSchemaValidation = false
  /// Whether the chart's dependencies are not fetched.
  package var disablesDependencyUpdate = false

  /// Options that say nothing.
  package init() {}

  init(_ fields: FieldReader) {
    chart = fields.string("chart")
    repo = fields.string("repo")
    version = fields.string("version")
    releaseName = fields.string("releaseName")
    values = fields.value("values")
    valuesFiles = fields.strings("valuesFiles")
    valuesFrom = fields.objects("valuesFrom").map { ValuesFrom($0) }
    templateValues = fields.stringMap("templateValues")
    timeoutSeconds = fields.integer("timeoutSeconds") ?? 0
    maxHistory = fields.integer("maxHistory") ?? 0
    waitsForJobs = fields.flag("waitForJobs")
    isAtomic = fields.flag("atomic")
    isForced = fields.flag("force")
    takesOwnership = fields.flag("takeOwnership")
    disablesTemplates = fields.flag("disablePreProcess")
    disablesDNS = fields.flag("disableDNS")
    skipsSchemaValidation = fields.flag("skipSchemaValidation")
    disablesDependencyUpdate = fields.flag("disableDependencyUpdate")
  }
}

/// Values in a config map or a secret of the cluster.
package struct ValuesFrom: Sendable, Hashable {
  /// The name of an object, where it is and which of its keys holds the values.
  package struct Reference: Sendable, Hashable {
    /// The name of the object.
    package let name: String
    /// Its namespace; empty for that of the release.
    package let namespace: String
    /// The key; empty for `values.yaml`.
    package let key: String

    /// Makes a reference.
    package init(name: String, namespace: String = "", key: String = "") {
      self.name = name
      self.namespace = namespace
      self.key = key
    }

    init?(_ fields: FieldReader) {
      guard fields.node != nil else { return nil }
      self.init(
        name: fields.string("name")?.value ?? "",
        namespace: fields.string("namespace")?.value ?? "",
        key: fields.string("key")?.value ?? "")
    }
  }

  /// The config map.
  package let configMap: Reference?
  /// The secret.
  package let secret: Reference?

  /// Makes an entry.
  package init(configMap: Reference? = nil, secret: Reference? = nil) {
    self.configMap = configMap
    self.secret = secret
  }

  init(_ fields: FieldReader) {
    self.init(
      configMap: Reference(fields.object("configMapKeyRef")),
      secret: Reference(fields.object("secretKeyRef")))
  }

  /// By what a customization's entry replaces one of the bundle's; empty entries replace none.
  package var mergeKey: String? {
    if let configMap {
      return "configmap|\(configMap.namespace)|\(configMap.name)|\(configMap.key)"
    }
    if let secret { return "secret|\(secret.namespace)|\(secret.name)|\(secret.key)" }
    return nil
  }
}
