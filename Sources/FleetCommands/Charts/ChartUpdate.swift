// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Posix

/// The new lock of one bundle, the archives that belong to it, and what is different.
struct ChartUpdate {
  /// What became of a chart.
  enum Outcome: Hashable {
    /// It is the same.
    case unchanged
    /// The lock knew it, and the file was not there or another one.
    case restored
    /// It was not there.
    case new
    /// It is another version.
    case changed(from: String)
    /// It is the same version with other content.
    case replaced
    /// Nothing names it any more.
    case removed
  }

  /// A line of the report.
  struct Line {
    /// The directory: of the bundle, or of the chart that has the dependency.
    let place: String
    /// The name of the chart.
    let name: String
    /// The version that is there now; of one that was removed the last.
    let version: String
    /// The version that was asked for.
    var wanted = ""
    /// Where it comes from.
    var source = ""
    /// Bytes of the archive.
    var size = 0
    /// What became of it.
    let outcome: Outcome
  }

  /// A chart that is asked for.
  private struct Request {
    let source: ChartSource
    /// What tells entries apart, see ``LockEntry``.
    let words: [String]
    let version: String
    /// The directory of the chart that depends on it; nil for a chart that `fleet.yaml` names.
    let dependent: String?
    let span: SourceSpan
    let versionSpan: SourceSpan?
    let isOnlyPossible: Bool

    /// Whether it can be one version only.
    var isPinned: Bool {
      if case .archive = source { return false }
      return ChartVersion.isExact(version)
    }

    /// Where the archive of this name goes.
    func path(_ file: String) -> String {
      switch dependent {
      case nil: "\(ChartLock.folder)/\(file)"
      case "."?: "charts/\(file)"
      case let chart?: "\(chart)/charts/\(file)"
      }
    }
  }

  /// The directory of the bundle.
  let directory: String
  /// The lock as it was in the files.
  let before: ChartLock
  /// The lock as it is to be.
  private(set) var lock = ChartLock()
  /// The archives to write, by their path from the bundle.
  private(set) var archives: [(path: String, bytes: [UInt8])] = []
  /// What became of every chart.
  private(set) var lines: [Line] = []
  /// The charts that could not be brought in; with an error among them nothing is written.
  private(set) var findings: [Finding] = []
  /// Whether the same may work later.
  private(set) var isTemporary = false

  private let folder: String
  private let acceptsChanges: Bool

  /// Asks everybody.
  ///
  /// - Parameters:
  ///   - folder: the directory of the bundle, absolute.
  ///   - acceptsChanges: whether a version that has other content than before is taken.
  init(
    _ bundle: BundleCharts, folder: String, acceptsChanges: Bool, store: ChartStore
  ) throws(CommandError) {
    directory = bundle.directory
    before = bundle.lock
    self.folder = folder
    self.acceptsChanges = acceptsChanges
    let requests = Self.requests(of: bundle)
    let history = before.predecessors(of: requests.map { ($0.words, $0.version) })
    for (request, last) in zip(requests, history.last) {
      guard let held = try bring(request, last: last, store) else { continue }
      if let chart = request.dependent {
        lock.dependencies.append(
          ChartLock.Dependency(
            chart: chart, name: request.words[1], repository: request.words[2],
            version: request.version, resolved: held.version, archive: held.archive))
      } else {
        lock.charts.append(
          ChartLock.Chart(
            chart: request.words[0], repo: request.words[1], version: request.version,
            resolved: held.version, archive: held.archive))
      }
    }
    for gone in history.gone {
      lines.append(
        Line(
          place: place(gone.directory), name: gone.name, version: gone.version, outcome: .removed))
    }
  }

  /// Whether something would be written.
  var isChange: Bool {
    lines.contains { $0.outcome != .unchanged } || before.bytes != lock.bytes
  }

  private static func requests(of bundle: BundleCharts) -> [Request] {
    var requests = bundle.charts.map { wanted in
      Request(
        source: wanted.source, words: LockEntry.source(chart: wanted.chart, repo: wanted.repo),
        version: wanted.version, dependent: nil, span: wanted.span,
        versionSpan: wanted.versionSpan, isOnlyPossible: wanted.isOnlyPossible)
    }
    for chart in bundle.localCharts {
      for dependency in chart.dependencies {
        let words = LockEntry.source(
          of: chart.directory, name: dependency.name.value,
          repository: dependency.repository.value)
        // Two aliases of one chart are one archive.
        if requests.contains(where: { $0.words == words && $0.version == dependency.version }) {
          continue
        }
        requests.append(
          Request(
            source: dependency.source, words: words, version: dependency.version,
            dependent: chart.directory, span: dependency.name.span,
            versionSpan: dependency.versionSpan, isOnlyPossible: false))
      }
    }
    return requests
  }

  private func place(_ chart: String) -> String {
    chart == "." ? directory : directory + "/" + chart
  }

  /// Brings one chart in, or keeps what is there; nil when that fails, which is noted.
  private mutating func bring(
    _ request: Request, last: LockEntry?, _ store: ChartStore
  ) throws(CommandError) -> (version: String, archive: ChartLock.Archive)? {
    let place = place(request.dependent ?? ".")
    if request.isPinned, !acceptsChanges,
      let there = before.entries.first(where: {
        $0.source == request.words && $0.version == request.version
      }), try isIntact(there.archive)
    {
      lines.append(
        Line(place: place, name: there.name, version: there.version, outcome: .unchanged))
      return (there.version, there.archive)
    }
    let helm = try store.helm()
    let pulled: HelmProgram.Pulled
    do throws(PullProblem) {
      pulled = try store.pull(request.source, version: request.version, with: helm)
    } catch {
      note(error, request)
      return nil
    }
    // The same version may stand there for another range too.
    let same = before.entries.first {
      $0.source == request.words && $0.version == pulled.version
    }
    if let same, same.archive.digest != pulled.digest, !acceptsChanges {
      findings.append(replacement(of: same, by: pulled).finding(at: request.span))
      return nil
    }
    let outcome: Outcome =
      if let last, last.version != pulled.version {
        .changed(from: last.version)
      } else if let last {
        if last.archive.digest != pulled.digest {
          .replaced
        } else {
          try isIntact(last.archive) ? .unchanged : .restored
        }
      } else {
        .new
      }
    let archive = archive(for: pulled, request, same: same)
    let isWritten = archives.contains { $0.path == archive.path }
    if !isWritten, try !isIntact(archive) { archives.append((archive.path, pulled.bytes)) }
    lines.append(
      Line(
        place: place, name: pulled.name, version: pulled.version, wanted: request.version,
        source: request.source.place, size: pulled.bytes.count, outcome: outcome))
    return (pulled.version, archive)
  }

  private mutating func note(_ problem: PullProblem, _ request: Request) {
    var problem = problem
    if request.isOnlyPossible {
      problem.notes.append("a cluster that several customizations match would get this chart")
    } else {
      isTemporary = isTemporary || problem.isTemporary
    }
    let span = problem.isAboutVersion ? request.versionSpan ?? request.span : request.span
    findings.append(problem.finding(request.isOnlyPossible ? .warning : .error, at: span))
  }

  private func replacement(of last: LockEntry, by pulled: HelmProgram.Pulled) -> PullProblem {
    let old = ChartLock.short(last.archive.digest)
    let new = ChartLock.short(pulled.digest)
    return PullProblem(
      "\(pulled.name) \(pulled.version) was published again with other content",
      notes: ["fleet.lock has \(old), the server \(new)"],
      hints: ["if that is well: \(ChartLock.command(for: directory)) --accept-changed"])
  }

  /// Where a chart is put; two with one name and version and other content get names of their own.
  private func archive(
    for pulled: HelmProgram.Pulled, _ request: Request, same: LockEntry?
  ) -> ChartLock.Archive {
    if let same, same.archive.digest == pulled.digest { return same.archive }
    let plain = request.path("\(pulled.name)-\(pulled.version).tgz")
    let others = before.archives.filter { $0 != same?.archive } + lock.archives
    if others.contains(where: { $0.path == plain && $0.digest != pulled.digest }) {
      let digits = Substring(pulled.digest.utf8.dropFirst("sha256:".utf8.count).prefix(8))
      return ChartLock.Archive(
        path: request.path("\(pulled.name)-\(pulled.version)+\(digits).tgz"),
        digest: pulled.digest)
    }
    return ChartLock.Archive(path: plain, digest: pulled.digest)
  }

  private func isIntact(_ archive: ChartLock.Archive) throws(CommandError) -> Bool {
    let path = folder + "/" + archive.path
    // What is too large to be ours is not ours.
    guard let size = try failing({ try Files.attributes(path)?.size }), size <= HelmProgram.limit,
      let bytes = try failing({ try Files.readIfPresent(path, limit: HelmProgram.limit) })
    else { return false }
    return ChartLock.digest(of: bytes) == archive.digest
  }
}
