// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import YAMLTree

/// What happens to the objects on a cluster that leaves the inventory.
package enum RemovalAction: String, Sendable, Hashable, CaseIterable {
  /// They stay as they are.
  case keep
  /// They are removed.
  case remove
}

/// A cluster of the inventory.
package struct Cluster: Sendable {
  /// Name, workspace, labels, annotations.
  package let metadata: Metadata
  /// The values that templates of this cluster can use.
  package let templateValues: YAMLNode?
  /// The Kubernetes version that is rendered for (ours).
  package let kubernetesVersion: Located<String>?
  /// What the cluster serves besides what Kubernetes itself serves (ours): `group/version` or
  /// `group/version/Kind`, in the order of the file.
  package let apiVersions: [Located<String>]
  /// From where the cluster takes its images (ours); the first that fits counts, before those of groups.
  package let registryMirrors: [RegistryMirror]
  /// What happens when the cluster leaves the inventory (ours); nil for what the hub says.
  package let whenRemoved: RemovalAction?

  /// Whether nothing is released to it.
  package let isPaused: Bool

  /// What its site has reported, as far as it counts, as labels: nobody declared them.
  package private(set) var facts = Labels()
  /// The labels: those of the document, and the facts.
  package private(set) var labels: Labels

  /// Makes a cluster.
  package init(
    metadata: Metadata, templateValues: YAMLNode? = nil,
    kubernetesVersion: Located<String>? = nil, apiVersions: [Located<String>] = [],
    registryMirrors: [RegistryMirror] = [], whenRemoved: RemovalAction? = nil,
    isPaused: Bool = false
  ) {
    self.metadata = metadata
    self.templateValues = templateValues
    self.kubernetesVersion = kubernetesVersion
    self.apiVersions = apiVersions
    self.registryMirrors = registryMirrors
    self.whenRemoved = whenRemoved
    self.isPaused = isPaused
    labels = metadata.labels
  }

  /// The same cluster with these facts in the place of what it has.
  package func with(facts: Labels) -> Cluster {
    var cluster = self
    cluster.facts = facts
    cluster.labels = metadata.labels.merged(with: facts)
    return cluster
  }

  /// The name, which is unique in the hub.
  package var name: String { metadata.name.value }
  /// The workspace.
  package var workspace: String { metadata.workspace }

  /// Reads a document; nil when it has no usable name.
  init?(_ document: FieldReader, findings: inout Findings) {
    guard
      let metadata = Metadata(document, kind: "cluster", rule: .cluster, findings: &findings)
    else { return nil }
    FactLabel.check(metadata.labels, findings: &findings)
    let spec = document.object("spec")
    self.init(
      metadata: metadata, templateValues: spec.value("templateValues"),
      kubernetesVersion: Cluster.version(spec, findings: &findings),
      apiVersions: Cluster.apiVersions(spec, findings: &findings),
      registryMirrors: RegistryMirror.list(spec, findings: &findings),
      whenRemoved: spec.string("whenRemoved").flatMap { RemovalAction(rawValue: $0.value) },
      isPaused: spec.flag("paused"))
  }

  private static func version(
    _ spec: FieldReader, findings: inout Findings
  ) -> Located<String>? {
    guard let version = spec.string("kubernetesVersion") else { return nil }
    guard isKubernetesVersion(version.value) else {
      findings.error(
        "bad-version", "\(Wording.quoted(version.value)) is no Kubernetes version",
        at: version.span,
        hints: ["write it as 'v1.31.4'"])
      return nil
    }
    return version
  }

  /// Whether a text is the version of a Kubernetes: `1.31`, `v1.31.4`, `v1.31.4+k3s1`.
  package static func isKubernetesVersion(_ text: String) -> Bool {
    let digits = text.utf8.first == UInt8(ascii: "v") ? text.dropFirst() : text[...]
    let numbers = digits.split(separator: ".", omittingEmptySubsequences: false).prefix(3)
    let isNumber: (Substring) -> Bool = { text in
      !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    let patch = numbers.last.map { $0.prefix { $0 != "+" && $0 != "-" } } ?? ""
    return numbers.count >= 2 && numbers.dropLast().allSatisfy(isNumber) && isNumber(patch)
  }
}

extension Cluster {
  private static func apiVersions(
    _ spec: FieldReader, findings: inout Findings
  ) -> [Located<String>] {
    spec.strings("apiVersions").filter { entry in
      if isAPIVersion(entry.value) { return true }
      findings.error(
        "bad-version",
        "\(Wording.quoted(entry.value)) is no 'group/version' or 'group/version/Kind'",
        at: entry.span,
        hints: ["for example 'monitoring.coreos.com/v1' or 'monitoring.coreos.com/v1/PodMonitor'"])
      return false
    }
  }

  private static func isAPIVersion(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3,
      KubernetesName.problem(subdomain: String(parts[0])) == nil,
      KubernetesName.problem(label: String(parts[1])) == nil
    else { return false }
    guard parts.count == 3 else { return true }
    let isLetter: (UInt8) -> Bool = { (0x41...0x5a).contains($0 & 0xdf) }
    return parts[2].utf8.first.map { (0x41...0x5a).contains($0) } ?? false
      && parts[2].utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
  }
}
