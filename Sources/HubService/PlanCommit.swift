// SPDX-License-Identifier: Apache-2.0

import Compiling
package import GitObjects
package import GitStore
package import Rendering
package import Rollouts
import SliceFormat

/// The commit on `refs/fleet/plan`: a function of the source commit and the renderers, without parent.
package struct PlanCommit: Sendable, Hashable {
  /// The commit.
  package let id: ObjectID
  /// The source commit that it was compiled from.
  package let source: ObjectID
  /// The tree of all slices.
  package let slices: ObjectID
  /// The tree of the policies by which they are released; nil when everything is released at once.
  package let policy: ObjectID?

  /// The folders of the slices and of the policies in the plan's tree.
  private static let folder = Array("clusters".utf8)
  private static let policyFolder = Array("policy".utf8)

  /// Writes the commit of a plan.
  ///
  /// Dates come from the source commit, so that the same source and the same renderers give the same id on
  /// every machine.
  package static func write(
    slices: ObjectID, policy: ObjectID?, source: ObjectID, sourceCommit: Commit,
    renderers: [Renderer: String],
    to writer: some ObjectWriter
  ) throws(ObjectAccessError) -> PlanCommit {
    var entries = [TreeEntry(name: folder, mode: .directory, id: slices)]
    if let policy {
      entries.append(TreeEntry(name: policyFolder, mode: .directory, id: policy))
    }
    let tree = try writer.writeTree(entries)
    let commit = Commit(
      tree: tree, parents: [],
      author: HubIdentity.signature(seconds: sourceCommit.committer.seconds),
      message: CommitMessage.make(
        subject: "plan of \(source.short)",
        trailers: [Trailer("Source", source.hex), Trailer("Format", "\(SliceLayout.format)")]
          + Renderer.allCases.compactMap { renderer in
            renderers[renderer].map { Trailer(renderer.trailer, $0) }
          }))
    let id = try writer.write(.commit, commit.content)
    return PlanCommit(id: id, source: source, slices: slices, policy: policy)
  }

  /// Reads a plan commit; nil when there is none, or it is of another format and has to be made anew.
  package static func read(_ id: ObjectID?, from repository: Repository) -> PlanCommit? {
    guard let id, let commit = try? repository.commit(id),
      commit.trailer("Format") == "\(SliceLayout.format)",
      let source = commit.trailer("Source").flatMap({ ObjectID(hex: $0) }),
      let entries = try? repository.tree(commit.tree),
      let slices = entries.first(where: { $0.name == folder })?.id,
      slices == .emptyTree || repository.hasObject(slices)
    else { return nil }
    let policy = entries.first { $0.name == policyFolder }?.id
    if let policy, !repository.hasObject(policy) { return nil }
    return PlanCommit(id: id, source: source, slices: slices, policy: policy)
  }

  /// The policies of the plan; nil when they cannot be understood, because a newer version wrote them.
  package func policies(
    from reader: some ObjectReader
  ) throws(ObjectAccessError) -> PlanPolicies? {
    try PolicyTree.read(policy, from: reader)
  }

  /// The versions that a plan was made with, by its trailers; empty for a commit that cannot be read.
  package static func renderers(
    _ id: ObjectID, from repository: Repository
  ) -> [Renderer: String] {
    guard let commit = try? repository.commit(id) else { return [:] }
    var versions: [Renderer: String] = [:]
    for renderer in Renderer.allCases { versions[renderer] = commit.trailer(renderer.trailer) }
    return versions
  }
}

extension Renderer {
  /// The trailer of a plan that says which version made it.
  package var trailer: String {
    switch self {
    case .helm: "Helm"
    case .kustomize: "Kustomize"
    }
  }
}

/// The author of what the hub commits.
enum HubIdentity {
  static func signature(seconds: Int64) -> Signature {
    Signature(name: "kubectl fleet", email: "hub@kubectl-fleet", seconds: seconds)
  }

  /// A person who pushed, as the serving side names them.
  static func person(_ principal: String, seconds: Int64) -> Signature {
    Signature(name: principal, email: "\(principal)@fleet", seconds: seconds)
  }
}
