// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import Rendering
import YAMLTree

/// Reads the files of `helm.valuesFiles` and lays them over `helm.values`.
///
/// Fleet reads them relative to the bundle's directory (`internal/bundlereader/resources.go`); `..` may
/// lead to another directory of the repository.
struct ValuesFileReader<Reader: ObjectReader> {
  let files: SourceFiles
  let reader: BundleReader<Reader>

  /// The bundle with the values of its files.
  func folded(
    _ bundle: BundleSource, findings: inout Findings
  ) throws(ObjectAccessError) -> BundleSource {
    var options = bundle.options
    if options.valuesFiles.isEmpty { return bundle }
    var used = Set<String>()
    var collected = Findings()
    try options.foldValuesFiles { (written) throws(ObjectAccessError) -> YAMLNode? in
      try values(written, of: bundle, &used, findings: &collected)
    }
    findings.add(contentsOf: collected.all)
    return bundle.with(options: options, valuesFiles: used)
  }

  private func values(
    _ written: Located<String>, of bundle: BundleSource, _ used: inout Set<String>,
    findings: inout Findings
  ) throws(ObjectAccessError) -> YAMLNode? {
    guard let path = bundle.resolve(written.value) else {
      findings.error(
        "values-file", "the values file \(Wording.quoted(written.value)) is outside the repository",
        at: written.span)
      return nil
    }
    guard let file = files.file(at: path) else {
      findings.error(
        "values-file", "there is no file \(Wording.quoted(path))", at: written.span,
        hints: suggestion(for: path, of: bundle))
      return nil
    }
    if BundleLayout.isInside(path, bundle.path) {
      used.insert(path.utf8Suffix(from: bundle.path.isEmpty ? 0 : bundle.path.utf8.count + 1))
    }
    guard let bytes = try reader.text(file, findings: &findings) else { return nil }
    let documents = YAMLParser.parse(bytes, path: path, findings: &findings)
    if documents.count > 1 {
      findings.error(
        "values-file", "a values file has one document, this one has \(documents.count)",
        at: documents[1].root.span)
      return nil
    }
    guard let root = documents.first?.root, !root.isNull else { return nil }
    guard root.pairs != nil else {
      findings.error("values-file", "values are a mapping", at: root.span)
      return nil
    }
    return root
  }

  private func suggestion(for path: String, of bundle: BundleSource) -> [String] {
    let candidates = bundle.files.map(\.path).filter {
      $0.hasSuffix(".yaml") || $0.hasSuffix(".yml")
    }.map { bundle.repositoryPath($0) }
    return Suggestion.nearest(to: path, among: candidates).map { ["did you mean '\($0)'?"] } ?? []
  }
}
