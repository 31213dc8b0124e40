// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
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
  /// Files with values, from the bundle's directory; they are laid over `values` by
  /// ``FleetYAML/foldValuesFiles(_:)``.
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
  @Toggle package var waitsForJobs: Bool
  /// Whether a failed upgrade is rolled back.
  @Toggle package var isAtomic: Bool
  /// Whether objects are replaced.
  @Toggle package var isForced: Bool
  /// Whether objects of others are taken over.
  @Toggle package var takesOwnership: Bool
  /// Whether values are no templates.
  @Toggle package var disablesTemplates: Bool
  /// Whether templates may not ask the DNS.
  @Toggle package var disablesDNS: Bool
  /// Whether values are not checked against the chart's schema.
  @Toggle package var skipsSchemaValidation: Bool
  /// Whether the chart's dependencies are not fetched.
  @Toggle package var disablesDependencyUpdate: Bool
  /// Whether a chart gets fixed results of clock, chance and keys (ours).
  @Toggle package var pins: Bool
  /// Where `pin` is written.
  package var pinSpan: SourceSpan?
  /// Where `valuesFrom` is written.
  package var valuesFromSpan: SourceSpan?
  /// Whether a customization takes back the release name of what it is laid over.
  package var resetsReleaseName = false

  /// Options that say nothing.
  package init() {}

  /// Reads the fields.
  init(_ fields: FieldReader, findings: inout Findings) {
    chart = fields.string("chart")
    repo = fields.string("repo")
    version = fields.string("version")
    values = fields.value("values")
    valuesFiles = fields.strings("valuesFiles")
    valuesFrom = fields.objects("valuesFrom").map { ValuesFrom($0, findings: &findings) }
    valuesFromSpan = fields.keySpan("valuesFrom")
    templateValues = fields.stringMap("templateValues")
    timeoutSeconds = fields.integer("timeoutSeconds") ?? 0
    maxHistory = fields.integer("maxHistory") ?? 0
    $waitsForJobs = Toggle(fields.bool("waitForJobs"))
    $isAtomic = Toggle(fields.bool("atomic"))
    $isForced = Toggle(fields.bool("force"))
    $takesOwnership = Toggle(fields.bool("takeOwnership"))
    $disablesTemplates = Toggle(fields.bool("disablePreProcess"))
    $disablesDNS = Toggle(fields.bool("disableDNS"))
    $skipsSchemaValidation = Toggle(fields.bool("skipSchemaValidation"))
    $disablesDependencyUpdate = Toggle(fields.bool("disableDependencyUpdate"))
    $pins = Toggle(fields.bool("pin"))
    pinSpan = fields.keySpan("pin")
    guard let name = fields.string("releaseName") else { return }
    if name.value == BundleOptions.resetWord {
      resetsReleaseName = true
      return
    }
    releaseName = name
    if let problem = KubernetesName.problem(
      subdomain: name.value, limit: BundleName.maximumLength)
    {
      findings.error(
        "bad-name", "the release name \(Wording.quoted(name.value)) \(problem)", at: name.span)
    }
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

  init(_ fields: FieldReader, findings: inout Findings) {
    self.init(
      configMap: Reference(fields.object("configMapKeyRef")),
      secret: Reference(fields.object("secretKeyRef")))
    for (word, reference) in [("configMapKeyRef", configMap), ("secretKeyRef", secret)]
    where reference?.name.isEmpty == true {
      findings.error(
        "missing-field", "'\(word)' needs a 'name'", at: fields.keySpan(word) ?? fields.node?.span)
    }
    if !fields.has("configMapKeyRef"), !fields.has("secretKeyRef") {
      findings.error(
        "missing-field", "an entry of 'valuesFrom' needs 'configMapKeyRef' or 'secretKeyRef'",
        at: fields.node?.span)
    }
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
