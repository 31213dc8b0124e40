// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import JSONTree
import Rendering
import SliceFormat
import YAMLTree

/// A digest of everything that the repository says about a bundle itself.
///
/// It tells a change of a bundle, which is released by its strategy, from what changes because clusters
/// or groups did. In it are the files, the options with the values of files elsewhere, charts of the
/// repository elsewhere, the GitRepo without the list of its directories, and the programs that may
/// render it, and what sites watch of it. Clusters, groups and the rest of policies are not.
struct BundleDefinition<Reader: ObjectReader> {
  let files: SourceFiles
  let reader: Reader
  let renderers: [Renderer: String]
  let watches: WatchMaker

  /// The digest, 40 digits.
  func digest(of bundle: BundleSource) throws(ObjectAccessError) -> String {
    var text = Text()
    text.add("gitRepo", "\(bundle.workspace)/\(bundle.gitRepo.name)")
    text.add("spec", JSONWriter.compact(Self.spec(bundle.gitRepo), order: .sorted))
    text.add("path", bundle.path)
    for file in bundle.files { text.add("file " + file.path, file.id.hex) }
    for path in [bundle.options.path, bundle.repositoryPath(ChartLock.fileName)] {
      if let path, let file = files.file(at: path) { text.add("file /" + path, file.id.hex) }
    }
    let helm = [bundle.options.options.helm] + bundle.options.targets.map(\.options.helm)
    for options in helm {
      if let values = options?.values { text.add("values", JSONWriter.compact(values.json)) }
    }
    for chart in charts(of: bundle, helm) {
      for file in try contents(of: chart, bundle) {
        text.add("chart \(chart) \(file.path)", file.id.hex)
      }
    }
    let programs = bundle.possibleRenderers
    for renderer in Renderer.allCases where programs.contains(renderer) {
      text.add("renderer " + renderer.rawValue, renderers[renderer] ?? "")
    }
    // A gate that is changed in a policy is a change of the bundle, and goes out in stages as one.
    if let watch = watches.watch(of: bundle) { text.add("watch", watch.bytes) }
    return Hexadecimal.text(SHA1.hash(text.bytes))
  }

  /// The directories and archives of charts of the repository, none twice; the bundle's own first.
  private func charts(of bundle: BundleSource, _ helm: [HelmOptions?]) -> [String] {
    var charts: [String] = []
    if bundle.files.contains(where: { $0.path == "Chart.yaml" }) { charts.append(bundle.path) }
    for options in helm {
      guard let options, options.repo == nil, let written = options.chart?.value,
        !written.contains("://"), let path = bundle.resolve(written), !charts.contains(path)
      else { continue }
      charts.append(path)
    }
    return charts
  }

  private func contents(
    of chart: String, _ bundle: BundleSource
  ) throws(ObjectAccessError) -> [RenderFile] {
    if let archive = files.file(at: chart) { return [RenderFile(path: "", id: archive.id)] }
    let own = LocalDependencies<Reader>.chartFiles(files, below: chart)
    // What is wrong with a chart is said where it is read.
    var quiet = Findings()
    let inner = try LocalDependencies(files: files, reader: reader).files(
      of: chart, present: own, findings: &quiet)
    return chart == bundle.path ? inner : own + inner
  }

  /// The GitRepo without what other bundles of it say.
  private static func spec(_ gitRepo: GitRepo) -> JSONValue {
    let others: Set<String> = ["paths", "bundles", "repo", "branch"]
    let members = gitRepo.spec?.json.members ?? []
    return .object(members.filter { !others.contains($0.name) })
  }

  /// Parts with their lengths, so that two lists of parts never give the same bytes.
  private struct Text {
    var bytes: [UInt8] = []

    mutating func add(_ name: String, _ value: String) { add(name, Array(value.utf8)) }

    mutating func add(_ name: String, _ value: [UInt8]) {
      bytes += "\(name.utf8.count) \(value.count)\n".utf8
      bytes += name.utf8
      bytes.append(0x20)
      bytes += value
      bytes.append(0x0a)
    }
  }
}
