// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// A directory that deploys as one unit.
package struct BundleDirectory: Sendable, Hashable {
  /// The directory from the root of the repository; `""` for the root.
  package let path: String
  /// `fleet.yaml` and `fleet.yml` of this directory, two are one too many; or the file that `bundles` of
  /// the GitRepo names.
  package let optionFiles: [String]
  /// The other files, from the root of the repository, sorted by bytes; hidden ones, `fleet.lock` and those
  /// of other bundles are not among them, those that `.fleetignore` leaves out still are.
  package let files: [String]
  /// The `.fleetignore` files that have a say, from the root of the repository.
  package let ignoreFiles: [String]
  /// The file with the options as `bundles` of the GitRepo names it, from the directory; it is part of the
  /// bundle's name.
  package let namedOptions: String?

  /// The name of the bundle when its options give none; the same as in Fleet
  /// (`internal/cmd/cli/apply/apply.go`): of two bundles of one directory the options make it differ.
  package func defaultName(gitRepo: String) -> String {
    guard let namedOptions else { return BundleName.default(gitRepo: gitRepo, path: path) }
    let name = namedOptions.split(separator: "/").last ?? ""
    let stem = name.utf8.lastIndex(of: UInt8(ascii: ".")).map { name[..<$0] } ?? name
    let folder = namedOptions.dropLast(name.count)
    return BundleName.default(
      gitRepo: gitRepo, path: BundlePath.joined(path, String(folder) + String(stem)) ?? path)
  }
}

/// How the paths of a GitRepo become bundles.
///
/// Rules of Rancher Fleet (`internal/cmd/cli/apply/apply.go`): a path is a bundle if it has a
/// `fleet.yaml`, or a YAML file in itself or in a directory below that no `fleet.yaml` cuts off; every
/// directory below with a `fleet.yaml` is a bundle. Names with a dot in front are not looked at.
///
/// Where we differ: the root of the repository is never a bundle itself, because it holds the fleet's own
/// files; a GitRepo of the whole repository takes every directory with a `fleet.yaml`. A file belongs to the nearest bundle above it and to no other. Fleet puts the files of
/// an inner bundle into the outer one as well and so deploys them twice.
package struct BundleLayout: Sendable {
  /// The bundles, sorted by the bytes of their paths; none twice.
  package let bundles: [BundleDirectory]
  /// The paths of the GitRepo, as written, that lead to no bundle.
  package let unusedPaths: [String]
  /// What is wrong with `bundles` of the GitRepo: directories without YAML, option files that are not there.
  package let problems: [Finding]

  /// The name of the file that says which charts were downloaded; it is nobody's manifest.
  package static let lockFile = "fleet.lock"

  /// Whether a file is the option file of a bundle, by its name.
  package static func isOptionFile(_ path: some StringProtocol) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    return name == "fleet.yaml" || name == "fleet.yml"
  }

  /// A path as people write it (`/apps/`, `./apps`) without what says nothing; nil for one that leaves
  /// the repository.
  package static func normalized(_ path: String) -> String? {
    let names = path.split(separator: "/").filter { $0 != "." }
    return names.contains("..") ? nil : names.joined(separator: "/")
  }

  /// Finds the bundles of a GitRepo among the files of a repository, which have to be sorted by bytes.
  package init(_ gitRepo: GitRepo, files: [String]) {
    if gitRepo.bundles.isEmpty {
      self.init(paths: gitRepo.paths.map(\.value), files: files)
    } else {
      self.init(listed: gitRepo.bundles, files: files)
    }
  }

  /// Finds the bundles that are listed one by one.
  ///
  /// Fleet's user-driven scan: every directory is one bundle, a `fleet.yaml` below it makes none. Several
  /// may share a directory, each with its own file of options. A file belongs to the nearest directory of
  /// the list; files of options are nobody's manifests.
  private init(listed: [BundlePath], files: [String]) {
    let tree = DirectoryTree(files)
    let directories = Set(listed.compactMap(\.directory))
    let optionPaths = Set(listed.compactMap(\.optionsPath))
    var found: [BundleDirectory] = []
    var problems: [Finding] = []
    for entry in listed {
      guard let path = entry.directory else { continue }
      var directory = tree.bundle(path, stoppingAt: directories)
      if let options = entry.options, let optionsPath = entry.optionsPath {
        guard tree.contains(optionsPath) else {
          let shown = PrintableText.escape(optionsPath)
          problems.append(
            Finding(
              .error, "no-bundle", "there is no file '\(shown)' with options", at: options.span,
              hints: ["the path begins at the 'base' of the entry"]))
          continue
        }
        directory = BundleDirectory(
          path: path, optionFiles: [optionsPath], files: directory.files,
          ignoreFiles: directory.ignoreFiles, namedOptions: options.value)
      }
      directory = directory.without {
        optionPaths.contains($0) || BundleLayout.isOptionFile($0)
      }
      if directory.optionFiles.isEmpty, !directory.files.contains(where: DirectoryTree.isYAML) {
        problems.append(
          Finding(
            .error, "no-bundle",
            "the directory \(Wording.quoted(entry.base.value)) is no bundle: there is no YAML",
            at: entry.base.span, hints: ["commit the directory, or take the entry out"]))
      } else if found.contains(where: {
        $0.path == directory.path && $0.optionFiles == directory.optionFiles
      }) {
        problems.append(
          Finding(
            .error, "same-name", "this bundle is listed twice", at: entry.base.span,
            hints: ["name another file under 'options', or take the entry out"]))
      } else {
        found.append(directory)
      }
    }
    bundles = found.sorted {
      if $0.path != $1.path { return $0.path.precedesInBytes($1.path) }
      return $0.optionFiles.lexicographicallyPrecedes($1.optionFiles) { $0.precedesInBytes($1) }
    }
    unusedPaths = []
    self.problems = problems
  }

  /// Finds the bundles of `paths` (which may be patterns, see ``GoPattern``) among the files of a
  /// repository, which have to be sorted by bytes.
  package init(paths: [String], files: [String]) {
    let tree = DirectoryTree(files)
    var roots = Set<String>()
    var rootsByPath: [(path: String, roots: [String])] = []
    for path in paths {
      let found = BundleLayout.directories(path, in: tree)
      rootsByPath.append((path, found))
      roots.formUnion(found)
    }
    var bundlePaths = Set<String>()
    for root in roots {
      // The root of the repository holds clusters and policies, which are nobody's manifests.
      let mayBeBundle = !root.isEmpty
      if mayBeBundle, tree.isBundle(root) || tree.hasLooseResources(root) {
        bundlePaths.insert(root)
      }
      bundlePaths.formUnion(tree.optionDirectories(below: root))
    }
    let all = tree.bundles(bundlePaths)
    bundles = all.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    unusedPaths = rootsByPath.filter { entry in
      !entry.roots.contains { root in all.contains { BundleLayout.isInside($0.path, root) } }
    }.map(\.path)
    problems = []
  }

  /// Whether a path is a directory or lies in it.
  package static func isInside(_ path: String, _ directory: String) -> Bool {
    directory.isEmpty || path == directory || path.utf8.starts(with: (directory + "/").utf8)
  }

  private static func directories(_ path: String, in tree: DirectoryTree) -> [String] {
    guard let path = normalized(path) else { return [] }
    var found = [""]
    for name in path.split(separator: "/") {
      if GoPattern.isPlain(String(name)) {
        found = found.map { $0.isEmpty ? String(name) : $0 + "/" + name }
          .filter { tree.children[$0] != nil }
        continue
      }
      guard let pattern = GoPattern(String(name)) else { return [] }
      found = found.flatMap { directory in
        (tree.children[directory] ?? []).filter { child in
          pattern.matches(child.split(separator: "/").last ?? "")
        }
      }
    }
    return found.filter { !DirectoryTree.isHidden($0) }
  }
}

extension BundleDirectory {
  /// The same directory without some of its files.
  fileprivate func without(_ isLeftOut: (String) -> Bool) -> BundleDirectory {
    BundleDirectory(
      path: path, optionFiles: optionFiles, files: files.filter { !isLeftOut($0) },
      ignoreFiles: ignoreFiles, namedOptions: namedOptions)
  }
}
