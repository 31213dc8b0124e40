// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import Rendering
import SliceFormat

/// What is applied for one input: objects and the hooks of a chart.
struct LoadedManifests {
  var objects: PlainManifests
  var hooks: [HelmHook] = []
}

/// Words that are looked for in texts before they are read.
enum ManifestText {
  /// Without this no text defines a kind.
  static let definition = "CustomResourceDefinition"
}

/// Turns the files of a bundle, and what the renderers made of them, into manifests.
final class ManifestLoader<Reader: ObjectReader> {
  private let bundle: BundleSource
  private let files: SourceFiles
  private let reader: Reader
  private var plain: [[Located<String>]: (manifests: PlainManifests, findings: Findings)] = [:]

  init(bundle: BundleSource, files: SourceFiles, reader: Reader) {
    self.bundle = bundle
    self.files = files
    self.reader = reader
  }

  /// The manifests of an input.
  func manifests(
    of input: DeploymentInput, _ text: RenderedText, _ planned: PlannedBundle,
    findings: inout Findings
  ) throws(ObjectAccessError) -> LoadedManifests {
    var result: LoadedManifests
    switch text {
    case .none, .known, .failed: result = LoadedManifests(objects: .none)
    case .helm(let bytes):
      let output = helm(bytes, input, planned, &findings)
      result = LoadedManifests(objects: output?.objects ?? .none)
      result.hooks = output?.hooks ?? []
    case .kustomize(let bytes, let helmBytes):
      let path = kustomizationPath(input.style.kustomization ?? "")
      result = LoadedManifests(
        objects: PlainManifests(
          files: [BundleFile(path: path, bytes: bytes, madeBy: .kustomize)], findings: &findings))
      // Hooks are no part of what a kustomization is laid over.
      result.hooks = helmBytes.flatMap { helm($0, input, planned, &findings)?.hooks } ?? []
    }
    if input.style.hasPlainManifests {
      result.objects = result.objects.adding(try plainManifests(input.overlays, &findings))
    }
    return result
  }

  /// The manifests of an input if there may be definitions among them, else nil.
  func definitions(
    of input: DeploymentInput, _ text: RenderedText, _ planned: PlannedBundle
  ) throws(ObjectAccessError) -> PlainManifests? {
    var rendered: [UInt8]?
    switch text {
    case .known: return nil
    case .none, .failed: break
    case .helm(let bytes), .kustomize(let bytes, _): rendered = bytes
    }
    if let rendered, !rendered.contains(text: ManifestText.definition),
      !input.style.hasPlainManifests
    {
      return nil
    }
    // What is wrong is said when the manifests are made.
    var quiet = Findings()
    return try manifests(of: input, text, planned, findings: &quiet).objects
  }

  private func helm(
    _ bytes: [UInt8], _ input: DeploymentInput, _ planned: PlannedBundle,
    _ findings: inout Findings
  ) -> HelmOutput? {
    guard let chart = input.helm.flatMap({ planned.charts[$0.chart] }) else { return nil }
    return HelmOutput(bytes, chart: chart, findings: &findings)
  }

  private func kustomizationPath(_ directory: String) -> String {
    let own = Kustomization.names.map { directory.isEmpty ? $0 : "\(directory)/\($0)" }
    let name = own.first { name in bundle.files.contains { $0.path == name } } ?? own[0]
    return bundle.repositoryPath(name)
  }

  /// The manifests of the bundle's own files, with overlays.
  ///
  /// Rules of Rancher Fleet (`internal/helmdeployer/render/helm.go`): YAML and JSON, but not below
  /// another chart, not `templates/`, no files with values; `overlays/` only for those who name one.
  private func plainManifests(
    _ overlays: [Located<String>], _ findings: inout Findings
  ) throws(ObjectAccessError) -> PlainManifests {
    if let known = plain[overlays] {
      findings.add(contentsOf: known.findings.all)
      return known.manifests
    }
    var own = Findings()
    let manifests = try readPlainManifests(overlays, &own)
    plain[overlays] = (manifests, own)
    findings.add(contentsOf: own.all)
    return manifests
  }

  private func readPlainManifests(
    _ overlays: [Located<String>], _ findings: inout Findings
  ) throws(ObjectAccessError) -> PlainManifests {
    let charts = bundle.files.map(\.path).filter { $0.hasSuffix("/Chart.yaml") }
      .map { $0.utf8Prefix($0.utf8.count - 10) }
    var base: [BundleFile] = []
    var laid: [BundleFile] = []
    for file in bundle.files {
      let path = bundle.repositoryPath(file.path)
      guard SourceFile(path: path, id: file.id).isManifest else { continue }
      let isOverlay = file.path.hasPrefix("overlays/")
      if isOverlay, overlays.isEmpty { continue }
      if file.path.hasPrefix("templates/") || bundle.valuesFiles.contains(file.path)
        || charts.contains(where: { file.path.hasPrefix($0) })
      {
        continue
      }
      guard let bytes = try read(path, file.id, &findings) else { continue }
      let entry = BundleFile(path: path, bytes: bytes)
      if isOverlay { laid.append(entry) } else { base.append(entry) }
    }
    if !overlays.isEmpty {
      base = Overlays.apply(
        overlays.map { ($0.value, $0.span) }, base: base, overlayFiles: laid, bundle: bundle.path,
        findings: &findings)
    }
    return PlainManifests(files: base, findings: &findings)
  }

  /// All files of the bundle with their bytes, for a site that builds its kustomization.
  func allFiles() throws(ObjectAccessError) -> [(path: String, bytes: [UInt8])] {
    var result: [(path: String, bytes: [UInt8])] = []
    for file in bundle.files {
      result.append((file.path, try reader.blob(file.id, limit: SourceLimits.anyFile)))
    }
    return result
  }

  private func read(
    _ path: String, _ id: ObjectID, _ findings: inout Findings
  ) throws(ObjectAccessError) -> [UInt8]? {
    do throws(ObjectAccessError) {
      return try reader.blob(id, limit: SourceLimits.textFile)
    } catch .tooLarge(_, let size) {
      findings.add(SourceLimits.tooLarge(path, size: size, limit: SourceLimits.textFile))
      return nil
    }
  }
}
