// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import Rendering

/// Loads charts out of the repository, each of them once a push.
final class ChartLoader<Reader: ObjectReader> {
  private enum Key: Hashable {
    case directory(String)
    case archive(ObjectID)
    case templates(bundle: String)
  }

  private let files: SourceFiles
  private let reader: Reader
  private let blobs: BlobLoader
  private var known: [Key: ChartFolder?] = [:]

  init(files: SourceFiles, reader: Reader) {
    self.files = files
    self.reader = reader
    blobs = BlobLoader(reader)
  }

  /// The chart that a style names; nil when it cannot be had, which is reported once.
  func chart(
    _ chart: BundleStyle.Chart, of bundle: BundleSource, _ helm: HelmOptions,
    findings: inout Findings
  ) throws(ObjectAccessError) -> ChartFolder? {
    switch chart {
    case .directory(let path):
      if let chart = known[.directory(path)] { return chart }
      let loaded = try directory(path, of: bundle, findings: &findings)
      known[.directory(path)] = .some(loaded)
      return loaded
    case .templatesOnly:
      let key = Key.templates(bundle: bundle.path)
      if let chart = known[key] { return chart }
      let own = bundle.files.filter { $0.path.hasPrefix("templates/") }
      let loaded = try ChartFolder.read(
        templatesOf: bundle.name, directory: bundle.path, files: own, load: blobs.load,
        findings: &findings)
      known[key] = .some(loaded)
      return loaded
    case .archive(let path):
      guard let file = files.file(at: path) else { return nil }
      return try archive(file, findings: &findings)
    case .remote(let wanted):
      return try remote(wanted, of: bundle, helm, findings: &findings)
    }
  }

  private func directory(
    _ path: String, of bundle: BundleSource, findings: inout Findings
  ) throws(ObjectAccessError) -> ChartFolder? {
    var own: [RenderFile]
    if BundleLayout.isInside(path, bundle.path) {
      let inside = bundle.path.isEmpty ? path : path.utf8Suffix(from: bundle.path.utf8.count + 1)
      let start = inside.isEmpty ? "" : inside + "/"
      own = bundle.files.filter { $0.path.utf8.starts(with: start.utf8) }
        .map { RenderFile(path: $0.path.utf8Suffix(from: start.utf8.count), id: $0.id) }
      // Hidden files belong to no bundle, and this one says which files are no part of the chart.
      if let ignore = files.file(at: bundle.repositoryPath(start + ".helmignore")) {
        own.append(RenderFile(path: ".helmignore", id: ignore.id))
      }
    } else {
      own = LocalDependencies<Reader>.chartFiles(files, below: path)
    }
    if let lock = bundle.lock {
      guard try verify(lock, of: bundle, findings: &findings) else { return nil }
    }
    own += try LocalDependencies(files: files, reader: reader).files(
      of: path, present: own, findings: &findings)
    return try ChartFolder.read(
      directory: path, files: own, load: blobs.load, findings: &findings)
  }

  /// Whether the archives of dependencies are those of the lock.
  private func verify(
    _ lock: ChartLock, of bundle: BundleSource, findings: inout Findings
  ) throws(ObjectAccessError) -> Bool {
    var isSound = true
    for dependency in lock.dependencies {
      let path = bundle.repositoryPath(dependency.archive.path)
      guard let file = files.file(at: path),
        let problem = ChartLock.verify(
          try reader.blob(file.id, limit: SourceLimits.anyFile), dependency.archive,
          in: bundle.path)
      else { continue }
      findings.add(problem)
      isSound = false
    }
    return isSound
  }

  private func remote(
    _ wanted: RemoteChart, of bundle: BundleSource, _ helm: HelmOptions, findings: inout Findings
  ) throws(ObjectAccessError) -> ChartFolder? {
    guard
      let entry = bundle.lock?.entry(
        chart: wanted.chart, repo: wanted.repo, version: wanted.version)
    else {
      findings.add(
        ChartLock.missing(
          chart: wanted.chart, repo: wanted.repo, version: wanted.version,
          at: helm.chart?.span ?? helm.repo?.span, in: bundle.path))
      return nil
    }
    let path = bundle.repositoryPath(entry.archive.path)
    guard let file = files.file(at: path) else {
      if let problem = ChartLock.verify(nil, entry.archive, in: bundle.path) {
        findings.add(problem)
      }
      return nil
    }
    return try archive(file, findings: &findings) { bytes in
      ChartLock.verify(bytes, entry.archive, in: bundle.path)
    }
  }

  /// A chart that is a committed archive, unless something is wrong with its bytes.
  private func archive(
    _ file: SourceFile, findings: inout Findings,
    problem: ([UInt8]) -> Finding? = { _ in nil }
  ) throws(ObjectAccessError) -> ChartFolder? {
    if let chart = known[.archive(file.id)] { return chart }
    let bytes: [UInt8]
    do throws(ObjectAccessError) {
      bytes = try reader.blob(file.id, limit: SourceLimits.anyFile)
    } catch .tooLarge(_, let size) {
      findings.add(SourceLimits.tooLarge(file.path, size: size, limit: SourceLimits.anyFile))
      return nil
    }
    if let problem = problem(bytes) {
      findings.add(problem)
      return nil
    }
    let loaded = try ChartFolder.read(
      archive: RenderFile(path: file.path, id: file.id), load: blobs.load, findings: &findings)
    known[.archive(file.id)] = .some(loaded)
    return loaded
  }
}
