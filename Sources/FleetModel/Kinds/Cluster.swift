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
  /// What happens when the cluster leaves the inventory (ours); nil for what the hub says.
  package let whenRemoved: RemovalAction?

  /// Makes a cluster.
  package init(
    metadata: Metadata, templateValues: YAMLNode? = nil,
    kubernetesVersion: Located<String>? = nil, whenRemoved: RemovalAction? = nil
  ) {
    self.metadata = metadata
    self.templateValues = templateValues
    self.kubernetesVersion = kubernetesVersion
    self.whenRemoved = whenRemoved
  }

  /// The name, which is unique in the hub.
  package var name: String { metadata.name.value }
  /// The labels.
  package var labels: Labels { metadata.labels }
  /// The workspace.
  package var workspace: String { metadata.workspace }

  /// Reads a document; nil when it has no usable name.
  init?(_ document: FieldReader, findings: inout Findings) {
    guard
      let metadata = Metadata(document, kind: "cluster", rule: .cluster, findings: &findings)
    else { return nil }
    let spec = document.object("spec")
    self.init(
      metadata: metadata, templateValues: spec.value("templateValues"),
      kubernetesVersion: Cluster.version(spec, findings: &findings),
      whenRemoved: spec.string("whenRemoved").flatMap { RemovalAction(rawValue: $0.value) })
  }

  private static func version(
    _ spec: FieldReader, findings: inout Findings
  ) -> Located<String>? {
    guard let version = spec.string("kubernetesVersion") else { return nil }
    let digits =
      version.value.utf8.first == UInt8(ascii: "v") ? version.value.dropFirst() : version.value[...]
    let numbers = digits.split(separator: ".", omittingEmptySubsequences: false).prefix(3)
    let isNumber: (Substring) -> Bool = { text in
      !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    let patch = numbers.last.map { $0.prefix { $0 != "+" && $0 != "-" } } ?? ""
    guard numbers.count >= 2, numbers.dropLast().allSatisfy(isNumber), isNumber(patch) else {
      findings.error(
        "bad-version", "\(Wording.quoted(version.value)) is no Kubernetes version",
        at: version.span,
        hints: ["write it as 'v1.31.4'"])
      return nil
    }
    return version
  }
}

/// A named selection of clusters.
package struct ClusterGroup: Sendable {
  /// Name, workspace, and the labels that `clusterGroupSelector` looks at.
  package let metadata: Metadata
  /// Which clusters of the workspace are in it; without a selector none is.
  package let selector: LabelSelector?
  /// Whether it is fine that no cluster can be in it (our key, Fleet has none).
  package let isOptional: Bool

  /// Makes a group.
  package init(metadata: Metadata, selector: LabelSelector?, isOptional: Bool = false) {
    self.metadata = metadata
    self.selector = selector
    self.isOptional = isOptional
  }

  /// The name, which is unique in its workspace.
  package var name: String { metadata.name.value }
  /// The labels of the group itself.
  package var labels: Labels { metadata.labels }
  /// The workspace.
  package var workspace: String { metadata.workspace }

  /// Reads a document; nil when it has no usable name.
  init?(_ document: FieldReader, findings: inout Findings) {
    guard let metadata = Metadata(document, kind: "cluster group", findings: &findings) else {
      return nil
    }
    let spec = document.object("spec")
    let selector = LabelSelector(spec, "selector", findings: &findings)
    if selector == nil, !spec.has("selector") {
      findings.warning(
        "matches-nothing",
        "the cluster group \(Wording.quoted(metadata.name.value)) has no selector: it is empty",
        at: metadata.name.span, hints: ["for every cluster write 'selector: {}'"])
    }
    self.init(metadata: metadata, selector: selector, isOptional: spec.flag("optional"))
  }
}
