// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

/// What a `Chart.yaml` says, as far as it matters here.
package struct ChartMetadata: Sendable {
  /// A chart that this one needs in its `charts/`.
  package struct Dependency: Sendable, Hashable {
    /// The name of the chart.
    package let name: String
    /// The wanted version or range; empty when none is given.
    package let version: String
    /// Where it comes from; empty for one that is kept in `charts/`.
    package let repository: String
    /// Values that switch it on or off, with commas between them.
    package let condition: String?
    /// The name that it has here instead.
    package let alias: String?
    /// Groups that are switched together.
    package let tags: [String]
    /// Where its name is written.
    package let span: SourceSpan
  }

  /// `v1` or `v2`.
  package internal(set) var apiVersion = ""
  /// The name.
  package internal(set) var name = ""
  /// The version.
  package internal(set) var version = ""
  /// Whether the chart only holds definitions for others.
  package internal(set) var isLibrary = false
  /// Where `type` is written.
  package internal(set) var typeSpan: SourceSpan?
  /// The versions of Kubernetes that it is for.
  package internal(set) var kubeVersion: String?
  /// Where `kubeVersion` is written.
  package internal(set) var kubeVersionSpan: SourceSpan?
  /// The charts that it needs, of `Chart.yaml` and of an old chart's `requirements.yaml`.
  package internal(set) var dependencies: [Dependency] = []
}

extension ChartMetadata {
  /// Reads a `Chart.yaml`; nil when it cannot be used, which is reported.
  static func read(
    _ bytes: [UInt8], path: String, findings: inout Findings
  ) -> ChartMetadata? {
    var reading = Findings()
    // As helm reads it, for most charts come from elsewhere.
    let documents = YAMLParser.parse(
      bytes, path: path, duplicateKeys: .lastCounts, findings: &reading)
    findings.add(contentsOf: reading.all)
    if reading.hasErrors { return nil }
    guard let root = documents.first?.root, root.pairs != nil else {
      findings.add(
        Finding(
          .error, "chart-metadata", "the file does not describe a chart", path: path,
          hints: ["it needs at least 'apiVersion: v2', 'name:' and 'version:'"]))
      return nil
    }
    var result = ChartMetadata()
    var isComplete = true
    for (key, place) in [
      ("apiVersion", \ChartMetadata.apiVersion), ("name", \.name), ("version", \.version),
    ] as [(String, WritableKeyPath<ChartMetadata, String>)] {
      if let text = root[key]?.string, !text.isEmpty {
        result[keyPath: place] = text
        continue
      }
      let hint = root[key]?.scalar.map { $0.text.isEmpty ? [] : ["write \(key): \"\($0.text)\""] }
      findings.error(
        "chart-metadata", "the chart has no '\(key)', or it is no text",
        at: root[key]?.span ?? root.span, hints: hint ?? [])
      isComplete = false
    }
    guard isComplete else { return nil }
    if let type = root["type"] {
      result.isLibrary = type.string == "library"
      result.typeSpan = type.span
    }
    if let node = root["kubeVersion"], let text = node.scalar?.text, !text.isEmpty {
      result.kubeVersion = text
      result.kubeVersionSpan = node.span
    }
    result.readDependencies(root)
    return result
  }

  /// Adds what the `requirements.yaml` of an old chart says; a bad one is reported.
  mutating func addRequirements(_ bytes: [UInt8], path: String, findings: inout Findings) {
    for document in YAMLParser.parse(bytes, path: path, findings: &findings).prefix(1) {
      readDependencies(document.root)
    }
  }

  private mutating func readDependencies(_ root: YAMLNode) {
    for item in root["dependencies"]?.items ?? [] {
      guard let name = item["name"]?.string else { continue }
      dependencies.append(
        Dependency(
          name: name, version: item["version"]?.scalar?.text ?? "",
          repository: item["repository"]?.string ?? "", condition: item["condition"]?.string,
          alias: item["alias"]?.string, tags: (item["tags"]?.items ?? []).compactMap(\.string),
          span: item["name"]?.span ?? item.span))
    }
  }
}
