// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Rendering
import SliceFormat
import Targeting

/// Everything that a bundle deployment is a function of; clusters with equal inputs share one.
struct DeploymentInput: Hashable {
  /// What the site is told.
  var descriptor: BundleDescriptor
  /// Namespace and owner of the objects.
  var shape: RenderOptions
  /// What the files are.
  var style: BundleStyle
  /// The overlays for plain YAML, in order.
  var overlays: [Located<String>]
  /// The chart to render; nil without one.
  var helm: HelmRequest?
  /// Whether the site renders the chart, because only the cluster has all the values.
  var isRenderedAtSite: Bool
  /// The registries that images come from instead of their own.
  var mirrors: [SiteRendering.Mirror]

  /// What inputs of one bundle differ in, mostly: thousands of them are hashed, and the rest is long.
  func hash(into hasher: inout Hasher) {
    hasher.combine(shape.namespace)
    hasher.combine(shape.defaultNamespace)
    hasher.combine(isRenderedAtSite)
    hasher.combine(overlays.count)
    hasher.combine(mirrors.count)
    hasher.combine(helm?.values)
    hasher.combine(helm?.kubeVersion)
    hasher.combine(helm?.apiVersions)
  }
}

/// A bundle and the clusters that it is for.
struct TargetedBundle {
  /// The bundle in the repository.
  let source: BundleSource
  /// How its targets match.
  let targets: BundleTargets
  /// Which clusters it is for.
  let matcher: TargetMatcher

  init(_ source: BundleSource, in inventory: Inventory) {
    self.source = source
    targets = BundleTargets(
      name: source.name, fleetYAML: source.options, gitRepo: source.gitRepo)
    matcher = TargetMatcher(targets, in: inventory)
  }

  /// The bundle as far as others may depend on it.
  var dependency: DependencyCheck.Bundle {
    DependencyCheck.Bundle(
      workspace: source.workspace, name: source.name, labels: source.options.labels,
      dependencies: source.options.dependsOn, clusters: matcher.deployed)
  }
}

/// A bundle with its inputs, before anything is rendered.
struct PlannedBundle {
  /// The bundle and its clusters.
  let bundle: TargetedBundle
  /// The distinct inputs.
  var inputs: [DeploymentInput] = []
  /// Which input each cluster has, by the cluster's place in the inventory; nil for none.
  var assignment: [Int?]
  /// The charts of the inputs, by their digest.
  var charts: [String: ChartFolder] = [:]
  /// Clusters that are to have the bundle and cannot, because of what is wrong with their own values.
  var failed: Set<Int> = []
  /// Whether the inputs are only there to be checked: the bundle goes to no cluster.
  var isUnused = false
}
