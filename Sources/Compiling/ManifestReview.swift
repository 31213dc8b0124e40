// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Rendering
import Targeting

/// Asks whether the clusters that get an object know its kind and version.
struct ManifestReview {
  private let review: APIReview
  /// What every cluster says, by its place in the inventory; empty when none says anything, because then
  /// no answer depends on the cluster.
  private let clusters: [ClusterAPIs]

  init(_ inventory: Inventory, kinds: KindCatalog, unknownKinds: HubSettings.UnknownKinds) {
    review = APIReview(
      catalog: kinds, unknownKinds: UnknownKindPolicy(rawValue: unknownKinds.rawValue) ?? .refuse)
    let saysSomething = inventory.clusters.contains {
      $0.kubernetesVersion != nil || !$0.apiVersions.isEmpty
    }
    clusters =
      saysSomething
      ? inventory.clusters.map { cluster in
        ClusterAPIs(
          cluster: cluster.name,
          version: cluster.kubernetesVersion.flatMap { KubernetesVersion($0.value) },
          declared: cluster.apiVersions.map(\.value))
      } : []
  }

  /// What is wrong with the objects of a bundle.
  ///
  /// - Parameters:
  ///   - apis: of each variant.
  ///   - assignment: which variant each cluster gets.
  func findings(_ apis: [[ObjectAPI]], assignment: [Int?]) -> [Finding] {
    var members = [[ClusterAPIs]](repeating: [], count: apis.count)
    if !clusters.isEmpty {
      for (cluster, variant) in assignment.enumerated() {
        if let variant { members[variant].append(clusters[cluster]) }
      }
    }
    // Variants mostly want the same APIs; neighbours are asked about together.
    var usages: [APIReview.Usage] = []
    var start = 0
    for index in apis.indices.dropFirst() where apis[index] != apis[start] {
      usages.append(
        APIReview.Usage(objects: apis[start], clusters: Array(members[start..<index].joined())))
      start = index
    }
    if apis.indices.contains(start) {
      usages.append(
        APIReview.Usage(objects: apis[start], clusters: Array(members[start...].joined())))
    }
    return review.check(usages)
  }
}
