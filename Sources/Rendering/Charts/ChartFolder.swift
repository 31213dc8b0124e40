// SPDX-License-Identifier: Apache-2.0

import Archives
package import Diagnostics
package import GitObjects
import Templating

/// The files of one chart, its subcharts unpacked, and what has to be known before helm is called.
///
/// Nothing of a file is kept but what is said about it: the content is loaded again when helm has to run.
package struct ChartFolder: Sendable {
  /// A chart in the folder: the chart itself, or one in its `charts/`.
  package struct Chart: Sendable {
    /// Its folder, empty or with a `/` at the end.
    package let folder: String
    /// The path of its `Chart.yaml` as people are told.
    package let shown: String
    /// What its `Chart.yaml` says.
    package let metadata: ChartMetadata
  }

  /// Equal digests are equal files; made of paths and blob ids.
  package let digest: String
  /// The directory of the repository, or the archive.
  package let place: String
  /// The chart itself first, then its subcharts in the order of their folders.
  package let charts: [Chart]
  /// Whether `tpl` is called, and a file that is no template names a function of clock or chance in an
  /// action: the chart then has to be rendered twice.
  package let filesMayBeUnstable: Bool
  /// Whether a template calls `tpl`, so that values may be templates, too.
  package let callsTpl: Bool

  /// Whether what the chart gives may depend on the cluster's Kubernetes: it asks for `.Capabilities`,
  /// `tpl` may, or a `Chart.yaml` names versions. Other charts are the same for all clusters.
  package let readsCapabilities: Bool

  let source: ChartSource
  let calls: [UnstableCall]
  /// The calls of each template that has some.
  let callsByPath: [String: Range<Int>]
  /// What people are told instead of the path of a file in the folder, where it differs from
  /// `place/path`.
  let shownPaths: [String: String]

  /// The chart itself.
  package var metadata: ChartMetadata { charts.first?.metadata ?? ChartMetadata() }

  /// Reads a chart in a directory of the repository; nil when it cannot be rendered, which is reported.
  ///
  /// - Parameters:
  ///   - directory: the directory from the root of the repository, without a `/` at the end.
  ///   - files: its files, by their paths from there.
  ///   - load: gives the bytes of a file.
  package static func read(
    directory: String, files: [RenderFile],
    load: @escaping @Sendable (ObjectID) throws(ObjectAccessError) -> [UInt8],
    findings: inout Findings
  ) throws(ObjectAccessError) -> ChartFolder? {
    try read(
      ChartSource(
        place: directory, isArchive: false, files: sorted(files), made: [], load: load), &findings)
  }

  /// Reads a chart that is a committed `.tgz`; nil when it cannot be rendered, which is reported.
  ///
  /// - Parameter archive: its path from the root of the repository.
  package static func read(
    archive: RenderFile,
    load: @escaping @Sendable (ObjectID) throws(ObjectAccessError) -> [UInt8],
    findings: inout Findings
  ) throws(ObjectAccessError) -> ChartFolder? {
    let file = RenderFile(path: "", id: archive.id)
    return try read(
      ChartSource(place: archive.path, isArchive: true, files: [file], made: [], load: load),
      &findings)
  }

  /// Reads templates without a `Chart.yaml`: Fleet gives them one with the bundle's name.
  ///
  /// - Parameters:
  ///   - name: the name of the bundle.
  ///   - files: the files below `templates/` of the directory, by their paths from the directory.
  package static func read(
    templatesOf name: String, directory: String, files: [RenderFile],
    load: @escaping @Sendable (ObjectID) throws(ObjectAccessError) -> [UInt8],
    findings: inout Findings
  ) throws(ObjectAccessError) -> ChartFolder? {
    let chart = "apiVersion: v2\nname: \"\(name)\"\nversion: v0.0.0\n"
    return try read(
      ChartSource(
        place: directory, isArchive: false, files: sorted(files),
        made: [.init(path: "Chart.yaml", bytes: Array(chart.utf8))], load: load), &findings)
  }

  private static func sorted(_ files: [RenderFile]) -> [RenderFile] {
    files.sorted { $0.path.precedesInBytes($1.path) }
  }

  private static func read(
    _ source: ChartSource, _ findings: inout Findings
  ) throws(ObjectAccessError) -> ChartFolder? {
    var reading = Findings()
    var scan = ChartScan()
    try source.visit(&reading) { file, findings in scan.add(file, findings: &findings) }
    let charts = scan.charts(findings: &reading)
    if !reading.hasErrors { check(charts, source, findings: &reading) }
    if let warning = lookupWarning(scan.lookups) { reading.add(warning) }
    findings.add(contentsOf: reading.all)
    if reading.hasErrors { return nil }
    return ChartFolder(
      digest: source.digest, place: source.place, charts: charts,
      filesMayBeUnstable: scan.callsTpl && scan.textNamesOne, callsTpl: scan.callsTpl,
      readsCapabilities: scan.callsTpl || scan.namesCapabilities
        || charts.contains { $0.metadata.kubeVersion != nil },
      source: source, calls: scan.calls, callsByPath: scan.callsByPath,
      shownPaths: scan.shownPaths.filter { $0.value != source.shown($0.key) })
  }

  /// One warning for all charts of the folder, at the outermost one that asks.
  private static func lookupWarning(_ lookups: [ChartScan.Lookup]) -> Finding? {
    func depth(_ use: ChartScan.Lookup) -> Int { use.chart.utf8.count { $0 == UInt8(ascii: "/") } }
    guard let first = lookups.min(by: { depth($0) < depth($1) }) else { return nil }
    let start = first.position
    let end = SourcePosition(
      line: start.line, column: start.column + 6, offset: start.offset + 6)
    let others = lookups.count - 1
    return Finding(
      .warning, "chart-lookup",
      "the chart asks the cluster with 'lookup'; at the hub it finds nothing",
      at: SourceSpan(path: first.shown, start: start, end: end),
      notes: others == 0
        ? []
        : [
          Finding.Note(
            "\(Wording.count(others, "more chart")) in it \(others == 1 ? "does" : "do") so, too")
        ])
  }

  private static func check(
    _ charts: [Chart], _ source: ChartSource, findings: inout Findings
  ) {
    guard let root = charts.first else {
      findings.add(
        Finding(
          .error, "no-chart",
          source.isArchive ? "the archive holds no chart" : "the directory has no 'Chart.yaml'",
          path: source.place.isEmpty ? "." : source.place))
      return
    }
    if root.metadata.isLibrary {
      findings.error(
        "library-chart", "a library chart has nothing to deploy", at: root.metadata.typeSpan,
        hints: ["name it in the 'dependencies:' of the chart that uses it"])
    }
    let present = Set(
      charts.filter { ChartPlace($0.folder + "x").isDirectChild }.map(\.metadata.name))
    for missing in root.metadata.dependencies where !present.contains(missing.name) {
      findings.error(
        "missing-dependency",
        "the chart needs \(Wording.quoted(missing.name)), which is not in its 'charts/'",
        at: missing.span,
        hints: ["fetch and commit it: kubectl fleet update \(directoryHint(source))"])
    }
  }

  private static func directoryHint(_ source: ChartSource) -> String {
    source.place.isEmpty ? "." : source.place
  }
}

extension ChartPlace {
  /// Whether the file belongs to a chart that lies in the `charts/` of the chart itself.
  var isDirectChild: Bool { chart.utf8.count { $0 == UInt8(ascii: "/") } == 2 }
}
