// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// The directories of a list of files.
struct DirectoryTree {
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
      !DirectoryTree.isHidden($0) && DirectoryTree.isYAML($0)
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
      let bundle = bundle(path, stoppingAt: paths)
      let isEmpty = bundle.optionFiles.isEmpty && !bundle.files.contains(where: Self.isYAML)
      return isEmpty ? nil : bundle
    }
  }

  /// A directory with its files, without those of the other directories.
  func bundle(_ path: String, stoppingAt others: Set<String>) -> BundleDirectory {
    var own: [String] = []
    var ignoreFiles: [String] = []
    collect(path, stoppingAt: others, into: &own, ignoreFiles: &ignoreFiles)
    let options = (files[path] ?? []).filter { BundleLayout.isOptionFile($0) }
    own.removeAll { options.contains($0) }
    return BundleDirectory(
      path: path, optionFiles: options, files: own.sorted { $0.precedesInBytes($1) },
      ignoreFiles: ignoreFiles.sorted { $0.precedesInBytes($1) }, namedOptions: nil)
  }

  static func isYAML(_ path: String) -> Bool { path.hasSuffix(".yaml") || path.hasSuffix(".yml") }

  func contains(_ path: String) -> Bool {
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
    return files[folder]?.contains(path) ?? false
  }

  private func collect(
    _ directory: String, stoppingAt others: Set<String>, into own: inout [String],
    ignoreFiles: inout [String]
  ) {
    for file in files[directory] ?? [] {
      let name = file.split(separator: "/").last ?? ""
      if name == ".fleetignore" { ignoreFiles.append(file) }
      if !DirectoryTree.isHidden(file), name != BundleLayout.lockFile { own.append(file) }
    }
    for child in visibleChildren(directory) where !others.contains(child) {
      collect(child, stoppingAt: others, into: &own, ignoreFiles: &ignoreFiles)
    }
  }

  private func visibleChildren(_ directory: String) -> [String] {
    (children[directory] ?? []).filter { !DirectoryTree.isHidden($0) }
  }
}
