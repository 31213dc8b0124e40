// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Glibc
import GitObjects
import Posix
import Rendering
import SliceFormat
import Testing

/// Files of a repository in memory, and what becomes of the chart in them.
struct ChartBench {
  /// By path from the root of the repository.
  private(set) var files: [String: [UInt8]] = [:]

  init(_ files: KeyValuePairs<String, String> = [:]) {
    for (path, text) in files { self.files[path] = Array(text.utf8) }
  }

  /// Adds or replaces a file.
  mutating func add(_ path: String, _ text: String) { files[path] = Array(text.utf8) }

  mutating func add(_ path: String, bytes: [UInt8]) { files[path] = bytes }

  /// Packs files as `helm package` would and adds the archive.
  mutating func addArchive(_ path: String, _ content: KeyValuePairs<String, String>) throws {
    files[path] = try Self.archive(content.map { ($0.key, Array($0.value.utf8)) })
  }

  /// A `.tar.gz` made by tar.
  static func archive(_ content: [(path: String, bytes: [UInt8])]) throws -> [UInt8] {
    let scratch = try ScratchFolder("archive")
    for file in content { try write(file.bytes, to: scratch.path + "/in/" + file.path) }
    let tar = try Child.run([
      "tar", "czf", "\(scratch.path)/out.tgz", "--sort=name", "-C", "\(scratch.path)/in", ".",
    ])
    #expect(tar.succeeded, "\(String(decoding: tar.errorOutput, as: UTF8.self))")
    return try #require(TestFiles.read("\(scratch.path)/out.tgz"))
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    try Files.makeDirectories(Files.split(path).folder)
    #expect(TestFiles.write(bytes, to: path))
  }

  private func id(_ bytes: [UInt8]) -> ObjectID { ObjectID.hash(.blob, bytes) }

  private var load: @Sendable (ObjectID) throws(ObjectAccessError) -> [UInt8] {
    let blobs = Dictionary(files.values.map { (id($0), $0) }, uniquingKeysWith: { one, _ in one })
    return { (id: ObjectID) throws(ObjectAccessError) -> [UInt8] in
      guard let bytes = blobs[id] else { throw .missing(id) }
      return bytes
    }
  }

  private func renderFiles(below directory: String) -> [RenderFile] {
    let prefix = directory.isEmpty ? "" : directory + "/"
    return files.filter { $0.key.hasPrefix(prefix) }.map {
      RenderFile(path: String($0.key.dropFirst(prefix.count)), id: id($0.value))
    }
  }

  /// The chart in a directory.
  func chart(_ directory: String, _ findings: inout Findings) throws -> ChartFolder? {
    try ChartFolder.read(
      directory: directory, files: renderFiles(below: directory), load: load, findings: &findings)
  }

  /// The chart in an archive.
  func chart(archive: String, _ findings: inout Findings) throws -> ChartFolder? {
    let bytes = try #require(files[archive])
    return try ChartFolder.read(
      archive: RenderFile(path: archive, id: id(bytes)), load: load, findings: &findings)
  }

  /// The chart that templates without a `Chart.yaml` are.
  func chart(
    templatesOf name: String, _ directory: String, _ findings: inout Findings
  ) throws -> ChartFolder? {
    try ChartFolder.read(
      templatesOf: name, directory: directory,
      files: renderFiles(below: directory).filter { $0.path.hasPrefix("templates/") }, load: load,
      findings: &findings)
  }

  /// A chart that is expected to be one.
  func goodChart(_ directory: String) throws -> ChartFolder {
    var findings = Findings()
    let chart = try chart(directory, &findings)
    return try #require(chart, "\(findings.sorted.map(\.message))")
  }

  /// What findings look like to a person.
  func text(_ findings: [Finding]) -> String {
    FindingRenderer(source: { files[$0] }).text(findings)
  }
}

extension RenderJob {
  /// Runs helm, as the engine does.
  func run(
    in folder: String? = nil, environment more: [String: String] = [:]
  ) throws -> RenderOutcome {
    let scratch = try ScratchFolder("helm")
    let place = folder ?? "\(scratch.path)/chart"
    for file in try self.folder.files() {
      try ChartBench.write(file.bytes, to: place + "/" + file.path)
    }
    var environment = [
      "PATH": Environment.get("PATH") ?? "", "HOME": scratch.path, "TZ": "UTC", "LC_ALL": "C",
    ]
    environment.merge(more) { _, new in new }
    let words = arguments.map { $0 == RenderJob.folderArgument ? place : $0 }
    let result = try Child.run(
      ["helm"] + words, environment: environment, directory: scratch.path, input: .bytes(input))
    return result.succeeded ? .output(result.output) : .failed(result.errorOutput)
  }
}

extension HelmRequest {
  /// A request with the names that most tests use.
  static func of(_ chart: ChartFolder, values: String = "") -> HelmRequest {
    HelmRequest(
      chart: chart, releaseName: "shop", namespace: "store", values: Array(values.utf8))
  }
}

extension ChartBench {
  /// Renders and tells everything: findings, objects, hooks.
  func report(
    _ chart: ChartFolder?, findings before: Findings = Findings(), values: String = "",
    _ change: (inout HelmRequest) -> Void = { _ in }
  ) throws -> String {
    var findings = before
    guard let chart else { return text(findings.sorted) }
    var request = HelmRequest.of(chart, values: values)
    change(&request)
    switch try request.job(chart).run() {
    case .failed(let errors):
      findings.add(request.finding(errors, chart: chart))
      return text(findings.sorted)
    case .output(let bytes):
      let output = HelmOutput(bytes, chart: chart, findings: &findings)
      let options = RenderOptions(bundle: "shop", namespace: nil, defaultNamespace: "store")
      var scopes = ScopeCatalog()
      for kind in output.objects.definitions {
        scopes.define(group: kind.group, kind: kind.kind, scope: kind.scope)
      }
      var shown = ""
      for object in output.objects.render(options, scopes: scopes, findings: &findings) {
        shown += "--- \(object.place.shown)\n" + String(decoding: object.manifest, as: UTF8.self)
      }
      for hook in output.hooks {
        let policies =
          hook.deletePolicies.isEmpty ? "" : " " + hook.deletePolicies.joined(separator: ",")
        for object in hook.manifests.render(options, scopes: scopes, findings: &findings) {
          shown += "--- \(hook.phase.rawValue) \(hook.weight)\(policies) \(object.place.shown)\n"
          shown += String(decoding: object.manifest, as: UTF8.self)
        }
      }
      let said = text(findings.sorted)
      return said.isEmpty ? shown : said + "\n" + shown
    }
  }
}
