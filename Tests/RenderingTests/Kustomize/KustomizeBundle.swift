// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import GitObjects
import Posix
import Rendering

/// A bundle in `apps/web` for tests of kustomize, and the real `kubectl kustomize`.
struct KustomizeBundle: Sendable {
  let files: [String: String]

  /// Makes a bundle of files, counted from its directory.
  init(_ files: [String: String]) { self.files = files }

  /// Reads a bundle in one text: `--- PATH` before each file.
  init(_ text: String) {
    var files: [String: String] = [:]
    var path = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("--- ") {
        path = String(line.dropFirst(4))
        files[path] = ""
      } else {
        files[path, default: ""] += line + "\n"
      }
    }
    self.files = files
  }

  /// The bundle's files with their ids.
  var renderFiles: [RenderFile] {
    files.sorted { $0.key.precedesInBytes($1.key) }.map {
      RenderFile(path: $0.key, id: ObjectID.hash(.blob, Array($0.value.utf8)))
    }
  }

  /// Reads the kustomization of a directory.
  func request(_ directory: String, findings: inout Findings) throws -> KustomizeRequest? {
    let files = self.files
    return try KustomizeRequest(
      bundle: "apps/web", files: renderFiles, directory: directory, at: nil,
      load: { file throws(ObjectAccessError) in Array((files[file.path] ?? "").utf8) },
      findings: &findings)
  }

  /// What is wrong with the kustomization of a directory, found by us or by kustomize.
  func problems(_ directory: String = "") throws -> String {
    var findings = Findings()
    guard let request = try request(directory, findings: &findings) else {
      return text(findings.sorted)
    }
    switch try Self.run(request.job()) {
    case .output: return text(findings.sorted)
    case .failed(let words): return text([request.finding(ofFailure: words)])
    }
  }

  /// What kustomize makes of the kustomization of a directory.
  func output(_ directory: String = "", manifests: String? = nil) throws -> String {
    var findings = Findings()
    guard let request = try request(directory, findings: &findings) else {
      return text(findings.sorted)
    }
    switch try Self.run(request.job(manifests: manifests.map { Array($0.utf8) })) {
    case .output(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .failed(let words): return text([request.finding(ofFailure: words)])
    }
  }

  private func text(_ findings: [Finding]) -> String {
    FindingRenderer { path in
      files[String(path.dropFirst("apps/web/".count))].map { Array($0.utf8) }
    }.text(findings)
  }

  /// Runs a job as the engine does.
  static func run(
    _ job: RenderJob, folder name: String = "folder", environment: [String: String] = [:]
  ) throws -> RenderOutcome {
    let scratch = try ScratchFolder()
    let folder = "\(scratch.path)/\(name)"
    try scratch.write("", to: "home/.keep")
    for file in try job.folder.files() {
      try scratch.write(String(decoding: file.bytes, as: UTF8.self), to: "\(name)/\(file.path)")
    }
    let arguments = job.arguments.map { argument in
      argument.hasPrefix(RenderJob.folderArgument)
        ? folder + argument.dropFirst(RenderJob.folderArgument.count) : argument
    }
    var variables = [
      "PATH": Environment.get("PATH") ?? "", "HOME": "\(scratch.path)/home",
      "HTTPS_PROXY": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1",
    ]
    variables.merge(environment) { $1 }
    let child = try Child.run(["kubectl", "kustomize"] + arguments, environment: variables)
    if child.succeeded { return .output(child.output) }
    let words = String(decoding: child.errorOutput, as: UTF8.self)
      .split(separator: "\(folder)/", omittingEmptySubsequences: false).joined()
      .split(separator: folder, omittingEmptySubsequences: false).joined(separator: ".")
    return .failed(Array(words.utf8))
  }
}
