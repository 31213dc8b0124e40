// SPDX-License-Identifier: Apache-2.0

package import FleetModel

/// A bundle as far as targeting is concerned: its targets in Fleet's order, and what they may select.
package struct BundleTargets: Sendable {
  /// The name of the bundle.
  package let name: String
  /// The workspace, whose clusters and groups it sees.
  package let workspace: String
  /// The GitRepo that it is from.
  package let gitRepoName: String
  /// The file with its options; nil where there is none.
  package let optionsPath: String?
  /// All targets: those of `fleet.yaml` (`targets`, `targetCustomizations`), then those that select.
  package let targets: [TargetEntry]
  /// The allow list: the criteria of those that select; empty allows everything.
  package let restrictions: [TargetCriteria]
  /// Which customizations count.
  package let mode: FleetYAML.CustomizationMode
  /// The options for all clusters.
  package let options: BundleOptions

  /// Puts together what `fleet.yaml` and the GitRepo say.
  ///
  /// Rules of Rancher Fleet (`internal/bundlereader/read.go`): `overrideTargets` replaces the GitRepo's
  /// targets; both are copied into the allow list; where nothing at all is left, the cluster group
  /// `default` is the target. The GitRepo's `targetNamespace` wins over every namespace in `fleet.yaml`.
  package init(name: String, fleetYAML: FleetYAML, gitRepo: GitRepo) {
    self.name = name
    workspace = gitRepo.workspace
    gitRepoName = gitRepo.name
    optionsPath = fleetYAML.path
    mode = fleetYAML.mode
    let selecting = fleetYAML.overrideTargets ?? gitRepo.targets
    restrictions = selecting.map(\.criteria)
    var targets = fleetYAML.targets + selecting
    if targets.isEmpty { targets = [.defaultTarget(at: gitRepo.metadata.name.span)] }
    var options = fleetYAML.options
    if gitRepo.keepsResources { options.keepsResources = true }
    if gitRepo.deletesNamespace { options.deletesNamespace = true }
    options.serviceAccount = gitRepo.serviceAccount ?? options.serviceAccount
    if let drift = gitRepo.correctDrift, drift.isEnabled { options.correctDrift = drift }
    if let namespace = gitRepo.targetNamespace {
      options.namespace = namespace
      targets = targets.map { $0.with(namespace: namespace) }
    }
    self.targets = targets
    self.options = options
  }

  /// Puts a bundle together from parts, for bundles that no GitRepo made.
  package init(
    name: String, workspace: String = Metadata.defaultWorkspace, targets: [TargetEntry],
    restrictions: [TargetCriteria] = [], mode: FleetYAML.CustomizationMode = .firstMatch,
    options: BundleOptions = BundleOptions()
  ) {
    self.name = name
    self.workspace = workspace
    gitRepoName = ""
    optionsPath = nil
    self.targets = targets
    self.restrictions = restrictions
    self.mode = mode
    self.options = options
  }

  /// How many targets from the front are customizations: a target is one by its position, and none is
  /// where nothing restricts.
  package var customizationCount: Int {
    restrictions.isEmpty ? 0 : max(0, targets.count - restrictions.count)
  }
}

extension TargetEntry {
  fileprivate func with(namespace: Located<String>) -> TargetEntry {
    var options = options
    options.namespace = namespace
    return with(options: options)
  }
}
