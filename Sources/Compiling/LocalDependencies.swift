// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import Rendering
import YAMLTree

/// Puts charts of the repository that a chart depends on (`repository: file://../common`) where helm looks
/// for them: into its `charts/`. Helm itself would copy them there with `helm dependency update`.
struct LocalDependencies<Reader: ObjectReader> {
  let files: SourceFiles
  let reader: Reader

  private static var scheme: String { "file://" }
  /// Charts that depend on charts that depend on charts: nobody goes further by hand.
  private static var deepest: Int { 8 }

  /// The files of the dependencies, by their paths in the chart; none for what is in `charts/` already.
  func files(
    of chart: String, present: [RenderFile], findings: inout Findings
  ) throws(ObjectAccessError) -> [RenderFile] {
    try files(of: chart, present: present, depth: 0, findings: &findings)
  }

  private func files(
    of chart: String, present: [RenderFile], depth: Int, findings: inout Findings
  ) throws(ObjectAccessError) -> [RenderFile] {
    var result: [RenderFile] = []
    for (name, repository) in try dependencies(of: chart, present) {
      guard let written = repository.string, written.hasPrefix(Self.scheme) else { continue }
      let folder = "charts/\(name)/"
      if present.contains(where: { $0.path.hasPrefix(folder) }) { continue }
      guard depth < Self.deepest,
        let path = Self.place(String(written.dropFirst(Self.scheme.utf8.count)), from: chart),
        files.file(at: path.isEmpty ? "Chart.yaml" : "\(path)/Chart.yaml") != nil
      else {
        findings.error(
          "missing-dependency",
          "the chart needs \(Wording.quoted(name)), and there is no chart in \(Wording.quoted(written))",
          at: repository.span)
        continue
      }
      let own = Self.chartFiles(files, below: path)
      let inner = try self.files(of: path, present: own, depth: depth + 1, findings: &findings)
      // What the dependency itself leaves out of a package is no matter of the chart around it.
      result += (own + inner).filter { $0.path != ".helmignore" }
        .map { RenderFile(path: folder + $0.path, id: $0.id) }
    }
    return result
  }

  /// The names of the dependencies of a chart and where they come from.
  private func dependencies(
    of chart: String, _ present: [RenderFile]
  ) throws(ObjectAccessError) -> [(name: String, repository: YAMLNode)] {
    var result: [(String, YAMLNode)] = []
    for name in ["Chart.yaml", "requirements.yaml"] {
      guard let file = present.first(where: { $0.path == name }) else { continue }
      let bytes = try reader.blob(file.id, limit: SourceLimits.textFile)
      // What is wrong with the file is said when the chart is read.
      var quiet = Findings()
      let path = chart.isEmpty ? name : "\(chart)/\(name)"
      let root = YAMLParser.parse(bytes, path: path, findings: &quiet).first?.root
      for item in root?["dependencies"]?.items ?? [] {
        if let name = item["name"]?.string, let repository = item["repository"] {
          result.append((name, repository))
        }
      }
    }
    return result
  }

  /// An absolute path counts from the root of the repository.
  private static func place(_ written: String, from chart: String) -> String? {
    BundlePath.joined(written.hasPrefix("/") ? "" : chart, written)
  }

  /// The files of a chart that no bundle has chosen: without hidden ones, and without ours.
  static func chartFiles(_ files: SourceFiles, below path: String) -> [RenderFile] {
    let prefix = path.isEmpty ? 0 : path.utf8.count + 1
    return files.files(below: path).compactMap { file in
      let inside = file.path.utf8Suffix(from: prefix)
      let isHidden = inside.split(separator: "/").contains { $0.hasPrefix(".") }
      guard inside == ".helmignore" || !isHidden, inside != ChartLock.fileName,
        !BundleLayout.isOptionFile(inside) || inside.contains("/")
      else { return nil }
      return RenderFile(path: inside, id: file.id)
    }
  }
}
