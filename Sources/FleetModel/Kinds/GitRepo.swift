// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import YAMLTree

/// A source of bundles and the targets that may receive them.
package struct GitRepo: Sendable {
  /// Name, workspace, labels.
  package let metadata: Metadata
  /// The repository; nil for this one.
  package let repo: Located<String>?
  /// The branch; nil for the hub's.
  package let branch: Located<String>?
  /// The directories that are bundles or hold bundles; patterns are allowed. Empty with `bundles`.
  package let paths: [Located<String>]
  /// The bundles one by one, in place of paths.
  package let bundles: [BundlePath]
  /// The targets; where none is written, Fleet's default target.
  package let targets: [TargetEntry]
  /// The namespace that all resources of all bundles are put into.
  package let targetNamespace: Located<String>?
  /// Whether objects stay when a bundle goes.
  package let keepsResources: Bool
  /// Whether the target namespace goes with a bundle.
  package let deletesNamespace: Bool
  /// Whether changes are held back.
  package let isPaused: Bool
  /// What is done about drift.
  package let correctDrift: CorrectDrift?
  /// The service account to deploy with.
  package let serviceAccount: Located<String>?
  /// The `spec` as it is written; nil when nothing is.
  package let spec: YAMLNode?

  /// The name.
  package var name: String { metadata.name.value }
  /// The workspace, whose clusters and groups it can target.
  package var workspace: String { metadata.workspace }

  /// Makes a source.
  package init(
    metadata: Metadata, repo: Located<String>? = nil, branch: Located<String>? = nil,
    paths: [Located<String>] = [], bundles: [BundlePath] = [], targets: [TargetEntry] = [],
    targetNamespace: Located<String>? = nil, keepsResources: Bool = false,
    deletesNamespace: Bool = false, isPaused: Bool = false,
    correctDrift: CorrectDrift? = nil, serviceAccount: Located<String>? = nil,
    spec: YAMLNode? = nil
  ) {
    self.metadata = metadata
    self.repo = repo
    self.branch = branch
    self.paths = paths
    self.bundles = bundles
    self.targets = targets.isEmpty ? [.defaultTarget(at: metadata.name.span)] : targets
    self.targetNamespace = targetNamespace
    self.keepsResources = keepsResources
    self.deletesNamespace = deletesNamespace
    self.isPaused = isPaused
    self.correctDrift = correctDrift
    self.serviceAccount = serviceAccount
    self.spec = spec
  }

  /// Reads a document; nil when it has no usable name.
  init?(_ document: FieldReader, findings: inout Findings) {
    guard let metadata = Metadata(document, kind: "GitRepo", findings: &findings) else {
      return nil
    }
    let spec = document.object("spec")
    let bundles = BundlePath.list(spec, findings: &findings)
    let isListed = !spec.objects("bundles").isEmpty
    self.init(
      metadata: metadata, repo: spec.string("repo"), branch: spec.string("branch"),
      paths: isListed ? [] : GitRepo.paths(spec, metadata, document, findings: &findings),
      bundles: bundles,
      targets: TargetEntry.entries(spec, "targets", origin: .gitRepo, findings: &findings),
      targetNamespace: BundleOptions.namespace(spec, "targetNamespace", findings: &findings),
      keepsResources: spec.flag("keepResources"), deletesNamespace: spec.flag("deleteNamespace"),
      isPaused: spec.flag("paused"),
      correctDrift: spec.has("correctDrift") ? CorrectDrift(spec.object("correctDrift")) : nil,
      serviceAccount: BundleOptions.serviceAccount(spec, findings: &findings), spec: spec.node)
  }

  private static func paths(
    _ spec: FieldReader, _ metadata: Metadata, _ document: FieldReader, findings: inout Findings
  ) -> [Located<String>] {
    let paths = spec.strings("paths")
    // Fleet takes the whole repository then. Here the repository also holds the fleet itself, so the
    // root is no bundle: every directory with a `fleet.yaml` is one.
    if paths.isEmpty, spec.value("paths")?.items?.isEmpty ?? !spec.has("paths") {
      let place = spec.keySpan("paths") ?? document.keySpan("spec") ?? metadata.name.span
      return [Located("/", at: place)]
    }
    return paths.filter { path in
      if let normal = BundleLayout.normalized(path.value) {
        if normal.split(separator: "/").contains(where: { GoPattern(String($0)) == nil }) {
          findings.error(
            "bad-path", "the path pattern \(Wording.quoted(path.value)) is malformed", at: path.span
          )
          return false
        }
        return true
      }
      findings.error(
        "bad-path", "the path \(Wording.quoted(path.value)) leaves the repository", at: path.span)
      return false
    }
  }

  /// Reports a repository or branch that is not this one, which is all that can be read now.
  ///
  /// `aliases` are the URLs of this repository; two URLs are the same when they differ only in a
  /// trailing `/` or `.git`.
  package func checkSource(
    aliases: [String], branch hubBranch: String, findings: inout Findings
  ) {
    if let repo {
      let url = GitRepo.canonical(repo.value)
      if !aliases.contains(where: { GitRepo.canonical($0) == url }) {
        findings.error(
          "not-supported",
          "\(Wording.quoted(repo.value)) is not this repository, others are not supported yet",
          at: repo.span,
          hints: ["if it is this one, list it under 'spec.aliases' of the Hub, or leave 'repo' out"]
        )
      }
    }
    if let branch, branch.value != hubBranch {
      findings.error(
        "not-supported",
        "the hub reads branch \(Wording.quoted(hubBranch)), \(Wording.quoted(branch.value)) is not supported yet",
        at: branch.span,
        hints: ["write 'branch: \(PrintableText.escape(hubBranch))', or leave it out"])
    }
  }

  private static func canonical(_ url: String) -> Substring {
    var result = url[...]
    while result.utf8.last == UInt8(ascii: "/") { result.removeLast() }
    if result.hasSuffix(".git") { result.removeLast(4) }
    while result.utf8.last == UInt8(ascii: "/") { result.removeLast() }
    return result
  }
}
