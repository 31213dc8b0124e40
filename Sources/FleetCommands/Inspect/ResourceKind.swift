// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// The types that `kubectl fleet get` knows, by the names that people use for them.
enum ResourceKind: String, CaseIterable {
  case clusters, groups, gitrepos, bundles

  /// Reads a type as kubectl does: one or many, short or with its group.
  static func parse(_ word: String) throws(CommandError) -> ResourceKind {
    let name = word.lowercased().split(separator: ".").first.map(String.init) ?? ""
    for kind in allCases where kind.names.contains(name) { return kind }
    let nearest = Suggestion.nearest(to: name, among: allCases.flatMap(\.names))
    throw CommandError(
      "there is no resource type \(Wording.quoted(word))",
      hints: [
        nearest.map { "did you mean '\($0)'?" }
          ?? "the types are \(Wording.list(allCases.map(\.rawValue), most: 9))"
      ], status: .usage)
  }

  private var names: [String] {
    switch self {
    case .clusters: ["clusters", "cluster"]
    case .groups: ["groups", "group", "clustergroups", "clustergroup"]
    case .gitrepos: ["gitrepos", "gitrepo"]
    case .bundles: ["bundles", "bundle"]
    }
  }

  /// The kind in documents.
  var apiKind: String {
    switch self {
    case .clusters: "Cluster"
    case .groups: "ClusterGroup"
    case .gitrepos: "GitRepo"
    case .bundles: "Bundle"
    }
  }

  /// What one of them is called in messages.
  var noun: String {
    switch self {
    case .clusters: "cluster"
    case .groups: "cluster group"
    case .gitrepos: "GitRepo"
    case .bundles: "bundle"
    }
  }

  /// The name of one of them as `kubectl get -o name` prints it.
  func reference(_ name: String) -> String {
    "\(apiKind.lowercased()).fleet.cattle.io/\(name)"
  }

  /// The headers of the table.
  var headers: [String] {
    switch self {
    case .clusters: ["NAME", "WORKSPACE", "BUNDLES"]
    case .groups: ["NAME", "WORKSPACE", "CLUSTERS"]
    case .gitrepos: ["NAME", "WORKSPACE", "PATHS", "BUNDLES", "CLUSTERS"]
    case .bundles: ["NAME", "WORKSPACE", "GITREPO", "PATH", "FORM", "CLUSTERS", "OBJECTS"]
    }
  }

  /// The headers that `-o wide` adds.
  var wideHeaders: [String] {
    switch self {
    case .clusters: ["GROUPS", "LABELS"]
    case .groups: ["SELECTOR"]
    case .gitrepos: ["TARGETS"]
    case .bundles: ["RENDERINGS", "NAMESPACES", "LABELS"]
    }
  }
}
