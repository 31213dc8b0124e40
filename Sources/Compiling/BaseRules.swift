// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import FleetModel
package import GitObjects
package import YAMLTree

/// What the version before says where it differs from the new one: limits, rules, clusters that go.
///
/// Limits and rules are judged by the version at the ref's old id. Only files that the push changes can
/// say something else there, so only those are read again.
package struct BaseRules: Sendable {
  private let hub: HubSettings?
  private let budget: Budget?
  /// The clusters that changed files declared.
  private let clusters: [String: Cluster]
  /// The sources and groups that changed files declared, to see whether a selector is new.
  package let documents: FleetDocuments
  /// The options that changed `fleet.yaml` files said, by path, for the same.
  package let options: [String: YAMLNode]
  /// The rollout policies of the whole tree before, by name; empty where no changed file had one.
  package let policies: [String: RolloutStrategy]
  private let changedPaths: Set<String>

  /// Reads the old versions of changed files; `root` is the whole tree before, nil when there was none.
  package static func read(
    _ changes: [TreeChange], root: ObjectID?, reader: some ObjectReader
  ) throws(ObjectAccessError) -> BaseRules {
    var documents = FleetDocuments()
    var options: [String: YAMLNode] = [:]
    for change in changes {
      guard let old = change.old, old.mode == .file || old.mode == .executable,
        let path = String(validating: change.path, as: UTF8.self),
        path.hasSuffix(".yaml") || path.hasSuffix(".yml")
      else { continue }
      let bytes: [UInt8]
      do throws(ObjectAccessError) {
        bytes = try reader.blob(old.id, limit: SourceLimits.textFile)
      } catch .tooLarge {
        continue
      }
      // It was accepted once; what is wrong with it by today's rules is not this push's fault.
      var quiet = Findings()
      let roots = YAMLParser.parse(bytes, path: path, findings: &quiet).map(\.root)
      if BundleLayout.isOptionFile(path) { options[path] = roots.first }
      documents.add(roots, path: path, findings: &quiet)
    }
    var rules = documents
    let isRuling =
      documents.hub.span != nil || documents.budget.span != nil
      || !documents.rolloutPolicies.isEmpty
    if let root, isRuling {
      // A bundle may ship a document that looks like ours; which are, only the whole tree tells.
      var quiet = Findings()
      let files = try SourceFiles(root: root, reader: reader, findings: &quiet)
      rules = try DocumentReader(files: files, reader: reader).read(findings: &quiet)
    }
    return BaseRules(
      hub: rules.hub.span == nil ? nil : rules.hub,
      budget: rules.budget.span == nil ? nil : rules.budget,
      clusters: Dictionary(
        documents.clusters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
      documents: documents, options: options,
      policies: Dictionary(
        rules.rolloutPolicies.map { ($0.name.value, $0.strategy) },
        uniquingKeysWith: { first, _ in first }),
      changedPaths: Set(changes.map(\.text)))
  }

  /// The hub settings that held before; `new` are those of the new tree.
  ///
  /// Settings that only a changed file of the new tree has were not there before.
  package func hub(new: HubSettings) -> HubSettings {
    if let hub { return hub }
    return new.span.map { changedPaths.contains($0.path) } ?? false ? HubSettings() : new
  }

  /// The budget that held before; `new` is that of the new tree.
  package func budget(new: Budget) -> Budget {
    if let budget { return budget }
    return new.span.map { changedPaths.contains($0.path) } ?? false ? Budget() : new
  }

  /// Whether the site of a cluster that leaves removes what runs there.
  package func removes(_ cluster: String, default action: RemovalAction) -> Bool {
    (clusters[cluster]?.whenRemoved ?? action) == .remove
  }
}

extension HubSettings {
  /// These settings, but where the ones before were stricter those: a rule is loosened by one push and
  /// used by the next, never both at once.
  func stricter(with old: HubSettings) -> HubSettings {
    let names = Set(checks.map(\.name.value))
    return HubSettings(
      aliases: aliases, branch: branch, whenClusterRemoved: whenClusterRemoved,
      plaintextSecrets: .stricter(plaintextSecrets, old.plaintextSecrets),
      unknownKinds: .stricter(unknownKinds, old.unknownKinds),
      checks: checks.map { check in
        let before = old.checks.first { $0.name.value == check.name.value }
        return before.map { $0.warnsOnly ? check : $0 } ?? check
      } + old.checks.filter { !names.contains($0.name.value) },
      rolloutPolicy: old.rolloutPolicy ?? rolloutPolicy, orders: orders,
      facts: facts, span: span)
  }
}

extension HubSettings.PlaintextSecrets {
  /// The stricter of two rules: one is loosened by a push and used by the next, never both at once.
  package static func stricter(_ left: Self, _ right: Self) -> Self {
    if left == .refuse || right == .refuse { return .refuse }
    return left == .warn || right == .warn ? .warn : .allow
  }
}

extension HubSettings.UnknownKinds {
  /// The stricter of two rules.
  static func stricter(_ left: Self, _ right: Self) -> Self {
    if left == .refuse || right == .refuse { return .refuse }
    return left == .warn || right == .warn ? .warn : .allow
  }
}
