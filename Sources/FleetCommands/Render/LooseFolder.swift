// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import Posix

/// A folder outside of every repository, as a Git tree: for a look at a bundle before there is a fleet.
///
/// Git itself makes the tree, in a repository of ours that is gone again afterwards.
final class LooseFolder {
  /// The root of the tree, in which the folder stands alone.
  let tree: ObjectID
  /// The folder's name in the tree.
  let name: String
  /// The objects.
  let store: Repository
  private let scratch: String

  /// Takes a snapshot of a folder.
  init(_ folder: String, in context: CommandContext) throws(CommandError) {
    let place = Files.split(folder)
    name = place.name
    let git = GitProgram(directory: place.folder, environment: context.environment)
    let scratch = try failing {
      try Files.makeTemporaryDirectory(prefix: "kubectl-fleet", in: git.temporaryFolder ?? "/tmp")
    }
    self.scratch = scratch
    do {
      let repository = scratch + "/loose.git"
      _ = try git.run(["init", "--quiet", "--bare", repository])
      // Ignore files are for commits; helm and kubectl read what they name like everything else.
      let repositoryOptions = ["--git-dir=\(repository)", "--work-tree=\(place.folder)"]
      _ = try git.run(
        repositoryOptions + [
          "-c", "advice.addEmbeddedRepo=false", "add", "--all", "--force", "--", place.name,
        ])
      let text = try git.run(repositoryOptions + ["write-tree"])
      guard let id = ObjectID(hex: text) else {
        throw CommandError("git write-tree printed '\(text)', not an id", status: .failure)
      }
      tree = id
      store = try Repository.open(repository)
    } catch {
      try? Files.removeTree(scratch)
      throw CommandError(error)
    }
  }

  deinit {
    // What can't be removed is a few files in the folder for temporary ones.
    try? Files.removeTree(scratch)
  }
}
