// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import GitObjects
import GitStore
import Posix
import Rendering

/// Where a directory stands that is to be rendered: in a tree of a repository, or made into one.
struct RenderPlace {
  /// The root of the tree.
  let tree: ObjectID
  /// The directory from there; never empty, a root gets the name of its folder.
  let path: String
  /// Whether it is the root of a repository, which can be a bundle only where there is no fleet.
  let isRoot: Bool
  /// The objects.
  let objects: LayeredObjects
  /// Keeps what the objects are read from.
  private let owner: AnyObject

  /// The repository; nil for a loose folder.
  var repository: FleetRepository? { owner as? FleetRepository }

  /// Finds the repository that a folder is in, or takes the folder alone.
  ///
  /// - Parameter written: the folder as the user wrote it.
  static func find(
    _ written: String, in context: CommandContext
  ) throws(CommandError) -> RenderPlace {
    let folder = context.absolute(written)
    guard Files.isDirectory(folder) else { throw missing(written, folder, in: context) }
    let git = GitProgram(directory: folder, environment: context.environment)
    guard try git.answer(["rev-parse", "--show-toplevel"]) != nil else {
      let loose = try LooseFolder(folder, in: context)
      return RenderPlace(
        tree: loose.tree, path: loose.name, isRoot: false,
        objects: LayeredObjects(over: loose.store), owner: loose)
    }
    let repository = try FleetRepository.open(folder, in: context)
    let version = try repository.version(nil)
    // Symbolic links on the way to the folder are Git's business.
    let prefix = try git.answer(["rev-parse", "--show-prefix"]) ?? ""
    let path = prefix.split(separator: "/").joined(separator: "/")
    let objects = LayeredObjects(over: repository.store)
    if !path.isEmpty {
      return RenderPlace(
        tree: version.tree, path: path, isRoot: false, objects: objects, owner: repository)
    }
    let name = Files.split(repository.folder).name
    let wrapped = try failing {
      try objects.writeTree([TreeEntry(name, .directory, version.tree)])
    }
    return RenderPlace(
      tree: wrapped, path: name, isRoot: true, objects: objects, owner: repository)
  }

  /// The error about what is no folder: a file, the name of a bundle, or nothing.
  private static func missing(
    _ written: String, _ path: String, in context: CommandContext
  ) -> CommandError {
    if Files.exists(path) {
      let folder = Files.split(written).folder
      return CommandError(
        "\(Wording.quoted(written)) is a file, not a folder",
        hints: ["kubectl fleet render \(folder)"], status: .usage)
    }
    var hints: [String] = []
    if let repository = try? FleetRepository.open(context.directory, in: context),
      let version = try? repository.version(nil), let branch = try? repository.hubBranch()
    {
      let objects = LayeredObjects(over: repository.store)
      let compiler = Compiler(
        reader: objects, writer: objects, branch: branch, engine: RenderEngine(cacheFolder: nil))
      let bundle = (try? compiler.outline(version.tree))?.bundle(named: written)
      if let path = bundle?.source.path, !path.isEmpty {
        let prefix = (try? repository.git.answer(["rev-parse", "--show-cdup"])) ?? nil
        hints = ["the bundle of this name: kubectl fleet render \(prefix ?? "")\(path)"]
      }
    }
    return CommandError(
      "there is no folder \(Wording.quoted(written))", hints: hints, status: .usage)
  }
}
