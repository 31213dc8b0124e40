// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

/// The settings of the hub: kind `Hub` of `fleet/v1`.
package struct HubSettings: Sendable {
  /// What is done about a `Secret` in plain text.
  package enum PlaintextSecrets: String, Sendable, Hashable, CaseIterable {
    case allow, warn, refuse
  }

  /// What is done about an object of a kind that nobody knows.
  package enum UnknownKinds: String, Sendable, Hashable, CaseIterable {
    case refuse, warn, allow
  }

  /// A program that looks at the manifests of a push: `fleet-check-NAME`.
  package struct Check: Sendable, Hashable {
    /// The name without `fleet-check-`.
    package let name: Located<String>
    /// Whether what it finds are warnings.
    package let warnsOnly: Bool

    /// Makes a check.
    package init(name: Located<String>, warnsOnly: Bool = false) {
      self.name = name
      self.warnsOnly = warnsOnly
    }
  }

  /// The URLs of this repository that a GitRepo may name.
  package let aliases: [Located<String>]
  /// The branch that the hub reads, if the file says it.
  package let branch: Located<String>?
  /// What happens on a cluster that leaves the inventory.
  package let whenClusterRemoved: RemovalAction
  /// What is done about a `Secret` in plain text.
  package let plaintextSecrets: PlaintextSecrets
  /// What is done about an object of a kind that nobody knows.
  package let unknownKinds: UnknownKinds
  /// The programs that look at the manifests of every push, in this order; no name twice.
  package let checks: [Check]
  /// The rollout policy of bundles that have no strategy; nil where there is none.
  package let rolloutPolicy: Located<String>?
  /// Who may give orders to rollouts; empty for everyone who may push.
  package let orders: [OrderPermission]
  /// Which facts that sites report count.
  package let facts: FactRules
  /// Where the settings are written; nil for the defaults.
  package let span: SourceSpan?

  /// Makes settings; without arguments the defaults.
  package init(
    aliases: [Located<String>] = [], branch: Located<String>? = nil,
    whenClusterRemoved: RemovalAction = .keep, plaintextSecrets: PlaintextSecrets = .warn,
    unknownKinds: UnknownKinds = .refuse, checks: [Check] = [],
    rolloutPolicy: Located<String>? = nil, orders: [OrderPermission] = [],
    facts: FactRules = FactRules(), span: SourceSpan? = nil
  ) {
    self.aliases = aliases
    self.branch = branch
    self.whenClusterRemoved = whenClusterRemoved
    self.plaintextSecrets = plaintextSecrets
    self.unknownKinds = unknownKinds
    self.checks = checks
    self.rolloutPolicy = rolloutPolicy
    self.orders = orders
    self.facts = facts
    self.span = span
  }

  /// Reads a document; a hub needs no name.
  init(_ document: FieldReader, findings: inout Findings) {
    let spec = document.object("spec")
    self.init(
      aliases: spec.strings("aliases"), branch: spec.string("branch"),
      whenClusterRemoved: spec.string("whenClusterRemoved")
        .flatMap { RemovalAction(rawValue: $0.value) } ?? .keep,
      plaintextSecrets: spec.string("plaintextSecrets")
        .flatMap { PlaintextSecrets(rawValue: $0.value) } ?? .warn,
      unknownKinds: spec.string("unknownKinds")
        .flatMap { UnknownKinds(rawValue: $0.value) } ?? .refuse,
      checks: HubSettings.checks(spec, findings: &findings),
      rolloutPolicy: spec.string("rolloutPolicy"),
      orders: OrderPermission.list(spec, findings: &findings),
      facts: FactRules(spec, findings: &findings),
      span: document.keySpan("kind") ?? document.node?.span)
  }

  private static func checks(_ spec: FieldReader, findings: inout Findings) -> [Check] {
    var checks: [Check] = []
    for entry in spec.objects("checks") {
      guard let name = entry.string("name") else {
        if !entry.has("name") || entry.value("name")?.string == "" {
          findings.error("missing-field", "a check needs a 'name'", at: entry.node?.span)
        }
        continue
      }
      let prefix = "fleet-check-"
      if let problem = KubernetesName.problem(label: name.value) {
        findings.error(
          "bad-name", "the check name \(Wording.quoted(name.value)) \(problem)", at: name.span)
      } else if name.value.hasPrefix(prefix) {
        findings.error(
          "bad-name", "the check name \(Wording.quoted(name.value)) begins with '\(prefix)'",
          at: name.span, hints: ["write 'name: \(name.value.dropFirst(prefix.utf8.count))'"])
      } else if let first = checks.first(where: { $0.name.value == name.value }) {
        findings.error(
          "same-name", "the check \(Wording.quoted(name.value)) is listed twice", at: name.span,
          notes: [Finding.Note("the first is here", at: first.name.span)])
      } else {
        checks.append(Check(name: name, warnsOnly: entry.flag("warnOnly")))
      }
    }
    return checks
  }
}
