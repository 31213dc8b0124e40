// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import Posix

/// The fleet repository that a person works in.
final class FleetRepository {
  /// The folder with the files; the repository itself where it is bare.
  let folder: String
  /// Whether there are no files, only commits: the hub's own repository.
  let isBare: Bool
  /// Git, started in the folder.
  let git: GitProgram
  /// The objects and refs.
  let store: Repository
  private var snapshots: [WorkTreeSnapshot] = []

  private init(folder: String, isBare: Bool, git: GitProgram, store: Repository) {
    self.folder = folder
    self.isBare = isBare
    self.git = git
    self.store = store
  }

  /// Finds the repository that a folder is in.
  static func open(
    _ folder: String, in context: CommandContext
  ) throws(CommandError) -> FleetRepository {
    guard Files.isDirectory(folder) else {
      throw CommandError("there is no folder '\(folder)'", status: .usage)
    }
    let here = GitProgram(directory: folder, environment: context.environment)
    var top = try here.answer(["rev-parse", "--show-toplevel"])
    let isBare = top == nil
    if top == nil, try here.answer(["rev-parse", "--is-bare-repository"]) == "true" {
      top = try here.answer(["rev-parse", "--absolute-git-dir"])
    }
    guard let top else {
      let result = try here.result(["rev-parse", "--git-dir"])
      if String(decoding: result.errorOutput, as: UTF8.self).contains("dubious ownership") {
        throw GitProgram.failure(result, ["rev-parse"])
      }
      throw CommandError(
        "'\(folder)' is in no Git repository",
        hints: ["go to your fleet repository, or make one: kubectl fleet init"])
    }
    return FleetRepository(
      folder: top, isBare: isBare,
      git: GitProgram(directory: top, environment: context.environment),
      store: try failing { try Repository.open(top) })
  }

  /// The tree of a revision; of the files as they are now when none is named.
  func version(_ revision: String?) throws(CommandError) -> SourceVersion {
    guard let revision = revision ?? (isBare ? "HEAD" : nil) else {
      let snapshot = try WorkTreeSnapshot.take(git)
      try failing { try store.addAlternate(snapshot.objectDirectory) }
      snapshots.append(snapshot)
      return SourceVersion(tree: snapshot.tree, commit: nil, title: "the files as they are now")
    }
    guard let commit = try commit(revision) else {
      throw CommandError(
        "there is no commit '\(revision)'", hints: ["git log --oneline -5"], status: .usage)
    }
    return commit
  }

  /// The version of a revision; nil when there is none.
  func commit(_ revision: String) throws(CommandError) -> SourceVersion? {
    do {
      guard let found = try store.resolve(revision) else { return nil }
      let commit = try store.peelToCommit(found)
      return SourceVersion(
        tree: try store.commit(commit).tree, commit: commit, title: "commit \(commit.short)")
    } catch let error as GitError where [.invalidName, .notFound].contains(error.category) {
      return nil
    } catch {
      throw CommandError(error)
    }
  }

  /// The name of the branch that the hub compiles: what the remote's HEAD names, else `main`.
  func hubBranch() throws(CommandError) -> String {
    if isBare {
      return try git.answer(["symbolic-ref", "--short", "HEAD"]) ?? "main"
    }
    let head = try git.answer(["symbolic-ref", "refs/remotes/origin/HEAD"])
    let prefix = "refs/remotes/origin/"
    guard let head, head.utf8.starts(with: prefix.utf8) else { return "main" }
    return String(head.dropFirst(prefix.count))
  }

  /// What was last seen of the hub's branch: that of `origin`, else what the local branch of the same
  /// name follows; nil without one.
  func upstream() throws(CommandError) -> (name: String, version: SourceVersion)? {
    if isBare { return nil }
    let branch = try hubBranch()
    let followed = try git.answer([
      "for-each-ref", "--format=%(upstream:short)", "refs/heads/\(branch)",
    ])
    for name in ["origin/\(branch)"] + (followed.map { [$0] } ?? []) {
      if let version = try commit("refs/remotes/\(name)") { return (name, version) }
    }
    return nil
  }
}

/// A version of the source tree.
struct SourceVersion {
  /// The root of the tree.
  let tree: ObjectID
  /// The commit; nil for the files as they are now.
  let commit: ObjectID?
  /// What people call it: `commit 1a2b3c4`.
  let title: String
}
