// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel
package import GitObjects
package import Rendering
import YAMLTree

/// A bundle as it stands in the repository: its options and its manifests, read once.
package struct BundleSource: Sendable {
  /// The GitRepo that brings it.
  package let gitRepo: GitRepo
  /// The directory from the root of the repository.
  package let path: String
  /// The name, unique in the workspace.
  package let name: String
  /// Where the name is written, or the GitRepo's name.
  package let nameSpan: SourceSpan?
  /// What `fleet.yaml` says.
  package let options: FleetYAML
  /// The manifests.
  package let manifests: PlainManifests

  /// The workspace.
  package var workspace: String { gitRepo.workspace }

  /// The finding about a link where a bundle's files are read.
  static func refusal(ofLink link: String) -> Finding {
    Finding(
      .error, "symbolic-link", "a symbolic link in a bundle is not followed", path: link,
      hints: ["commit the file itself instead of a link"])
  }
}

/// Reads the bundles of GitRepos from the files of a repository.
package struct BundleReader<Reader: ObjectReader> {
  private let files: SourceFiles
  private let reader: Reader

  /// Makes a reader of one source tree.
  package init(files: SourceFiles, reader: Reader) {
    self.files = files
    self.reader = reader
  }

  /// The bundles of a GitRepo; nil stands for one that could not be read, which is reported.
  package func bundles(
    of gitRepo: GitRepo, layout: BundleLayout, findings: inout Findings
  ) throws(ObjectAccessError) -> [BundleSource] {
    for unused in gitRepo.paths where layout.unusedPaths.contains(unused.value) {
      let isWhole = BundleLayout.normalized(unused.value)?.isEmpty ?? false
      findings.error(
        "no-bundle",
        isWhole
          ? "no directory of the repository has a 'fleet.yaml', so there is no bundle"
          : "the path '\(PrintableText.escape(unused.value))' leads to no bundle: there is no YAML",
        at: unused.span,
        hints: [
          isWhole
            ? "add a fleet.yaml to each directory to deploy, or name the directories in 'paths:'"
            : "commit the directory, or take the path out"
        ])
    }
    var result: [BundleSource] = []
    for directory in layout.bundles {
      if let bundle = try read(directory, of: gitRepo, findings: &findings) {
        result.append(bundle)
      }
    }
    return result
  }

  private func read(
    _ directory: BundleDirectory, of gitRepo: GitRepo, findings: inout Findings
  ) throws(ObjectAccessError) -> BundleSource? {
    var options = FleetYAML()
    if directory.optionFiles.count > 1, let second = directory.optionFiles.last {
      findings.add(
        Finding(
          .error, "two-option-files", "the directory has a 'fleet.yaml' and a 'fleet.yml'",
          path: second, hints: ["keep one of them: git rm \(second)"]))
      return nil
    }
    if let path = directory.optionFiles.first {
      guard let read = try readOptions(path, findings: &findings) else { return nil }
      options = read
    }
    let shown = directory.path.isEmpty ? "." : directory.path
    var isRefused = false
    let linkPrefix = directory.path.isEmpty ? "" : directory.path + "/"
    for link in files.links where link.utf8.starts(with: linkPrefix.utf8) {
      findings.add(BundleSource.refusal(ofLink: link))
      isRefused = true
    }
    let kept = try keptFiles(directory, findings: &findings)
    for file in kept {
      let name = file.split(separator: "/").last ?? ""
      let relative = file.utf8Suffix(from: linkPrefix.utf8.count)
      let renderer: String? =
        switch name {
        case "Chart.yaml": "Helm charts are"
        case "kustomization.yaml", "kustomization.yml", "Kustomization": "kustomizations are"
        default: relative.hasPrefix("templates/") ? "Helm templates are" : nil
        }
      if let renderer {
        findings.add(
          Finding(
            .error, "not-supported", "\(renderer) not supported yet in bundles", path: file,
            notes: [Finding.Note("the bundle is the directory '\(shown)'")]))
        isRefused = true
      }
    }
    if isRefused { return nil }
    var manifestFiles: [BundleFile] = []
    for path in kept {
      guard let file = files.file(at: path), file.isManifest else { continue }
      let relative = path.utf8Suffix(from: linkPrefix.utf8.count)
      // Overlays are patches for clusters that name them, never manifests of their own (Fleet).
      if relative.hasPrefix("overlays/") { continue }
      guard let bytes = try text(file, findings: &findings) else { continue }
      manifestFiles.append(BundleFile(path: path, bytes: bytes))
    }
    let manifests = PlainManifests(files: manifestFiles, findings: &findings)
    return BundleSource(
      gitRepo: gitRepo, path: directory.path,
      name: options.name?.value
        ?? BundleName.default(gitRepo: gitRepo.name, path: directory.path),
      nameSpan: options.name?.span ?? gitRepo.metadata.name.span, options: options,
      manifests: manifests)
  }

  private func readOptions(
    _ path: String, findings: inout Findings
  ) throws(ObjectAccessError) -> FleetYAML? {
    guard let file = files.file(at: path), let bytes = try text(file, findings: &findings) else {
      return nil
    }
    var parsing = Findings()
    let documents = YAMLParser.parse(bytes, path: path, findings: &parsing)
    findings.add(contentsOf: parsing.all)
    if parsing.hasErrors { return nil }
    if documents.count > 1 {
      findings.error(
        "two-documents", "a fleet.yaml has one document, this one has \(documents.count)",
        at: documents[1].root.span)
    }
    guard let root = documents.first?.root, !root.isNull else { return FleetYAML() }
    return FleetYAML(root, path: path, findings: &findings)
  }

  private func keptFiles(
    _ directory: BundleDirectory, findings: inout Findings
  ) throws(ObjectAccessError) -> [String] {
    let prefix = directory.path.isEmpty ? 0 : directory.path.utf8.count + 1
    var ignoreFiles: [String: IgnoreFile] = [:]
    for path in directory.ignoreFiles {
      guard let file = files.file(at: path), let bytes = try text(file, findings: &findings) else {
        continue
      }
      let folder = String(file.folder).utf8Suffix(from: prefix)
      ignoreFiles[folder] = IgnoreFile(bytes, path: path, findings: &findings)
    }
    let rules = IgnoreRules(ignoreFiles)
    return directory.files.filter { !rules.ignores($0.utf8Suffix(from: prefix)) }
  }

  /// The bytes of a file that is read as text; nil when it is too large, which is reported.
  func text(
    _ file: SourceFile, findings: inout Findings
  ) throws(ObjectAccessError) -> [UInt8]? {
    do throws(ObjectAccessError) {
      return try reader.blob(file.id, limit: SourceLimits.textFile)
    } catch .tooLarge(_, let size) {
      findings.add(SourceLimits.tooLarge(file.path, size: size, limit: SourceLimits.textFile))
      return nil
    }
  }
}

extension SourceLimits {
  /// The code of findings about files that are not read because of their size.
  static let code = "file-too-large"

  /// The finding about a file that is not read because of its size.
  static func tooLarge(_ path: String, size: Int, limit: Int) -> Finding {
    Finding(
      .error, code,
      "the file has \(Wording.number(size >> 20)) MiB, the limit is \(limit >> 20) MiB", path: path,
      hints: ["keep large files out of the fleet repository"])
  }
}

extension String {
  /// What follows after so many bytes; empty when there are no more.
  fileprivate func utf8Suffix(from count: Int) -> String {
    String(Substring(utf8.dropFirst(count)))
  }
}
