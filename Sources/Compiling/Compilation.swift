// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel
package import GitObjects
package import Rendering
package import Rollouts
package import SliceFormat
package import Targeting

/// What a source tree was compiled to.
package struct Compilation: Sendable {
  /// Everything that is wrong, and everything that should be looked at.
  package var findings: Findings
  /// The files of the source tree.
  package let files: SourceFiles
  /// What the files say, outside the directories of bundles.
  package let documents: FleetDocuments
  /// The clusters and groups.
  package let inventory: Inventory
  /// The bundles, in the order of workspace and name.
  package let bundles: [CompiledBundle]
  /// The tree of all slices, `SHARD/CLUSTER/BUNDLE/…`, without those of broken clusters; nil when errors
  /// that are not about single clusters stand in the way.
  package let slices: ObjectID?
  /// Clusters for which something could not be rendered; each has an error among the findings.
  package let brokenClusters: Set<String>
  /// The findings about those clusters alone; with only these the plan of the others stands.
  package let localFindings: Set<Finding>
  /// The renderers that made the plan, with their versions.
  package let renderers: [Renderer: String]
  /// By which rules the bundles are released.
  package var policies = PlanPolicies()
  /// The tree of those rules; nil when everything is released at once, or there are no slices.
  package var policy: ObjectID?

  /// The compiled bundle of a name, or nil; with several workspaces the first.
  package func bundle(named name: String) -> CompiledBundle? {
    bundles.first { $0.source.name == name }
  }
}

/// A bundle, rendered for every cluster that it is for.
package struct CompiledBundle: Sendable {
  /// A way in which the bundle is rendered; clusters with equal options share it.
  package struct Variant: Sendable {
    /// What it is made from.
    package let form: BundleForm
    /// What the site is told besides the manifests.
    package let descriptor: BundleDescriptor
    /// The objects, in the order of their identities.
    package let objects: [ObjectIdentity]
    /// Where each object's source is written, in the same order.
    package let places: [ManifestPlace]
    /// The Helm hooks, in the order in which they run.
    package let hooks: [ObjectIdentity]
    /// The tree of the bundle deployment.
    package let tree: ObjectID

    /// Whether the site renders it, because only the cluster has all the values; then the objects and
    /// hooks are not known, but for those of plain manifests beside the chart.
    package var isRenderedAtSite: Bool { descriptor.rendering != nil }
  }

  /// The bundle in the repository.
  package let source: BundleSource
  /// How its targets match.
  package let targets: BundleTargets
  /// Which clusters it is for.
  package let matcher: TargetMatcher
  /// The distinct results.
  package let variants: [Variant]
  /// Which variant each cluster gets, by the cluster's place in the inventory; nil for none.
  package let assignment: [Int?]
  /// Clusters that should get it and cannot, for what is wrong with them alone.
  package let failed: Set<Int>

  /// How many clusters get the bundle.
  package var clusterCount: Int { assignment.count { $0 != nil } }
}
