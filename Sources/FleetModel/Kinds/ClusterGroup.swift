// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// A named selection of clusters.
package struct ClusterGroup: Sendable {
  /// Name, workspace, and the labels that `clusterGroupSelector` looks at.
  package let metadata: Metadata
  /// Which clusters of the workspace are in it; without a selector none is.
  package let selector: LabelSelector?
  /// From where its clusters take their images (ours); the first that fits counts.
  package let registryMirrors: [RegistryMirror]
  /// Whether it is fine that no cluster can be in it (our key, Fleet has none).
  package let isOptional: Bool

  /// Makes a group.
  package init(
    metadata: Metadata, selector: LabelSelector?, registryMirrors: [RegistryMirror] = [],
    isOptional: Bool = false
  ) {
    self.metadata = metadata
    self.selector = selector
    self.registryMirrors = registryMirrors
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
    self.init(
      metadata: metadata, selector: selector,
      registryMirrors: RegistryMirror.list(spec, findings: &findings),
      isOptional: spec.flag("optional"))
  }
}
