// SPDX-License-Identifier: Apache-2.0

/// The file that says what kustomize does in a folder.
package enum Kustomization {
  /// The names that kustomize looks for; Fleet knows the first one alone.
  package static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

  /// The kustomizations of a directory, in the order of `names`; more than one is an error for kustomize.
  ///
  /// - Parameters:
  ///   - paths: the files to look among.
  ///   - directory: a directory as the paths count it, `""` for their root.
  package static func find(in paths: some Sequence<String>, directory: String) -> [String] {
    let wanted = names.map { KustomizePath.join(directory, $0) }
    let found = Set(paths.filter { wanted.contains($0) })
    return wanted.filter { found.contains($0) }
  }
}

/// Paths from the root of a bundle; `""` is the root.
enum KustomizePath {
  static func join(_ directory: String, _ name: String) -> String {
    directory.isEmpty ? name : name.isEmpty ? directory : "\(directory)/\(name)"
  }

  /// A path that is written in a file of a directory; nil when it leads out of the root.
  static func resolve(_ text: String, from directory: String) -> String? {
    var names = directory.split(separator: "/")
    for name in text.split(separator: "/") where name != "." {
      if name == ".." {
        guard names.popLast() != nil else { return nil }
      } else {
        names.append(name)
      }
    }
    return names.joined(separator: "/")
  }

  /// Whether a path is a directory or lies in it.
  static func isInside(_ path: String, _ directory: String) -> Bool {
    directory.isEmpty || path == directory || path.utf8.starts(with: "\(directory)/".utf8)
  }

  static func directory(of path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }
}
