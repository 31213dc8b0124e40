// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Reconciling
import Testing

/// A hub folder whose slices are written by git's plumbing, as the hub's programs would write them.
final class HandmadeHub {
  /// A bundle of a slice: object files by key, and what stands in `bundle.json` beside the name.
  struct Bundle {
    let name: String
    var objects: [String: String]
    var options = ""
    /// Other files by their path in the bundle's folder.
    var files: [String: String] = [:]

    /// The number in `bundle.json`.
    var format = 1

    init(
      _ name: String, _ objects: [String: String], options: String = "",
      files: [String: String] = [:],
      format: Int = 1
    ) {
      self.name = name
      self.objects = objects
      self.options = options
      self.files = files
      self.format = format
    }
  }

  let path: String
  /// Lines of the messages of slices from now on, before `Format:`, each with its newline.
  var trailers = ""
  private let scratch: ScratchFolder

  /// The environment for every git here: nothing of the user's.
  static let environment = [
    "PATH": Environment.get("PATH") ?? "/usr/bin:/bin", "HOME": "/proc/nonexistent", "LC_ALL": "C",
    "TZ": "UTC", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "test", "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "test", "GIT_COMMITTER_EMAIL": "test@example.com",
  ]

  init() throws {
    scratch = try ScratchFolder("hub")
    path = scratch.path
    try scratch.write(#"{"format":1,"layout":"refs","epoch":1}"#, to: "hub.json")
    for name in ["slices.git", "status.git"] {
      try Self.git(["init", "--quiet", "--bare", "\(path)/\(name)"])
    }
    try Self.git(["--git-dir=\(path)/status.git", "config", "http.receivepack", "true"])
  }

  /// Makes the hook of `status.git` the real one.
  func installStatusHook() throws {
    try scratch.write(
      "#!/bin/sh\nexec '\(TestSite.program("fleet-status-receive"))'\n",
      to: "status.git/hooks/pre-receive")
    _ = try Child.run(["chmod", "+x", "\(path)/status.git/hooks/pre-receive"])
  }

  /// Writes a file of the hub folder.
  func write(_ text: String, to name: String) throws { try scratch.write(text, to: name) }

  /// Publishes a slice; tells its commit.
  @discardableResult
  func publish(
    _ bundles: [Bundle], cluster: String = "store-0001", release: Int, epoch: Int = 1,
    named: String? = nil, format: Int = 1
  ) throws -> String {
    var files: [(String, String)] = []
    for bundle in bundles {
      let options = bundle.options.isEmpty ? "" : "," + bundle.options
      files.append(
        (
          "\(bundle.name)/bundle.json",
          #"{"format":\#(bundle.format),"name":"\#(bundle.name)","gitRepo":"fleet","#
            + #""createNamespace":true\#(options)}"#
        ))
      for key in bundle.objects.keys.sorted() {
        files.append(("\(bundle.name)/objects/\(key).yaml", bundle.objects[key] ?? ""))
      }
      for path in bundle.files.keys.sorted() {
        files.append(("\(bundle.name)/\(path)", bundle.files[path] ?? ""))
      }
    }
    return try commit(
      files, cluster: cluster, release: release, epoch: epoch, named: named, format: format)
  }

  /// Publishes that a cluster was taken out of the fleet.
  func publishTombstone(
    _ action: String, cluster: String = "store-0001", release: Int
  ) throws {
    try commit(
      [("tombstone.json", #"{"action":"\#(action)","format":1}"#)], cluster: cluster,
      release: release)
  }

  /// Takes the ref of a cluster away.
  func forget(_ cluster: String = "store-0001") throws {
    try Self.git(["--git-dir=\(path)/slices.git", "update-ref", "-d", "refs/slices/\(cluster)"])
  }

  /// What `fleet-hub maintain` does for a hub whose Git was killed, as a site kills it that is on the hub's machine.
  func removeLocks(of cluster: String = "store-0001") throws {
    try Files.remove("\(path)/status.git/refs/status/\(cluster).lock")
  }

  /// The commit of a cluster's status, nil when there is none.
  func statusCommit(_ cluster: String = "store-0001") throws -> String? {
    let result = try Self.run([
      "--git-dir=\(path)/status.git", "rev-parse", "--verify", "--quiet", "refs/status/\(cluster)",
    ])
    return result.succeeded ? TestSite.text(result.output) : nil
  }

  /// The status that a cluster pushed.
  func status(_ cluster: String = "store-0001") throws -> JSONValue {
    let result = try Self.git([
      "--git-dir=\(path)/status.git", "cat-file", "blob", "refs/status/\(cluster):status.json",
    ])
    return try #require(JSONParser.parse(Array(result.utf8)))
  }

  /// Everything that git lists of a status commit: parents, message, files.
  func statusShape(_ cluster: String = "store-0001") throws -> String {
    try Self.git([
      "--git-dir=\(path)/status.git", "log", "--format=parents:%P%nauthor:%an <%ae>%n%B",
      "--name-only", "refs/status/\(cluster)",
    ])
  }

  @discardableResult
  static func git(_ arguments: [String], input: String? = nil) throws -> String {
    let result = try run(arguments, input: input)
    try #require(result.succeeded, "git \(arguments): \(TestSite.text(result.errorOutput))")
    return TestSite.text(result.output)
  }

  private static func run(_ arguments: [String], input: String? = nil) throws -> ChildResult {
    try Child.run(
      ["git"] + arguments, environment: environment,
      input: input.map { .bytes(Array($0.utf8)) } ?? .nothing, timeoutSeconds: 60)
  }

  @discardableResult
  private func commit(
    _ files: [(String, String)], cluster: String, release: Int, epoch: Int = 1,
    named: String? = nil, format: Int = 1
  ) throws -> String {
    let message = """
      slice \(cluster)

      Cluster: \(named ?? cluster)
      Source: 1111111111111111111111111111111111111111
      Release: \(release)
      Epoch: \(epoch)
      \(trailers)Format: \(format)

      """
    var stream = """
      commit refs/slices/\(cluster)
      committer kubectl fleet <hub@kubectl-fleet> 1700000000 +0000
      data \(message.utf8.count)
      \(message)

      """
    for (path, text) in files {
      stream += "M 100644 inline \"\(path)\"\ndata \(text.utf8.count)\n\(text)\n"
    }
    let repository = "--git-dir=\(path)/slices.git"
    try Self.git([repository, "fast-import", "--quiet", "--force"], input: stream)
    try Self.git([repository, "pack-refs", "--all"])
    return try Self.git([repository, "rev-parse", "refs/slices/\(cluster)"])
  }
}
