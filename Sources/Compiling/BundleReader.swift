// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel
package import GitObjects
import Rendering
import YAMLTree

/// Reads the bundles of GitRepos from the files of a repository.
package struct BundleReader<Reader: ObjectReader> {
  private let files: SourceFiles
  private let reader: Reader

  /// Makes a reader of one source tree.
  package init(files: SourceFiles, reader: Reader) {
    self.files = files
    self.reader = reader
  }

  /// The bundles of a GitRepo, without those that could not be read, which are reported.
  package func bundles(
    of gitRepo: GitRepo, layout: BundleLayout, findings: inout Findings
  ) throws(ObjectAccessError) -> [BundleSource] {
    for unused in gitRepo.paths where layout.unusedPaths.contains(unused.value) {
      let isWhole = BundleLayout.normalized(unused.value)?.isEmpty ?? false
      let hasRoot = files.file(at: "fleet.yaml") != nil || files.file(at: "fleet.yml") != nil
      findings.error(
        "no-bundle",
        isWhole
          ? hasRoot
            ? "no directory below the root has a 'fleet.yaml', and the root is no bundle"
            : "no directory of the repository has a 'fleet.yaml', so there is no bundle"
          : "the path '\(PrintableText.escape(unused.value))' leads to no bundle: there is no YAML",
        at: unused.span,
        hints: [
          isWhole
            ? hasRoot
              ? "move the bundle into a folder: mkdir -p apps/NAME && git mv fleet.yaml apps/NAME"
              : "add a fleet.yaml to each directory to deploy, or name the directories in 'paths:'"
            : "commit the directory, or take the path out"
        ])
    }
    findings.add(contentsOf: layout.problems)
    var result: [BundleSource] = []
    for directory in layout.bundles {
      if let bundle = try read(directory, of: gitRepo, findings: &findings) {
        result.append(bundle)
      }
    }
    return result
  }

  /// Reads the bundle in one directory; nil when it could not be read, which is reported.
  package func read(
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
    let prefix = directory.path.isEmpty ? "" : directory.path + "/"
    var isRefused = false
    for link in files.links where link.utf8.starts(with: prefix.utf8) {
      findings.add(BundleSource.refusal(ofLink: link))
      isRefused = true
    }
    if isRefused { return nil }
    let kept = try keptFiles(directory, findings: &findings).compactMap { path in
      files.file(at: path).map {
        RenderFile(path: path.utf8Suffix(from: prefix.utf8.count), id: $0.id)
      }
    }
    let unfolded = BundleSource(
      gitRepo: gitRepo, path: directory.path,
      name: options.name?.value ?? directory.defaultName(gitRepo: gitRepo.name),
      nameSpan: options.name?.span ?? gitRepo.metadata.name.span, options: options,
      lock: try lock(directory, findings: &findings), files: kept, valuesFiles: [])
    return try ValuesFileReader(files: files, reader: self)
      .folded(unfolded, findings: &findings)
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

  private func lock(
    _ directory: BundleDirectory, findings: inout Findings
  ) throws(ObjectAccessError) -> ChartLock? {
    let path =
      directory.path.isEmpty ? ChartLock.fileName : "\(directory.path)/\(ChartLock.fileName)"
    guard let file = files.file(at: path), let bytes = try text(file, findings: &findings) else {
      return nil
    }
    return ChartLock(bytes, path: path, findings: &findings)
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
  func utf8Suffix(from count: Int) -> String {
    String(Substring(utf8.dropFirst(count)))
  }
}

extension String {
  /// The first so many bytes.
  func utf8Prefix(_ count: Int) -> String {
    String(Substring(utf8.prefix(count)))
  }
}
