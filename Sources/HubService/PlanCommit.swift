// SPDX-License-Identifier: Apache-2.0

package import Compiling
package import FleetModel
package import GitObjects
package import GitStore
package import Rendering
package import Rollouts
import SliceFormat

/// The commit on `refs/fleet/plan`: a function of the source commit, the reported facts and the renderers, without
/// parent.
package struct PlanCommit: Sendable, Hashable {
  /// The commit.
  package let id: ObjectID
  /// The source commit that it was compiled from.
  package let source: ObjectID
  /// The tree of all slices.
  package let slices: ObjectID
  /// The tree of the policies by which they are released; nil when everything is released at once.
  package let policy: ObjectID?
  /// The facts that it was compiled with; nil where none count.
  package let facts: ObjectID?
  /// Which facts count.
  package let factRules: FactRules

  /// The folders of the slices and of the policies in the plan's tree.
  private static let folder = Array("clusters".utf8)
  private static let policyFolder = Array("policy".utf8)
  private static let factsFile = Array("facts.json".utf8)

  /// Writes the commit of a plan.
  ///
  /// Dates come from the source commit, so that the same source, facts and renderers give the same id on
  /// every machine.
  package static func write(
    slices: ObjectID, of compilation: Compilation, source: ObjectID, sourceCommit: Commit,
    facts: FactsCommit?, to writer: some ObjectWriter
  ) throws(ObjectAccessError) -> PlanCommit {
    var entries = [TreeEntry(name: folder, mode: .directory, id: slices)]
    if let policy = compilation.policy {
      entries.append(TreeEntry(name: policyFolder, mode: .directory, id: policy))
    }
    let rules = compilation.documents.hub.facts
    let counting = rules.allow.isEmpty ? nil : facts?.id
    if !rules.allow.isEmpty {
      entries.append(
        TreeEntry(name: factsFile, mode: .file, id: try writer.write(.blob, rules.json)))
    }
    let tree = try writer.writeTree(entries)
    let commit = Commit(
      tree: tree, parents: [],
      author: HubIdentity.signature(seconds: sourceCommit.committer.seconds),
      message: CommitMessage.make(
        subject: "plan of \(source.short)",
        trailers: [Trailer("Source", source.hex), Trailer("Format", "\(SliceLayout.format)")]
          + (counting.map { [Trailer(factsTrailer, $0.hex)] } ?? [])
          + Renderer.allCases.compactMap { renderer in
            compilation.renderers[renderer].map { Trailer(renderer.trailer, $0) }
          }))
    let id = try writer.write(.commit, commit.content)
    return PlanCommit(
      id: id, source: source, slices: slices, policy: compilation.policy, facts: counting,
      factRules: rules)
  }

  private static let factsTrailer = "Facts"

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
    var rules = FactRules()
    if let file = entries.first(where: { $0.name == factsFile })?.id {
      guard let bytes = try? repository.blob(file, limit: 1 << 20),
        let read = FactRules(json: bytes)
      else { return nil }
      rules = read
    }
    return PlanCommit(
      id: id, source: source, slices: slices, policy: policy,
      facts: commit.trailer(factsTrailer).flatMap { ObjectID(hex: $0) }, factRules: rules)
  }

  /// Whether it is made with these facts.
  func isMade(with current: FactsCommit?) -> Bool {
    factRules.allow.isEmpty || facts == current?.id
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
