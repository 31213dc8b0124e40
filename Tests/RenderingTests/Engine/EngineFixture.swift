// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import Glibc
import Posix
import Rendering
import Testing

/// A cache, a place for scratch folders and a program that stands in for helm.
final class EngineFixture {
  let scratch: ScratchFolder
  var cache: String { scratch.path + "/cache" }
  var parent: String { scratch.path + "/scratch" }
  var helm: String { scratch.path + "/helm" }
  /// A line for each start of the stand-in that was to render.
  var starts: Int { lines(of: "starts") }
  /// A line for each start of the stand-in that was to tell its version.
  var questions: Int { lines(of: "questions") }

  /// Makes the stand-in: its argument after `template` is a shell script, which has the others.
  init(version: String = "v3.17.3") throws {
    scratch = try ScratchFolder("engine")
    try install(version: version)
  }

  func install(version: String) throws {
    try scratch.write(
      """
      #!/bin/sh
      if [ "$1" = version ]; then
        echo asked >>'\(scratch.path)/questions'
        printf '%s' '\(version)'
        exit
      fi
      echo started >>'\(scratch.path)/starts'
      verb=$1
      script=$2
      shift 2
      eval "$script"

      """, to: "helm")
    chmod(helm, 0o755)
  }

  func engine(
    width: Int? = nil, cache: String?? = .none, helm: String? = nil,
    expected: [Renderer: String] = [:], progress: @escaping (String) -> Void = { _ in }
  ) -> RenderEngine {
    let cache = cache ?? .some(self.cache)
    return RenderEngine(
      cacheFolder: cache, scratchParent: parent, width: width,
      environment: ["FLEET_HELM": helm ?? self.helm, "PATH": "/usr/bin:/bin"],
      expectedVersions: expected, progress: progress)
  }

  /// What stands in the folder of scratch folders.
  func leftovers() throws -> [String] {
    guard Files.isDirectory(parent) else { return [] }
    return try Files.entries(in: parent).map(\.text)
  }

  /// The files of the cache that hold outcomes or versions.
  func entries() throws -> [String] {
    guard Files.isDirectory(cache) else { return [] }
    var found: [String] = []
    for shard in try Files.entries(in: cache) {
      for entry in try Files.entries(in: "\(cache)/\(shard.text)") {
        found.append("\(cache)/\(shard.text)/\(entry.text)")
      }
    }
    return found
  }

  static func folder(_ files: [(path: String, text: String)]) -> RenderFolder {
    let digest = files.map { "\($0.path)\0\($0.text)\0" }.joined()
    return RenderFolder(digest: SHA256.hex(Array(digest.utf8))) {
      () throws(ObjectAccessError) -> [(path: String, bytes: [UInt8])] in
      files.map { ($0.path, Array($0.text.utf8)) }
    }
  }

  /// A job for the stand-in.
  static func script(
    _ script: String, _ arguments: String..., input: String = "",
    files: [(path: String, text: String)] = []
  ) -> RenderJob {
    job(.helm, ["template", script] + arguments, input: input, files: files)
  }

  static func job(
    _ renderer: Renderer, _ arguments: [String], input: String = "",
    files: [(path: String, text: String)]
  ) -> RenderJob {
    let folder = folder(files)
    let key = ([folder.digest, input] + arguments).joined(separator: "\0")
    return RenderJob(
      renderer: renderer, key: Array(key.utf8), folder: folder, arguments: arguments,
      input: Array(input.utf8))
  }

  private func lines(of name: String) -> Int {
    (TestFiles.read("\(scratch.path)/\(name)") ?? []).count { $0 == 0x0a }
  }
}

extension RenderOutcome {
  /// The outcome as a text that says which of the two it is.
  var text: String {
    switch self {
    case .output(let bytes): "output: " + String(decoding: bytes, as: UTF8.self)
    case .failed(let bytes): "failed: " + String(decoding: bytes, as: UTF8.self)
    }
  }
}

/// What was thrown, in words.
func sentence(_ body: () throws(RenderFailure) -> Void) -> String {
  do throws(RenderFailure) {
    try body()
    return "nothing thrown"
  } catch {
    return error.description + (error.hint.map { " | \($0)" } ?? "")
      + (error.isHubFault ? "" : " | not the hub")
  }
}
