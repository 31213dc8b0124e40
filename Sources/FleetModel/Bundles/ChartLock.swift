// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import YAMLTree

/// What `kubectl fleet update` has brought into a bundle: the file `fleet.lock` beside `fleet.yaml`.
///
/// Every path in it counts from the directory of the bundle. Where a chart comes from is written exactly
/// as the author wrote it, so that a changed `fleet.yaml` finds no entry until it is updated again.
package struct ChartLock: Sendable, Hashable {
  /// The name of the file.
  package static let fileName = "fleet.lock"
  /// The folder of charts that `fleet.yaml` names, from the directory of the bundle.
  package static let folder = ".fleet/charts"

  /// A file of the repository and what it has to hold.
  package struct Archive: Sendable, Hashable {
    /// The path from the directory of the bundle, without `..`.
    package let path: String
    /// `sha256:` and 64 hexadecimal digits.
    package let digest: String

    /// Makes a reference; the digest is not looked at.
    package init(path: String, digest: String) {
      self.path = path
      self.digest = digest
    }
  }

  /// A chart that `helm` of a `fleet.yaml` names.
  package struct Chart: Sendable, Hashable {
    /// `helm.chart` as written; empty where nothing is written.
    package let chart: String
    /// `helm.repo` as written; empty where nothing is written.
    package let repo: String
    /// `helm.version` as written: a version, a range, or empty for the newest.
    package let version: String
    /// The version that was brought in.
    package let resolved: String
    /// The chart itself.
    package let archive: Archive

    /// Makes an entry.
    package init(
      chart: String, repo: String, version: String, resolved: String, archive: Archive
    ) {
      self.chart = chart
      self.repo = repo
      self.version = version
      self.resolved = resolved
      self.archive = archive
    }
  }

  /// A dependency of a chart that stands in the bundle itself.
  package struct Dependency: Sendable, Hashable {
    /// The directory of the chart, from the directory of the bundle; `.` for the bundle itself.
    package let chart: String
    /// `name` of the dependency in `Chart.yaml`.
    package let name: String
    /// `repository` of the dependency as written.
    package let repository: String
    /// `version` of the dependency as written; a range, or empty for the newest.
    package let version: String
    /// The version that was brought in.
    package let resolved: String
    /// The chart itself.
    package let archive: Archive

    /// Makes an entry.
    package init(
      chart: String, name: String, repository: String, version: String, resolved: String,
      archive: Archive
    ) {
      self.chart = chart
      self.name = name
      self.repository = repository
      self.version = version
      self.resolved = resolved
      self.archive = archive
    }
  }

  /// The charts; in a file they stand in the order of their bytes.
  package var charts: [Chart] = []
  /// The dependencies of local charts; in a file they stand in the order of their bytes.
  package var dependencies: [Dependency] = []

  /// Makes a lock without entries.
  package init() {}

  /// Whether it says nothing, so that there is no file.
  package var isEmpty: Bool { charts.isEmpty && dependencies.isEmpty }

  /// The entry of exactly what `helm` says.
  package func entry(chart: String?, repo: String?, version: String?) -> Chart? {
    charts.first {
      $0.chart.utf8.elementsEqual((chart ?? "").utf8)
        && $0.repo.utf8.elementsEqual((repo ?? "").utf8)
        && $0.version.utf8.elementsEqual((version ?? "").utf8)
    }
  }

  /// The entry of exactly what a `Chart.yaml` says about a dependency.
  package func dependency(
    of chart: String, name: String, repository: String, version: String?
  ) -> Dependency? {
    dependencies.first {
      $0.chart.utf8.elementsEqual(chart.utf8) && $0.name.utf8.elementsEqual(name.utf8)
        && $0.repository.utf8.elementsEqual(repository.utf8)
        && $0.version.utf8.elementsEqual((version ?? "").utf8)
    }
  }

  /// All archives that are named, in the order of their paths' bytes; none twice.
  package var archives: [Archive] {
    var seen = Set<Archive>()
    return (charts.map(\.archive) + dependencies.map(\.archive))
      .filter { seen.insert($0).inserted }
      .sorted { $0.path.precedesInBytes($1.path) }
  }

  /// The digest of an archive as it stands in a lock.
  package static func digest(of bytes: [UInt8]) -> String { "sha256:" + SHA256.hex(bytes) }

  /// The bytes of the file: the same entries are the same bytes.
  package var bytes: [UInt8] {
    let text = "# Written by 'kubectl fleet update'. Commit it; do not edit it.\n"
    var lists: [(String, YAMLNode)] = []
    let fields = { (pairs: [(String, String)]) -> YAMLNode in
      .mapping(pairs.filter { !$0.1.isEmpty }.map { ($0.0, .string($0.1)) })
    }
    if !charts.isEmpty {
      let entries = charts.sorted { Self.precede($0.key, $1.key) }.map { entry in
        fields([
          ("chart", entry.chart), ("repo", entry.repo), ("version", entry.version),
          ("resolved", entry.resolved), ("archive", entry.archive.path),
          ("digest", entry.archive.digest),
        ])
      }
      lists.append(("charts", .sequence(entries)))
    }
    if !dependencies.isEmpty {
      let entries = dependencies.sorted { Self.precede($0.key, $1.key) }.map { entry in
        fields([
          ("chart", entry.chart), ("name", entry.name), ("repository", entry.repository),
          ("version", entry.version), ("resolved", entry.resolved),
          ("archive", entry.archive.path), ("digest", entry.archive.digest),
        ])
      }
      lists.append(("dependencies", .sequence(entries)))
    }
    return Array(text.utf8) + YAMLEmitter.emit(.mapping(lists))
  }

  static func precede(_ left: [String], _ right: [String]) -> Bool {
    for (one, other) in zip(left, right) where !one.utf8.elementsEqual(other.utf8) {
      return one.precedesInBytes(other)
    }
    return false
  }
}

extension ChartLock.Chart {
  /// What tells entries apart.
  var key: [String] { [chart, repo, version] }
}

extension ChartLock.Dependency {
  /// What tells entries apart.
  var key: [String] { [chart, name, repository, version] }
}
