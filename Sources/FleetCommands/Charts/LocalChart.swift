// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Posix
import YAMLTree

/// A chart that stands in the bundle, and what it wants from elsewhere.
struct LocalChart {
  /// A dependency that a repository has.
  struct Dependency {
    /// The name of the chart.
    let name: Located<String>
    /// Where it is, as written.
    let repository: Located<String>
    /// The version or range, as written; empty for the newest.
    let version: String
    /// Where the version is written.
    let versionSpan: SourceSpan?
    /// Where it comes from.
    let source: ChartSource
  }

  /// The directory, from the bundle; `.` for the bundle itself.
  let directory: String
  /// The dependencies that repositories have, in the order of the file.
  let dependencies: [Dependency]
  /// Charts of the bundle that it uses: in `charts/`, and by `file://`.
  let others: [String]
  /// Whether `charts/` holds something by the name of each dependency.
  let isComplete: Bool

  /// Reads a chart of the bundle in `folder`; nil when there is none.
  ///
  /// - Parameter prefix: the path of the bundle from the root of the repository, with `/`, for findings.
  init?(
    _ directory: String, in folder: String, prefix: String, findings: inout Findings
  ) throws(CommandError) {
    let inside = directory == "." ? "" : directory + "/"
    let read = { (name: String) throws(CommandError) -> [UInt8]? in
      try failing { try Files.readIfPresent("\(folder)/\(inside)\(name)", limit: 4 << 20) }
    }
    guard let bytes = try read("Chart.yaml") else { return nil }
    self.directory = directory
    var own = Findings()
    var lists = [Self.parse(bytes, prefix + inside + "Chart.yaml", &own)]
    // Charts of the first format name them in a file of their own.
    if let bytes = try read("requirements.yaml") {
      lists.append(Self.parse(bytes, prefix + inside + "requirements.yaml", &own))
    }
    var dependencies: [Dependency] = []
    var others: [String] = []
    for fields in lists.flatMap({ FieldReader($0).objects("dependencies") }) {
      guard let name = fields.string("name"), let repository = fields.string("repository") else {
        continue
      }
      if repository.value.hasPrefix("file://") {
        let path = String(repository.value.dropFirst("file://".count))
        // One outside of the bundle brings what it needs itself.
        if let path = Self.joined(directory, path) { others.append(path) }
        continue
      }
      guard let source = Self.source(name.value, repository.value) else {
        own.error(
          "bad-chart-source", "a chart repository begins with https://, http:// or oci://",
          at: repository.span)
        continue
      }
      dependencies.append(
        Dependency(
          name: name, repository: repository,
          version: fields.value("version")?.scalar?.text ?? "",
          versionSpan: fields.value("version")?.span, source: source))
    }
    findings.add(contentsOf: own.all)
    self.dependencies = dependencies

    var names: [String] = []
    let charts = "\(folder)/\(inside)charts"
    if Files.isDirectory(charts) {
      for entry in try failing({ try Files.entries(in: charts) }) {
        names.append(entry.text)
        if entry.kind == .directory, Files.exists("\(charts)/\(entry.text)/Chart.yaml") {
          others.append("\(inside)charts/\(entry.text)")
        }
      }
    }
    self.others = others
    isComplete = dependencies.allSatisfy { dependency in
      names.contains { name in
        name == dependency.name.value
          || (name.hasPrefix(dependency.name.value + "-") && name.hasSuffix(".tgz"))
      }
    }
  }

  private static func parse(
    _ bytes: [UInt8], _ path: String, _ findings: inout Findings
  ) -> YAMLNode? {
    YAMLParser.parse(bytes, path: path, findings: &findings).first?.root
  }

  private static func source(_ name: String, _ repository: String) -> ChartSource? {
    if repository.hasPrefix("oci://") {
      return .registry((repository.hasSuffix("/") ? repository : repository + "/") + name)
    }
    if ChartSource.isWeb(repository) || repository.hasPrefix("@")
      || repository.hasPrefix("alias:")
    {
      return .repository(url: repository, chart: name)
    }
    return nil
  }

  /// A path counted from a directory of the bundle; nil for one that leaves the bundle.
  private static func joined(_ directory: String, _ path: String) -> String? {
    var parts = directory.split(separator: "/").filter { $0 != "." }
    for part in path.split(separator: "/") where part != "." {
      if part != ".." {
        parts.append(part)
      } else if parts.popLast() == nil {
        return nil
      }
    }
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }
}
