// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import GitObjects

/// Limits of what a fleet repository may hold.
package enum SourceLimits {
  /// The most bytes of a YAML or JSON file that is read: more than etcd takes for an object.
  package static let textFile = 4 << 20
  /// The most bytes of any file that a push may bring.
  package static let anyFile = 25 << 20
  /// The most folders in one another.
  package static let depth = 64
  /// The most files of a fleet repository.
  package static let fileCount = 500_000
}

/// A file of the source tree.
package struct SourceFile: Sendable, Hashable {
  /// The path from the root, with `/`.
  package let path: String
  /// The blob.
  package let id: ObjectID

  /// Makes a file.
  package init(path: String, id: ObjectID) {
    self.path = path
    self.id = id
  }

  /// The name without its folders.
  package var name: Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] }
      ?? Substring(path)
  }

  /// The folder, empty for the root.
  package var folder: Substring { Self.folder(of: path) }

  /// The folder of a path, empty for the root.
  static func folder(of path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? ""
  }

  /// Whether the file is YAML or JSON by its name.
  package var isManifest: Bool {
    path.hasSuffix(".yaml") || path.hasSuffix(".yml") || path.hasSuffix(".json")
  }
}

/// The list of all files of a source commit, in the order of their paths' bytes.
package struct SourceFiles: Sendable {
  /// The files.
  package private(set) var files: [SourceFile] = []
  /// Links that stay inside the tree; they are refused where they would be read.
  package private(set) var links: [String] = []

  /// Lists a tree; names, links and submodules that cannot be accepted go to `findings`.
  package init(
    root: ObjectID, reader: some ObjectReader, findings: inout Findings
  ) throws(ObjectAccessError) {
    try walk(root, folder: "", depth: 0, reader: reader, findings: &findings)
    files.sort { $0.path.precedesInBytes($1.path) }
  }

  private mutating func walk(
    _ tree: ObjectID, folder: String, depth: Int, reader: some ObjectReader,
    findings: inout Findings
  ) throws(ObjectAccessError) {
    guard depth < SourceLimits.depth else {
      findings.add(
        Finding(
          .error, "too-deep", "folders are nested deeper than \(SourceLimits.depth)", path: folder))
      return
    }
    for entry in try reader.tree(tree) {
      guard let name = String(validating: entry.name, as: UTF8.self) else {
        let shown = folder + PrintableText.escape(bytes: entry.name)
        findings.add(
          Finding(
            .error, "file-name", "the file name is not UTF-8", path: shown,
            hints: ["rename the file: git mv OLD NEW"]))
        continue
      }
      let path = folder + name
      if let problem = Self.nameProblem(entry.name) {
        findings.add(
          Finding(
            .error, "file-name", "the file name has \(problem)", path: path,
            hints: ["rename the file: git mv OLD NEW"]))
        continue
      }
      switch entry.mode {
      case .directory:
        try walk(
          entry.id, folder: path + "/", depth: depth + 1, reader: reader, findings: &findings)
      case .file, .executable:
        if files.count == SourceLimits.fileCount {
          let limit = Wording.number(SourceLimits.fileCount)
          findings.add(
            Finding(
              .error, "too-many-files", "the repository has more than \(limit) files", path: path))
        }
        if files.count <= SourceLimits.fileCount {
          files.append(SourceFile(path: path, id: entry.id))
        }
      case .submodule:
        findings.add(
          Finding(
            .error, "submodule",
            "a submodule cannot be compiled: its files are not in this "
              + "repository", path: path,
            hints: ["copy the files: git rm --cached '\(path)', then git add them"]))
      case .symbolicLink:
        try check(link: entry.id, at: path, folder: folder, reader: reader, findings: &findings)
      }
    }
  }

  private static func nameProblem(_ name: [UInt8]) -> String? {
    if name.contains(0x0a) { return "a line break" }
    if name.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return "a control character" }
    if name.contains(UInt8(ascii: "\\")) { return "a backslash" }
    return nil
  }

  private mutating func check(
    link: ObjectID, at path: String, folder: String, reader: some ObjectReader,
    findings: inout Findings
  ) throws(ObjectAccessError) {
    let target = String(decoding: try reader.blob(link, limit: 1 << 16), as: UTF8.self)
    var depth = folder.utf8.count { $0 == UInt8(ascii: "/") }
    var leaves = target.hasPrefix("/")
    for part in target.split(separator: "/") where !leaves {
      if part == ".." { depth -= 1 } else if part != "." { depth += 1 }
      leaves = depth < 0
    }
    if leaves {
      findings.add(
        Finding(
          .error, "symbolic-link",
          "the symbolic link leaves the repository: it points to '\(PrintableText.escape(target))'",
          path: path, hints: ["commit the file itself instead of a link"]))
    } else {
      links.append(path)
    }
  }

  /// The files below a folder (`apps/pos`), all of them for the empty string; in order of paths.
  package func files(below folder: String) -> ArraySlice<SourceFile> {
    if folder.isEmpty { return files[...] }
    let prefix = Array((folder + "/").utf8)
    let start = partition { $0.path.utf8.lexicographicallyPrecedes(prefix) }
    var end = start
    while end < files.endIndex, files[end].path.utf8.starts(with: prefix) { end += 1 }
    return files[start..<end]
  }

  /// The file at a path, or nil.
  package func file(at path: String) -> SourceFile? {
    let index = partition { $0.path.utf8.lexicographicallyPrecedes(path.utf8) }
    guard index < files.endIndex, files[index].path.utf8.elementsEqual(path.utf8) else {
      return nil
    }
    return files[index]
  }

  private func partition(_ isBefore: (SourceFile) -> Bool) -> Int {
    var low = files.startIndex
    var high = files.endIndex
    while low < high {
      let middle = (low + high) / 2
      if isBefore(files[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
