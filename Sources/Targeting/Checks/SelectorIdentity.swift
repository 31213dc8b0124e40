// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import FleetModel

/// What makes a criterion the same before and after a push, wherever in its file it stands.
package struct SelectorIdentity: Sendable, Hashable {
  /// The file.
  package let path: String
  /// The GitRepo, cluster group or bundle, with its workspace.
  package let owner: String
  /// The criterion and its value in one canonical text: `clusterSelector region=eu,tier in (a,b)`.
  package let text: String

  /// The identities of all criteria of a source.
  package static func all(in gitRepo: GitRepo) -> [SelectorIdentity] {
    gitRepo.targets.flatMap { all(in: $0, owner: owner(of: gitRepo), path: path(of: gitRepo)) }
  }

  /// The identity of a cluster group's selector.
  package static func all(in group: ClusterGroup) -> [SelectorIdentity] {
    group.selector.map { selector in
      [
        SelectorIdentity(
          path: group.metadata.name.span.path, owner: owner(of: group),
          text: "selector \(selector.text)")
      ]
    } ?? []
  }

  /// The identities of all criteria in the options of a bundle.
  package static func all(in fleetYAML: FleetYAML, of bundle: String) -> [SelectorIdentity] {
    let entries = fleetYAML.targets + (fleetYAML.overrideTargets ?? [])
    return entries.flatMap {
      all(in: $0, owner: owner(ofBundle: bundle), path: fleetYAML.path ?? "")
    }
  }

  static func owner(of gitRepo: GitRepo) -> String {
    "GitRepo \(gitRepo.workspace)/\(gitRepo.name)"
  }

  static func owner(of group: ClusterGroup) -> String {
    "ClusterGroup \(group.workspace)/\(group.name)"
  }

  static func owner(ofBundle name: String) -> String { "bundle \(name)" }

  static func path(of gitRepo: GitRepo) -> String { gitRepo.metadata.name.span.path }

  private static func all(
    in entry: TargetEntry, owner: String, path: String
  ) -> [SelectorIdentity] {
    let criteria = entry.criteria
    return [
      criteria.clusterName.map { "clusterName \($0.value)" },
      criteria.clusterSelector.map { "clusterSelector \($0.text)" },
      criteria.clusterGroup.map { "clusterGroup \($0.value)" },
      criteria.clusterGroupSelector.map { "clusterGroupSelector \($0.text)" },
    ].compactMap { text in
      text.map { SelectorIdentity(path: path, owner: owner, text: $0) }
    }
  }
}
