// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import Rendering

/// What the renderers gave for one input.
enum RenderedText {
  /// Nothing to render: the files of the bundle are its manifests, or the site renders.
  case none
  /// What helm wrote.
  case helm([UInt8])
  /// What kustomize wrote, and what helm wrote before it.
  case kustomize([UInt8], helm: [UInt8]?)
  /// Not asked for: the deployment that is made of it is known.
  case known(RememberedDeployment)
  /// It could not be rendered, which is reported.
  case failed
}

/// Renders what was planned: the charts of all bundles side by side, then what is built on them.
///
/// Output stays bytes until its turn comes, so that a chart with values of its own for each of 10,000
/// clusters needs the memory of its texts and not of 10,000 trees.
struct BundleRenderer {
  let engine: RenderEngine
  let loader: BlobLoader

  /// A rendering that is to be made: for which input of which bundle.
  private struct Place {
    let bundle: Int
    let input: Int
    var chart: ChartFolder?
    var request: HelmRequest?
  }

  /// Renders the inputs of bundles that nothing is known of, into `texts`, which has the shape of the
  /// bundles.
  ///
  /// What cannot be rendered is reported for the clusters that it is for.
  func render(
    _ bundles: [PlannedBundle], into texts: inout [[RenderedText]],
    failures: inout ClusterFailures
  ) throws(CompileFailure) {
    try renderCharts(bundles, &texts, &failures)
    try buildKustomizations(bundles, &texts, &failures)
  }

  private func renderCharts(
    _ bundles: [PlannedBundle], _ texts: inout [[RenderedText]], _ failures: inout ClusterFailures
  ) throws(CompileFailure) {
    var places: [Place] = []
    var jobs: [RenderJob] = []
    for (bundle, planned) in bundles.enumerated() {
      for (index, input) in planned.inputs.enumerated() where !input.isRenderedAtSite {
        guard case .none = texts[bundle][index] else { continue }
        guard let request = input.helm, let chart = planned.charts[request.chart] else { continue }
        places.append(Place(bundle: bundle, input: index, chart: chart, request: request))
        jobs.append(request.job(chart))
        if request.needsSecondRendering(chart) {
          var again = request
          again.attempt = 1
          places.append(Place(bundle: bundle, input: index, chart: chart, request: again))
          jobs.append(again.job(chart))
        }
      }
    }
    for (place, outcome) in zip(places, try run(jobs)) {
      guard let chart = place.chart, let request = place.request else { continue }
      switch outcome {
      case .output(let bytes):
        if request.attempt == 0 {
          texts[place.bundle][place.input] = .helm(bytes)
        } else if case .helm(let first) = texts[place.bundle][place.input],
          let problem = chart.difference(first, bytes)
        {
          texts[place.bundle][place.input] = .failed
          failures.add(problem, bundle: place.bundle, input: place.input)
        }
      case .failed(let error):
        if case .failed = texts[place.bundle][place.input] { continue }
        texts[place.bundle][place.input] = .failed
        failures.add(
          request.finding(error, chart: chart), bundle: place.bundle, input: place.input)
      }
    }
  }

  private func buildKustomizations(
    _ bundles: [PlannedBundle], _ texts: inout [[RenderedText]], _ failures: inout ClusterFailures
  ) throws(CompileFailure) {
    var places: [Place] = []
    var jobs: [RenderJob] = []
    var requests: [KustomizeRequest] = []
    for (bundle, planned) in bundles.enumerated() {
      var known: [String: (request: KustomizeRequest?, findings: Findings)] = [:]
      for (index, input) in planned.inputs.enumerated() where !input.isRenderedAtSite {
        guard let directory = input.style.kustomization else { continue }
        var manifests: [UInt8]?
        switch texts[bundle][index] {
        case .failed, .known, .kustomize: continue
        case .helm(let bytes):
          guard let chart = input.helm.flatMap({ planned.charts[$0.chart] }) else { continue }
          var quiet = Findings()
          manifests = Self.joined(HelmOutput(bytes, chart: chart, findings: &quiet).objectFiles)
        case .none: break
        }
        if known[directory] == nil {
          known[directory] = try read(planned.bundle.source, directory, at: input.style.span)
        }
        let findings = known[directory]?.findings ?? Findings()
        for finding in findings.all { failures.add(finding, bundle: bundle, input: index) }
        guard let request = known[directory]?.request, !findings.hasErrors else {
          texts[bundle][index] = .failed
          continue
        }
        places.append(Place(bundle: bundle, input: index))
        requests.append(request)
        jobs.append(request.job(manifests: manifests))
      }
    }
    for ((place, request), outcome) in zip(zip(places, requests), try run(jobs)) {
      switch outcome {
      case .output(let bytes):
        var helm: [UInt8]?
        if case .helm(let before) = texts[place.bundle][place.input] { helm = before }
        texts[place.bundle][place.input] = .kustomize(bytes, helm: helm)
      case .failed(let error):
        texts[place.bundle][place.input] = .failed
        failures.add(
          request.finding(ofFailure: error), bundle: place.bundle, input: place.input)
      }
    }
  }

  private static func joined(_ files: [BundleFile]) -> [UInt8] {
    var bytes: [UInt8] = []
    for file in files {
      bytes += "---\n".utf8
      bytes += file.bytes
      if bytes.last != 0x0a { bytes.append(0x0a) }
    }
    return bytes
  }

  private func run(_ jobs: [RenderJob]) throws(CompileFailure) -> [RenderOutcome] {
    if jobs.isEmpty { return [] }
    do throws(RenderFailure) {
      return try engine.run(jobs)
    } catch {
      throw .rendering(error)
    }
  }

  /// Reads a kustomization once for all that is built with it.
  private func read(
    _ source: BundleSource, _ directory: String, at span: SourceSpan?
  ) throws(CompileFailure) -> (request: KustomizeRequest?, findings: Findings) {
    var findings = Findings()
    let request = try objects { () throws(ObjectAccessError) in
      try KustomizeRequest(
        bundle: source.path, files: source.files, directory: directory, at: span,
        load: loader.loadFile, findings: &findings)
    }
    return (request, findings)
  }
}
