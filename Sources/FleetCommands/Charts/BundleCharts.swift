// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Posix
import YAMLTree

/// What the bundle of one directory wants from elsewhere.
struct BundleCharts {
  /// A chart that `fleet.yaml` names.
  struct Wanted {
    /// Where it comes from.
    let source: ChartSource
    /// `helm.chart`, `helm.repo` and `helm.version` as written.
    let chart: String
    let repo: String
    let version: String
    /// Where it is written.
    let span: SourceSpan
    let versionSpan: SourceSpan?
    /// Whether it only comes about where several customizations meet, which may happen to no cluster.
    let isOnlyPossible: Bool
  }

  /// The directory from the root of the repository.
  let directory: String
  /// The charts, none twice.
  private(set) var charts: [Wanted] = []
  /// The charts in the bundle with dependencies that are ours to bring in.
  private(set) var localCharts: [LocalChart] = []
  /// Directories of charts whose dependencies somebody has put there by hand.
  private(set) var handmade: [String] = []
  /// The lock as it is in the files; empty when there is none.
  private(set) var lock = ChartLock()

  private let folder: String

  /// Reads a directory.
  ///
  /// - Parameters:
  ///   - options: the names of `fleet.yaml` or `fleet.yml` in it.
  ///   - root: the folder of the repository.
  init(
    _ directory: String, options: [String], root: String, findings: inout Findings
  ) throws(CommandError) {
    self.directory = directory
    folder = root + "/" + directory
    let lockPath = directory + "/" + ChartLock.fileName
    if let bytes = try failing({ try Files.readIfPresent(root + "/" + lockPath, limit: 4 << 20) }) {
      var own = Findings()
      if let lock = ChartLock(bytes, path: lockPath, findings: &own) { self.lock = lock }
      findings.add(contentsOf: own.all)
      if own.hasErrors {
        findings.add(
          Finding(
            .error, "bad-lock", "the lock cannot be read, so nothing is updated here",
            path: lockPath, hints: ["git checkout HEAD -- \(lockPath)"]))
        return
      }
    }
    guard let name = options.first else {
      // A chart may do without options; one that is gone has left its lock.
      try collect(local: ["."], findings: &findings)
      return
    }
    let path = directory + "/" + name
    if options.count > 1 {
      findings.add(
        Finding(
          .error, "two-option-files", "the directory has a 'fleet.yaml' and a 'fleet.yml'",
          path: path))
      return
    }
    var own = Findings()
    let bytes = try failing { try Files.read(root + "/" + path, limit: 4 << 20) }
    let node = YAMLParser.parse(bytes, path: path, findings: &own).first?.root
    var yaml = FleetYAML()
    if let node, !node.isNull { yaml = FleetYAML(node, path: path, findings: &own) }
    // What cannot be deployed yet can be brought in; what cannot be read is not guessed.
    let errors = own.all.filter { $0.severity == .error && $0.code != "not-supported" }
    findings.add(contentsOf: errors)
    if errors.isEmpty { try collect(yaml, findings: &findings) }
  }

  private mutating func collect(
    _ yaml: FleetYAML, findings: inout Findings
  ) throws(CommandError) {
    let root = yaml.options.helm ?? HelmOptions()
    var local: [String] = []
    for (helm, isOnlyPossible) in Self.variants(of: root, yaml) {
      do throws(ChartSource.Refusal) {
        let folder = folder
        // A committed archive that is named by its path is there already.
        if helm.repo == nil, let chart = helm.chart?.value,
          [".tgz", ".tar.gz"].contains(where: chart.hasSuffix), Files.exists(folder + "/" + chart)
        {
          continue
        }
        let source = try ChartSource(helm) { Files.isDirectory(folder + "/" + $0) }
        switch source {
        case nil: local.append(".")
        case .local(let path): local.append(path)
        case let source?:
          guard let span = helm.chart?.span ?? helm.repo?.span else { continue }
          add(
            Wanted(
              source: source, chart: helm.chart?.value ?? "", repo: helm.repo?.value ?? "",
              version: helm.version?.value ?? "", span: span, versionSpan: helm.version?.span,
              isOnlyPossible: isOnlyPossible))
        }
      } catch {
        // Half of a description at the top is completed by the customizations.
        if isOnlyPossible || (helm.chart == nil && !yaml.targets.isEmpty) { continue }
        findings.error(
          "bad-chart-source", error.message, at: helm.chart?.span ?? helm.repo?.span,
          hints: error.hints)
      }
    }
    if root.disablesDependencyUpdate { return }
    try collect(local: local, findings: &findings)
  }

  private mutating func add(_ wanted: Wanted) {
    let isKnown = charts.contains {
      $0.chart == wanted.chart && $0.repo == wanted.repo && $0.version == wanted.version
    }
    if !isKnown { charts.append(wanted) }
  }

  private mutating func collect(
    local: [String], findings: inout Findings
  ) throws(CommandError) {
    var open = local
    var seen = Set<String>()
    let prefix = directory + "/"
    while let path = open.first {
      open.removeFirst()
      guard seen.insert(path).inserted else { continue }
      guard
        let chart = try LocalChart(path, in: folder, prefix: prefix, findings: &findings)
      else { continue }
      open += chart.others
      if chart.dependencies.isEmpty { continue }
      if chart.isComplete, !lock.dependencies.contains(where: { $0.chart == path }) {
        handmade.append(path)
      } else {
        localCharts.append(chart)
      }
    }
  }

  /// What `helm` can be for some cluster: the top, the top with each customization and, where all that
  /// match count, with several of them.
  private static func variants(
    of root: HelmOptions, _ yaml: FleetYAML
  ) -> [(helm: HelmOptions, isOnlyPossible: Bool)] {
    let customs = yaml.targets.compactMap(\.options.helm).filter {
      $0.chart != nil || $0.repo != nil || $0.version != nil
    }
    var variants = [(root, false)] + customs.map { (root.merged(with: $0), false) }
    guard yaml.mode == .allMatches, customs.count > 1 else { return variants }
    // Ten are a thousand combinations; of more customizations only pairs are looked at.
    if customs.count <= 10 {
      for number in 1..<(1 << customs.count) where number.nonzeroBitCount > 1 {
        var helm = root
        for (position, custom) in customs.enumerated() where number & (1 << position) != 0 {
          helm = helm.merged(with: custom)
        }
        variants.append((helm, true))
      }
    } else {
      for (position, custom) in customs.enumerated() {
        for other in customs[(position + 1)...] {
          variants.append((root.merged(with: custom).merged(with: other), true))
        }
      }
    }
    return variants
  }
}
