// SPDX-License-Identifier: Apache-2.0

/// A directory that deploys as one unit.
package struct BundleDirectory: Sendable, Hashable {
  /// The directory from the root of the repository; `""` for the root.
  package let path: String
  /// `fleet.yaml` and `fleet.yml` of this directory; two are one too many.
  package let optionFiles: [String]
  /// The other files, from the root of the repository, sorted by bytes; hidden ones and those of other
  /// bundles are not among them, those that `.fleetignore` leaves out still are.
  package let files: [String]
  /// The `.fleetignore` files that have a say, from the root of the repository.
  package let ignoreFiles: [String]
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

/// The directories of a list of files.
private struct DirectoryTree {
  /// The directories in a directory; every directory is a key.
  private(set) var children: [String: [String]] = ["": []]
  /// The files in a directory, in order.
  private(set) var files: [String: [String]] = [:]

  init(_ paths: [String]) {
    for path in paths {
      var directory = ""
      let names = path.split(separator: "/")
      for name in names.dropLast() {
        let child = directory.isEmpty ? String(name) : directory + "/" + name
        if children[child] == nil {
          children[child] = []
          children[directory, default: []].append(child)
        }
        directory = child
      }
      files[directory, default: []].append(path)
    }
  }

  static func isHidden(_ path: some StringProtocol) -> Bool {
    path.split(separator: "/").last?.utf8.first == UInt8(ascii: ".")
  }

  func isBundle(_ directory: String) -> Bool {
    (files[directory] ?? []).contains { BundleLayout.isOptionFile($0) }
  }

  func hasLooseResources(_ directory: String) -> Bool {
    if isBundle(directory) { return false }
    if (files[directory] ?? []).contains(where: {
      !DirectoryTree.isHidden($0) && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
    }) {
      return true
    }
    return visibleChildren(directory).contains { hasLooseResources($0) }
  }

  func optionDirectories(below root: String) -> [String] {
    visibleChildren(root).flatMap { child in
      (isBundle(child) ? [child] : []) + optionDirectories(below: child)
    }
  }

  /// The bundles with their files; one that others have left no resource and no options is dropped.
  func bundles(_ paths: Set<String>) -> [BundleDirectory] {
    paths.compactMap { path in
      var own: [String] = []
      var ignoreFiles: [String] = []
      collect(path, stoppingAt: paths, into: &own, ignoreFiles: &ignoreFiles)
      let options = (files[path] ?? []).filter { BundleLayout.isOptionFile($0) }
      own.removeAll { options.contains($0) }
      if options.isEmpty, !own.contains(where: { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }) {
        return nil
      }
      return BundleDirectory(
        path: path, optionFiles: options,
        files: own.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
        ignoreFiles: ignoreFiles.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
  }

  private func collect(
    _ directory: String, stoppingAt others: Set<String>, into own: inout [String],
    ignoreFiles: inout [String]
  ) {
    for file in files[directory] ?? [] {
      if file.split(separator: "/").last == ".fleetignore" { ignoreFiles.append(file) }
      if !DirectoryTree.isHidden(file) { own.append(file) }
    }
    for child in visibleChildren(directory) where !others.contains(child) {
      collect(child, stoppingAt: others, into: &own, ignoreFiles: &ignoreFiles)
    }
  }

  private func visibleChildren(_ directory: String) -> [String] {
    (children[directory] ?? []).filter { !DirectoryTree.isHidden($0) }
  }
}
