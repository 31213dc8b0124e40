// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import Reconciling
import Rendering
import SliceFormat

extension ChartRunner {
  /// The objects of a chart after a kustomization, as the hub would lay it over them.
  ///
  /// The first name of the kustomization's path is the folder of the bundle's files: what it refers to may
  /// lie beside it.
  func kustomized(
    _ helm: HelmOutput, _ chart: SiteChart, directory: String, isSecret: Bool,
    findings: inout Findings
  ) throws(SiteValues.Failure) -> PlainManifests {
    let parts = directory.split(separator: "/", maxSplits: 1)
    let root = parts.first.map(String.init) ?? ""
    let load = chart.loader
    var reading = Findings()
    let request: KustomizeRequest?
    do throws(ObjectAccessError) {
      request = try KustomizeRequest(
        bundle: "", files: chart.files(below: root),
        directory: parts.count > 1 ? String(parts[1]) : "", at: nil,
        load: { (file) throws(ObjectAccessError) in try load(file.id) }, findings: &reading)
    } catch {
      throw SiteValues.Failure("its kustomization cannot be read: \(error)")
    }
    guard let request else {
      guard let finding = reading.all.first(where: { $0.severity == .error }) else {
        throw SiteValues.Failure("its kustomization cannot be read")
      }
      throw Self.failure(finding, isSecret: false)
    }
    var manifests: [UInt8] = []
    for file in helm.objectFiles {
      manifests += "---\n".utf8
      manifests += file.bytes
      if manifests.last != 0x0a { manifests.append(0x0a) }
    }
    switch try run([request.job(manifests: manifests)]).first {
    case .output(let bytes):
      return PlainManifests(files: request.pieces(of: bytes), findings: &findings)
    case .failed(let errors):
      throw Self.failure(request.finding(ofFailure: errors), isSecret: isSecret)
    case nil: throw SiteValues.Failure("its kustomization gave nothing")
    }
  }
}

extension SiteChart {
  /// The files below a folder, by their paths from there; an empty name is for all.
  func files(below folder: String) -> [RenderFile] {
    let prefix = folder.isEmpty ? "" : folder + "/"
    return files.compactMap { file in
      guard file.path.utf8.starts(with: prefix.utf8) else { return nil }
      return RenderFile(
        path: String(decoding: file.path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self),
        id: file.id)
    }
  }

  /// Gives the content of a file.
  var loader: @Sendable (ObjectID) throws(ObjectAccessError) -> [UInt8] {
    let blobs = Dictionary(
      files.map { ($0.id, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    return { (id) throws(ObjectAccessError) in
      guard let bytes = blobs[id] else { throw .missing(id) }
      return bytes
    }
  }
}
