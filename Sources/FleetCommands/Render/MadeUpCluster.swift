// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel

extension Cluster {
  /// A cluster of the inventory with other labels and version, or one that nobody wrote down.
  static func madeUp(
    from known: Cluster?, name: String, labels: [String: String], kubernetesVersion: String?
  ) -> Cluster {
    let start = SourcePosition(line: 1, column: 1, offset: 0)
    let nowhere = SourceSpan(path: "the command line", start: start, end: start)
    let metadata = Metadata(
      name: known?.metadata.name ?? Located(name, at: nowhere),
      workspace: known?.workspace ?? Metadata.defaultWorkspace,
      labels: Labels(
        (known?.labels.entries ?? [])
          + labels.byName
          .map { Label(key: $0.key, value: $0.value) }),
      annotations: known?.metadata.annotations ?? Labels())
    return Cluster(
      metadata: metadata, templateValues: known?.templateValues,
      kubernetesVersion: kubernetesVersion.map { Located($0, at: nowhere) }
        ?? known?.kubernetesVersion,
      apiVersions: known?.apiVersions ?? [], registryMirrors: known?.registryMirrors ?? [],
      whenRemoved: known?.whenRemoved)
  }
}
