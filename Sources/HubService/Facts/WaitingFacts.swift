// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
package import GitObjects
package import GitStore

/// Reported facts that budgets or compiler have refused: the commit on `refs/fleet/facts-waiting`. Its tree is what
/// `refs/fleet/facts` would get, its message says why it does not.
package struct WaitingFacts: Sendable, Hashable {
  /// The tree.
  package let tree: ObjectID
  /// The plan that it was compared with.
  package let plan: ObjectID?
  /// The facts that were in force; nil for none.
  package let base: ObjectID?
  /// When it was refused, seconds since 1970.
  package let seconds: Int64
  /// What is refused, in one line: `facts of store-0001 wait`.
  package let subject: String
  /// Which facts, why, and the blast radius.
  package let body: String

  static func write(
    _ facts: ReportedFacts, _ change: FactsUptake.Change, plan: ObjectID, base: ObjectID?,
    seconds: Int64, to repository: Repository
  ) throws {
    let old = try repository.reference(HubLayout.Ref.factsWaiting)
    let commit = Commit(
      tree: try FactsCommit.writeTree(of: facts, to: repository), parents: [],
      author: HubIdentity.signature(seconds: seconds),
      message: CommitMessage.make(
        subject: "facts of \(Wording.list(change.clusters)) wait",
        body: change.sentences.joined(separator: "\n") + "\n\n" + trimmed(change.text),
        trailers: [Trailer("Plan", plan.hex)] + (base.map { [Trailer("Facts", $0.hex)] } ?? [])))
    let id = try repository.write(.commit, commit.content)
    if id == old { return }
    try repository.updateReference(
      HubLayout.Ref.factsWaiting, to: id, expecting: old ?? .zero, message: "facts wait")
  }

  static func remove(_ repository: Repository) throws {
    guard let old = try repository.reference(HubLayout.Ref.factsWaiting) else { return }
    try repository.deleteReference(HubLayout.Ref.factsWaiting, expecting: old)
  }

  /// What waits now; nil when nothing does.
  static func read(_ repository: Repository) throws(HubError) -> WaitingFacts? {
    read(
      try HubError.wrap { try repository.reference(HubLayout.Ref.factsWaiting) },
      from: repository)
  }

  /// Reads the commit; nil when there is none that can be read.
  package static func read(_ id: ObjectID?, from repository: Repository) -> WaitingFacts? {
    guard let id, let commit = try? repository.commit(id) else { return nil }
    let lines = commit.message.split(separator: "\n", omittingEmptySubsequences: false)
    // The last paragraph is the trailers.
    let body = lines.dropFirst(2).joined(separator: "\n")
    let end = body.ranges(of: "\n\nPlan: ").last?.lowerBound ?? body.endIndex
    return WaitingFacts(
      tree: commit.tree, plan: commit.trailer("Plan").flatMap { ObjectID(hex: $0) },
      base: commit.trailer("Facts").flatMap { ObjectID(hex: $0) },
      seconds: commit.committer.seconds, subject: lines.first.map(String.init) ?? "",
      body: String(body[..<end]))
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while rest.utf8.last == 10 { rest.removeLast() }
    return String(rest)
  }
}
