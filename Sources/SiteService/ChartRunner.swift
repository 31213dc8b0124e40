// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import Reconciling
import Rendering
import SliceFormat

/// What a chart gave.
struct ChartOutput {
  struct Hook {
    let phase: HookPhase
    let order: Int
    let object: RenderedObject
  }

  var objects: [RenderedObject] = []
  var hooks: [Hook] = []
}

/// Renders charts as the hub does: the same call of helm, the same shape of what comes out.
///
/// Nothing is kept, and values reach helm by a pipe: they may be secrets.
struct ChartRunner {
  private let engine: RenderEngine

  /// `scratch` is for the files of charts; they are removed with the call that needs them.
  init(scratch: String) {
    engine = RenderEngine(cacheFolder: nil, scratchParent: scratch)
  }

  /// Renders.
  ///
  /// - Parameter isSecret: what the program says and what it gave must not be told.
  func run(
    _ chart: SiteChart, values: [UInt8], bundle: String, namespace: String, isSecret: Bool
  ) throws(SiteValues.Failure) -> ChartOutput {
    let rendering = chart.rendering
    var findings = Findings()
    let folder = try read(chart, bundle: bundle, findings: &findings)
    var request = HelmRequest(
      chart: folder, releaseName: rendering.release, namespace: namespace, values: values)
    request.kubeVersion = rendering.kubeVersion
    request.apiVersions = rendering.apiVersions
    request.skipsSchemaValidation = rendering.skipsSchemaValidation
    request.pins = rendering.pins
    request.disablesDNS = rendering.disablesDNS
    request.includesDefinitions = rendering.includesDefinitions
    var requests = [request]
    if request.needsSecondRendering(folder) {
      request.attempt = 1
      requests.append(request)
    }
    let outcomes = try run(requests.map { $0.job(folder) })
    var outputs: [[UInt8]] = []
    for (request, outcome) in zip(requests, outcomes) {
      switch outcome {
      case .output(let bytes): outputs.append(bytes)
      case .failed(let errors):
        throw Self.failure(request.finding(errors, chart: folder), isSecret: isSecret)
      }
    }
    if outputs.count == 2, let finding = folder.difference(outputs[0], outputs[1]) {
      throw Self.failure(finding, isSecret: false)
    }
    var options = RenderOptions(
      bundle: bundle, namespace: rendering.forcesNamespace ? namespace : nil,
      defaultNamespace: namespace)
    options.mirrors = ImageMirrors(rendering.mirrors.map { ($0.from, $0.to) })
    let helm = HelmOutput(outputs.first ?? [], chart: folder, findings: &findings)
    var objects = helm.objects
    if let directory = rendering.kustomizeFolder {
      objects = try kustomized(
        helm, chart, directory: directory, isSecret: isSecret, findings: &findings)
    }
    let output = Self.shape(objects, helm.hooks, options, findings: &findings)
    if let finding = findings.all.first(where: { $0.severity == .error }) {
      throw Self.failure(finding, isSecret: isSecret)
    }
    return output
  }

  private func read(
    _ chart: SiteChart, bundle: String, findings: inout Findings
  ) throws(SiteValues.Failure) -> ChartFolder {
    let root = chart.rendering.chartFolder
    let load = chart.loader
    let files = chart.files(below: root)
    var reading = Findings()
    var folder: ChartFolder?
    do throws(ObjectAccessError) {
      if let archive = chart.files.first(where: { $0.path == root }) {
        folder = try ChartFolder.read(
          archive: RenderFile(path: root, id: archive.id), load: load, findings: &reading)
      } else if files.contains(where: { $0.path == "Chart.yaml" }) {
        folder = try ChartFolder.read(
          directory: root, files: files, load: load, findings: &reading)
      } else {
        folder = try ChartFolder.read(
          templatesOf: bundle, directory: root,
          files: files.filter { $0.path.hasPrefix("templates/") }, load: load,
          findings: &reading)
      }
    } catch {
      throw SiteValues.Failure("its chart cannot be read: \(error)")
    }
    if let folder { return folder }
    guard let finding = reading.all.first(where: { $0.severity == .error }) else {
      throw SiteValues.Failure("its chart cannot be read")
    }
    throw Self.failure(finding, isSecret: false)
  }

  /// The outcomes of calls.
  func run(_ jobs: [RenderJob]) throws(SiteValues.Failure) -> [RenderOutcome] {
    do throws(RenderFailure) {
      return try engine.run(jobs)
    } catch {
      switch error {
      case .programMissing(.helm), .programNotThere(.helm, _):
        throw SiteValues.Failure(
          "this bundle is rendered at the site, which has no helm 3; install it or set FLEET_HELM")
      default: throw SiteValues.Failure("its chart cannot be rendered: \(error)")
      }
    }
  }

  private static func shape(
    _ objects: PlainManifests, _ allHooks: [HelmHook], _ options: RenderOptions,
    findings: inout Findings
  ) -> ChartOutput {
    var scopes = ScopeCatalog()
    for definition in objects.definitions {
      scopes.define(
        group: definition.group, kind: definition.kind, scope: definition.scope)
    }
    var output = ChartOutput()
    output.objects = objects.render(options, scopes: scopes, findings: &findings)
    for phase in HookPhase.allCases {
      let hooks = allHooks.filter { $0.phase.rawValue == phase.rawValue }
      let weights = Set(hooks.map(\.weight)).sorted()
      for hook in hooks {
        let order = weights.firstIndex(of: hook.weight) ?? 0
        for object in hook.manifests.render(options, scopes: scopes, findings: &findings) {
          output.hooks.append(ChartOutput.Hook(phase: phase, order: order, object: object))
        }
      }
    }
    return output
  }

  /// A finding as one sentence; where secrets went in, only its place.
  static func failure(_ finding: Finding, isSecret: Bool) -> SiteValues.Failure {
    var place = ""
    if let span = finding.span {
      place = " (\(span.path):\(span.start.line):\(span.start.column))"
    } else if let path = finding.path {
      place = " (\(path))"
    }
    let words =
      isSecret ? "what helm says is left out, as it may quote a Secret" : finding.message
    return SiteValues.Failure("its chart cannot be rendered: \(words)\(place)")
  }
}
