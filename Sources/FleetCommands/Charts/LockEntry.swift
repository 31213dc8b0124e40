// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Posix

/// An entry of a lock, whether `fleet.yaml` names the chart or a chart of the bundle depends on it.
struct LockEntry: Hashable {
  /// What was asked for, without the version: equal words are one source.
  let source: [String]
  /// The version that was asked for.
  let wanted: String
  /// The directory of the chart that depends on it, from the bundle; `.` for the bundle itself.
  let directory: String
  /// The version that is there.
  let version: String
  /// The file.
  let archive: ChartLock.Archive

  /// Makes an entry of a chart that `fleet.yaml` names.
  init(_ entry: ChartLock.Chart) {
    source = Self.source(chart: entry.chart, repo: entry.repo)
    wanted = entry.version
    directory = "."
    version = entry.resolved
    archive = entry.archive
  }

  /// Makes an entry of a dependency.
  init(_ entry: ChartLock.Dependency) {
    source = Self.source(of: entry.chart, name: entry.name, repository: entry.repository)
    wanted = entry.version
    directory = entry.chart
    version = entry.resolved
    archive = entry.archive
  }

  /// The source of a chart that `fleet.yaml` names.
  static func source(chart: String, repo: String) -> [String] { [chart, repo] }

  /// The source of a dependency.
  static func source(of chart: String, name: String, repository: String) -> [String] {
    [chart, name, repository]
  }

  /// The name of the chart, from the name of the file.
  var name: String {
    let file = Files.split(archive.path).name
    guard let end = file.firstRange(of: "-\(version)") else { return file }
    return String(file[..<end.lowerBound])
  }
}

extension ChartLock {
  /// All entries, charts first.
  var entries: [LockEntry] { charts.map { LockEntry($0) } + dependencies.map { LockEntry($0) } }

  /// What was there in the place of each of these, and what has no successor.
  ///
  /// An entry follows the one that asked for the same; else one with the same source that nobody asks
  /// for any more, because its range was changed.
  func predecessors(
    of wanted: [(source: [String], version: String)]
  ) -> (last: [LockEntry?], gone: [LockEntry]) {
    var left = entries
    var last: [LockEntry?] = wanted.map { source, version in
      left.firstIndex { $0.source == source && $0.wanted == version }.map { left.remove(at: $0) }
    }
    for (position, request) in wanted.enumerated() where last[position] == nil {
      last[position] = left.firstIndex { $0.source == request.source }.map { left.remove(at: $0) }
    }
    return (last, left)
  }
}
