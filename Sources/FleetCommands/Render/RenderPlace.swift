// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import Posix

/// Where a directory stands that is to be rendered: in a tree of a repository, or made into one.
struct RenderPlace {
  /// The root of the tree.
  let tree: ObjectID
  /// The directory from there; never empty, because the root of a repository is no bundle.
  let path: String
  /// The objects.
  let objects: LayeredObjects
  /// Keeps what the objects are read from.
  private let owner: AnyObject

  /// Finds the repository that a folder is in, or takes the folder alone.
  static func find(_ folder: String, in context: CommandContext) throws(CommandError) -> RenderPlace
  {
    guard Files.isDirectory(folder) else {
      throw CommandError("there is no folder '\(folder)'", status: .usage)
    }
    let git = GitProgram(directory: folder, environment: context.environment)
    guard try git.answer(["rev-parse", "--show-toplevel"]) != nil else {
      let loose = try LooseFolder(folder, in: context)
      return RenderPlace(
        tree: loose.tree, path: loose.name, objects: LayeredObjects(over: loose.store), owner: loose
      )
    }
    let repository = try FleetRepository.open(folder, in: context)
    let version = try repository.version(nil)
    // Symbolic links on the way to the folder are Git's business.
    let prefix = try git.answer(["rev-parse", "--show-prefix"]) ?? ""
    let path = prefix.split(separator: "/").joined(separator: "/")
    let objects = LayeredObjects(over: repository.store)
    if !path.isEmpty {
      return RenderPlace(tree: version.tree, path: path, objects: objects, owner: repository)
    }
    let name = Files.split(repository.folder).name
    let wrapped = try failing {
      try objects.writeTree([TreeEntry(name, .directory, version.tree)])
    }
    return RenderPlace(tree: wrapped, path: name, objects: objects, owner: repository)
  }
}
