// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import YAMLTree

/// The options of a bundle: what `fleet.yaml` says.
package struct FleetYAML: Sendable {
  /// Which customizations of a cluster count.
  package enum CustomizationMode: String, Sendable, Hashable, CaseIterable {
    /// The first that matches.
    case firstMatch = "FirstMatch"
    /// All that match, in order.
    case allMatches = "AllMatches"
  }

  /// The path of the file; nil for a bundle without one.
  package let path: String?
  /// The name of the bundle, in place of the one made from its path.
  package var name: Located<String>?
  /// The labels of the bundle.
  package var labels = Labels()
  /// The options for all clusters.
  package var options = BundleOptions()
  /// `targets`, then `targetCustomizations`; unnamed ones have Fleet's names (`target000`, …).
  package var targets: [TargetEntry] = []
  /// The targets in place of the GitRepo's; nil where nothing is written, and an empty list is not nil.
  package var overrideTargets: [TargetEntry]?
  /// Which customizations count.
  package var mode = CustomizationMode.firstMatch
  /// Whether changes are held back.
  package var isPaused = false
  /// The bundles that have to be ready first.
  package var dependsOn: [BundleDependency] = []
  /// How changes are released in stages.
  package var rolloutStrategy: RolloutStrategy?

  /// The options of a bundle without a file.
  package init() { path = nil }

  /// Reads a file and reports everything that is wrong with it.
  package init(_ root: YAMLNode, path: String, findings: inout Findings) {
    self.path = path
    SchemaCheck.check(root, against: FieldCatalog.fleetYAML, findings: &findings)
    let fields = FieldReader(root.pairs == nil ? nil : root)
    name = FleetYAML.name(fields, findings: &findings)
    labels = fields.stringMap("labels")
    options = BundleOptions(fields, findings: &findings)
    targets = FleetYAML.targets(fields, findings: &findings)
    if fields.value("overrideTargets")?.items != nil {
      overrideTargets = TargetEntry.entries(
        fields, "overrideTargets", origin: .override, findings: &findings)
    }
    mode =
      fields.string("targetCustomizationMode")
      .flatMap { CustomizationMode(rawValue: $0.value) } ?? .firstMatch
    isPaused = fields.flag("paused")
    dependsOn =
      fields.value("dependsOn")?.items.map {
        BundleDependency.list($0, findings: &findings)
      } ?? []
    rolloutStrategy = RolloutStrategy.read(fields, findings: &findings)
  }

  private static func name(
    _ fields: FieldReader, findings: inout Findings
  ) -> Located<String>? {
    guard let name = fields.string("name") else { return nil }
    // Fleet writes it into a label of every bundle deployment, so 63 is the limit and not 253.
    if let problem = KubernetesName.problem(subdomain: name.value, limit: 63) {
      findings.error(
        "bad-name", "the bundle name \(Wording.quoted(name.value)) \(problem)", at: name.span,
        hints: ["a name has lower-case letters, digits and '-', like 'point-of-sale'"])
      return nil
    }
    return name
  }

  private static func targets(
    _ fields: FieldReader, findings: inout Findings
  ) -> [TargetEntry] {
    let plain = TargetEntry.entries(fields, "targets", origin: .bundleTarget, findings: &findings)
    if !plain.isEmpty {
      findings.warning(
        "targets-customise",
        "'targets' in fleet.yaml selects no clusters, it counts as customizations",
        at: fields.keySpan("targets"),
        hints: ["write 'targetCustomizations' to customise, 'overrideTargets' to select"])
    }
    let all =
      plain
      + TargetEntry.entries(
        fields, "targetCustomizations", origin: .customization, findings: &findings)
    return all.enumerated().map { position, entry in
      guard entry.name == nil else { return entry }
      let number = String(position)
      let name = "target" + String(repeating: "0", count: max(0, 3 - number.utf8.count)) + number
      return entry.with(name: name)
    }
  }
}

extension FleetYAML {
  /// The files with values, of the bundle and of its customizations, in the order of the file.
  package var valuesFiles: [Located<String>] {
    ([options] + targets.map(\.options)).flatMap { $0.helm?.valuesFiles ?? [] }
  }

  /// Lays the files with values over the `values` that stand beside them, in their order, for the bundle
  /// and for each customization; then ``BundleOptions/merged(with:)`` has the last word.
  ///
  /// `read` gives the values of a file, or nil when it has reported why there are none.
  package mutating func foldValuesFiles<Failure: Error>(
    _ read: (Located<String>) throws(Failure) -> YAMLNode?
  ) throws(Failure) {
    try options.helm?.foldValuesFiles(read)
    for index in targets.indices {
      var options = targets[index].options
      try options.helm?.foldValuesFiles(read)
      targets[index] = targets[index].with(options: options)
    }
  }
}

extension HelmOptions {
  fileprivate mutating func foldValuesFiles<Failure: Error>(
    _ read: (Located<String>) throws(Failure) -> YAMLNode?
  ) throws(Failure) {
    for file in valuesFiles {
      guard let content = try read(file), !content.isNull else { continue }
      values = values?.overlaid(with: content) ?? content
    }
    valuesFiles = []
  }
}
