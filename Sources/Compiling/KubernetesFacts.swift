// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel

/// What a chart is told about the cluster's Kubernetes (Helm: `.Capabilities`): what the inventory
/// declares, and nothing that the hub would have to ask the cluster for.
struct KubernetesFacts: Hashable {
  /// The version; nil for helm's own default.
  let version: String?
  /// The API versions besides helm's built-in ones, sorted.
  let apiVersions: [String]

  init(_ cluster: Cluster) {
    version = cluster.kubernetesVersion?.value
    apiVersions = Set(cluster.apiVersions.map(\.value)).sorted { $0.precedesInBytes($1) }
  }
}
