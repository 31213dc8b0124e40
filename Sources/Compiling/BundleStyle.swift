// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Rendering

/// What a bundle's files are under some options.
///
/// Rule of Rancher Fleet (`internal/bundlereader/style.go`, `internal/helmdeployer/render/helm.go`): a
/// chart that `helm` names, or a `Chart.yaml` in the directory, is rendered by Helm; a kustomization in
/// `kustomize.dir` is built with what Helm gave; only without both are the files plain manifests. There
/// a folder `templates/` is a chart without a `Chart.yaml`, rendered beside them.
struct BundleStyle: Hashable {
  /// Where the chart comes from.
  enum Chart: Hashable {
    /// A directory of the repository.
    case directory(String)
    /// An archive of the repository that `helm.chart` names by its path.
    case archive(String)
    /// A chart from elsewhere, as the options name it; found in `fleet.lock`.
    case remote(RemoteChart)
    /// The folder `templates/` of a bundle that has no `Chart.yaml`.
    case templatesOnly
  }

  /// The chart; nil for none.
  var chart: Chart?
  /// The directory of the kustomization in the bundle, empty for the bundle's own; nil for none.
  var kustomization: String?
  /// Where `kustomize.dir` is written.
  var span: SourceSpan?

  /// Whether the files of the bundle are manifests.
  var hasPlainManifests: Bool {
    kustomization == nil && (chart == nil || chart == .templatesOnly)
  }
}

/// A chart that is not in the repository but in its `fleet.lock`: what the options say, word for word.
struct RemoteChart: Hashable {
  /// The name in `repo`, or a URL.
  let chart: String
  /// The chart repository.
  let repo: String?
  /// The version, or a range of versions.
  let version: String?
}

/// Finds out the style of a bundle.
struct StyleFinder {
  let files: SourceFiles

  /// The style; nil when something that the options name is not there, which is reported.
  func style(
    of bundle: BundleSource, _ options: BundleOptions, findings: inout Findings
  ) -> BundleStyle? {
    var style = BundleStyle()
    let paths = Set(bundle.files.map(\.path))
    if let helm = options.helm, helm.chart != nil || helm.repo != nil {
      guard let chart = chart(helm, of: bundle, findings: &findings) else { return nil }
      style.chart = chart
    } else if paths.contains("Chart.yaml") {
      style.chart = .directory(bundle.path)
    } else if bundle.files.contains(where: { $0.path.hasPrefix("templates/") }) {
      style.chart = .templatesOnly
    }
    var directory = ""
    if let written = options.kustomizeDirectory {
      guard let resolved = BundleLayout.normalized(written.value) else {
        findings.error(
          "kustomize-dir",
          "the directory \(Wording.quoted(written.value)) is outside the bundle", at: written.span)
        return nil
      }
      directory = resolved
    }
    let found = Kustomization.names.map { directory.isEmpty ? $0 : "\(directory)/\($0)" }
      .filter(paths.contains)
    if !found.isEmpty {
      if style.chart == .templatesOnly { style.chart = nil }
      style.kustomization = directory
      style.span = options.kustomizeDirectory?.span
    } else if let written = options.kustomizeDirectory {
      findings.error(
        "kustomize-dir",
        "there is no kustomization.yaml in \(Wording.quoted(bundle.repositoryPath(directory)))",
        at: written.span)
      return nil
    }
    return style
  }

  private func chart(
    _ helm: HelmOptions, of bundle: BundleSource, findings: inout Findings
  ) -> BundleStyle.Chart? {
    if helm.repo == nil, let chart = helm.chart, !Self.isRemote(chart.value) {
      guard let path = bundle.resolve(chart.value) else {
        findings.error(
          "chart", "the chart \(Wording.quoted(chart.value)) is outside the repository",
          at: chart.span)
        return nil
      }
      if files.file(at: path.isEmpty ? "Chart.yaml" : "\(path)/Chart.yaml") != nil {
        return .directory(path)
      }
      if files.file(at: path) != nil {
        if path.hasSuffix(".tgz") || path.hasSuffix(".tar.gz") { return .archive(path) }
        findings.error(
          "chart", "the chart \(Wording.quoted(path)) is neither a folder nor a '.tgz'",
          at: chart.span)
        return nil
      }
      findings.error(
        "chart", "there is no chart in \(Wording.quoted(path)): it has no Chart.yaml",
        at: chart.span,
        hints: ["a chart of a repository needs 'repo:' beside 'chart:'"])
      return nil
    }
    return .remote(
      RemoteChart(
        chart: helm.chart?.value ?? "", repo: helm.repo?.value, version: helm.version?.value))
  }

  /// Whether a chart is named by a URL.
  private static func isRemote(_ chart: String) -> Bool { chart.contains("://") }
}
