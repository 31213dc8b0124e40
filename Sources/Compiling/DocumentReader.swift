// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel
package import GitObjects
import YAMLTree

/// Finds the files that are ours, outside the directories of bundles, and decodes them.
///
/// Folder names are a convention; apiVersion and kind decide. A directory with a `fleet.yaml`, a
/// `Chart.yaml` or a kustomization is payload, and so is what lies below a path of a GitRepo: a GitRepo
/// or a Cluster that a bundle ships is not ours.
package struct DocumentReader<Reader: ObjectReader> {
  private let files: SourceFiles
  private let reader: Reader

  /// Makes a reader of one source tree.
  package init(files: SourceFiles, reader: Reader) {
    self.files = files
    self.reader = reader
  }

  /// Reads all documents; what is wrong goes to `findings`.
  package func read(findings: inout Findings) throws(ObjectAccessError) -> FleetDocuments {
    var payload = PayloadFolders(files)
    let bundleReader = BundleReader(files: files, reader: reader)
    let ignored = try files.ignoreRules(bundleReader, findings: &findings)
    let candidates = files.files.filter { file in
      (file.path.hasSuffix(".yaml") || file.path.hasSuffix(".yml"))
        && !Self.isHidden(file.path) && !payload.contains(file)
        && (ForeignFiles.isOwn(file.path) || !ignored.ignores(file.path))
    }
    let parsed = try parse(candidates, bundleReader)
    // Paths of GitRepos make payload of what lies below them, which may take GitRepos away again; those
    // in our own folders cannot be taken away, and the others are looked at from the top down.
    var roots: [String] = []
    for entry in parsed where !PayloadRoots.contain(entry.file.path, roots) {
      let sources = entry.documents.map(\.root).filter { $0["kind"]?.string == "GitRepo" }
      if sources.isEmpty { continue }
      var quiet = Findings()
      var documents = FleetDocuments()
      documents.add(sources, path: entry.file.path, findings: &quiet)
      roots += PayloadRoots.of(documents.gitRepos)
    }
    var documents = FleetDocuments()
    for link in files.links
    where (link.hasSuffix(".yaml") || link.hasSuffix(".yml")) && !Self.isHidden(link)
      && !payload.contains(folder: SourceFile.folder(of: link))
      && !PayloadRoots.contain(link, roots)
    {
      findings.add(
        Finding(
          .error, "symbolic-link", "a symbolic link is not followed", path: link,
          hints: ["commit the file itself instead of a link"]))
    }
    for entry in parsed where !PayloadRoots.contain(entry.file.path, roots) {
      findings.add(contentsOf: entry.findings)
      documents.add(entry.documents, path: entry.file.path, findings: &findings)
    }
    return documents
  }

  /// So many bytes of text are in memory at a time.
  private static var lotSize: Int { 16 << 20 }

  private struct ParsedFile {
    let file: SourceFile
    var documents: [PreparedDocument] = []
    var findings: [Finding] = []
  }

  private func parse(
    _ candidates: [SourceFile], _ bundleReader: BundleReader<Reader>
  ) throws(ObjectAccessError) -> [ParsedFile] {
    var parsed: [ParsedFile] = []
    var texts: [(position: Int, text: YAMLParser.File)] = []
    var size = 0
    func finish() {
      let read = YAMLParser.parse(texts.map(\.text)) { text, reading in
        let roots = reading.documents.map(\.root)
        return ForeignFiles.isRootBundle(text.path, roots)
          ? ([], [ForeignFiles.rootBundle(text.path)])
          : (
            roots.map { PreparedDocument($0) },
            ForeignFiles.findings(reading.findings, in: text.bytes, at: text.path)
          )
      }
      for (entry, result) in zip(texts, read) {
        parsed[entry.position].documents = result.0
        parsed[entry.position].findings = result.1
      }
      texts = []
      size = 0
    }
    for file in candidates {
      var own = Findings()
      if let bytes = try bundleReader.text(file, findings: &own) {
        texts.append((parsed.count, YAMLParser.File(path: file.path, bytes: bytes)))
        size += bytes.count
      }
      parsed.append(ParsedFile(file: file, findings: own.all))
      if size >= Self.lotSize { finish() }
    }
    finish()
    return parsed
  }

  private static func isHidden(_ path: String) -> Bool {
    var previous = UInt8(ascii: "/")
    for byte in path.utf8 {
      if byte == UInt8(ascii: "."), previous == UInt8(ascii: "/") { return true }
      previous = byte
    }
    return false
  }
}

/// The paths of GitRepos, below which files are payload.
enum PayloadRoots {
  /// The top folders whose files are never payload, even where a GitRepo takes the whole repository.
  static let ownFolders = ["clusters/", "groups/", "gitrepos/", "policy/"]

  /// The paths and the directories of `bundles` that GitRepos name, without those that leave the repository.
  static func of(_ gitRepos: [GitRepo]) -> [String] {
    gitRepos.flatMap { gitRepo in
      gitRepo.paths.compactMap { BundleLayout.normalized($0.value) }
        + gitRepo.bundles.compactMap(\.directory)
    }
  }

  /// Whether a file is payload, because it lies below one of the paths and in no folder of ours.
  static func contain(_ path: String, _ roots: [String]) -> Bool {
    if ForeignFiles.isOwn(path) { return false }
    return roots.contains { root in
      // The root of the repository as a path makes bundles of the marked folders only.
      !root.isEmpty && matches(path, root, countingItself: false)
    }
  }

  /// Whether a path is one of the paths, which may be patterns, or lies below one.
  static func reach(_ path: String, _ roots: [String]) -> Bool {
    roots.contains { matches(path, $0, countingItself: true) }
  }

  private static func matches(_ path: String, _ root: String, countingItself: Bool) -> Bool {
    let names = path.split(separator: "/")
    let parts = root.split(separator: "/")
    guard names.count > parts.count || (countingItself && names.count == parts.count) else {
      return false
    }
    return zip(names, parts).allSatisfy { name, part in
      GoPattern.isPlain(String(part))
        ? name.utf8.elementsEqual(part.utf8) : GoPattern(String(part))?.matches(name) ?? false
    }
  }
}

/// The directories that are bundles by a file in them, and everything below them.
private struct PayloadFolders {
  private let marked: Set<String>
  private var known: [Substring: Bool] = [:]

  init(_ files: SourceFiles) {
    var marked = Set<String>()
    for file in files.files
    where !file.folder.isEmpty && BundleMark.names.contains(String(file.name)) {
      marked.insert(String(file.folder))
    }
    self.marked = marked
  }

  mutating func contains(_ file: SourceFile) -> Bool { contains(folder: file.folder) }

  mutating func contains(folder: Substring) -> Bool {
    if folder.isEmpty { return false }
    if let answer = known[folder] { return answer }
    let parent = folder.utf8.lastIndex(of: UInt8(ascii: "/")).map { folder[..<$0] } ?? ""
    let answer = marked.contains(String(folder)) || contains(folder: parent)
    known[folder] = answer
    return answer
  }
}
