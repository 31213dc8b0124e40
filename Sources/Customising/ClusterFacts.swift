// SPDX-License-Identifier: Apache-2.0

package import FleetModel

/// What customising may know about a cluster, and nothing else.
package struct ClusterFacts: Sendable {
  /// The cluster.
  package let cluster: Cluster

  /// Makes facts.
  package init(_ cluster: Cluster) {
    self.cluster = cluster
  }
}
