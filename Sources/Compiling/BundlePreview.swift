// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import FleetModel

/// A look at one bundle on one cluster, whatever its targets say: what `kubectl fleet render` shows.
package struct BundlePreview: Sendable {
  /// The documents to compile in place of those of the repository: the cluster, the groups of its
  /// workspace, and a source that brings the directory to it.
  package let documents: FleetDocuments

  /// Makes a preview.
  ///
  /// - Parameters:
  ///   - directory: the bundle's directory from the root of the repository.
  ///   - cluster: the cluster, of the inventory or made up.
  ///   - groups: the groups of the repository.
  ///   - gitRepo: the source that brings the directory in the repository; nil for none.
  package init(
    directory: String, cluster: Cluster, groups: [ClusterGroup], gitRepo: GitRepo?
  ) {
    let start = SourcePosition(line: 1, column: 1, offset: 0)
    let nowhere = SourceSpan(path: directory, start: start, end: start)
    let everything = TargetEntry(
      name: "render", criteria: TargetCriteria(clusterSelector: LabelSelector(matchLabels: [:])),
      origin: .gitRepo)
    let name = gitRepo?.metadata.name ?? Located("local", at: nowhere)
    let source = GitRepo(
      metadata: Metadata(name: name, workspace: cluster.workspace),
      paths: gitRepo?.bundles.isEmpty == false ? [] : [Located(directory, at: nowhere)],
      bundles: gitRepo?.bundles.filter { $0.directory == directory } ?? [],
      targets: [everything], targetNamespace: gitRepo?.targetNamespace,
      keepsResources: gitRepo?.keepsResources ?? false,
      deletesNamespace: gitRepo?.deletesNamespace ?? false, correctDrift: gitRepo?.correctDrift,
      serviceAccount: gitRepo?.serviceAccount)
    documents = FleetDocuments(
      clusters: [cluster], groups: groups.filter { $0.workspace == cluster.workspace },
      gitRepos: [source])
  }

  /// The source among those of a repository that brings a directory; nil when none does.
  package static func source(
    of directory: String, among gitRepos: [GitRepo], files: SourceFiles
  ) -> GitRepo? {
    let paths = files.files.map(\.path)
    return gitRepos.first { gitRepo in
      BundleLayout(gitRepo, files: paths).bundles.contains { $0.path == directory }
    }
  }
}
