// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Targeting

/// Looks for selectors that can match nothing: errors where this push writes them, warnings where they
/// were there before and the inventory has moved away from them.
enum SelectorReview {
  private static let codes: Set<String> = [
    "empty-workspace", "unknown-cluster", "unknown-group", "unknown-label", "unknown-fact",
  ]

  static func check(
    _ compilation: Compilation, changed: Set<String>, rules: BaseRules
  ) -> [Finding] {
    // What a broken file would have brought is missed by selectors; that is told once it is mended.
    let broken = Set(
      compilation.findings.all.filter { $0.severity == .error }.compactMap(\.path))
    let gitRepos = compilation.documents.gitRepos
    let roots = PayloadRoots.of(gitRepos)
    let gitRepoFiles = Set(gitRepos.map(\.metadata.name.span.path))
    let isInventoryWhole = broken.allSatisfy {
      PayloadRoots.contain($0, roots) || gitRepoFiles.contains($0)
    }
    guard isInventoryWhole else { return [] }
    var before = Set<SelectorIdentity>()
    for gitRepo in rules.documents.gitRepos {
      before.formUnion(SelectorIdentity.all(in: gitRepo))
    }
    for group in rules.documents.groups { before.formUnion(SelectorIdentity.all(in: group)) }
    for bundle in compilation.bundles {
      guard let path = bundle.source.options.path, let root = rules.options[path] else {
        continue
      }
      var quiet = Findings()
      let old = FleetYAML(root, path: path, findings: &quiet)
      before.formUnion(SelectorIdentity.all(in: old, of: bundle.source.name))
    }
    var checks = SelectorChecks(
      compilation.inventory, facts: compilation.documents.hub.facts
    ) { identity in
      changed.contains(identity.path) && !before.contains(identity)
    }
    for group in compilation.documents.groups { checks.check(group) }
    for gitRepo in compilation.documents.gitRepos { checks.check(gitRepo) }
    for bundle in compilation.bundles {
      checks.check(
        bundle.source.options, of: bundle.source.name, workspace: bundle.source.workspace)
    }
    return checks.findings.all.filter { $0.path.map { !broken.contains($0) } ?? true }
  }

  /// Whether a finding may be caused by another file than the one that it is in.
  static func isAboutTheWhole(_ finding: Finding) -> Bool { codes.contains(finding.code) }
}
