// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Posix

/// The files as they are now, as a Git tree: tracked and new ones, without what `.gitignore` names.
///
/// Git itself makes the tree, so that filters and ignore rules count as they will when the files are
/// committed. It works on a copy of the index and writes into a folder of ours; the user's repository
/// stays byte for byte as it is.
final class WorkTreeSnapshot {
  /// The root of the tree.
  let tree: ObjectID
  /// Where the objects are that the repository does not have.
  let objectDirectory: String
  private let folder: String

  private init(tree: ObjectID, folder: String) {
    self.tree = tree
    self.folder = folder
    objectDirectory = Self.objects(folder)
  }

  deinit {
    // What can't be removed is a few files in the folder for temporary ones.
    try? Files.removeTree(folder)
  }

  /// Takes a snapshot of the folder that git runs in.
  static func take(_ git: GitProgram) throws(CommandError) -> WorkTreeSnapshot {
    let paths = try git.run([
      "rev-parse", "--path-format=absolute", "--git-path", "index", "--git-path", "objects",
    ]).split(separator: "\n").map(String.init)
    guard paths.count == 2 else {
      throw CommandError(
        "'\(git.directory)' has a path that cannot be used: it has a line break", status: .failure)
    }
    let folder = try failing {
      try Files.makeTemporaryDirectory(prefix: "kubectl-fleet", in: git.temporaryFolder ?? "/tmp")
    }
    do {
      let objects = objects(folder)
      try Files.makeDirectories(objects)
      let index = folder + "/index"
      if Files.exists(paths[0]) { try copy(paths[0], to: index, git) }
      let variables = [
        "GIT_INDEX_FILE": index, "GIT_OBJECT_DIRECTORY": objects,
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": quoted(paths[1]),
      ]
      _ = try git.run(
        ["-c", "core.fsmonitor=false", "-c", "advice.addEmbeddedRepo=false", "add", "--all", "."],
        adding: variables)
      let tree = try git.run(["write-tree"], adding: variables)
      guard let id = ObjectID(hex: tree) else {
        throw CommandError("git write-tree printed '\(tree)', not an id", status: .failure)
      }
      return WorkTreeSnapshot(tree: id, folder: folder)
    } catch {
      try? Files.removeTree(folder)
      var problem = CommandError(error)
      // The user knows the index by its own name.
      problem.notes = problem.notes.map { $0.replacing(folder, with: git.directory + "/.git") }
      throw problem
    }
  }

  /// Copies the index, which remembers the times of files, so that git reads only those that changed.
  ///
  /// The copy has to keep its own time: a file that is as old as the index may have been changed in the
  /// same second, and git looks into it for that reason alone ("racy git").
  private static func copy(_ index: String, to copy: String, _ git: GitProgram) throws {
    let result = try Child.run(["cp", "-p", index, copy], environment: git.environment)
    guard result.succeeded else {
      throw CommandError(
        "the index of Git cannot be copied", notes: [GitProgram.text(result.errorOutput)],
        status: .failure)
    }
  }

  private static func objects(_ folder: String) -> String { folder + "/objects" }

  /// A path in a list that is separated by `:`; git reads one in double quotes as a C string.
  private static func quoted(_ path: String) -> String {
    var text = "\""
    for scalar in path.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { text += "\\" }
      text.unicodeScalars.append(scalar)
    }
    return text + "\""
  }
}
